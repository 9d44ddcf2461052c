"""No answer from a stale index: whatever happens to the files between two questions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from oracle import settle
from workspace_builder import A, B, C, Workspace, git

EARLY = "2026-01-01T10:00:00Z"
RECORD = f".yoi/tickets/{A}/artifacts/relations/01KT0000000000000000000001.md"
Change = Callable[[Workspace], object]


def one_edge(workspace: Workspace) -> Workspace:
    """A workspace with one relation, about which a question was asked already."""
    workspace.pair("blocked_by", "first")
    workspace.show()
    return workspace


@pytest.fixture
def asked(workspace: Workspace) -> Workspace:
    return one_edge(workspace)


def edges(workspace: Workspace) -> list[tuple[str, str, str, str | None]]:
    """What `show --all` says, problems or not."""
    ran = workspace.run("show", "--all", "--json")
    assert ran.code in (0, 4), ran
    rows = ran.json["relations"]
    return [(one["ticket"], one["kind"], one["target"], one["note"]) for one in rows]


def edit_in_place(workspace: Workspace) -> None:
    """The same size and the same time of change; only the bytes differ."""
    path = workspace.root / RECORD
    before = path.stat()
    with path.open("r+b") as file:
        data = file.read().replace(b"first", b"other")
        file.seek(0)
        file.write(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def save_atomically(workspace: Workspace) -> None:
    path = workspace.root / RECORD
    draft = path.with_name(".draft")
    draft.write_text(path.read_text().replace("first", "other"))
    draft.replace(path)


def move_the_record(workspace: Workspace) -> None:
    path = workspace.root / RECORD
    to = workspace.record_file(B, path.name, path.read_text().replace(B, A))
    shutil.move(path, to)
    to.write_text(to.read_text().replace(f"target: {B}", f"target: {A}"))


def add_a_ticket(workspace: Workspace) -> None:
    workspace.ticket(C)
    workspace.record(C, "after", A, "a whole ticket at once")


FIRST = (A, "blocked_by", B, "first")
OTHER = (A, "blocked_by", B, "other")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (edit_in_place, [OTHER]),
        (save_atomically, [OTHER]),
        (lambda w: (w.root / RECORD).unlink(), []),
        (lambda w: shutil.rmtree(w.tickets / A), []),
        (move_the_record, [(B, "blocked_by", A, "first")]),
        (
            lambda w: (w.tickets / A).rename(w.tickets / C),
            [(C, "blocked_by", B, "first")],
        ),
        pytest.param(
            add_a_ticket,
            [FIRST, (C, "after", A, "a whole ticket at once")],
            id="add_a_ticket",
        ),
        (lambda w: w.relations_json(B, {"kind": "blocks", "target": A, "at": EARLY}), [FIRST]),
        (lambda w: w.record(B, "after", A), [FIRST, (B, "after", A, None)]),
    ],
)
def test_a_change_is_seen_at_once(asked: Workspace, change: Change, expected: list[object]) -> None:
    change(asked)
    assert edges(asked) == expected
    assert edges(asked) == expected


def test_each_of_many_quick_edits_is_seen(asked: Workspace) -> None:
    path = asked.root / RECORD
    for number in range(10, 40):
        text = path.read_text().splitlines()
        path.write_text("\n".join([*text[:-1], f"note {number}", ""]))
        assert edges(asked) == [(A, "blocked_by", B, f"note {number}")]


def test_a_state_and_a_title_are_never_stale(asked: Workspace) -> None:
    asked.ticket(B, "done", title="Another")
    (row,) = asked.show("--all")["relations"]
    assert (row["active"], row["target_state"], row["target_title"]) == (False, "done", "Another")


@pytest.fixture
def repository(asked: Workspace) -> Workspace:
    """The same under git, all committed."""
    git(asked, "init", "--quiet", "--initial-branch=main")
    git(asked, "add", ".")
    git(asked, "commit", "--quiet", "--message=first")
    return asked


def test_git_never_sees_the_cache(repository: Workspace) -> None:
    shutil.rmtree(repository.root / ".yoi/cache")
    for command in (["show"], ["show", A, "--all"], ["status"], ["rebuild"], ["show", "--json"]):
        assert repository.run(*command).code == 0
        assert git(repository, "status", "--porcelain", "--untracked-files=all") == ""
    assert "cache" not in git(repository, "ls-files")


def test_a_checkout_is_seen_at_once(repository: Workspace) -> None:
    git(repository, "switch", "--quiet", "--create=other")
    save_atomically(repository)
    add_a_ticket(repository)
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message=other")
    other = [OTHER, (C, "after", A, "a whole ticket at once")]
    for _ in range(4):
        git(repository, "checkout", "--quiet", "main")
        assert edges(repository) == [FIRST]
        git(repository, "checkout", "--quiet", "other")
        assert edges(repository) == other


def test_a_stash_and_a_reset_are_seen_at_once(repository: Workspace) -> None:
    edit_in_place(repository)
    (repository.root / RECORD).touch()  # git itself asks for the time alone
    assert edges(repository) == [OTHER]
    git(repository, "stash")
    assert edges(repository) == [FIRST]
    git(repository, "stash", "pop")
    assert edges(repository) == [OTHER]
    git(repository, "reset", "--quiet", "--hard")
    assert edges(repository) == [FIRST]


def test_two_processes_on_a_stale_index_are_both_right(asked: Workspace) -> None:
    for _ in range(3):
        add_a_ticket(asked)
        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(asked.process, "show", "--plain") for _ in range(4)]
        answers = [call.result() for call in calls]
        assert {(ran.code, ran.err, ran.out.count("\n")) for ran in answers} == {(0, "", 2)}
        shutil.rmtree(asked.tickets / C)
        edges(asked)
    left = {path.name for path in (asked.root / ".yoi/cache/relations").iterdir()}
    assert not [name for name in left if name.startswith("tmp-")]


@pytest.mark.usefixtures("soon_settled")
def test_a_question_on_a_fresh_index_writes_nothing(asked: Workspace) -> None:
    def stamps() -> dict[str, tuple[int, int, int]]:
        files = (asked.root / ".yoi/cache").rglob("*")
        found = {str(path): path.stat() for path in files}
        return {p: (s.st_ino, s.st_mtime_ns, s.st_size) for p, s in found.items()}

    settle(asked)
    before = stamps()
    for command in (["show"], ["show", B], ["status"], ["show", "--all", "--json"]):
        assert asked.run(*command).err == ""
    assert stamps() == before


@pytest.mark.usefixtures("soon_settled")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_settled_question_asks_the_system_for_no_change(asked: Workspace) -> None:
    """No file is opened for writing, made, renamed, touched or synced, nor a lock taken."""
    settle(asked)
    trace = asked.root.with_name("trace")
    calls = "open,openat,creat,mkdir,rename,link,unlink,utimensat,fsync,ftruncate,chmod,flock"
    relative = ("mkdirat", "renameat", "renameat2", "unlinkat", "linkat")
    names = ",".join(f"?{name}" for name in (*calls.split(","), *relative))
    program = [sys.executable, "-B", "-m", "yoi_relations", "show", "--json"]
    ran = subprocess.run(
        ["strace", "-f", "-o", trace, "-e", f"trace={names}", *program],
        cwd=asked.root,
        capture_output=True,
        check=False,
    )
    lines = [line for line in trace.read_text().splitlines() if "(" in line]
    if not lines:
        pytest.skip(f"strace may not trace here: {ran.stderr.decode()}")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert any("sqlite3" in line for line in lines)
    writing = [line for line in lines if "O_RDONLY" not in line and "/dev/null" not in line]
    assert [line for line in writing if "= -1 " not in line] == []
