"""Tools change the dates of files: new content is seen, and equal content is read only once.

No test sets the machine's clock; `test_reconcile_updates` uses a clock of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from oracle import assert_as_read, settle, wait_window, without_rescans
from workspace_builder import A, Workspace

from yoi_relations.index import rescan

pytestmark = pytest.mark.usefixtures("soon_settled")
TOOLS = {
    "touch -d": 'cat "$1" >"$2" && touch -d "$3" "$2"',
    "touch -r": 'touch -r "$2" dates && cat "$1" >"$2" && touch -r dates "$2"',
    "cp -p": 'cp -p "$1" "$2"',
    "cp -p to a new file": 'cp -p --remove-destination "$1" "$2"',
    "mv": 'mv "$1" "$2"',
    "ln": 'ln -f "$1" "$2"',
    "rsync -t": 'rsync -t --ignore-times "$1" "$2"',
    "rsync -t in place": 'rsync -t --ignore-times --inplace "$1" "$2"',
    "tar": 'tar -C "$(dirname "$1")" -cf all.tar . && tar -C "$(dirname "$2")" -xpf all.tar',
    "tar over": 'tar -C "$(dirname "$1")" -cf all.tar . && '
    'tar -C "$(dirname "$2")" --overwrite -xpf all.tar',
    "dd": 'dd if="$1" of="$2" conv=notrunc status=none && touch -d "$3" "$2"',
}
"""Shell commands that replace the file $2 by $1, which has its size and its date $3."""
DAY = 86_400 * 10**9
DATES = {
    "to come": 4_102_444_800 * 10**9,
    "far to come": 9_300_000_000 * 10**9,
    "1970": 0,
    "before 1970": -1_000_000_000 * 10**9 + 1,
    "1901": -(2**31) * 10**9,
}


def record_of(workspace: Workspace) -> Path:
    (path,) = workspace.tickets.glob(f"{A}/artifacts/relations/*.md")
    return path


@pytest.mark.parametrize("tool", TOOLS)
def test_other_content_of_the_same_size_and_date_is_seen(edge: Workspace, tool: str) -> None:
    if shutil.which(tool.split(maxsplit=1)[0]) is None:
        pytest.skip(f"{tool.split(maxsplit=1)[0]} is not installed")
    path = record_of(edge)
    other = edge.root / "other" / path.name
    other.parent.mkdir()
    other.write_text(path.read_text().replace("first", "other"))
    date = time.time_ns() // 10**9 * 10**9 - DAY
    for file in (path, other):
        os.utime(file, ns=(date, date))
    settle(edge)
    before, status = assert_as_read(edge), path.stat()

    command: list[str | Path] = ["sh", "-euc", TOOLS[tool], "sh", other, path, f"@{date // 10**9}"]
    subprocess.run(command, cwd=edge.root, check=True)

    now = path.stat()
    assert (now.st_size, now.st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    (row,) = assert_as_read(edge)
    assert (row["note"], before[0]["note"]) == ("other", "first")


def touch_all(workspace: Workspace) -> None:
    for path in workspace.tickets.rglob("*"):
        path.touch()


def change_modes(workspace: Workspace) -> None:
    for path in workspace.tickets.rglob("*"):
        path.chmod(0o700)


def link_hard(workspace: Workspace) -> None:
    os.link(record_of(workspace), workspace.root / "the same file")


def copy_and_swap(workspace: Workspace) -> None:
    """The same content in other inodes, as after a restore."""
    shutil.copytree(workspace.tickets, workspace.root / "copy")
    shutil.rmtree(workspace.tickets)
    (workspace.root / "copy").rename(workspace.tickets)


@pytest.mark.parametrize("act", [touch_all, change_modes, link_hard, copy_and_swap])
def test_files_with_only_a_new_stamp_are_read_once(
    edge: Workspace, act: Callable[[Workspace], None]
) -> None:
    settle(edge)
    expected = edge.run("show", "--json").json
    act(edge)
    wait_window()
    with mock.patch.object(rescan, "rescan_folders", wraps=rescan.rescan_folders) as rescans:
        assert edge.run("show", "--json").json == expected
        assert rescans.call_count >= 1
    with without_rescans():
        assert edge.run("show", "--json").json == expected
    assert edge.run("verify").code == 0


@pytest.mark.parametrize("name", DATES)
def test_files_of_any_date_are_read_and_their_changes_seen(edge: Workspace, name: str) -> None:
    path, date = record_of(edge), DATES[name]
    paths = [edge.tickets, *edge.tickets.rglob("*")]
    for dated in paths:
        os.utime(dated, ns=(date, date))
    for _ in range(2):
        wait_window()
        (before,) = assert_as_read(edge)
    path.write_text(path.read_text().replace("first", "other"))
    os.utime(path, ns=(date, date))
    (after,) = assert_as_read(edge)
    assert (before["note"], after["note"]) == ("first", "other")
    path.unlink()
    os.utime(path.parent, ns=(date, date))
    assert assert_as_read(edge) == []
