"""`log` against a second implementation, which lists the whole tree of each commit."""

from __future__ import annotations

import contextlib
import random
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from workspace_builder import A, B, C, D

from history.committed_workspace import CommittedWorkspace

TICKETS = (A, B, C, D)
PLACES = ("", "open", "closed")
Fact = tuple[str, str, str]
"""What a tree states: ``record`` or ``retirement``, the holder, and the name of the file or what
tells the entry of a list from others.
"""


class Author:
    """Changes a workspace at random; a record that was removed may be added again."""

    def __init__(self, work: CommittedWorkspace, seed: int) -> None:
        self.work = work
        self.random = random.Random(seed)  # noqa: S311  # not for secrets
        self.entries = 0
        self.removed: list[tuple[str, str, str]] = []
        for id_ in TICKETS:
            work.ticket(id_)

    def act(self) -> None:
        choice = self.random.choice
        actions = [self.record, self.record, self.entry, self.entry, self.move, self.remove]
        choice([*actions, self.add_again])()

    def folder(self) -> Path:
        id_ = self.random.choice(TICKETS)
        return next(self.work.tickets.glob(f"**/{id_}"))

    def record(self) -> None:
        folder = self.folder()
        other = self.random.choice([id_ for id_ in TICKETS if id_ != folder.name])
        path = self.work.record(folder.name, self.random.choice(["blocked_by", "after"]), other)
        target = folder / "artifacts/relations" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target != path:
            shutil.move(path, target)
            shutil.rmtree(self.work.tickets / folder.name)

    def entry(self) -> None:
        """Add an entry to a list, and sometimes remove the others."""
        folder = self.folder()
        path = folder / "artifacts/orchestration-plan.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        old = path.read_text() if path.exists() and self.random.random() < 0.8 else ""
        self.entries += 1
        line = (
            f'{{"id":"x","ticket_id":"{folder.name}","kind":"waiting_capacity_note",'
            f'"note":"n{self.entries}","author":"a","at":"2026-06-01T10:00:00Z"}}\n'
        )
        path.write_text(line + old)

    def move(self) -> None:
        folder = self.folder()
        place = self.work.tickets / self.random.choice(PLACES)
        place.mkdir(exist_ok=True)
        if place != folder.parent:
            shutil.move(folder, place)

    def remove(self) -> None:
        paths = sorted(self.work.tickets.glob("**/relations/*.md"))
        if paths:
            path = self.random.choice(paths)
            self.removed.append((path.parts[-4], path.name, path.read_text()))
            path.unlink()

    def add_again(self) -> None:
        if self.removed:
            holder, name, text = self.random.choice(self.removed)
            folder = next(self.work.tickets.glob(f"**/{holder}")) / "artifacts/relations"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)


@cache
def facts(work: CommittedWorkspace, commit: str) -> set[Fact]:
    """What the tree of a commit states."""
    found = set()
    for line in work.repository.git("ls-tree", "-r", commit).splitlines():
        head, path = line.split("\t")
        parts = path.split("/")
        if parts[-2:-1] == ["relations"]:
            found.add(("file", parts[-4], parts[-1]))
        elif parts[-1] == "orchestration-plan.jsonl":
            text = work.repository.git("cat-file", "blob", head.split()[2])
            found |= {
                ("line", parts[-3], one.split('"note":"')[1].split('"')[0])
                for one in text.splitlines()
            }
    return found


def naive_events(work: CommittedWorkspace) -> set[tuple[str, Fact, str]]:
    """What each commit states that no parent does, and what it lacks that all parents state."""
    events = set()
    for line in work.repository.git("rev-list", "--parents", "HEAD").splitlines():
        commit, *parents = line.split()
        own, theirs = facts(work, commit), [facts(work, parent) for parent in parents]
        events |= {("stated", fact, commit) for fact in own - set().union(*theirs)}
        if theirs:
            events |= {("gone", fact, commit) for fact in set.intersection(*theirs) - own}
    return events


def told_events(work: CommittedWorkspace) -> list[tuple[str, Fact, str]]:
    """What `log` says; a record that returns is stated again."""
    return [
        (event["what"].replace("returned", "stated"), fact_of(event["record"]), commit_of(event))
        for event in work.log()
    ]


def assert_returned_only_after_gone(work: CommittedWorkspace) -> None:
    earlier: dict[Fact, str] = {}
    for event in reversed(work.log()):
        fact = fact_of(event["record"])
        if event["what"] != "gone":  # several branches can remove it
            assert event["what"] == ("returned" if earlier.get(fact) == "gone" else "stated")
        earlier[fact] = event["what"]


def fact_of(record: Any) -> Fact:
    if record["format"] == "frontmatter":
        return "file", record["holder"], f"{record['id']}.md"
    return "line", record["holder"], record["note"]


def commit_of(event: Any) -> str:
    id_: str = event["commit"]["id"] if event["commit"] else event["how"]
    return id_


@pytest.mark.parametrize("seed", range(4))
def test_linear_history_is_told_exactly(tmp_path: Path, seed: int) -> None:
    work = CommittedWorkspace(tmp_path / "work")
    author = Author(work, seed)
    for number in range(14):
        for _ in range(author.random.randint(1, 3)):
            author.act()
        work.commit()
        if number % 4 == 1:
            assert {*told_events(work)} == naive_events(work)
    told = told_events(work)
    assert {*told} == naive_events(work)
    assert len({*told}) == len(told)


@pytest.mark.parametrize("seed", range(7))
def test_merged_history_names_the_commits_that_state(tmp_path: Path, seed: int) -> None:
    work = CommittedWorkspace(tmp_path / "work")
    author = Author(work, seed)
    work.commit()
    git = work.repository.git
    for round_ in range(4):
        git("branch", "side")
        for branch in ("main", "side"):
            git("switch", "-q", branch)
            for _ in range(2):
                author.act()
                work.commit()
        git("switch", "-q", "main")
        # The sides may conflict: in a list, so that the merge drops lines of one of them, or where
        # a folder was moved.
        with contextlib.suppress(AssertionError):
            git("merge", "-q", "--no-ff", "-X", "ours", "-m", f"merge {round_}", "side")
        work.commit(f"merge {round_}")
        git("branch", "-q", "-D", "side")
        work.told()
    told, naive = told_events(work), naive_events(work)
    assert {event for event in told if event[2] != "merged"} == naive
    assert_returned_only_after_gone(work)
    present = facts(work, "HEAD")
    latest: dict[Fact, str] = {}
    for what, fact, _ in told:
        latest.setdefault(fact, what)
    assert {fact for fact, what in latest.items() if what != "gone"} == present
