"""Which relations are active, as an index stores it: after any change of files, and for people."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_comparison import assert_rebuilt
from queries import naive, naive_reading, random_workspaces, sample_ids
from workspace_builder import A, B, C, Workspace

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.activity import ended_by, inactive_if_recorded
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index
from yoi_relations.kinds import Edge

CHANGES = st.tuples(st.sampled_from(sample_ids.IDS), st.sampled_from([False, False, True]))
LATER = "2026-06-10T10:00:00Z"
EDGES = ("after", "blocked_by", "conflicts_with", "duplicate_of", "related", "supersedes")


def opened(workspace: Workspace) -> Index:
    return open_index(find_workspace(str(workspace.root)), lambda _: None)


def replace(workspace: Workspace, other: Workspace, id_: str, *, gone: bool) -> None:
    """A ticket's folders as they are in another workspace, or none."""
    for path in sorted(workspace.tickets.rglob(id_)):
        shutil.rmtree(path)
    for path in [] if gone else sorted(other.tickets.rglob(id_)):
        shutil.copytree(path, workspace.tickets / path.relative_to(other.tickets))


def stored(index: Index) -> Counter[tuple[Any, ...]]:
    rows = index.connection.execute("SELECT kind, ticket, target, active FROM relation")
    return Counter(rows.fetchall())


def expected(workspace: Workspace) -> Counter[tuple[Any, ...]]:
    found = naive_reading.read(workspace.root)
    return Counter(
        (one["kind"], one["ticket"], one["target"], int(one["active"]))
        for one in naive.relations_of(found.tickets, found.records)
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    random_workspaces.WORKSPACES,
    random_workspaces.WORKSPACES,
    st.lists(st.lists(CHANGES, min_size=1, max_size=2), max_size=4),
)
def test_after_any_change_the_stored_activity_is_that_of_a_new_index(
    before: dict[str, Any], after: dict[str, Any], steps: list[list[tuple[str, bool]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = random_workspaces.build(Path(folder) / "work", before)
        other = random_workspaces.build(Path(folder) / "other", after)
        with opened(workspace) as index:
            assert stored(index) == expected(workspace)
        for step in steps:
            for id_, gone in step:
                replace(workspace, other, id_, gone=gone)
            with opened(workspace) as index:
                assert_rebuilt(index)
                assert stored(index) == expected(workspace)


def why(workspace: Workspace) -> list[str | None]:
    with opened(workspace) as index:
        rows = index.connection.execute("SELECT inactive FROM relation ORDER BY kind, text")
        return [word for (word,) in rows]


@pytest.mark.parametrize(
    ("kind", "ticket", "target", "word"),
    [
        ("blocked_by", "queued", "queued", None),
        ("blocked_by", "done", "queued", "ticket"),
        ("after", "queued", "closed", "target"),
        ("conflicts_with", "done", "closed", "target"),
        ("related", "done", "closed", "both"),
        ("related", "done", "ready", None),
        ("supersedes", "done", "closed", "target"),
        ("supersedes", "done", "ready", None),
        ("duplicate_of", "ready", "done", None),
        ("duplicate_of", "done", "closed", "ticket"),
    ],
)
def test_the_word_says_which_ticket_ended_an_edge(
    workspace: Workspace, kind: str, ticket: str, target: str, word: str | None
) -> None:
    workspace.ticket(A, ticket)
    workspace.ticket(B, target)
    workspace.record(A, kind, B)
    assert why(workspace) == [word]


@pytest.mark.parametrize(
    ("kind", "state", "word"),
    [
        *((kind, "queued", None) for kind in (*EDGES, "blocks", "before")),
        *((kind, "done", "ticket") for kind in EDGES),
        *((kind, "closed", "target") for kind in ("blocks", "before")),
    ],
)
def test_the_local_ticket_alone_ends_an_edge_to_a_ticket_elsewhere(
    workspace: Workspace, kind: str, state: str, word: str | None
) -> None:
    workspace.ticket(A, state)
    workspace.record(A, kind, "loans:00001KT0000BB")
    assert why(workspace) == [word]


@pytest.mark.parametrize("kind", ["related", "supersedes"])
def test_other_names_with_a_colon_end_as_missing_tickets_do(
    workspace: Workspace, kind: str
) -> None:
    workspace.ticket(A, "done")
    workspace.record(A, kind, "loans:12")
    assert why(workspace) == [None]


@pytest.mark.parametrize("id_", ["a", "zz"])
def test_either_end_of_a_conflict_may_be_elsewhere(workspace: Workspace, id_: str) -> None:
    workspace.ticket(id_, "done")
    workspace.record(id_, "related", "loans:00001KT0000BB")
    assert why(workspace) == ["ticket" if id_ < "loans" else "target"]


def test_the_word_says_what_ended_a_note(workspace: Workspace) -> None:
    retired = {"retired_at": LATER, "retired_by": "x", "retired_reason": "y"}
    workspace.ticket(A)
    workspace.record(A, "waiting", None, "a", **retired)
    workspace.record(A, "waiting", None, "b")
    workspace.plan_lines(
        A,
        {"kind": "waiting_capacity_note", "note": "c", "at": LATER},
        {"kind": "waiting_capacity_note", "note": "d", "at": LATER},
    )
    assert why(workspace) == ["retired", None, "rewritten", None]
    workspace.record(A, "accepted_plan", None, "plan", at="2026-06-09T10:00:00Z")
    workspace.record(A, "accepted_plan", None, "plan again", at="2026-06-09T12:00:00Z")
    plans = ["later_plan", None]
    assert why(workspace) == [*plans, "retired", "later_plan", "rewritten", None]
    workspace.ticket(A, "inprogress")
    assert why(workspace) == [*plans, "retired", "ticket", "rewritten", "ticket"]


def test_a_target_that_appears_later_ends_what_waited_for_it(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.record(A, "blocked_by", C)
    assert why(workspace) == [None]
    workspace.ticket(C, "done")
    assert why(workspace) == ["target"]
    workspace.ticket(C, "done", "closed")  # an id in two folders has no known state
    assert why(workspace) == [None]


ENDS = ["planning", "inprogress", "done", "closed", None, "elsewhere"]


@pytest.mark.parametrize("kind", [*EDGES, "do_not_parallelize"])
def test_an_edge_ends_by_the_same_rule_where_no_index_has_both_ends(
    workspace: Workspace, kind: str
) -> None:
    """The rule for a shared database agrees with that of an index."""
    ids = {("ticket", state): f"00001KT0000A{n}" for n, state in enumerate(ENDS)}
    ids |= {("target", state): f"00001KT0000B{n}" for n, state in enumerate(ENDS)}
    for (_, state), id_ in ids.items():
        if state != "elsewhere":
            workspace.ticket(id_, state)
    ids |= {(end, "elsewhere"): f"acme/{end}:00001KT0000AA" for end in ("ticket", "target")}
    with opened(workspace) as index:
        for ticket, target in product(ENDS, ENDS):
            edge = Edge(kind, ids["ticket", ticket], ids["target", target])
            there = (ticket == "elsewhere", target == "elsewhere")
            by_rule = ended_by(kind, ticket, target, *there)
            assert by_rule == inactive_if_recorded(index.connection, edge), edge
