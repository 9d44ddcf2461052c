"""`add` of an existing record: it is written only if the existing one is less active."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace_builder import A, B, Workspace, ulid

FIRST, SECOND, THIRD = (f"2026-06-0{day}T10:00:00Z" for day in (1, 2, 3))


def add(workspace: Workspace, *arguments: str) -> Any:
    ran = workspace.run("add", *arguments, "--json")
    assert ran.code == 0, ran
    return ran.json


def notes(workspace: Workspace) -> list[tuple[str, str | None]]:
    """Kind and text of the active notes and plans of A."""
    rows = workspace.show(A)["relations"]
    return sorted(
        (row["kind"], (row["plan"] or {"summary": row["note"]})["summary"]) for row in rows
    )


def test_note_ended_by_a_plan_is_recorded_again(pair: Workspace) -> None:
    pair.record(A, "waiting", None, "a desk", at=FIRST)
    pair.record(A, "accepted_plan", None, "how", at=SECOND)
    answer = add(pair, A, "waiting", "--note", "a desk")
    assert (answer["changed"], answer["active"]) == (True, True)
    assert notes(pair) == [("accepted_plan", "how"), ("waiting", "a desk")]
    assert not add(pair, A, "waiting", "--note", "a desk")["changed"]


def test_replaced_plan_is_recorded_again(pair: Workspace) -> None:
    pair.record(A, "accepted_plan", None, "one", at=FIRST)
    pair.record(A, "accepted_plan", None, "two", at=SECOND)
    answer = add(pair, A, "accepted-plan", "--note", "one")
    assert (answer["changed"], answer["active"]) == (True, True)
    assert notes(pair) == [("accepted_plan", "one")]


@pytest.mark.parametrize("later", ["waiting_capacity_note", "accepted_plan"])
def test_superseded_line_is_recorded_again(pair: Workspace, later: str) -> None:
    text: dict[str, Any] = {"note": "two"}
    if later == "accepted_plan":
        text = {"accepted_plan": {"summary": "two"}}
    first = {"kind": "waiting_capacity_note", "note": "one", "at": FIRST}
    pair.plan_lines(A, first, {"kind": later, "at": SECOND} | text)
    answer = add(pair, A, "waiting", "--note", "one")
    assert (answer["changed"], answer["active"]) == (True, True)
    assert ("waiting", "one") in notes(pair)


@pytest.mark.parametrize("state", ["inprogress", "done", "closed"])
@pytest.mark.parametrize(
    "arguments", [("waiting", "--note", "x"), ("blocked-by", B), ("accepted-plan", "--note", "x")]
)
def test_relation_expired_by_a_state_is_not_repeated(
    pair: Workspace, state: str, arguments: tuple[str, ...]
) -> None:
    add(pair, A, *arguments)
    pair.ticket(A, state)
    before = pair.snapshot()
    assert not add(pair, A, *arguments)["changed"]
    assert pair.snapshot() == before


@given(
    lines=st.lists(
        st.tuples(st.sampled_from(("waiting", "accepted_plan")), st.sampled_from("xy")), max_size=4
    ),
    retired=st.sets(st.integers(1, 4)),
    kind=st.sampled_from(("waiting", "accepted_plan")),
    replaces=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_added_record_is_active_after_any_history(
    lines: list[tuple[str, str]], retired: set[int], kind: str, *, replaces: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        workspace.ticket(A, "queued")
        for day, (line_kind, text) in enumerate(lines, start=1):
            retirement = {"retired_at": THIRD, "retired_by": "x", "retired_reason": "y"}
            fields = retirement if day in retired else {}
            workspace.record(A, line_kind, None, text, at=f"2026-06-0{day}T10:00:00Z", **fields)
        waits = [day for day, (line_kind, _) in enumerate(lines, start=1) if line_kind == "waiting"]
        more = ("--replaces", ulid(waits[-1])) if replaces and waits and kind == "waiting" else ()
        assert add(workspace, A, kind, "--note", "x", *more)["active"]
        again = add(workspace, A, kind, "--note", "x", *more)
        assert (again["active"], again["changed"]) == (True, False)
        assert (kind, "x") in notes(workspace)


def test_note_is_replaced_by_an_identical_active_note(pair: Workspace) -> None:
    for text in ("one", "two"):
        pair.record(A, "waiting", None, text)
    answer = add(pair, A, "waiting", "--note", "one", "--replaces", ulid(2))
    assert (answer["changed"], answer["record"]["id"]) == (True, ulid(1))
    text = (pair.root / answer["retirement"]["path"]).read_text()
    assert f"retires: {ulid(2)}\n" in text
    assert text.endswith(f"replaced by {ulid(1)}\n")
    assert notes(pair) == [("waiting", "one")]
    again = add(pair, A, "waiting", "--note", "one", "--replaces", ulid(2))
    assert (again["changed"], again["retirement"]) == (False, None)


def test_note_ended_by_a_plan_replaces_nothing(pair: Workspace) -> None:
    pair.record(A, "waiting", None, "one", at=FIRST)
    pair.record(A, "accepted_plan", None, "how", at=SECOND)
    pair.record(A, "waiting", None, "two", at=THIRD)
    answer = add(pair, A, "waiting", "--note", "one", "--replaces", ulid(3))
    assert (answer["active"], answer["retirement"] is None) == (True, False)
    assert ("waiting", "one") in notes(pair)
    assert ("waiting", "two") not in notes(pair)


@pytest.mark.parametrize("state", ["inprogress", "done"])
@pytest.mark.parametrize("text", ["one", "two"])
def test_note_is_not_retired_for_an_inactive_note(pair: Workspace, state: str, text: str) -> None:
    pair.record(A, "waiting", None, "one")
    pair.ticket(A, state)
    answer = add(pair, A, "waiting", "--note", text, "--replaces", ulid(1))
    assert (answer["changed"], answer["retirement"]) == (text == "two", None)
    assert any(ulid(1) in warning for warning in answer["warnings"])
    pair.ticket(A, "queued")
    assert notes(pair) == sorted({("waiting", "one"), ("waiting", text)})
