"""When a relation counts: one table of cases for each line of the rule."""

from __future__ import annotations

from typing import Any

import pytest
from workspace_builder import A, B, Workspace

from yoi_relations.kinds import KINDS, RelationClass

EARLY, NOON, LATE = "2026-06-01T08:00:00Z", "2026-06-01T12:00:00Z", "2026-06-01T18:00:00Z"
NOON_IN_TOKYO = "2026-06-01T21:00:00+09:00"
EARLY_BY_THE_CLOCK_LATE_IN_FACT = "2026-06-01T10:00:00-09:00"
RETIRED = {"retired_at": LATE, "retired_by": "tester", "retired_reason": "over"}
OPEN = ("planning", "ready", "queued", "inprogress")
EDGES = [one for one in KINDS.values() if not one.is_note]


def relations(workspace: Workspace) -> list[Any]:
    """All relations, whatever the problems; each must say why it is inactive, or be active."""
    ran = workspace.run("show", "--all", "--json")
    assert ran.code in (0, 4), ran
    found: list[Any] = ran.json["relations"]
    for one in found:
        assert one["active"] == (one["inactive_reason"] is None)
    return found


def standing(workspace: Workspace) -> list[str]:
    """The texts of the notes that count."""
    return [one["note"] or one["plan"]["summary"] for one in relations(workspace) if one["active"]]


def edge_counts(workspace: Workspace, kind: str, holder: str, target: str) -> bool:
    """Whether an edge of `kind` counts between tickets of these states."""
    workspace.pair(kind, states=(holder, target))
    (relation,) = relations(workspace)
    return bool(relation["active"])


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("kind", [one.name for one in EDGES])
def test_an_edge_between_open_tickets_counts(workspace: Workspace, kind: str, state: str) -> None:
    assert edge_counts(workspace, kind, state, "planning")


@pytest.mark.parametrize("resolved", ["done", "closed"])
@pytest.mark.parametrize(
    "kind", [one.name for one in EDGES if one.cls is not RelationClass.REFERENCE]
)
@pytest.mark.parametrize("holder_is_resolved", [True, False])
def test_dependency_ordering_and_conflict_end_when_either_end_is_resolved(
    workspace: Workspace, kind: str, resolved: str, *, holder_is_resolved: bool
) -> None:
    states = (resolved, "queued") if holder_is_resolved else ("queued", resolved)
    assert not edge_counts(workspace, kind, *states)


REFERENCES = {
    "related": {("done", "ready"): True, ("ready", "closed"): True, ("done", "closed"): False},
    "supersedes": {("done", "ready"): True, ("ready", "closed"): False},
    "duplicate_of": {("ready", "done"): True, ("closed", "ready"): False},
}
"""Whether they count, by the states of holder and target."""


@pytest.mark.parametrize("kind", [one.name for one in EDGES if one.cls is RelationClass.REFERENCE])
def test_references_end_with_the_ticket_that_is_replaced(workspace: Workspace, kind: str) -> None:
    counts = {states: edge_counts(workspace, kind, *states) for states in REFERENCES[kind]}
    assert counts == REFERENCES[kind]


@pytest.mark.parametrize("kind", ["blocked_by", "blocks", "after", "conflicts_with", "related"])
def test_a_missing_ticket_counts_as_unresolved(workspace: Workspace, kind: str) -> None:
    workspace.ticket(A)
    path = workspace.record(A, kind, B)
    answer = workspace.run("show", "--json").json
    assert [one["active"] for one in answer["relations"]] == [True]
    assert [one["path"] for one in answer["problems"]] == [str(path.relative_to(workspace.root))]


@pytest.mark.parametrize("state", [None, "finished"])
def test_an_unknown_state_counts_as_unresolved(workspace: Workspace, state: str | None) -> None:
    workspace.pair("blocked_by", states=("planning", state))
    assert [one["active"] for one in relations(workspace)] == [True]


def test_a_retired_edge_does_not_count(workspace: Workspace) -> None:
    workspace.pair()
    workspace.record(A, "blocked_by", B, **RETIRED)
    assert not relations(workspace)[0]["active"]


def test_an_edge_counts_while_one_of_its_records_is_not_retired(workspace: Workspace) -> None:
    workspace.pair()
    workspace.record(A, "blocked_by", B, **RETIRED)
    workspace.plan_lines(B, {"kind": "blocks", "related_ticket": A})
    (relation,) = relations(workspace)
    assert relation["active"]
    assert len(relation["records"]) == 2


