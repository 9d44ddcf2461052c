"""The commands that something goes wrong in, and what must hold after each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from building import A, B, C, Ran, Workspace, ulid
from queries import naive, naive_reading
from queries.test_naive import assert_same, comparable, compare

from yoi_relations.files.stamps import WINDOW

KEPT = (".gitignore", "CACHEDIR.TAG", "lock", "index-v")
"""How the names begin that may stay in a cache folder."""
NOTE = "what it is about"
Snapshot = dict[str, bytes | None]


@dataclass(frozen=True)
class Case:
    """A command that something goes wrong in.

    Attributes:
        arguments: the command.
        prepare: what makes its workspace.
        said: whether the workspace, or the files of it, hold what the command is to record.
    """

    arguments: tuple[str, ...]
    prepare: Callable[[Workspace], None]
    said: Callable[[Path], bool] | None = None


def build(root: Path) -> Workspace:
    """Three tickets, the last with nothing but its item.md, and an index of them."""
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
    """Let every stamp settle, so that the next question notes it."""
    time.sleep(WINDOW / 10**9 + 0.1)


def wait_twice(workspace: Workspace) -> None:
    """Let the index settle, too, so that the next question proves it for all later ones."""
    wait(workspace)
    workspace.show()
    wait(workspace)


def take_cache_away(workspace: Workspace) -> None:
    drop_cache(workspace)
    (workspace.root / ".yoi/cache").write_text("in the way\n")


def relations_in(root: Path) -> list[dict[str, Any]]:
    """What the files say, read plainly."""
    found = naive_reading.read(root)
    return naive.relations_of(found.tickets, found.records)


def is_added(root: Path) -> bool:
    """Whether C has its record, whole and alone."""
    records = [one for one in naive_reading.read(root).records if one["holder"] == C]
    said = [(one["kind"], one["target"], one["note"], one["author"]) for one in records]
    assert said in ([], [("after", A, NOTE, "tester")])
    return bool(said)


def is_retired(holder: str) -> Callable[[Path], bool]:
    """Tells whether the one record of `holder` is retired, by one file that is whole."""

    def said(root: Path) -> bool:
        found = naive_reading.read(root)
        (record,) = [one for one in found.records if one["holder"] == holder]
        written = [(one.holder, one.retires) for one in found.retirements]
        assert (written, found.unusable) in (([], []), ([(holder, record["id"])], []))
        return bool(record["retired_at"])

    return said


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
    "add-beside": Case(_ADD, take_cache_away, is_added),
    "retire": Case(("retire", ulid(1), "--reason", "over"), lambda _: None, is_retired(A)),
    "retire-beside": Case(("retire", _ENTRY, "--reason", "over"), lambda _: None, is_retired(B)),
}


def check_end(case: Case, workspace: Workspace, ended: Ran, *, mute: bool) -> None:
    """What a command that was not killed said of itself is true.

    Args:
        case: the command.
        workspace: where.
        ended: how.
        mute: whether it could not say a word.
    """
    assert ended.code in {0, 1, 4}, ended
    assert "Traceback" not in ended.err, ended.err
    assert ended.code != 1 or "error" in ended.err or mute, ended
    if case.arguments == SHOW and ended.code == 0:
        answer = [comparable(one) for one in ended.json["relations"]]
        assert_same(answer, [comparable(one) for one in relations_in(workspace.root)])
    if case.arguments == SHOW and ended.code == 4:
        assert ended.json["problems"]
    if case.said:
        said = case.said(workspace.root)
        assert said or ended.code, "it claims to have recorded what is not there"
        assert not said or "nothing was recorded" not in ended.err, ended.err


def check_afterwards(case: Case, workspace: Workspace, before: Snapshot, *, cut: bool) -> None:
    """The record is whole or absent, the next answer is right, and nothing needs a hand.

    Args:
        case: the command that something went wrong in.
        workspace: where.
        before: its files from before that.
        cut: whether the command had no chance to clean up behind itself.
    """
    check_files(case, workspace, before, cut=cut)
    told = workspace.run(*SHOW).err
    assert not told or case.prepare in {drop_cache, take_cache_away}, told
    compare(workspace)
    again = workspace.run(*case.arguments)
    assert again.code == 0, again
    assert not case.said or case.said(workspace.root)
    compare(workspace)
    if case.prepare is not take_cache_away:
        check_leftovers(workspace)


def check_files(case: Case, workspace: Workspace, before: Snapshot, *, cut: bool) -> None:
    """Of the truth, nothing has changed but what the command is for."""
    after = workspace.snapshot()
    done = case.said(workspace.root) if case.said else False
    changed = {name for name in before if after.get(name, b"gone") != before[name]}
    assert changed == set()
    new = set(after) - set(before)
    records = {name for name in new if name.endswith(".md")}
    assert len(records) == done
    others = {name for name in new - records if after[name] is not None or not (done or cut)}
    # A draft beside its name: the scan passes it over, and its name tells what it was.
    assert all(cut and name.endswith(".tmp") and "/." in name for name in others), others


def check_leftovers(workspace: Workspace) -> None:
    """What lay about in the cache folder goes with the next command that writes there."""
    cache = workspace.root / ".yoi/cache/relations"
    for path in cache.glob("*.tmp"):
        os.utime(path, (0, 0))  # else somebody may still be at it
    assert workspace.run("rebuild").code == 0
    assert [p.name for p in cache.iterdir() if not p.name.startswith(KEPT)] == []
    assert list(cache.glob("*.tmp")) == []
