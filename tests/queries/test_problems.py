"""Which problems make an answer doubtful (exit 4), and how all of them are listed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from workspace_builder import A, B, C, Workspace

Break = Callable[[Workspace], None]

BAD_LINE = '{"kind": "bl\n'


def bad_line(workspace: Workspace) -> None:
    workspace.artifact(A, "orchestration-plan.jsonl", BAD_LINE)


def bad_list(workspace: Workspace) -> None:
    workspace.artifact(A, "relations.json", "{")


def bad_record(workspace: Workspace) -> None:
    workspace.record_file(A, "01KT0000000000000000000009.md", "no frontmatter\n")


def edge(workspace: Workspace) -> None:
    """A relation that has nothing to do with the damage in A."""
    workspace.ticket(B)
    workspace.ticket(C)
    workspace.record(B, "blocked_by", C)
    workspace.record(B, "related", C)


@pytest.mark.parametrize("state", ["planning", "ready", "queued", "inprogress", None])
@pytest.mark.parametrize("damage", [bad_line, bad_list, bad_record])
def test_bad_file_of_an_unresolved_ticket_could_hide_a_relation(
    workspace: Workspace, state: str | None, damage: Break
) -> None:
    edge(workspace)
    workspace.ticket(A, state)
    damage(workspace)
    for arguments in ((), (B,), ("--kind", "blocker"), ("--state", "planning")):
        assert (arguments, workspace.run("show", *arguments).code) == (arguments, 4)


@pytest.mark.parametrize("state", ["done", "closed"])
@pytest.mark.parametrize(
    ("damage", "arguments", "code"),
    [
        (bad_line, (), 0),
        (bad_line, (B,), 0),
        (bad_line, ("--all",), 4),  # what is over is asked for as well
        (bad_list, ("--kind", "blocker"), 0),
        (bad_list, ("--kind", "related"), 4),  # one open end keeps it active
        (bad_list, ("--kind", "supersedes"), 4),
        (bad_record, ("--kind", "blocker"), 0),
        (bad_record, ("--kind", "plan", "--kind", "conflict", "--kind", "capacity"), 0),
        (bad_record, ("--kind", "reference"), 4),
        (bad_record, ("--kind", "blocker", "--all"), 4),
    ],
)
def test_bad_file_of_a_resolved_ticket_could_hide_only_active_relations(
    workspace: Workspace, state: str, damage: Break, arguments: tuple[str, ...], code: int
) -> None:
    edge(workspace)
    workspace.ticket(A, state)
    damage(workspace)
    ran = workspace.run("show", "--json", *arguments)
    assert ran.code == code
    assert ran.json["problems_total"] == 1


@pytest.mark.parametrize(
    ("damage", "kind", "code"),
    [
        (bad_line, "related", 0),
        (bad_line, "supersedes", 0),
        (bad_line, "waiting", 4),
        (bad_line, "plan", 4),
        (bad_line, "order", 4),
        (bad_list, "order", 0),
        (bad_list, "conflict", 0),
        (bad_list, "waiting", 0),
        (bad_list, "plan", 0),
        (bad_list, "blocks", 4),
        (bad_record, "duplicate-of", 4),
        (bad_record, "waiting", 4),
    ],
)
def test_a_format_can_hide_only_kinds_that_it_holds(
    workspace: Workspace, damage: Break, kind: str, code: int
) -> None:
    edge(workspace)
    workspace.ticket(A)
    damage(workspace)
    assert workspace.run("show", "--kind", kind).code == code


def unknown_state(workspace: Workspace) -> None:
    workspace.ticket(A, "finished")


def no_state(workspace: Workspace) -> None:
    workspace.ticket(A, None)


def broken_item(workspace: Workspace) -> None:
    workspace.item(A, "---\nstate: [\n")


def no_item(workspace: Workspace) -> None:
    (workspace.tickets / A / "item.md").unlink()


def two_folders(workspace: Workspace) -> None:
    workspace.ticket(A, "done", "closed")


def no_folder(workspace: Workspace) -> None:
    """Nothing stands where B's record points."""
    (workspace.tickets / A / "item.md").unlink()
    (workspace.tickets / A).rmdir()


UNKNOWN = (unknown_state, no_state, broken_item, two_folders, no_folder)


