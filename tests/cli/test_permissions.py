"""Commands of a user who must not read or write some files, in their own processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace_builder import A, B, Ran, Workspace

# The program may be in a folder that only root can read. So its modules are imported before the
# privileges are dropped, by running each command once on a temporary workspace.
AS_NOBODY = """
import contextlib, io, os, sqlite3, sys, tempfile, tomllib
from pathlib import Path
from yoi_relations.index import build, serialization
from yoi_relations.cli import fast_path
from yoi_relations.cli.typer_app import run as run_in_full

def run(arguments):
    code = fast_path.run(arguments)
    return run_in_full(arguments) if code is None else code

image = serialization.serialize(build.new_connection())
with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()), \
        contextlib.redirect_stderr(io.StringIO()):
    for ticket in ("a", "b"):
        item = Path(folder, ".yoi/tickets", ticket, "item.md")
        item.parent.mkdir(parents=True)
        item.write_text("---\\nstate: ready\\n---\\n")
    for line in ("add a after b", "retire c --reason x", "show --kind x", "rebuild", "status"):
        run(["-C", folder, *line.split()])
    Path(folder, ".yoi/tickets/a/artifacts/relations.json").write_text("{")
    for line in ("show", "check"):
        run(["-C", folder, line])

def new_connection():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    serialization.deserialize(connection, image)
    return connection

build.new_connection = new_connection
if os.getuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
sys.exit(run(sys.argv[1:]))
"""


def as_nobody(workspace: Workspace, *arguments: str) -> Ran:
    command = [sys.executable, "-c", AS_NOBODY, *arguments]
    ran = subprocess.run(command, cwd=workspace.root, capture_output=True, check=False, text=True)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def assert_fails(workspace: Workspace, arguments: tuple[str, ...], *said: str) -> None:
    """The command fails, with and without --json, and says why."""
    ran = as_nobody(workspace, *arguments)
    assert (ran.code, ran.out) == (1, ""), ran
    assert "error: " in ran.err
    assert "Traceback" not in ran.err
    assert [part for part in said if part not in ran.err] == []
    ran = as_nobody(workspace, *arguments, "--json")
    assert (ran.code, ran.out) == (1, ""), ran
    message = ran.errors[-1]["error"]["message"]
    assert [part for part in said if part not in message] == []


@pytest.fixture
def shared() -> Iterator[Workspace]:
    """A workspace below folders that everybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        workspace = Workspace(Path(folder) / "work")
        workspace.pair("blocked_by", "first")
        (workspace.root / ".yoi").chmod(0o777)  # these tests are not about the cache
        yield workspace
        for path in workspace.root.rglob("*"):
            path.chmod(0o755)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("", 0o000),
        ("", 0o311),
        (A, 0o000),
        (f"{A}/artifacts", 0o000),
        (f"{A}/artifacts/relations", 0o000),
        (f"{A}/artifacts/relations", 0o311),
    ],
)
def test_unlistable_folder_fails_the_command(shared: Workspace, name: str, mode: int) -> None:
    before = shared.snapshot()
    (shared.tickets / name).chmod(mode)
    for command in (("show",), ("status",), ("rebuild",), ("add", A, "related", B)):
        assert_fails(shared, command, name or ".yoi/tickets")
    (shared.tickets / name).chmod(0o755)
    assert shared.snapshot() == before


def test_inaccessible_folder_ends_the_search_for_a_workspace(shared: Workspace) -> None:
    """The workspace may be there; the one around it does not have its tickets."""
    inner = Workspace(shared.root / "inner")
    inner.ticket(A)
    for mode in (0o000, 0o744):
        inner.root.chmod(mode)
        assert_fails(shared, ("show", "-C", str(inner.root)), f"{inner.root}/.yoi: cannot be")
    inner.root.chmod(0o755)
    assert as_nobody(shared, "show", "-C", str(inner.root)).out == ""


def test_unreadable_root_of_a_client_is_an_error(shared: Workspace) -> None:
    """Otherwise the MCP server would answer from another workspace."""
    inner = Workspace(shared.root / "locked" / "inner")
    inner.ticket(A)
    ask = (
        "import os; from yoi_relations.mcp.roots import folder_for\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        f"folder_for([{str(inner.root)!r}], '.')"
    )
    inner.root.parent.chmod(0)
    ran = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=shared.root,
        capture_output=True,
        check=False,
        text=True,
    )
    inner.root.parent.chmod(0o755)
    assert "cannot be examined" in ran.stderr, ran


def test_unreadable_file_is_a_problem(shared: Workspace) -> None:
    path = shared.record(A, "after", B)
    path.chmod(0)
    ran = as_nobody(shared, "show", "--json")
    assert (ran.code, ran.json["count"]) == (4, 1)
    assert [one["path"] for one in ran.json["problems"]] == [str(path.relative_to(shared.root))]


def test_unreadable_configuration_fails_the_command(shared: Workspace) -> None:
    config = shared.root / ".yoi/workspace.toml"
    config.write_text("")
    config.chmod(0)
    assert_fails(shared, ("show",), ".yoi/workspace.toml")


def test_add_and_retire_fail_without_write_permission(shared: Workspace) -> None:
    before = shared.snapshot()
    for command in (
        ("add", A, "related", B),
        ("add", B, "related", A),
        ("retire", "01KT0000000000000000000001", "--reason", "over"),
    ):
        assert_fails(shared, command, "/artifacts/relations/")
    assert shared.snapshot() == before


@pytest.fixture
def locked(shared: Workspace) -> Workspace:
    """The same workspace, with an index in a cache folder that is read-only."""
    shared.show()
    cache = shared.root / ".yoi/cache"
    for path in (*cache.rglob("*"), cache):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return shared


@pytest.mark.parametrize("found", ["stale", "missing", "broken", "no folder"])
def test_answers_from_memory_without_write_permission(locked: Workspace, found: str) -> None:
    cache = locked.root / ".yoi/cache/relations"
    index = next(cache.glob("*.sqlite3"))
    cache.chmod(0o755)
    cache.parent.chmod(0o755)
    if found == "stale":
        locked.record(A, "after", B, "other")
    elif found == "missing":
        index.unlink()
    elif found == "broken":
        index.unlink()
        index.write_bytes(b"garbage")
    else:
        shutil.rmtree(cache)
    for folder in (cache.parent, *cache.parent.glob("relations")):
        folder.chmod(0o555)
    before = snapshot_of(cache.parent)
    ran = as_nobody(locked, "show")
    assert ran.code == 0
    assert ("first" in ran.out, "other" in ran.out) == (True, found == "stale")
    assert len(ran.err.splitlines()) == 1
    assert " memory" in ran.err
    assert snapshot_of(cache.parent) == before


def snapshot_of(folder: Path) -> dict[Path, bytes | None]:
    return {p: p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


def test_fresh_index_needs_no_write_permission(locked: Workspace) -> None:
    ran = as_nobody(locked, "show")
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize(("owner", "is_believed"), [(0, True), (65534, True), (65533, False)])
def test_index_of_oneself_or_root_is_trusted(
    locked: Workspace, owner: int, *, is_believed: bool
) -> None:
    (index,) = (locked.root / ".yoi/cache/relations").glob("*.sqlite3")
    os.chown(index, owner, owner)
    os.chown(locked.tickets, 65532, 65532)  # so that their owner is not a reason to trust it
    ran = as_nobody(locked, "show", "--trust", "index")
    assert (ran.code, ran.err == "") == (0, is_believed)


def test_rebuild_fails_without_write_permission(locked: Workspace) -> None:
    assert_fails(locked, ("rebuild",), ".yoi/cache/relations")
