"""Files vanish or change while a question reads them, before each call of `os` that reads one.

The changes and the files are real. The calls of `os` are only counted, so that a change comes just
before a certain call.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from oracle import assert_as_read, settle
from workspace_builder import A, B, C, Workspace

pytestmark = pytest.mark.usefixtures("soon_settled")
CALLS = ("listdir", "scandir", "lstat", "stat", "fstat", "open", "read")
Act = Callable[[Workspace], object]


@contextmanager
def before_call(number: int, act: Callable[[], object], root: Path) -> Iterator[list[str]]:
    """Call `act` just before the call with that number below `root`; the names of the calls."""
    seen: list[str] = []
    descriptors: set[int] = set()

    def counting(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(path: Any = ".", *arguments: Any, **named: Any) -> Any:
            below = named.get("dir_fd") in descriptors or path in descriptors
            if below or (
                isinstance(path, (str, bytes)) and os.fsdecode(path).startswith(str(root))
            ):
                seen.append(f"{name} {path!r}")
                if len(seen) == number:
                    act()
                found = real(path, *arguments, **named)
                if name == "open":
                    descriptors.add(found)
                return found
            return real(path, *arguments, **named)

        return call

    with ExitStack() as stack:
        for name in CALLS:
            stack.enter_context(mock.patch.object(os, name, counting(name)))
        yield seen


def folder(workspace: Workspace) -> Path:
    return workspace.tickets / "open" / A


def rewrite(workspace: Workspace) -> None:
    """In place, with the same size and date."""
    (path,) = (folder(workspace) / "artifacts" / "relations").iterdir()
    before = path.stat()
    path.write_text(path.read_text().replace("first", "other"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(workspace: Workspace) -> None:
    (path,) = (folder(workspace) / "artifacts" / "relations").iterdir()
    draft = path.with_name(".draft")
    draft.write_text(path.read_text().replace("first", "other"))
    draft.replace(path)


ACTS: dict[str, Act] = {
    "record rewritten": rewrite,
    "record replaced": replace,
    "record gone": lambda w: next((folder(w) / "artifacts/relations").iterdir()).unlink(),
    "item gone": lambda w: (folder(w) / "item.md").unlink(),
    "plan gone": lambda w: (folder(w) / "artifacts/orchestration-plan.jsonl").unlink(),
    "relations gone": lambda w: shutil.rmtree(folder(w) / "artifacts/relations"),
    "artifacts gone": lambda w: shutil.rmtree(folder(w) / "artifacts"),
    "ticket gone": lambda w: shutil.rmtree(folder(w)),
    "bucket gone": lambda w: shutil.rmtree(w.tickets / "open"),
    "ticket renamed": lambda w: folder(w).rename(w.tickets / C),
    "record came": lambda w: w.record(B, "related", A, "new"),
}


def fill(root: Path) -> Workspace:
    shutil.rmtree(root, ignore_errors=True)
    workspace = Workspace(root)
    workspace.ticket(A, bucket="open")
    workspace.ticket(B)
    workspace.record(f"open/{A}", "blocked_by", B, "first")
    workspace.plan_lines(f"open/{A}", {"kind": "after", "related_ticket": B, "ticket_id": A})
    return workspace


def prepare(root: Path, index: str) -> Workspace:
    """A workspace with no index, with a stale one, or with one that stamps prove current."""
    workspace = fill(root)
    if index != "none":
        settle(workspace)
    if index == "stale":
        workspace.record(B, "after", A, "since")
    return workspace


Said = set[tuple[str, ...]]


def said(rows: list[Any]) -> Said:
    return {tuple(str(row[key]) for key in ("kind", "ticket", "target", "note")) for row in rows}


def asked(workspace: Workspace, number: int, act: Act) -> tuple[Said, list[str]]:
    """The answer, and the calls; `act` was called before one of them."""
    with before_call(number, partial(act, workspace), workspace.tickets) as calls:
        ran = workspace.run("show", "--all", "--json")
    assert ran.code in (0, 4), ran
    return said(ran.json["relations"]), calls


# The short run tries only some of the calls, other ones with each change.
EVERY = pytest.mark.parametrize("every", [13, pytest.param(1, marks=pytest.mark.campaign)])
INDEXES = pytest.mark.parametrize("index", ["none", "stale", "settled"])


@EVERY
@INDEXES
@pytest.mark.parametrize("name", ACTS)
def test_changes_during_a_question_are_in_the_next_answer(
    tmp_path: Path, name: str, index: str, every: int
) -> None:
    before, calls = asked(prepare(tmp_path / "work", index), 0, ACTS[name])
    assert len(calls) >= (5 if index == "settled" else 12), calls
    for number in range(1 + list(ACTS).index(name) % every, len(calls) + 1, every):
        workspace = prepare(tmp_path / "work", index)
        found, calls = asked(workspace, number, ACTS[name])
        if len(calls) < number:  # the number of scans of racy folders depends on the time
            ACTS[name](workspace)
        after = said(assert_as_read(workspace))
        # The answer may have any part of the changes made at the same time, but nothing else.
        assert found <= before | after, calls[number - 1 :][:1]


def rename_root(workspace: Workspace) -> None:
    workspace.tickets.rename(workspace.root / "aside")


@EVERY
@INDEXES
def test_fails_when_the_root_vanishes_during_a_question(
    tmp_path: Path, index: str, every: int
) -> None:
    before, calls = asked(prepare(tmp_path / "work", index), 0, rename_root)
    for number in range(1, len(calls) + 1, every):
        workspace = prepare(tmp_path / "work", index)
        act = partial(rename_root, workspace)
        with before_call(number, act, workspace.tickets) as calls:
            ran = workspace.run("show", "--all", "--json")
        if len(calls) < number:
            act()
        # Files that were open before can be read to the end.
        assert ran.code == 1 or said(ran.json["relations"]) == before, (
            calls[number - 1 :][:1],
            ran,
        )
        assert "Traceback" not in ran.err
        ran = workspace.run("show")
        assert (ran.code, ran.out) == (1, "")
        assert str(workspace.tickets) in ran.err
        (workspace.root / "aside").rename(workspace.tickets)
        assert said(assert_as_read(workspace)) == before
