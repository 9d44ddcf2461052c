"""A folder that is repeatedly swapped for a link while commands run.

Another process exchanges the two as fast as it can. The link leads to a copy of the folder outside
of the workspace, in which a command could write everything that it writes.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import pytest
from workspace_builder import A, B, Workspace

from yoi_relations.files.workspace import CACHE

SWAP = """
import ctypes, os, sys
exchange = ctypes.CDLL(None, use_errno=True).renameat2
folder, link = map(os.fsencode, sys.argv[1:])
print(flush=True)
while not exchange(-100, folder, -100, link, 2):
    pass
sys.exit(os.strerror(ctypes.get_errno()))
"""
"""Exchanges two paths until it is stopped; -100 is the working directory, and 2 an exchange."""
TICKET = f".yoi/tickets/open/{A}"
FOLDERS = (
    *(".yoi", ".yoi/cache", CACHE, ".yoi/tickets", ".yoi/tickets/open"),
    *(TICKET, f"{TICKET}/artifacts", f"{TICKET}/artifacts/relations"),
)
COMMANDS = (
    ("add", A, "after", B, "--note"),
    ("show",),
    ("rebuild",),
    ("add", A, "waiting", "--note"),
    ("show", "--trust", "content"),
)
CODES = {0, 1, 3, 4}
"""An answer, an answer with problems, a changed folder, and a missing ticket."""
Stamps = dict[str, tuple[int, bytes | None]]

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "renameat2"), reason="the system exchanges no paths"
)


def stamps_of(folder: Path) -> Stamps:
    """The change time of each file and folder, and the content of the files."""
    paths = (folder, *folder.rglob("*"))
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in paths
    }


@contextmanager
def swapped(workspace: Workspace, name: str, outside: Path) -> Iterator[None]:
    """In this context, a folder and a link to `outside` are exchanged all the time."""
    folder, aside = workspace.root / name, workspace.root / "aside"
    shutil.copytree(folder, outside)
    aside.symlink_to(outside)
    command = [sys.executable, "-c", SWAP, str(folder), str(aside)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        assert process.poll() is None, process.communicate()
        process.kill()
    if folder.is_symlink():
        folder.unlink()
        aside.rename(folder)


def notes_in(workspace: Workspace) -> str:
    """The text of all records of the ticket."""
    files = (workspace.root / TICKET / "artifacts/relations").glob("*.md")
    return "".join(path.read_text() for path in files)


@pytest.mark.usefixtures("soon_settled")
@pytest.mark.parametrize("number", [20, pytest.param(1000, marks=pytest.mark.campaign)])
@pytest.mark.parametrize("name", FOLDERS)
def test_program_writes_nothing_through_a_swapped_link(
    workspace: Workspace, tmp_path: Path, name: str, number: int
) -> None:
    workspace.ticket(A, bucket="open")
    workspace.ticket(B)
    if "artifacts" in name:  # otherwise they are made while folders above are swapped
        workspace.record(f"open/{A}", "blocked_by", B, "first")
    workspace.run("rebuild")
    outside = tmp_path / "outside"
    recorded: list[str] = []
    codes = set()
    with swapped(workspace, name, outside):
        before = stamps_of(outside)
        for turn, command in enumerate(islice(cycle(COMMANDS), number)):
            note = (f"turn {turn}.",) if command[-1] == "--note" else ()
            ran = workspace.run(*command, *note)
            codes.add(ran.code)
            if note and ran.code == 0:
                recorded += note
        after = stamps_of(outside)
    assert after == before
    assert codes <= CODES
    notes = notes_in(workspace)
    assert [note for note in recorded if note not in notes] == []
    for command in (("add", A, "related", B), ("show",), ("verify",)):
        assert workspace.run(*command).code == 0
