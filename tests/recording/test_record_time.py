"""The time that `add` gives to a new record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from workspace_builder import A, B, Workspace, ulid


def add(workspace: Workspace, *arguments: str) -> Any:
    ran = workspace.run("add", *arguments, "--json")
    assert ran.code == 0, ran
    return ran.json


def ahead(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("kind", ["waiting", "accepted_plan"])
@pytest.mark.parametrize("form", ["md", "jsonl"])
def test_new_record_is_later_than_one_of_a_fast_clock(
    pair: Workspace, kind: str, form: str
) -> None:
    at = ahead(hours=2)
    if form == "md":
        pair.record(A, kind, None, "by a fast clock", at=at)
    else:
        entry = {"kind": kind, "at": at, "accepted_plan": {"summary": "by a fast clock"}}
        note = {"kind": "waiting_capacity_note", "at": at, "note": "by a fast clock"}
        pair.plan_lines(A, entry if kind == "accepted_plan" else note)
    added = add(pair, A, "accepted-plan", "--note", "now")
    assert added["record"]["at"] > at
    assert added["active"]
    assert pair.show("--kind", "waiting")["count"] == 0
    assert add(pair, A, "waiting", "--note", "again")["active"]


def test_edge_has_the_time_of_the_clock(pair: Workspace) -> None:
    pair.record(A, "accepted_plan", None, "by a fast clock", at=ahead(hours=2))
    assert add(pair, A, "after", B)["record"]["at"] < ahead(minutes=1)


def test_add_is_refused_after_a_record_far_ahead_of_the_clock(pair: Workspace) -> None:
    pair.record(A, "accepted_plan", None, "wrong", at="2062-06-09T10:03:41.5Z")
    before = pair.snapshot()
    ran = pair.run("add", A, "waiting", "--note", "for a desk")
    assert (ran.code, pair.snapshot()) == (2, before)
    assert ulid(1) in ran.err
    assert pair.run("retire", ulid(1), "--reason", "wrong time").code == 0
    assert add(pair, A, "waiting", "--note", "for a desk")["active"]
    assert add(pair, B, "waiting", "--note", "for a desk")["active"]


def test_hint_retires_the_record_far_ahead_of_the_clock(pair: Workspace) -> None:
    text = "---\nkind: accepted_plan\nauthor: x\nat: 2062-06-09T10:03:41Z\n---\nwrong\n"
    for holder in (A, B):
        pair.record_file(holder, f"{ulid(1)}.md", text)
    ran = pair.run("add", A, "waiting", "--note", "x")
    name = ran.err.partition("relations retire ")[2].split()[0]
    assert (ran.code, pair.run("retire", name, "--reason", "wrong time").code) == (2, 0)
    assert add(pair, A, "waiting", "--note", "x")["active"]
