"""The warnings of `add` about the consequences of a new record."""

from __future__ import annotations

from typing import Any

import pytest
from workspace_builder import AT, A, B, C, Workspace, ulid


@pytest.fixture
def three(workspace: Workspace) -> Workspace:
    for id_ in (A, B, C):
        workspace.ticket(id_, "queued")
    return workspace


def add(workspace: Workspace, *arguments: str) -> Any:
    ran = workspace.run("add", *arguments, "--json")
    assert ran.code == 0, ran
    assert ran.json["changed"]
    return ran.json


@pytest.mark.parametrize(
    ("stated", "new", "named"),
    [
        ([(A, "blocked_by", B)], (A, "blocked-by", B), [ulid(1)]),
        ([(A, "blocked_by", B), (B, "blocks", A)], (A, "depends-on", B), [ulid(1), ulid(2)]),
        ([(A, "after", B)], (B, "before", A), [ulid(1)]),
        ([(A, "conflicts_with", B)], (B, "conflicts-with", A), [ulid(1)]),
        ([(A, "after", B)], (B, "after", A), [ulid(1)]),
        ([(A, "after", B)], (B, "blocked-by", A), [ulid(1)]),
        ([(A, "blocked_by", B)], (B, "after", A), [ulid(1)]),
        ([(A, "blocked_by", B)], (B, "blocked-by", A), [A, B]),
        ([(A, "blocked_by", B), (B, "after", C)], (C, "blocked-by", A), [A, B, C]),
        ([(A, "blocked_by", B), (C, "blocked_by", A)], (B, "after", C), [A, B, C]),
        ([(A, "blocked_by", B)], (B, "blocked-by", C), []),
        ([(A, "blocked_by", B)], (A, "after", C), []),
        ([(A, "related", B)], (A, "blocked-by", B), []),
        ([(A, "conflicts_with", B)], (A, "do-not-parallelize", B), []),
    ],
)
def test_edge_is_recorded_and_its_effect_is_reported(
    three: Workspace,
    stated: list[tuple[str, str, str]],
    new: tuple[str, str, str],
    named: list[str],
) -> None:
    for holder, kind, target in stated:
        three.record(holder, kind, target)
    warnings = add(three, *new, "--note", "new")["warnings"]
    assert bool(warnings) == bool(named)
    assert all(any(name in warning for warning in warnings) for name in named)


def test_retired_or_expired_record_is_neither_repeated_nor_opposed(three: Workspace) -> None:
    three.record(A, "after", B)
    assert three.run("retire", ulid(1), "--reason", "over").code == 0
    assert add(three, A, "after", B)["warnings"] == []
    three.ticket(C, "done")
    three.record(C, "after", A)
    assert add(three, A, "after", C)["warnings"] == []


def test_plan_ends_all_notes_and_replaces_the_plan(three: Workspace) -> None:
    three.record(A, "accepted_plan", None, "first", at="2026-06-01T10:00:00Z")
    for number in (2, 3):
        three.record(A, "waiting", None, f"note {number}", at=f"2026-06-0{number}T10:00:00Z")
    warnings = add(three, A, "accepted-plan", "--note", "second")["warnings"]
    assert len(warnings) == 3
    assert all(any(ulid(n) in warning for warning in warnings) for n in (1, 2, 3))
    (row,) = three.show(A)["relations"]
    assert row["plan"]["summary"] == "second"


def test_additional_notes_cause_no_warning(three: Workspace) -> None:
    for note in ("one", "two", "three"):
        assert add(three, A, "waiting", "--note", note)["warnings"] == []
    assert three.show("--kind", "waiting")["count"] == 3


@pytest.mark.parametrize("at", ["2026-06-01T10:00:00Z", "2062-06-09T10:03:41Z"])
def test_note_replaces_another_note(three: Workspace, at: str) -> None:
    three.record(A, "waiting", None, "first", at=at)
    three.record(A, "waiting", None, "other")
    add(three, A, "waiting", "--note", "first", "--replaces", ulid(1))
    rows = three.show(A, "--all")["relations"]
    ids = {row["records"][0]["id"]: row["active"] for row in rows}
    assert (ids[ulid(1)], ids[ulid(2)], len(ids)) == (False, True, 3)


def test_replaces_accepts_only_waiting_notes_of_the_ticket(three: Workspace) -> None:
    three.record(B, "waiting", None, "of another")
    three.record(A, "after", B)
    before = three.snapshot()
    for name, code in ((ulid(1), 2), (ulid(2), 2), (ulid(3), 3)):
        assert three.run("add", A, "waiting", "--note", "x", "--replaces", name).code == code
    assert three.run("add", A, "after", C, "--replaces", ulid(1)).code == 2
    assert three.snapshot() == before


@pytest.mark.parametrize(
    ("stated", "new", "closes"),
    [
        ([(A, "supersedes", B)], (B, "supersedes", A), True),
        ([(A, "supersedes", B)], (A, "duplicate-of", B), True),
        ([(A, "duplicate_of", B), (B, "duplicate_of", C)], (C, "duplicate-of", A), True),
        ([(A, "supersedes", B), (C, "duplicate_of", A)], (B, "supersedes", C), False),
        ([(A, "supersedes", B), (A, "duplicate_of", C)], (B, "supersedes", C), True),
        ([(A, "supersedes", B)], (B, "duplicate-of", A), False),
        ([(A, "supersedes", B)], (B, "related", A), False),
        ([(A, "supersedes", B)], (C, "supersedes", A), False),
    ],
)
@pytest.mark.parametrize("state", ["queued", "closed"])
def test_loop_of_replacements_is_reported_when_closed(
    three: Workspace,
    stated: list[tuple[str, str, str]],
    new: tuple[str, str, str],
    *,
    closes: bool,
    state: str,
) -> None:
    three.ticket(B, state)
    for holder, kind, target in stated:
        three.record(holder, kind, target)
    warnings = add(three, *new)["warnings"]
    assert len(warnings) == closes
    found = three.run("doctor", "--severity", "info", "--json").json["findings"]
    assert ("replacement_loop" in {finding["code"] for finding in found}) is closes


def test_retired_record_closes_no_loop(three: Workspace) -> None:
    three.record(A, "supersedes", B)
    assert three.run("retire", ulid(1), "--reason", "over").code == 0
    assert add(three, B, "supersedes", A)["warnings"] == []


@pytest.mark.parametrize("count", [5, 6, 40])
def test_first_of_many_warnings_are_listed_with_their_number(three: Workspace, count: int) -> None:
    for number in range(count):
        three.record(A, "waiting", None, f"note {number}")
    answer = add(three, A, "accepted-plan", "--note", "how")
    assert (len(answer["warnings"]), answer["warnings_total"]) == (5, count)
    for number in range(count):
        three.record(B, "waiting", None, f"note {number}")
    lines = three.run("add", B, "accepted-plan", "--note", "how").err.splitlines()
    assert len(lines) == 5 + (count > 5)
    assert count == 5 or f" {count - 5} " in lines[-1]


def test_repeated_or_ended_record_is_named_for_retire(three: Workspace) -> None:
    note = f"---\nkind: waiting\nauthor: x\nat: {AT}\n---\nx\n"
    for holder in (A, B):
        three.record_file(holder, f"{ulid(1)}.md", note)
    (warning,) = add(three, A, "accepted-plan", "--note", "how")["warnings"]
    assert f".yoi/tickets/{A}/artifacts/relations/{ulid(1)}.md" in warning
    three.plan_lines(A, *[{"kind": "blocked_by", "related_ticket": B}] * 3)
    assert len(add(three, B, "blocks", A)["warnings"]) == 1
