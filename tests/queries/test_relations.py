"""Every edge once with all its records, from either end, in order, filtered and counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from workspace_builder import A, B, C, D, Workspace

from yoi_relations.kinds import ALIASES, KINDS, SHOWN_NOTES, Direction, RelationClass

EARLY, NOON, LATE = "2026-06-01T08:00:00Z", "2026-06-01T12:00:00Z", "2026-06-01T18:00:00Z"
RETIRED = {"retired_at": LATE, "retired_by": "tester", "retired_reason": "over"}
SHOWN = {
    "blocked_by": {"blocked_by", "blocks", "depends_on"},
    "after": {"before", "after"},
    "conflicts_with": {"conflicts_with"},
    "do_not_parallelize": {"do_not_parallelize"},
    "waiting": {"waiting", "waiting_capacity_note"},
    "accepted_plan": {"accepted_plan"},
    "related": {"related"},
    "supersedes": {"supersedes"},
    "duplicate_of": {"duplicate_of"},
}
CLASSES = {
    "dependency": ["blocked_by"],
    "blocker": ["blocked_by"],
    "blockers": ["blocked_by"],
    "ordering": ["after"],
    "order": ["after"],
    "conflict": ["conflicts_with", "do_not_parallelize"],
    "capacity": ["waiting"],
    "plan": ["accepted_plan"],
    "reference": ["duplicate_of", "related", "supersedes"],
}
SELECTED = CLASSES | {name: [shown] for shown, names in SHOWN.items() for name in names}


@pytest.fixture
def every_kind(pair: Workspace) -> Workspace:
    """One relation of each shown kind, all of them active."""
    for kind in SHOWN:
        holder = B if kind == "accepted_plan" else A  # a plan of A would end the waiting note
        pair.record(holder, kind, None if kind in SHOWN_NOTES else B, "why")
    return pair


def kinds(workspace: Workspace, *arguments: str) -> list[str]:
    return [one["kind"] for one in workspace.show(*arguments)["relations"]]


def records(relation: Any) -> list[tuple[str, str, str]]:
    return [(one["holder"], one["kind"], one["format"]) for one in relation["records"]]


def test_an_edge_stated_in_both_directions_and_all_formats_is_one_relation(
    pair: Workspace,
) -> None:
    pair.record(A, "blocked_by", B)
    pair.relations_json(A, {"kind": "depends_on", "target": B})
    pair.plan_lines(B, {"kind": "blocks", "related_ticket": A})
    pair.relations_json(B, {"kind": "blocks", "target": A})
    (relation,) = pair.show()["relations"]
    assert (relation["kind"], relation["ticket"], relation["target"]) == ("blocked_by", A, B)
    assert sorted(records(relation)) == [
        (A, "blocked_by", "frontmatter"),
        (A, "depends_on", "relations.json"),
        (B, "blocks", "orchestration-plan.jsonl"),
        (B, "blocks", "relations.json"),
    ]


@pytest.mark.parametrize(
    "kind", [one.name for one in KINDS.values() if one.direction is Direction.SYMMETRIC]
)
@pytest.mark.parametrize("holders", [(A,), (B,), (A, B)])
def test_smaller_id_of_equal_ends_is_the_ticket(
    pair: Workspace, kind: str, holders: Sequence[str]
) -> None:
    for holder in holders:
        pair.record(holder, kind, B if holder == A else A)
    (relation,) = pair.show()["relations"]
    assert (relation["kind"], relation["ticket"], relation["target"]) == (kind, A, B)
    assert [holder for holder, _, _ in records(relation)] == list(holders)


DIRECTED = {
    "blocked_by": (A, B),
    "depends_on": (A, B),
    "blocks": (B, A),
    "after": (A, B),
    "before": (B, A),
    "supersedes": (A, B),
    "duplicate_of": (A, B),
}
"""Ticket and target of a record of A about B."""


@pytest.mark.parametrize(
    "kind",
    [one.name for one in KINDS.values() if one.direction in (Direction.FORWARD, Direction.REVERSE)],
)
def test_an_edge_is_shown_in_the_direction_of_its_meaning(pair: Workspace, kind: str) -> None:
    ticket, target = DIRECTED[kind]
    pair.record(A, kind, B)
    for name, end in ((ticket, "ticket"), (target, "target")):
        (relation,) = pair.show(name)["relations"]
        assert (relation["ticket"], relation["target"], relation["end"]) == (ticket, target, end)
    assert pair.show()["relations"][0]["end"] is None


def test_edges_in_opposite_directions_are_two_relations(pair: Workspace) -> None:
    pair.record(A, "blocked_by", B)
    pair.record(B, "blocked_by", A)
    assert pair.show()["count"] == 2


def test_the_same_content_twice_is_two_records(pair: Workspace) -> None:
    line = {"kind": "blocked_by", "related_ticket": B, "note": "same"}
    pair.plan_lines(A, line, line)
    (relation,) = pair.show()["relations"]
    assert len({one["id"] for one in relation["records"]}) == 1
    assert [one["line"] for one in relation["records"]] == [1, 2]


@pytest.mark.parametrize("kind", ["waiting", "accepted_plan"])
def test_each_note_is_a_relation_by_itself(pair: Workspace, kind: str) -> None:
    for _ in range(3):
        pair.record(A, kind, None, "same words")
    assert [len(one["records"]) for one in pair.show("--all")["relations"]] == [1, 1, 1]


def test_latest_record_that_is_not_retired_is_shown(pair: Workspace) -> None:
    pair.record(A, "blocked_by", B, "old", at=EARLY, author="ann")
    pair.record(A, "blocked_by", B, "new", at=NOON, author="bob")
    pair.record(A, "blocked_by", B, "newest, retired", at=LATE, author="cyd", **RETIRED)
    (relation,) = pair.show()["relations"]
    assert (relation["note"], relation["author"], relation["at"]) == ("new", "bob", NOON)
    assert [one["note"] for one in relation["records"]] == ["old", None, "newest, retired"]
    assert [one["retired_at"] for one in relation["records"]] == [None, None, LATE]


def test_latest_record_is_shown_if_all_are_retired(pair: Workspace) -> None:
    pair.record(A, "blocked_by", B, "new", at=LATE, **RETIRED)
    pair.record(A, "blocked_by", B, "old", at=EARLY, **RETIRED)
    (relation,) = pair.show("--all")["relations"]
    assert (relation["note"], relation["at"]) == ("new", LATE)


def test_relations_come_by_class_ticket_target_and_time(workspace: Workspace) -> None:
    for id_ in (A, B, C, D):
        workspace.ticket(id_)
    workspace.record(A, "related", B)
    workspace.record(A, "accepted_plan", None, "plan")
    workspace.record(A, "waiting", None, "later", at="2026-06-01T10:00:00-09:00")
    workspace.record(A, "waiting", None, "sooner", at=NOON)
    workspace.record(D, "conflicts_with", B)
    workspace.record(A, "do_not_parallelize", C)
    workspace.record(A, "before", B)
    workspace.record(B, "blocked_by", D)
    workspace.record(B, "depends_on", C)
    workspace.record(D, "blocks", A)
    rows = workspace.show("--all")["relations"]
    assert [(one["class"], one["ticket"], one["target"], one["note"]) for one in rows] == [
        ("dependency", A, D, None),
        ("dependency", B, C, None),
        ("dependency", B, D, None),
        ("ordering", B, A, None),
        ("conflict", A, C, None),
        ("conflict", B, D, None),
        ("capacity", A, None, "sooner"),
        ("capacity", A, None, "later"),
        ("plan", A, None, None),
        ("reference", A, B, None),
    ]


@pytest.mark.parametrize(
    ("limit", "returned", "truncated"),
    [("4", 4, True), ("9", 9, False), ("20", 9, False), ("0", 9, False)],
)
def test_the_limit_cuts_the_list_and_says_so(
    every_kind: Workspace, limit: str, returned: int, *, truncated: bool
) -> None:
    answer = every_kind.show("--limit", limit)
    assert (answer["count"], answer["returned"], answer["truncated"]) == (9, returned, truncated)
    assert answer["relations"] == every_kind.show()["relations"][:returned]


@pytest.mark.parametrize("word", [*KINDS, *RelationClass, *ALIASES])
@pytest.mark.parametrize("sign", ["_", "-"])
def test_kind_selects_by_meaning(every_kind: Workspace, word: str, sign: str) -> None:
    asked = word.replace("_", sign)
    assert sorted(kinds(every_kind, "--kind", asked)) == SELECTED[word]


@pytest.mark.parametrize("recorded", ["blocked_by", "blocks", "depends_on"])
def test_kind_selects_whatever_was_recorded(pair: Workspace, recorded: str) -> None:
    pair.record(A, recorded, B)
    for asked in ("blocked-by", "blocks", "depends_on", "blocker"):
        (relation,) = pair.show("--kind", asked)["relations"]
        assert relation["records"][0]["kind"] == recorded


def test_kinds_may_be_repeated_and_any_will_do(every_kind: Workspace) -> None:
    asked = ("--kind", "order", "--kind", "blocks", "--kind", "blockers")
    assert kinds(every_kind, *asked) == ["blocked_by", "after"]


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("blocked_by", {"queued"}),
        ("after", {"queued"}),
        ("waiting", {"queued"}),
        ("supersedes", {"queued"}),
        ("conflicts_with", {"queued", "ready"}),
        ("do_not_parallelize", {"queued", "ready"}),
        ("related", {"queued", "ready"}),
    ],
)
def test_state_asks_for_the_ticket_or_either_of_equal_ends(
    workspace: Workspace, kind: str, states: set[str]
) -> None:
    workspace.pair(kind, "why", states=("queued", "ready"))
    found = {
        state for state in ("queued", "ready", "planning") if kinds(workspace, "--state", state)
    }
    assert found == states
    assert kinds(workspace, "--state", "done", "--state", "queued") == [kind]


def test_options_combine(every_kind: Workspace) -> None:
    every_kind.ticket(C)
    every_kind.record(C, "blocked_by", B)
    assert every_kind.show(C, "--kind", "blocker", "--state", "planning")["count"] == 1
    assert every_kind.show(C, "--kind", "blocker", "--state", "queued")["count"] == 0
    assert every_kind.show(C, "--kind", "ordering")["count"] == 0


@pytest.mark.parametrize("kind", ["blocked_by", "waiting", "accepted_plan"])
def test_a_list_cuts_long_texts_and_one_ticket_gives_them_whole(pair: Workspace, kind: str) -> None:
    text = "十" * 1000
    pair.record(A, kind, B if kind == "blocked_by" else None, text)

    def said(*arguments: str) -> tuple[str, bool]:
        (one,) = pair.show(*arguments)["relations"]
        return one["note"] or one["plan"]["summary"], one["note_truncated"]

    assert said() == ("十" * 280, True)
    assert said(A) == (text, False)
