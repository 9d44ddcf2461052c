"""Which verdicts changed between two indexes: those of `check`, compared ticket by ticket."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_comparison import made
from watch_process import Start
from workspace_builder import A, B, C, D, Workspace

from yoi_relations.queries.change_types import ChangeType
from yoi_relations.queries.check import Check, check_tickets
from yoi_relations.queries.tickets import all_tickets
from yoi_relations.queries.verdict_changes import find_verdict_changes, load_verdicts
from yoi_relations.states import State

Told = tuple[str, str | None, str | None, str]


def happened(workspace: Workspace, change: Callable[[Workspace], object]) -> list[Told]:
    old = made(workspace)
    before = load_verdicts(old)
    change(workspace)
    new = made(workspace)
    found, after = find_verdict_changes(before, old, new)
    assert after == load_verdicts(new)
    assert {one.what for one in found} <= {ChangeType.VERDICT_CHANGED}
    return [(one.ticket, one.before, one.after, one.sentence.partition(": ")[2]) for one in found]


@pytest.fixture
def queue(workspace: Workspace) -> Workspace:
    """A is queued, and blocked by B, which is in progress; it conflicts with C."""
    workspace.pair(states=("queued", "inprogress"))
    workspace.ticket(C, "planning")
    workspace.ticket(D, "done")
    workspace.record(A, "blocked_by", B)
    workspace.record(C, "conflicts_with", A)
    return workspace


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda w: w.ticket(A, "queued", title="Other"), []),
        (lambda w: w.ticket(B, "done"), [(A, "hold", "clear", "")]),
        (lambda w: w.ticket(C, "inprogress"), []),  # A is on hold already
        (lambda w: w.record(A, "waiting", note="Who?"), []),
        (
            lambda w: w.ticket(A, "done"),
            [(A, "hold", "caution", f"{A} is done")],
        ),
        (
            lambda w: w.artifact(C, "relations.json", "{"),
            [(id_, was, "unknown", "") for id_, was in ((A, "hold"), (B, "caution"))]
            + [(C, "caution", "unknown", "")],
        ),
        # Reopened, and blocked at once: only the old index can say what its verdict was.
        (
            lambda w: (w.ticket(D, "ready"), w.record(D, "blocked_by", B)),
            [(D, "caution", "hold", f"{D} is blocked by {B}")],
        ),
        (lambda w: w.ticket("00001KT0000EE", "queued"), []),
        (
            lambda w: shutil.rmtree(w.tickets / B),
            [(A, "hold", "unknown", f"{A} is blocked by {B}")],
        ),
        (
            lambda w: (w.tickets / A / "item.md").unlink(),
            [
                (A, "hold", "unknown", f"the state of {A} is not known"),
                (C, "caution", "unknown", f"{A} conflicts with {C}"),
            ],
        ),
    ],
)
def test_changed_verdict_is_reported(
    queue: Workspace, change: Callable[[Workspace], object], told: list[Told]
) -> None:
    found = happened(queue, change)

    assert [one[:3] for one in found] == [one[:3] for one in told]
    for (*_, said), (*_, wanted) in zip(found, told, strict=True):
        assert said.startswith(wanted)


def test_change_has_path_of_item(queue: Workspace) -> None:
    old = made(queue)
    (queue.tickets / A / "item.md").unlink()
    queue.ticket(B, "done")
    new = made(queue)

    found, _ = find_verdict_changes(load_verdicts(old), old, new)
    paths = {one.ticket: one.path for one in found}

    assert paths[A] == f".yoi/tickets/{A}/item.md"
    assert paths[C] == f".yoi/tickets/{C}/item.md"


TICKETS = (A, B, C)
World = tuple[tuple[str | None, ...], list[tuple[str, str, str]], bool]
WORLD = st.tuples(
    st.tuples(*[st.sampled_from([None, "nonsense", *State])] * len(TICKETS)),
    st.lists(
        st.tuples(
            st.sampled_from(TICKETS),
            st.sampled_from(["blocked_by", "after", "conflicts_with", "supersedes"]),
            st.sampled_from(TICKETS),
        ).filter(lambda edge: edge[0] != edge[2]),
        max_size=4,
    ),
    st.booleans(),
)
"""States (None: there is no such ticket), edges, and whether a source is spoiled."""


def write(world: World) -> Workspace:
    states, edges, spoiled = world
    workspace = Workspace(Path(tempfile.mkdtemp()))
    for ticket, state in zip(TICKETS, states, strict=True):
        if state:
            workspace.ticket(ticket, state)
    for holder, kind, target in edges:
        workspace.record(holder, kind, target)
    if spoiled:
        workspace.artifact(A, "relations.json", "{")
    return workspace


def checked(connection: sqlite3.Connection) -> dict[str, Check]:
    checks = check_tickets(connection, all_tickets(connection)).checks
    return {one.ticket.id: one for one in checks}


@settings(deadline=None, max_examples=30)
@given(WORLD, WORLD)
def test_reported_changes_are_the_difference_of_two_checks(one: World, other: World) -> None:
    worlds = [write(one), write(other)]
    old, new = map(made, worlds)
    was, now = checked(old), checked(new)

    found, after = find_verdict_changes(load_verdicts(old), old, new)

    assert {each.ticket: (each.before, each.after) for each in found} == {
        id_: (was[id_].verdict.word, now[id_].verdict.word)
        for id_ in was.keys() & now.keys()
        if was[id_].verdict != now[id_].verdict
        and not (was[id_].ticket.resolved and now[id_].ticket.resolved)
    }
    assert after == {id_: c.verdict for id_, c in now.items() if not c.ticket.resolved}
    for world in worlds:
        shutil.rmtree(world.root)


def test_a_watcher_prints_the_verdict_after_its_cause(queue: Workspace, start: Start) -> None:
    watcher = start(queue, "--json").ready()

    queue.ticket(B, "done")
    told = watcher.changes(2)
    queue.ticket(C, "inprogress")
    told = watcher.changes(4)

    assert [(one["change"], one["ticket"]) for one in told] == [
        ("state_changed", B),
        ("verdict_changed", A),
        ("state_changed", C),
        ("verdict_changed", A),
    ]
    assert [(one["before"], one["after"]) for one in told[1::2]] == [
        ("hold", "clear"),
        ("clear", "hold"),
    ]
    assert {one["path"] for one in told[1::2]} == {f".yoi/tickets/{A}/item.md"}
    assert C in told[3]["sentence"]
    assert told[0]["digest_after"] == told[1]["digest_after"] == told[2]["digest_before"]