@pytest.mark.parametrize("damage", UNKNOWN)
def test_unknown_state_at_either_end_of_row_is_problem_in_answer(
    workspace: Workspace, damage: Break
) -> None:
    edge(workspace)
    workspace.ticket(A)
    workspace.record(B, "blocks", A)
    workspace.record(B, "after", A)
    damage(workspace)
    for arguments, code in (
        ((), 4),
        (("--kind", "blocker"), 4),
        (("--kind", "order"), 4),
        (("--kind", "related"), 0),
        ((C,), 0),
        (("--kind", "order", "--state", "done"), 0),  # B decides, and its state is known
        (("--kind", "blocker", "--state", "done"), 4),  # A could be done
    ):
        assert (arguments, workspace.run("show", *arguments).code) == (arguments, code)


def test_records_without_item_are_read_and_problem_in_answer(workspace: Workspace) -> None:
    edge(workspace)
    workspace.ticket(A)
    workspace.record(A, "after", B)
    no_item(workspace)
    ran = workspace.run("show", "--json", "--kind", "order")
    assert ran.code == 4
    assert [(one["ticket"], one["ticket_state"]) for one in ran.json["relations"]] == [(A, None)]
    assert [one["path"] for one in ran.json["problems"]] == [f".yoi/tickets/{A}"]


def test_both_folders_of_an_id_are_read_and_reported(workspace: Workspace) -> None:
    edge(workspace)
    workspace.ticket(A)
    two_folders(workspace)
    workspace.record(A, "after", B)
    workspace.record(f"closed/{A}", "before", C)
    ran = workspace.run("show", "--json", "--kind", "order")
    assert ran.code == 4
    assert {(one["ticket"], one["target"]) for one in ran.json["relations"]} == {(A, B), (C, A)}
    paths = [one["path"] for one in ran.json["problems"]]
    assert paths == [f".yoi/tickets/{A}", f".yoi/tickets/closed/{A}"]


@pytest.mark.parametrize("damage", UNKNOWN[:4])
def test_unknown_state_outside_answer_is_only_listed(workspace: Workspace, damage: Break) -> None:
    edge(workspace)
    workspace.ticket(A)
    damage(workspace)
    ran = workspace.run("show", "--json")
    assert ran.code == 0
    assert ran.json["problems_total"] >= 1


def test_unknown_state_of_inactive_row_is_not_problem_in_answer(workspace: Workspace) -> None:
    workspace.pair(states=("finished", "done"))
    workspace.record(B, "blocked_by", A)
    assert workspace.run("show").code == 0
    assert workspace.run("show", "--all").code == 4


def test_retired_record_with_dangling_target_is_not_a_problem(workspace: Workspace) -> None:
    workspace.ticket(A)
    retired = {"retired_at": "2026-06-02T10:00:00Z", "retired_by": "x", "retired_reason": "gone"}
    workspace.record(A, "blocked_by", B, **retired)
    assert workspace.show("--all")["problems"] == []


@pytest.mark.parametrize("damage", ["key", "name"])
def test_odd_record_is_listed_and_used(workspace: Workspace, damage: str) -> None:
    workspace.pair()
    text = f"---\nkind: after\ntarget: {B}\nauthor: x\nat: 2026-06-01T10:00:00Z\n"
    if damage == "key":
        path = workspace.record_file(A, "01KT0000000000000000000009.md", f"{text}urgency: 3\n---\n")
    else:
        path = workspace.record_file(A, "my-note.md", f"{text}---\n")
    answer = workspace.show()  # with exit 0
    assert answer["count"] == 1
    (problem,) = answer["problems"]
    assert problem["path"] == str(path.relative_to(workspace.root))
    assert problem["line"] == (6 if damage == "key" else None)


def test_problems_come_with_path_and_line_and_obey_the_limit(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.plan_lines(
        A,
        {"kind": "waiting_capacity_note", "note": "fine"},
        *({"kind": "parent", "related_ticket": B} for _ in range(5)),
    )
    path = f".yoi/tickets/{A}/artifacts/orchestration-plan.jsonl"
    answer = workspace.run("show", "--json").json
    places = [(one["path"], one["line"]) for one in answer["problems"]]
    assert places == [(path, line) for line in range(2, 7)]
    assert all("parent" in one["message"] for one in answer["problems"])
    cut = workspace.run("show", "--json", "--limit", "2").json
    assert (cut["problems"], cut["problems_total"]) == (answer["problems"][:2], 5)
    whole = workspace.run("show", "--json", "--limit", "0").json
    assert whole["problems"] == answer["problems"]


def test_problems_are_written_to_stderr_without_json(workspace: Workspace) -> None:
    workspace.ticket(A)
    bad_line(workspace)
    ran = workspace.run("show")
    assert f".yoi/tickets/{A}/artifacts/orchestration-plan.jsonl:1: " in ran.err
    assert ran.out == ""
