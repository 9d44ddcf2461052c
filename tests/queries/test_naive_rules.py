"""The plain readings themselves, on cases made by hand; the program has no part in it."""

from __future__ import annotations

from typing import Any

import pytest
from workspace_builder import AT, A, B, C, D, Workspace, ulid

from queries import naive, naive_check, naive_names, naive_reading
from queries.misspellings import NEARLY, NOT_AT_ALL, slug_of

EARLY, LATE = "2026-05-01T08:00:00Z", "2026-07-01T08:00:00Z"
TICKETS: dict[str, dict[str, Any]] = {A: {"slugs": {slug_of(A)}}, B: {"slugs": set()}}


def codes(workspace: Workspace, id_: str) -> list[str]:
    """The codes of a ticket's reasons, sorted."""
    found = naive_reading.read(workspace.root)
    rows = naive.relations_of(found.tickets, found.records)
    _, reasons, _ = naive_check.check(found, rows, id_)
    return sorted(code for _, code, _, _ in reasons.elements())


def tickets(workspace: Workspace, **states: str) -> None:
    for name, state in states.items():
        workspace.ticket({"a": A, "b": B, "c": C, "d": D}[name], state, slug=f"slug-{name}")


def retire(workspace: Workspace, holder: str, what: str, number: int = 90) -> None:
    text = f"---\nretires: {what}\nauthor: t\nat: {AT}\n---\nOver.\n"
    workspace.record_file(holder, f"{ulid(number)}.md", text)


@pytest.mark.parametrize("spelled", NEARLY)
def test_a_name_that_is_nearly_an_id_means_it(spelled: str) -> None:
    assert A in naive_names.meant(NEARLY[spelled](A, B), TICKETS)


@pytest.mark.parametrize("spelled", NOT_AT_ALL)
def test_another_name_means_nothing(spelled: str) -> None:
    assert naive_names.meant(NOT_AT_ALL[spelled](A, B), TICKETS) == set()


@pytest.mark.parametrize(
    ("target", "ids", "expected"),
    [
        ("TASK-1", ["TASK-12"], set()),
        ("K-1", ["TASK-1", "TASK-12"], set()),
        ("ASK-1", ["TASK-1", "TASK-12"], {"TASK-1"}),
        ("0012", ["TASK-10012"], set()),
        ("TASK-12", ["TASK-12", "task-12"], set()),
        ("Task-12", ["TASK-12", "task-12"], set()),
        ("task-1, task-2", ["TASK-1", "TASK-2", "TASK-3"], {"TASK-1", "TASK-2"}),
        ("task-1,x:TASK-2", ["TASK-1", "TASK-2"], {"TASK-1"}),
        ("https://example.org/t/TASK-1", ["TASK-1"], {"TASK-1"}),
    ],
)
def test_a_name_means_one_ticket_or_none(target: str, ids: list[str], expected: set[str]) -> None:
    known: dict[str, Any] = {id_: {"slugs": set()} for id_ in ids}
    assert naive_names.meant(target, known) == expected


def test_an_edge_against_a_misspelled_ticket_counts_for_it_alone(workspace: Workspace) -> None:
    tickets(workspace, a="queued", b="ready", c="queued")
    workspace.record(B, "blocks", A.lower())
    workspace.record(B, "blocked_by", C.lower())
    workspace.record(B, "related", "slug-c")
    assert codes(workspace, A) == ["misspelled_target"]
    assert codes(workspace, B) == ["other_unknown"]
    assert codes(workspace, C) == []


def test_a_missing_blocker_is_one_reason(workspace: Workspace) -> None:
    tickets(workspace, a="queued")
    workspace.record(A, "blocked_by", D)
    workspace.record(A, "after", "acme/shop:X")
    assert codes(workspace, A) == ["other_unknown"] * 2


def test_waits_add_up_in_files_and_replace_each_other_in_a_list(workspace: Workspace) -> None:
    tickets(workspace, a="queued")
    for at in (EARLY, LATE):
        workspace.record(A, "waiting", note=at, at=at)
    wait = {"kind": "waiting_capacity_note", "note": "x"}
    workspace.plan_lines(A, wait, wait | {"at": EARLY})
    assert codes(workspace, A) == ["waiting"] * 3
    workspace.record(A, "accepted_plan", note="x", at=AT.replace("06-01", "06-02"))
    assert codes(workspace, A) == ["plan", "waiting"]


def test_a_retired_plan_gives_back_what_it_ended(workspace: Workspace) -> None:
    tickets(workspace, a="queued")
    workspace.record(A, "waiting", note="x")
    plan = workspace.record(A, "accepted_plan", note="x", at=LATE).stem
    assert codes(workspace, A) == ["plan"]
    retire(workspace, A, ulid(77))
    assert codes(workspace, A) == ["lost_retirement", "plan"]
    retire(workspace, A, ulid(90), 91)
    assert codes(workspace, A) == ["lost_retirement", "plan"]
    retire(workspace, A, plan, 92)
    assert codes(workspace, A) == ["waiting"]


def test_lost_retirement_concerns_holders_of_record(workspace: Workspace) -> None:
    tickets(workspace, a="queued", b="queued")
    workspace.record(A, "waiting", note="x")
    plan = workspace.record(A, "accepted_plan", note="x", at=LATE).stem
    retire(workspace, B, plan)
    assert codes(workspace, A) == ["lost_retirement", "plan"]
    assert codes(workspace, B) == []


