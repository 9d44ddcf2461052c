"""What doctor finds, by code: what makes it speak, and what comes close without."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from workspace_builder import A, B, C, D, Workspace, ids_in

from yoi_relations.queries.doctor.findings import RULES, Code

LATER = "2026-06-02T10:00:00Z"
OUTSIDE = "00001KT0000EE"
SLUG = "20260409-081530-stock-count"


def findings(workspace: Workspace) -> list[dict[str, Any]]:
    """Everything that is found."""
    found: list[dict[str, Any]] = workspace.run("doctor", "--severity", "info", "--json").json[
        "findings"
    ]
    assert all(one["sentence"] and one["hint"] for one in found)
    return found


def codes(workspace: Workspace) -> list[tuple[str, str]]:
    return [(one["code"], one["severity"]) for one in findings(workspace)]


def tickets(workspace: Workspace, **states: str) -> None:
    for id_, state in states.items():
        workspace.ticket({"A": A, "B": B, "C": C, "D": D}[id_], state)


def test_no_finding_in_an_orderly_workspace(workspace: Workspace) -> None:
    tickets(workspace, A="queued", B="ready", C="inprogress", D="closed")
    workspace.record(A, "blocked_by", B, "why")
    workspace.record(B, "blocks", A)
    workspace.record(B, "after", C)
    workspace.record(A, "after", B)
    workspace.record(A, "conflicts_with", C)
    workspace.record(C, "accepted_plan", note="How.", branch="work/c")
    workspace.record(D, "related", A)

    assert findings(workspace) == []


@pytest.mark.parametrize(("state", "severity"), [("ready", "error"), ("closed", "warning")])
def test_a_line_that_cannot_be_used(workspace: Workspace, state: str, severity: str) -> None:
    workspace.ticket(A, state)
    path = workspace.artifact(A, "orchestration-plan.jsonl", "\n{\n")

    (one,) = findings(workspace)
    assert (one["code"], one["severity"], one["tickets"]) == ("unusable_source", severity, [A])
    assert (one["path"], one["line"]) == (str(path.relative_to(workspace.root)), 2)


@pytest.mark.parametrize(("state", "severity"), [("ready", "error"), ("done", "warning")])
def test_a_record_about_a_ticket_and_itself(
    workspace: Workspace, state: str, severity: str
) -> None:
    workspace.ticket(A, state)
    workspace.record(A, "related", A)
    workspace.relations_json(A, {"kind": "depends_on", "target": A})
    workspace.plan_lines(A, {"kind": "after", "related_ticket": A})

    assert codes(workspace) == [("self_relation", severity)] * 3


def test_a_copy_of_a_record_that_names_its_own_ticket_there(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="ready")
    path = workspace.record(A, "blocked_by", B, "why")
    workspace.record_file(B, path.name, path.read_bytes())
    workspace.record(C, "blocks", C)

    found = findings(workspace)
    original = str(path.relative_to(workspace.root))
    copies = [one for one in found if one["path"].endswith(f"{B}/artifacts/relations/{path.name}")]
    assert [one["code"] for one in copies] == ["self_relation", "copied_record"]
    for one in copies:
        assert original in one["hint"]
        assert one["tickets"] == [A, B]
        assert one["commands"] == []
    (other,) = [one for one in found if one not in copies]
    assert (other["code"], other["tickets"], path.name in other["hint"]) == (
        "self_relation",
        [C],
        False,
    )


def test_a_ticket_whose_state_cannot_be_read(workspace: Workspace) -> None:
    workspace.ticket(A, "finished")
    workspace.item(B, "---\ntitle: [a, list]\nstate: done\n---\n")

    assert codes(workspace) == [("unclear_item", "error"), ("unclear_item", "warning")]


def test_records_without_an_item(workspace: Workspace) -> None:
    workspace.ticket(B)
    workspace.record(A, "related", B)

    assert codes(workspace) == [("no_item", "error")]


def test_an_id_of_two_folders(workspace: Workspace) -> None:
    workspace.ticket(A, "done", "closed")
    workspace.ticket(A, "done", "open")

    (one,) = findings(workspace)
    assert (one["code"], one["severity"], one["tickets"]) == ("shared_id", "error", [A])
    for bucket in ("closed", "open"):
        assert f".yoi/tickets/{bucket}/{A}" in f"{one['path']}: {one['sentence']}"
    assert one["commands"] == []


@pytest.mark.parametrize(
    ("state", "kind", "severity"),
    [
        ("ready", "blocked_by", "error"),
        ("ready", "related", "error"),
        ("closed", "blocked_by", "info"),
        ("closed", "related", "info"),  # it counts, and is in nobody's way
    ],
)
def test_a_target_that_does_not_exist(
    workspace: Workspace, state: str, kind: str, severity: str
) -> None:
    workspace.ticket(A, state)
    path = workspace.record(A, kind, B)

    (one,) = findings(workspace)
    assert (one["code"], one["severity"], one["tickets"]) == ("dangling_target", severity, [A, B])
    assert f"relations retire {path.stem} --reason" in one["hint"]


def test_missing_target_of_inactive_note_is_info(workspace: Workspace) -> None:
    workspace.ticket(A, "ready")
    workspace.record(A, "waiting", B, "For B.")
    workspace.record(A, "accepted_plan", note="The way.", at=LATER)

    assert codes(workspace) == [("dangling_target", "info"), ("expired_note", "info")]


def test_missing_target_of_retired_record_is_no_finding(workspace: Workspace) -> None:
    workspace.ticket(A)
    retired = {"retired_at": LATER, "retired_by": "x", "retired_reason": "gone"}
    workspace.record(A, "blocked_by", B, **retired)

    assert findings(workspace) == []


@pytest.mark.parametrize(("state", "severity"), [("ready", "warning"), ("closed", "info")])
def test_odd_source_is_warning(workspace: Workspace, state: str, severity: str) -> None:
    workspace.pair("related", colour="blue", states=(state, "planning"))

    assert codes(workspace) == [("odd_source", severity)]


@pytest.mark.parametrize(("state", "severity"), [("ready", "warning"), ("closed", "info")])
def test_text_that_yaml_drops_is_for_doctor_alone(
    workspace: Workspace, state: str, severity: str
) -> None:
    workspace.ticket(A, state, title="Fix #12 in parser")
    workspace.ticket(B)
    workspace.record(A, "related", B, "why", author="bob #2")
    plan = {"branch": "&x main", "worktree": "!a wt", "role_plan": "You #1"}
    workspace.record(A, "accepted_plan", note="How.", **plan)

    found = [one for one in findings(workspace) if one["code"] == "dropped_text"]
    assert [one["severity"] for one in found] == [severity] * 5
    shown = workspace.run("show", A, "--json", "--all")
    assert (shown.code, shown.json["problems"]) == (0, [])
    assert shown.json["relations"][-1]["author"] == "bob"


@pytest.mark.parametrize(("state", "severity"), [("ready", "warning"), ("closed", "info")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("note", ["why", "why\n", ""])
def test_two_records_in_one_file(
    workspace: Workspace, state: str, severity: str, end: str, note: str
) -> None:
    workspace.ticket(A, state)
    tickets(workspace, B="ready", C="ready")
    path = workspace.record(A, "related", B)
    other = path.read_text("utf-8").replace(B, C)
    text = f"{path.read_text('utf-8').rstrip()}\n{note}{other}"
    path.write_text(text.replace("\n", end), "utf-8", newline="")

    (one,) = [one for one in findings(workspace) if one["severity"] == severity]
    assert one["code"] == "second_record"
    assert one["line"] == text[: text.rindex("---\nkind")].count("\n") + 1
    shown = workspace.run("show", A, "--json", "--all")
    assert (shown.code, [one["target"] for one in shown.json["relations"]]) == (0, [B])


@pytest.mark.parametrize(
    "note",
    [
        "---\nkind: a\n---",
        "---\nkind of\nat: a\n---",
        "---\nkind: a\nat: b",
        "kind: a\nat: b\n---",
        "a\n---\nat: b\n---\nkind: c\n---",
    ],
)
def test_text_with_rules_has_no_second_record(workspace: Workspace, note: str) -> None:
    tickets(workspace, A="ready", B="ready")
    workspace.record(A, "related", B, note)

    assert findings(workspace) == []


@pytest.mark.parametrize("head", ["", "title:\n", "title: ' '\n"])
def test_a_ticket_without_a_title_is_for_doctor_alone(workspace: Workspace, head: str) -> None:
    workspace.item(A, f"---\n{head}state: ready\n---\n")

    assert codes(workspace) == [("odd_source", "warning")]
    assert workspace.run("check", A).code == 0


def test_dependency_cycle_is_reported_once(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="ready", D="ready")
    workspace.ticket(OUTSIDE, "ready")
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "depends_on", C)
    workspace.record(D, "blocks", C)
    workspace.record(D, "blocked_by", A)
    workspace.record(A, "after", C)  # binds nobody who is not bound already
    workspace.record(C, "blocked_by", OUTSIDE)

    (one,) = findings(workspace)
    assert (one["code"], one["severity"]) == ("dependency_cycle", "error")
    assert one["tickets"] == [A, B, C, D]
    assert ids_in(one["sentence"]) == [A, B, B, C, C, D, D, A]


def test_two_that_wait_for_each_other_are_a_cycle(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "blocked_by", A)

    assert codes(workspace) == [("dependency_cycle", "error")]


def test_resolved_ticket_breaks_a_cycle(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="done")
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "blocked_by", C)
    workspace.record(C, "blocked_by", A)

    assert codes(workspace) == [("expired_edge", "info")]


def test_a_cycle_that_an_ordering_closes(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="ready")
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "blocked_by", C)
    workspace.record(C, "after", A)

    (one,) = findings(workspace)
    assert (one["code"], one["severity"], one["tickets"]) == ("mixed_cycle", "warning", [A, B, C])
    assert ids_in(one["sentence"])[:3] == [C, A, A]


def test_an_ordering_that_joins_two_cycles_is_named(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="ready", D="ready")
    for one, other in ((A, B), (B, A), (C, D), (D, C)):
        workspace.record(one, "blocked_by", other)
    workspace.record(A, "blocked_by", C)
    workspace.record(D, "after", B)

    found = findings(workspace)
    assert [one["code"] for one in found] == ["dependency_cycle"] * 2 + ["mixed_cycle"]
    assert ids_in(found[-1]["sentence"])[:3] == [D, B, B]
    assert found[-1]["tickets"] == [A, B, C, D]


def test_orderings_that_oppose_each_other(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="ready")
    workspace.record(A, "before", B)
    workspace.record(B, "before", A)
    workspace.record(A, "before", C)
    workspace.record(C, "after", A)  # the same from the other end

    (one,) = findings(workspace)
    assert (one["code"], one["severity"]) == ("opposed_orderings", "warning")
    assert ids_in(one["sentence"]) == [A, B, B, A]


def test_an_ordering_that_opposes_a_dependency(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="ready")
    workspace.record(A, "blocked_by", B)
    path = workspace.record(B, "after", A)
    workspace.record(A, "blocked_by", C)
    workspace.record(A, "after", C)  # agrees with the dependency

    (one,) = findings(workspace)
    assert (one["code"], one["severity"]) == ("opposed_dependency", "warning")
    assert ids_in(one["sentence"]) == [B, A, A, B]
    assert f"relations retire {path.stem} " in one["hint"]


def test_a_conflict_of_two_that_are_inprogress(workspace: Workspace) -> None:
    tickets(workspace, A="inprogress", B="inprogress", C="queued", D="inprogress")
    workspace.record(A, "conflicts_with", B)
    workspace.record(A, "do_not_parallelize", B)  # it is one matter
    workspace.record(A, "conflicts_with", C)
    workspace.record(A, "related", D)

    (one,) = findings(workspace)
    assert (one["code"], one["severity"], one["tickets"]) == (
        "conflict_inprogress",
        "warning",
        [A, B],
    )


def test_a_branch_that_several_plans_name(workspace: Workspace) -> None:
    tickets(workspace, A="queued", B="queued", C="queued", D="closed")
    workspace.record(A, "accepted_plan", note="How.", branch="work/x", at=LATER)
    workspace.record(B, "accepted_plan", note="How.", branch="work/x")
    workspace.record(C, "accepted_plan", note="How.", branch="work/x")
    workspace.record(C, "accepted_plan", note="Another way.", branch="work/c", at=LATER)
    workspace.record(D, "accepted_plan", note="How it was.", branch="work/x")

    one, closed = findings(workspace)
    assert (one["code"], one["severity"], one["tickets"]) == ("shared_branch", "warning", [A, B])
    assert A in one["path"]
    assert closed["code"] == "expired_plan"


@pytest.mark.parametrize("kind", ["blocked_by", "after", "conflicts_with"])
@pytest.mark.parametrize(
    ("ticket", "target", "expected"),
    [("ready", "closed", True), ("closed", "closed", False), ("ready", "ready", False)],
)
def test_resolved_blocker_is_an_expired_edge(
    workspace: Workspace, kind: str, ticket: str, target: str, *, expected: bool
) -> None:
    tickets(workspace, A=ticket, B=target)
    workspace.record(A, kind, B)

    assert codes(workspace) == ([("expired_edge", "info")] if expected else [])


def test_blocker_of_a_resolved_ticket_is_no_finding(workspace: Workspace) -> None:
    tickets(workspace, A="closed", B="ready")
    workspace.record(A, "blocked_by", B)

    assert findings(workspace) == []


@pytest.mark.parametrize(
    ("state", "at", "expected"),
    [
        ("queued", LATER, True),
        ("queued", "2026-05-31T10:00:00Z", False),  # the plan is older than the note
        ("closed", LATER, False),
    ],
)
def test_a_waiting_note_older_than_the_acceptance(
    workspace: Workspace, state: str, at: str, *, expected: bool
) -> None:
    workspace.ticket(A, state)
    workspace.record(A, "waiting", note="Before that.", at="2026-05-01T10:00:00Z")
    workspace.record(A, "waiting", note="For a machine.")
    workspace.record(A, "accepted_plan", note="How.", at=at)

    notes = [one for one in codes(workspace) if one[0] == "expired_note"]
    assert notes == ([("expired_note", "info")] if expected else [])


def test_a_waiting_note_of_a_ticket_that_is_inprogress(workspace: Workspace) -> None:
    workspace.ticket(A, "inprogress")
    workspace.record(A, "waiting", note="For a machine.")

    assert codes(workspace) == [("expired_note", "info")]


def test_plans_of_resolved_tickets_are_one_finding(workspace: Workspace) -> None:
    tickets(workspace, A="closed", B="done", C="queued", D="closed")
    workspace.record(A, "accepted_plan", note="How.")
    workspace.record(A, "accepted_plan", note="Another way.", at=LATER)
    workspace.record(B, "accepted_plan", note="How.")
    workspace.record(C, "accepted_plan", note="How.")
    retired = {"retired_at": LATER, "retired_by": "x", "retired_reason": "done"}
    workspace.record(D, "accepted_plan", note="How.", **retired)

    (one,) = findings(workspace)
    assert (one["code"], one["severity"], one["tickets"]) == ("expired_plan", "info", [A, B])
    assert set(ids_in(one["sentence"])) == {A}


def test_a_record_that_repeats_another(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="closed", D="closed")
    first = workspace.record(A, "blocked_by", B, "why")
    second = workspace.record(A, "blocked_by", B, "why", at=LATER)
    for _ in range(2):
        workspace.record(C, "related", D, "over")

    (one,) = findings(workspace)
    assert (one["code"], one["severity"]) == ("repeated_record", "info")
    assert one["path"].endswith(second.name)
    assert one["hint"] == f"relations retire {second.stem} --reason 'repeats {first.stem}'"
    assert workspace.run(*one["hint"].split(" ", 3)[1:3], "--reason", "again").code == 0
    assert findings(workspace) == []


def test_an_entry_that_is_there_twice_counts_once(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    workspace.plan_lines(A, *[{"kind": "after", "related_ticket": B}] * 2)

    (one,) = findings(workspace)
    assert (one["code"], one["line"]) == ("repeated_record", 2)
    assert one["commands"] == []


def test_an_edge_may_be_recorded_in_several_ways(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    workspace.record(A, "blocked_by", B, "why")
    workspace.record(A, "blocked_by", B, "another reason")
    workspace.record(B, "blocks", A, "why")
    workspace.relations_json(A, {"kind": "depends_on", "target": B, "note": "why"})
    workspace.record(A, "conflicts_with", B, "One file.")
    workspace.record(B, "conflicts_with", A, "One file.")
    retired = {"retired_at": LATER, "retired_by": "x", "retired_reason": "anew"}
    workspace.record(A, "blocked_by", B, "why", **retired)

    assert findings(workspace) == []


@pytest.mark.parametrize("text", [f"See {B}.", f"先に{B}を", f"on work/{B}-driver", f"({SLUG})"])
def test_a_ticket_that_a_text_names(workspace: Workspace, text: str) -> None:
    tickets(workspace, A="ready", B="ready", C="ready")
    workspace.ticket(SLUG, None, "pending")
    workspace.record(A, "blocked_by", C, text)
    workspace.record(A, "waiting", note=text)

    (one,) = findings(workspace)
    named = SLUG if SLUG in text else B
    assert (one["code"], one["severity"]) == ("unrelated_mention", "info")
    assert one["tickets"] == sorted([A, named])
    assert one["hint"] == f"relations add {A} related {named}"
    assert workspace.run(*one["hint"].split()[1:]).code == 0
    assert findings(workspace) == []


@pytest.mark.parametrize(
    ("text", "states"),
    [
        (f"See {B}.", {"B": "closed"}),
        (f"See {B}.", {"A": "closed"}),
        (f"See {A} and {C}, which are its own.", {}),
        (f"See {D}.", {}),  # linked, by a record that is retired
        (f"See {B}X and X{B}, 01{B}{B}.", {}),
        ("See 00001KT0000ZZ.", {}),
    ],
)
def test_a_ticket_need_not_be_named_by_a_relation(
    workspace: Workspace, text: str, states: dict[str, str]
) -> None:
    tickets(workspace, **({"A": "ready", "B": "ready", "C": "ready", "D": "ready"} | states))
    workspace.record(A, "related", C, text)
    retired = {"retired_at": LATER, "retired_by": "x", "retired_reason": "over"}
    workspace.record(D, "blocks", A, **retired)
    workspace.record(A, "blocked_by", C, f"See {B}.", **retired)

    assert findings(workspace) == []


def test_every_code_has_a_rule() -> None:
    assert set(RULES) == set(Code)


def test_a_pair_of_tickets_that_name_each_other_is_found_once(workspace: Workspace) -> None:
    """Whichever holder comes first, in however many records and folders; what is linked never."""
    ids = [f"00001KT{number:06d}" for number in range(24)]
    for id_ in ids:
        workspace.ticket(id_)
        for part in (ids[:16], ids[8:], ids[::-1]):
            workspace.record(id_, "waiting", note=" ".join(part))
    workspace.record(ids[0], "related", ids[1])
    workspace.ticket(ids[2], "done")
    workspace.item(ids[3], "---\ntitle: T\nstate: ready\n---\n", "open")
    answer = workspace.run("doctor", "--json", "--severity", "info").json
    found = [one for one in answer["findings"] if one["code"] == "unrelated_mention"]
    (more,) = (one for one in answer["more"] if one["code"] == "unrelated_mention")
    pairs = [tuple(one["tickets"]) for one in found]
    unresolved = [id_ for id_ in ids if id_ != ids[2]]
    expected = set(combinations(unresolved, 2)) - {(ids[0], ids[1])}
    assert len(pairs) == len(set(pairs)) == 200
    assert expected.issuperset(pairs)
    assert more["count"] == len(expected) - 200
    assert [one["path"] for one in found] == sorted(one["path"] for one in found)
