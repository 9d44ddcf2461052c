"""Commands that are interrupted or that fail, and what must hold after each of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from queries import naive, naive_reading
from queries.test_naive import assert_same, comparable, compare
from workspace_builder import A, B, C, Ran, Workspace, ulid

from yoi_relations.files.stat_stamp import WINDOW

KEPT = (".gitignore", "CACHEDIR.TAG", "lock", "index-v")
"""How the names begin that may stay in a cache folder."""
NOTE = "what it is about"
Snapshot = dict[str, bytes | None]


@dataclass(frozen=True)
class Case:
    """A command that is interrupted, or in which a system call fails.

    Attributes:
        arguments: the command.
        prepare: changes the workspace before the command.
        is_recorded: whether the files hold what the command has to record; for commands that write.
    """

    arguments: tuple[str, ...]
    prepare: Callable[[Workspace], None]
    is_recorded: Callable[[Path], bool] | None = None


def build(root: Path) -> Workspace:
    """Three tickets, the last with only its item.md, and an index of them."""
    workspace = Workspace(root)
    for id_ in (A, B, C):
        workspace.ticket(id_)
    workspace.record(A, "blocked_by", B, "first")
    workspace.relations_json(B, {"kind": "depends_on", "target": C})
    assert workspace.run("rebuild").code == 0
    return workspace


def write_one_more(workspace: Workspace) -> None:
    workspace.record(A, "after", C, "second")


def drop_cache(workspace: Workspace) -> None:
    cache = workspace.root / ".yoi/cache"
    for path in sorted(cache.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    cache.rmdir()


def wait(_: Workspace) -> None:
    """Wait until every stamp is reliable, so that the next question notes it."""
    time.sleep(WINDOW / 10**9 + 0.1)


def wait_twice(workspace: Workspace) -> None:
    """Wait for the index, too, so that the next question proves it for all later ones."""
    wait(workspace)
    workspace.show()
    wait(workspace)


def put_file_at_cache(workspace: Workspace) -> None:
    drop_cache(workspace)
    (workspace.root / ".yoi/cache").write_text("not a folder\n")


def relations_in(root: Path) -> list[dict[str, Any]]:
    """The relations in the files, by the naive implementation."""
    found = naive_reading.read(root)
    return naive.relations_of(found.tickets, found.records)


def is_added(root: Path) -> bool:
    """Whether C has its record, whole and alone."""
    records = [one for one in naive_reading.read(root).records if one["holder"] == C]
    fields = [(one["kind"], one["target"], one["note"], one["author"]) for one in records]
    assert fields in ([], [("after", A, NOTE, "tester")])
    return bool(fields)


def is_retired(holder: str) -> Callable[[Path], bool]:
    """A function: whether the one record of `holder` is retired, by one whole file."""

    def is_so(root: Path) -> bool:
        found = naive_reading.read(root)
        (record,) = [one for one in found.records if one["holder"] == holder]
        written = [(one.holder, one.retires) for one in found.retirements]
        assert (written, found.unusable) in (([], []), ([(holder, record["id"])], []))
        return bool(record["retired_at"])

    return is_so


SHOW = ("show", "--all", "--limit", "0", "--json")
_ADD = ("add", C, "after", A, "--note", NOTE)
_ENTRY = f".yoi/tickets/{B}/artifacts/relations.json:4"
CASES = {
    "refresh": Case(SHOW, write_one_more),
    "first": Case(SHOW, drop_cache),
    "settle": Case(SHOW, wait),
    "prove": Case(SHOW, wait_twice),
    "rebuild": Case(("rebuild",), write_one_more),
    "add": Case(_ADD, lambda _: None, is_added),
    "add-beside": Case(_ADD, put_file_at_cache, is_added),
    "retire": Case(("retire", ulid(1), "--reason", "over"), lambda _: None, is_retired(A)),
    "retire-beside": Case(("retire", _ENTRY, "--reason", "over"), lambda _: None, is_retired(B)),
}


def check_end(case: Case, workspace: Workspace, ended: Ran, *, mute: bool) -> None:
    """A command that was not killed reported the truth.

    Args:
        case: the command.
        workspace: its workspace.
        ended: how it ended.
        mute: whether it could not write any output.
    """
    assert ended.code in {0, 1, 4}, ended
    assert "Traceback" not in ended.err, ended.err
    assert ended.code != 1 or "error" in ended.err or mute, ended
    if case.arguments == SHOW and ended.code == 0:
        answer = [comparable(one) for one in ended.json["relations"]]
        assert_same(answer, [comparable(one) for one in relations_in(workspace.root)])
    if case.arguments == SHOW and ended.code == 4:
        assert ended.json["problems"]
    if case.is_recorded:
        recorded = case.is_recorded(workspace.root)
        assert recorded or ended.code, "it succeeded, and its record is not there"
        assert not recorded or "nothing was recorded" not in ended.err, ended.err


def check_afterwards(case: Case, workspace: Workspace, before: Snapshot, *, cut: bool) -> None:
    """The record is whole or absent, the next answer is right, and nothing needs repair.

    Args:
        case: the command.
        workspace: its workspace.
        before: its files before the command.
        cut: whether the command could not clean up.
    """
    check_files(case, workspace, before, cut=cut)
    notices = workspace.run(*SHOW).err
    assert not notices or case.prepare in {drop_cache, put_file_at_cache}, notices
    compare(workspace)
    again = workspace.run(*case.arguments)
    assert again.code == 0, again
    assert not case.is_recorded or case.is_recorded(workspace.root)
    compare(workspace)
    if case.prepare is not put_file_at_cache:
        check_leftovers(workspace)


def check_files(case: Case, workspace: Workspace, before: Snapshot, *, cut: bool) -> None:
    """No ticket file has changed, apart from what the command has to write."""
    after = workspace.snapshot()
    done = case.is_recorded(workspace.root) if case.is_recorded else False
    changed = {name for name in before if after.get(name, b"gone") != before[name]}
    assert changed == set()
    new = set(after) - set(before)
    records = {name for name in new if name.endswith(".md")}
    assert len(records) == done
    others = {name for name in new - records if after[name] is not None or not (done or cut)}
    # A draft next to its final name: the scan skips it, and its name says what it was.
    assert all(cut and name.endswith(".tmp") and "/." in name for name in others), others


def check_leftovers(workspace: Workspace) -> None:
    """The next command that writes the cache removes what was left in its folder."""
    cache = workspace.root / ".yoi/cache/relations"
    for path in cache.glob("*.tmp"):
        os.utime(path, (0, 0))  # otherwise a process may still write it
    assert workspace.run("rebuild").code == 0
    assert [p.name for p in cache.iterdir() if not p.name.startswith(KEPT)] == []
    assert list(cache.glob("*.tmp")) == []
