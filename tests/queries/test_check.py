"""A check rests on what its digest covers, and on nothing else: not on what else was asked.

``NAIVE_WORKSPACES=200`` makes each test here draw that many workspaces.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from workspace_builder import A, B, D, Workspace

from queries import naive, naive_check, naive_reading, naive_replaced, random_workspaces
from queries.sample_ids import NOTES
from queries.test_naive_check import checked, drawn

Pairs = set[tuple[str, str]]
APART = {"digest": None, "holds": None}
"""What a digest does not cover: itself, and the tickets that rest on this one."""
RESTS_ON = ("dependency", "ordering", "conflict")


def all_checks(workspace: Workspace, *arguments: str) -> dict[str, Any]:
    ids = naive_reading.read(workspace.root).tickets
    return {one["ticket"]: one for one in checked(workspace, *arguments, *ids)} if ids else {}


def test_digest_is_the_one_that_users_keep(workspace: Workspace) -> None:
    workspace.pair(states=("queued", "ready"))
    (check,) = checked(workspace, A)
    nothing = hashlib.sha256(b"[]").hexdigest()[:16]  # of sources that cannot be used
    covered = [A, [[A, check["title"], "queued"]], [], [], nothing, []]
    text = json.dumps(covered, separators=(",", ":"))
    assert check["digest"] == hashlib.sha256(text.encode()).hexdigest()[:16]


def made_up(made: dict[str, Any], folder: str) -> Workspace:
    workspace = random_workspaces.build(Path(folder) / "work", made)
    # More than a hundred tickets at once are answered by another way through the index.
    for number in range(110):
        workspace.ticket(f"00001KT1{number:05d}", "ready")
    return workspace


@drawn(6)
@given(random_workspaces.WORKSPACES)
def test_check_does_not_depend_on_other_tickets_asked_for(made: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = made_up(made, folder)
        together = all_checks(workspace)
        for id_ in made["tickets"]:
            if id_ in together:
                assert checked(workspace, id_) == [together[id_]]
        pair = [id_ for id_ in made["tickets"] if id_ in together][:2]
        assert not pair or checked(workspace, *pair) == [together[id_] for id_ in pair]


@drawn(10)
@given(random_workspaces.WORKSPACES)
def test_same_content_has_same_digest_in_another_checkout(made: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = random_workspaces.build(Path(folder) / "work", made)
        here = all_checks(workspace)
        assert all_checks(workspace, "--trust", "content") == here
        copy = Workspace(Path(folder) / "an" / "other" / "place")
        files = sorted(
            (path for path in workspace.tickets.rglob("*") if path.is_file()), reverse=True
        )
        # In another order and in two steps, so that neither times nor numbers in the index agree.
        for number, path in enumerate(files):
            to = copy.root / path.relative_to(workspace.root)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
            os.utime(to, (1_000_000_000, 1_000_000_000))
            if number == len(files) // 2:
                all_checks(copy)
        assert all_checks(copy) == here


def neighbours(workspace: Workspace) -> tuple[Pairs, Pairs]:
    """Pairs of a ticket and one whose state its verdict rests on, and pairs that are related."""
    found = naive_reading.read(workspace.root)
    rests = set()
    for row in naive_check.read_relations(found):
        if row["class"] in RESTS_ON:
            rests.add((row["ticket"], row["target"]))
        if row["class"] == "conflict":
            rests.add((row["target"], row["ticket"]))
    both = {(one["holder"], one["target"]) for one in found.records if one["target"]}
    for one in found.records:
        both |= {(one["holder"], id_) for id_ in naive_replaced.meant(found, one["target"])}
    return rests, both | {(target, holder) for holder, target in both} | replaced(found)


def replaced(found: naive_reading.Read) -> Pairs:
    """Pairs of a ticket and one that replaced, or may have replaced, a blocker of it."""
    rows = naive.relations_of(found.tickets, found.records)
    pairs = set()
    for id_ in found.tickets:
        closed = naive_replaced.closed_blockers(found, rows, id_)
        pairs |= {(id_, other) for some in naive_replaced.chain(found, closed) for other in some}
    return pairs


def retitle(item: Path) -> None:
    item.write_text(item.read_text().replace("title: Title", "title: Another title"))


def restate(item: Path) -> None:
    word = "ready" if "state: queued" in item.read_text() else "queued"
    lines = [line for line in item.read_text().split("\n") if not line.startswith("state: ")]
    item.write_text("\n".join([*lines[:2], f"state: {word}", *lines[2:]]))


def of_one_folder(workspace: Workspace) -> list[Path]:
    """The items whose id no other folder has."""
    items = [item for item in workspace.tickets.rglob("item.md") if "title: " in item.read_text()]
    names = [path.name for path in workspace.tickets.rglob("00001*")]
    return sorted(item for item in items if names.count(item.parent.name) == 1)


@pytest.mark.parametrize("alter", [retitle, restate])
def test_digest_changes_only_with_tickets_that_verdict_depends_on(
    alter: Callable[[Path], None],
) -> None:
    seen: Counter[str] = Counter()

    @drawn(10)
    @given(random_workspaces.WORKSPACES, st.integers(min_value=0))
    def altered(made: dict[str, Any], which: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            workspace = random_workspaces.build(Path(folder) / "work", made)
            items = of_one_folder(workspace)
            if items:
                item = items[which % len(items)]
                before, (_, related) = all_checks(workspace), neighbours(workspace)
                alter(item)
                rests, _ = neighbours(workspace)
                after = all_checks(workspace)
                for one in before:
                    seen[judge(before[one], after[one], item.parent.name, rests, related)] += 1

    altered()
    assert {"same", "changed"} <= seen.keys()


def judge(before: Any, after: Any, changed: str, rests: Pairs, related: Pairs) -> str:
    """Hold two checks of a ticket against each other, between which another ticket changed."""
    id_ = before["ticket"]
    says_same = before | APART == after | APART
    if id_ == changed or (id_, changed) in rests or not says_same:
        assert before["digest"] != after["digest"], f"{id_} rests on {changed}"
        return "changed"
    if (id_, changed) not in related:
        assert before["digest"] == after["digest"], f"{id_} has nothing to do with {changed}"
        return "same"
    return "either"


@drawn(10)
@given(random_workspaces.WORKSPACES, random_workspaces.RECORDS)
def test_digest_changes_with_records_that_touch_ticket(
    made: dict[str, Any], more: dict[str, Any]
) -> None:
    # Elsewhere, a first record makes a folder, and by that another state, of those that have none.
    assume(made["tickets"][more["holder"]][1] not in {"split", "bare"})
    with tempfile.TemporaryDirectory() as folder:
        workspace = random_workspaces.build(Path(folder) / "work", made)
        before = all_checks(workspace)
        holder = random_workspaces.folder_of(made, more["holder"])
        random_workspaces.put_record(
            workspace,
            holder,
            more | {"form": "md", "spelled": "exact"},
            random_workspaces.Written(),
        )
        touched = {more["holder"]}
        if more["kind"] not in NOTES or (more["aimed"] and "waiting" in more["kind"]):
            touched.add(more["other"])
        for id_, one in all_checks(workspace).items():
            same = one["digest"] == before.get(id_, {"digest": None})["digest"]
            assert not (same and id_ in touched), id_
            if before.get(id_, {}) | {"digest": None} == one | {"digest": None}:
                assert same or id_ in touched, id_


@drawn(10)
@given(random_workspaces.WORKSPACES)
def test_digest_stays_when_unrelated_tickets_change(
    made: dict[str, Any],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = random_workspaces.build(Path(folder) / "work", made)
        before = all_checks(workspace)
        for number, state in enumerate(("ready", "unheard-of", "done")):
            workspace.ticket(f"00001KT1{number:05d}", state)
        workspace.record("00001KT100000", "blocked_by", "00001KT100001")
        workspace.plan_lines("00001KT100001", {"kind": "after", "related_ticket": "00001KT100000"})
        # Of a resolved ticket, and in a format in which no ticket is said to be replaced:
        workspace.artifact("00001KT100002", "orchestration-plan.jsonl", "{")
        after = all_checks(workspace)
        assert {id_: after[id_] for id_ in before} == before


def test_digest_ignores_other_records_that_name_missing_ticket(workspace: Workspace) -> None:
    workspace.pair(states=("ready", "ready"))
    workspace.record(A, "blocked_by", D)
    before = checked(workspace, A)
    workspace.record(B, "blocked_by", D)
    assert checked(workspace, A) == before
