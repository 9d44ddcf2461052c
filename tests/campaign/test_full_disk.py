"""Real disks that are full, limit the size of files, or are read-only."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from queries.test_naive import assert_same, comparable, compare
from workspace_builder import A, B, C, Ran, Workspace, ulid

from campaign.failing_commands import SHOW, build, drop_cache, relations_in, write_one_more
from campaign.mounts import mounted, needs_root, read_only
from yoi_relations.errors import ExitCode

WRITING = (
    ("add", C, "related", A, "--note", "new"),
    ("add", A, "accepted-plan", "--note", "long", "--role-plan", "x" * 12_000),
    ("retire", ulid(1), "--reason", "over"),
    ("retire", f".yoi/tickets/{B}/artifacts/relations.json:4", "--reason", "over"),
)


def in_campaign(*values: int) -> list[ParameterSet]:
    """More values of a parameter, for the campaign."""
    return [pytest.param(value, marks=pytest.mark.campaign) for value in values]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace on a file system of its own, with room for an index and some files."""
    place = tmp_path / "disk"
    place.mkdir()
    with mounted(place, "-t", "tmpfs", "-o", "size=1m,nr_inodes=60", "none"):
        yield build(place / "work")


def fill(folder: Path, *, pages: int) -> Path:
    """Use up a file system except some pages; returns the file that does it."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(folder).f_bavail
        file.write(bytes(max(0, free - pages) * os.statvfs(folder).f_frsize))
    return filler


def use_up_inodes(folder: Path) -> list[Path]:
    """Create files until no inode is left."""
    made = [folder / f"filler{n}" for n in range(os.statvfs(folder).f_ffree)]
    for path in made:
        path.touch()
    return made


def assert_fails_with_errors(workspace: Workspace, *, cache_is_written: bool = False) -> None:
    """Without writes, questions are answered; all other commands fail and change nothing."""
    before = workspace.snapshot()
    ran = workspace.process(*SHOW)
    assert ran.code == 0, ran
    assert (" memory" in ran.err) != cache_is_written, ran.err
    assert_same(
        [comparable(one) for one in ran.json["relations"]],
        [comparable(one) for one in relations_in(workspace.root)],
    )
    commands = WRITING if cache_is_written else (*WRITING, ("rebuild",))
    for command in commands:
        ran = workspace.process(*command)
        assert (ran.code, ran.out) == (1, ""), (command, ran)
        assert "error: " in ran.err
        assert "Traceback" not in ran.err
    assert workspace.snapshot() == before


def assert_works(workspace: Workspace) -> None:
    """When there is room again, everything works without repair."""
    compare(workspace)
    for command in (*WRITING, ("rebuild",)):
        ran = workspace.run(*command)
        assert (ran.code, ran.err) == (0, "")
    compare(workspace)


@needs_root
@pytest.mark.parametrize(
    ("what", "index"),
    [
        ("blocks", "stale"),
        ("inodes", "none"),
        pytest.param("blocks", "none", marks=pytest.mark.campaign),
        pytest.param("inodes", "stale", marks=pytest.mark.campaign),
    ],
)
def test_full_disk_changes_nothing(small_disk: Workspace, what: str, index: str) -> None:
    (write_one_more if index == "stale" else drop_cache)(small_disk)
    disk = small_disk.root.parent
    kept = {path: path.read_bytes() for path in small_disk.root.rglob("*.sqlite3")}
    fillers = [fill(disk, pages=0)] if what == "blocks" else use_up_inodes(disk)
    assert_fails_with_errors(small_disk)
    assert {path: path.read_bytes() for path in small_disk.root.rglob("*.sqlite3")} == kept
    for path in fillers:
        path.unlink()
    assert_works(small_disk)


@needs_root
@pytest.mark.parametrize("pages", [2, *in_campaign(0, 1, 3, 5, 20, 27, 28, 29, 30, 40)])
def test_almost_full_disk_leaves_files_whole(small_disk: Workspace, pages: int) -> None:
    write_one_more(small_disk)
    filler = fill(small_disk.root.parent, pages=pages)
    for command in (SHOW, *WRITING, ("rebuild",)):
        assert_done_or_undone(small_disk, command, small_disk.process(*command))
    filler.unlink()
    assert_works(small_disk)


@pytest.mark.parametrize("size", [150, *in_campaign(0, 1, 40, 300, 4_096, 20_000, 100_000)])
def test_file_size_limit_leaves_files_whole(workspace: Workspace, size: int) -> None:
    build(workspace.root)
    write_one_more(workspace)
    for command in (SHOW, *WRITING, ("rebuild",)):
        assert_done_or_undone(workspace, command, limited(workspace, size, *command))
    assert_works(workspace)


def test_sorting_needs_no_disk_space(workspace: Workspace) -> None:
    """SQLite could sort in files outside of the workspace."""
    build(workspace.root)
    for number in range(300):
        workspace.record(A, "after", B, f"about {number}: {'x' * 12_000}")
    ran = limited(workspace, 0, *SHOW)
    assert (ran.code, ran.out.count("about 12: xxx")) == (0, 1), ran.err
    assert workspace.run("rebuild").code == 0
    again = limited(workspace, 0, *SHOW)
    assert (again.code, again.out) == (0, ran.out)
    verified = limited(workspace, 0, "verify")
    if hasattr(sqlite3.Connection, "deserialize"):
        assert (again.err, verified.code) == ("", 0)
    else:
        assert (again.err.count("\n"), verified.code) == (1, ExitCode.FOUND)


def limited(workspace: Workspace, size: int, *arguments: str) -> Ran:
    """Run a command that may make no file longer than `size` bytes."""
    program = [sys.executable, "-P", "-B", "-m", "yoi_relations", *arguments]
    ran = subprocess.run(
        program,
        cwd=workspace.root,
        env=os.environ | {"YOI_RELATIONS_AUTHOR": "tester"},
        capture_output=True,
        check=False,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def assert_done_or_undone(workspace: Workspace, command: tuple[str, ...], ran: Ran) -> None:
    """A command succeeded, or it failed with an error and left the files unchanged."""
    assert ran.code in {0, 1}, ran
    assert "Traceback" not in ran.err
    assert command != SHOW or ran.code == 0
    assert ran.code == 0 or ran.err.startswith("error: "), ran
    assert [path for path in workspace.tickets.rglob("*") if path.name.startswith(".")] == []
    before = workspace.snapshot()
    compare(workspace)
    if command[0] in {"add", "retire"}:
        again = workspace.run(*command, "--json") if ran.code == 0 else None
        assert again is None or (again.code == 0 and workspace.snapshot() == before)


@needs_root
def test_read_only_workspace_answers_questions(workspace: Workspace) -> None:
    build(workspace.root)
    write_one_more(workspace)
    with read_only(workspace.root):
        assert_fails_with_errors(workspace)
    assert_works(workspace)


@needs_root
def test_read_only_tickets_refuse_records(workspace: Workspace) -> None:
    build(workspace.root)
    write_one_more(workspace)
    with read_only(workspace.tickets):
        assert_fails_with_errors(workspace, cache_is_written=True)
    assert_works(workspace)


@needs_root
def test_read_only_cache_answers_and_records(workspace: Workspace) -> None:
    build(workspace.root)
    write_one_more(workspace)
    with read_only(workspace.root / ".yoi/cache"):
        ran = workspace.process("rebuild")
        assert (ran.code, ran.out) == (1, "")
        for command in (SHOW, *WRITING):
            ran = workspace.process(*command)
            assert (ran.code, " memory" in ran.err) == (0, True), (command, ran)
        compare(workspace)
    assert_works(workspace)