@pytest.mark.parametrize(
    ("at", "stands"),
    [
        ((EARLY, LATE), "second"),
        ((LATE, EARLY), "first"),
        ((NOON, EARLY_BY_THE_CLOCK_LATE_IN_FACT), "second"),
        (("2026-06-01T12:00:00.5Z", NOON), "first"),
        ((NOON, "2026-06-01T12:00:00.250Z"), "second"),
        ((NOON, NOON_IN_TOKYO), "second"),  # the same instant: the greater path
        ((NOON_IN_TOKYO, NOON), "second"),
    ],
)
def test_only_the_latest_plan_counts_while_notes_add_up(
    workspace: Workspace, at: tuple[str, str], stands: str
) -> None:
    workspace.ticket(A)
    for kind in ("waiting", "accepted_plan"):
        workspace.ticket(kind)
        workspace.record(kind, kind, None, "first", at=at[0])
        workspace.record(kind, kind, None, "second", at=at[1])
    assert sorted(standing(workspace)) == sorted(["first", "second", stands])


@pytest.mark.parametrize(("at", "counts"), [((EARLY, LATE), 2), ((LATE, EARLY), 1)])
def test_latest_note_of_a_list_is_active(
    workspace: Workspace, at: tuple[str, str], counts: int
) -> None:
    workspace.ticket(A)
    notes = [
        {"kind": "waiting_capacity_note", "note": f"line {n}", "at": at[n - 1]} for n in (1, 2)
    ]
    workspace.plan_lines(A, *notes)
    workspace.record(A, "waiting", None, "by itself", at=EARLY)
    assert sorted(standing(workspace)) == ["by itself", f"line {counts}"]


def test_lower_line_of_one_file_is_the_latest_note(workspace: Workspace) -> None:
    workspace.ticket(A)
    kind = "waiting_capacity_note"
    workspace.plan_lines(A, *({"kind": kind, "note": f"line {n}"} for n in range(1, 12)))
    assert standing(workspace) == ["line 11"]


def test_note_of_another_ticket_does_not_replace_note(workspace: Workspace) -> None:
    for number, id_ in enumerate((A, B)):
        workspace.ticket(id_)
        workspace.record(id_, "waiting", None, id_, at=(EARLY, LATE)[number])
    assert standing(workspace) == [A, B]


@pytest.mark.parametrize("kind", ["waiting", "accepted_plan"])
@pytest.mark.parametrize(("first", "second"), [(RETIRED, {}), ({}, RETIRED)])
def test_when_the_latest_note_is_retired_the_one_before_counts(
    workspace: Workspace, kind: str, first: dict[str, str], second: dict[str, str]
) -> None:
    workspace.ticket(A)
    workspace.record(A, kind, None, "first", at=EARLY, **first)
    workspace.record(A, kind, None, "second", at=LATE, **second)
    assert standing(workspace) == (["first"] if second else ["second"])


@pytest.mark.parametrize(
    ("state", "waits", "planned"),
    [
        ("planning", True, True),
        ("ready", True, True),
        ("queued", True, True),
        ("inprogress", False, True),
        ("done", False, False),
        ("closed", False, False),
    ],
)
def test_notes_end_with_the_state_of_their_ticket(
    workspace: Workspace, state: str, *, waits: bool, planned: bool
) -> None:
    workspace.ticket(A, state)
    workspace.record(A, "accepted_plan", None, "plan", at=EARLY)
    workspace.record(A, "waiting", None, "wait", at=LATE)
    assert standing(workspace) == ["wait"] * waits + ["plan"] * planned


@pytest.mark.parametrize(
    ("wait_at", "plan_at", "waits"),
    [(EARLY, LATE, False), (LATE, EARLY, True), (NOON, NOON_IN_TOKYO, False)],
)
def test_a_later_plan_ends_the_waiting(
    workspace: Workspace, wait_at: str, plan_at: str, *, waits: bool
) -> None:
    workspace.ticket(A)
    workspace.record(A, "waiting", None, "wait", at=wait_at)
    workspace.record(A, "accepted_plan", None, "plan", at=plan_at)
    assert standing(workspace) == ["wait"] * waits + ["plan"]


def test_a_later_plan_ends_the_waiting_though_the_answer_leaves_plans_out(
    workspace: Workspace,
) -> None:
    workspace.ticket(A)
    workspace.record(A, "waiting", None, "wait", at=EARLY)
    workspace.record(A, "accepted_plan", None, "plan", at=LATE)
    assert workspace.show("--kind", "waiting")["count"] == 0


@pytest.mark.parametrize("state", ["done", "inprogress"])
def test_target_of_waiting_note_is_only_context(workspace: Workspace, state: str) -> None:
    workspace.pair("waiting", "for a decision there", states=("planning", state))
    (relation,) = relations(workspace)
    assert (relation["active"], relation["ticket"], relation["target"]) == (True, A, B)
    assert workspace.show(B)["count"] == 1


def test_answer_without_all_holds_only_active_relations(workspace: Workspace) -> None:
    workspace.pair("blocked_by", "over", states=("planning", "done"))
    workspace.record(A, "related", B, "still")
    assert [one["note"] for one in workspace.show()["relations"]] == ["still"]
    assert workspace.show("--all")["count"] == 2