@pytest.mark.parametrize("through", ["supersedes", "duplicate_of"])
def test_a_replaced_blocker_is_followed_to_the_end(workspace: Workspace, through: str) -> None:
    tickets(workspace, a="queued", b="closed", c="closed", d="inprogress")
    workspace.record(A, "blocked_by", B)
    if through == "supersedes":
        workspace.record(C, "supersedes", B)
        workspace.record(D, "supersedes", "slug-c")
    else:
        workspace.record(B, "duplicate_of", C)
        workspace.record(C, "duplicate_of", D)
    workspace.record(B, "supersedes", C)  # a loop
    assert codes(workspace, A) == ["blocker_replaced"]
    workspace.ticket(D, "done")
    assert codes(workspace, A) == []
    workspace.ticket(D, "inprogress")
    workspace.ticket(C, "done")
    assert codes(workspace, A) == []
    workspace.ticket(C, "unheard-of")
    assert codes(workspace, A) == ["blocker_replaced"]
    workspace.ticket(B, "done")
    assert codes(workspace, A) == []


@pytest.mark.parametrize(
    ("head", "concerned"),
    [
        (f"kind: supersede\ntarget: {A}", {A}),
        (f"kind: supersede\ntarget: {A.lower()}", {A}),
        ("kind: supersede\ntarget: gone", set()),
        (f"kind: supersedes\nTarget: {A}", {A, C}),
        (f"kind: supersedes\n<<<<<<< x\ntarget: {A}", {A, C}),
    ],
)
def test_bad_file_of_resolved_ticket_concerns_tickets_it_may_name(
    workspace: Workspace, head: str, concerned: set[str]
) -> None:
    tickets(workspace, a="queued", b="done", c="ready")
    workspace.record_file(B, f"{ulid(5)}.md", f"---\n{head}\nauthor: t\nat: {AT}\n---\n")
    workspace.artifact(B, "orchestration-plan.jsonl", "{")
    assert {id_ for id_ in (A, C) if codes(workspace, id_) == ["possibly_superseded"]} == concerned
    workspace.ticket(B, "queued")
    assert codes(workspace, C) == ["unusable_source"] * 2


def test_a_bad_link_between_a_closed_blocker_and_its_replacement_is_a_caution(
    workspace: Workspace,
) -> None:
    tickets(workspace, a="queued", b="closed", c="inprogress")
    workspace.record(A, "blocked_by", B)
    workspace.record_file(
        B, f"{ulid(5)}.md", f"---\nkind: duplicate\ntarget: {C}\nauthor: t\nat: {AT}\n---\n"
    )
    assert codes(workspace, A) == ["possibly_superseded"]


def test_a_bad_line_of_a_replaced_blocker_is_a_caution(workspace: Workspace) -> None:
    tickets(workspace, a="queued", b="closed", c="inprogress")
    workspace.record(C, "supersedes", B)
    workspace.artifact(B, "orchestration-plan.jsonl", "{")
    assert codes(workspace, A) == ["possibly_superseded"]
    workspace.ticket(C, "done")
    assert codes(workspace, A) == []


@pytest.mark.parametrize(
    ("name", "is_source"),
    [
        (ulid(5), True),
        (f"{ulid(5)}.md.bak", True),
        (f"{ulid(6)}.md.bak", False),
        (f"{ulid(6)}.md~", False),
        ("notes.txt", False),
        ("Thumbs.db", False),
        (".hidden.md", False),
        ("sub/x.md", True),
        ("by-hand.markdown", True),
    ],
)
def test_possible_record_is_a_source(workspace: Workspace, name: str, *, is_source: bool) -> None:
    tickets(workspace, a="queued")
    record = f"---\nkind: related\ntarget: {D}\nauthor: t\nat: {AT}\n---\n"
    workspace.record_file(A, f"{ulid(6)}.md", record)
    text = "by hand\n" if name.startswith((ulid(5), "n", "T")) else record
    workspace.record_file(A, name, text)
    assert codes(workspace, A) == ["unusable_source"] * is_source


@pytest.mark.parametrize(
    "text",
    [
        f"---\nretires: {ulid(1)}\nauthor: t\nat: {AT}\n---\n",
        f"---\nretires: {ulid(1)}\nat: {AT}\n---\nOver.\n",
        f"---\nretires: {ulid(1)}\nkind: after\nauthor: t\nat: {AT}\n---\nOver.\n",
        f"---\nretires: {ulid(1)}\nretired_at: {AT}\nauthor: t\nat: {AT}\n---\nOver.\n",
    ],
)
def test_a_bad_retirement_retires_nothing(workspace: Workspace, text: str) -> None:
    tickets(workspace, a="queued", b="queued")
    workspace.record(A, "blocked_by", B)
    workspace.record_file(A, f"{ulid(2)}.md", text)
    assert codes(workspace, A) == ["blocked", "unusable_source"]


def test_a_retirement_counts_in_whichever_folder_of_the_ticket(workspace: Workspace) -> None:
    tickets(workspace, a="queued", b="queued")
    entry = {"ticket_id": A, "kind": "after", "related_ticket": B, "author": "t", "at": AT}
    entry |= {"id": "p"}
    workspace.plan_lines(A, entry)
    assert codes(workspace, A) == ["ordered_after"]
    retire(workspace, f"closed/{A}", naive.content_id(entry))
    assert codes(workspace, A) == ["state_unknown"]


def test_done_ticket_frees_what_nothing_else_holds(workspace: Workspace) -> None:
    tickets(workspace, a="planning", b="inprogress", c="queued", d="queued")
    workspace.record(A, "blocked_by", B)
    workspace.record(C, "blocked_by", B)
    workspace.record(C, "after", D)
    workspace.record(B, "supersedes", D)
    found = naive_reading.read(workspace.root)
    freed = {id_ for id_ in (A, C, D) if naive_check.frees(found, B, id_)}
    assert freed == {A}
