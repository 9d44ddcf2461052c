"""How a cycle is told of to a ticket that stands on it, however long it is."""

from __future__ import annotations

from typing import Any

import pytest
from workspace_builder import Workspace


def ring(workspace: Workspace, length: int, last: str = "blocked_by") -> list[str]:
    """Tickets of which each is blocked by the next, and the last is tied to the first by `last`."""
    ids = [f"00001KT0{number:05d}" for number in range(length)]
    for id_, after in zip(ids, [*ids[1:], ids[0]], strict=True):
        workspace.ticket(id_, "ready")
        workspace.record(id_, last if id_ == ids[-1] else "blocked_by", after)
    return ids


def reason(workspace: Workspace, id_: str, code: str) -> Any:
    ran = workspace.run("check", id_, "--json")
    (found,) = [one for one in ran.json["checks"][0]["reasons"] if one["code"] == code]
    return found


@pytest.mark.parametrize("length", [2, 3, 6, 7, 8, 9, 40])
def test_the_first_six_steps_are_named(workspace: Workspace, length: int) -> None:
    ids = ring(workspace, length)
    ends = [*ids[1:], ids[0]]
    named = [f"{id_} is blocked by {end}" for id_, end in zip(ids, ends, strict=True)][:6]
    more = [f"and on, among {length} tickets"] if length > 6 else []
    found = reason(workspace, ids[0], "dependency_cycle")
    said = f"{ids[0]} is on a dependency cycle: {', '.join([*named, *more])}"
    assert (found["verdict"], found["sentence"]) == ("hold", said)
    assert len(found["records"]) == len(named)


def test_first_step_of_a_very_long_cycle_is_named(workspace: Workspace) -> None:
    ids = ring(workspace, 120)
    found = reason(workspace, ids[60], "dependency_cycle")
    assert found["sentence"] == (
        f"{ids[60]} is on a dependency cycle: {ids[60]} is blocked by {ids[61]},"
        " and on, among 120 tickets"
    )


@pytest.mark.parametrize("length", [3, 12])
def test_an_ordering_may_close_one(workspace: Workspace, length: int) -> None:
    ids = ring(workspace, length, last="after")
    found = reason(workspace, ids[1], "mixed_cycle")
    assert found["verdict"] == "caution"
    assert found["sentence"].startswith(
        f"{ids[1]} is on a cycle that orderings close: {ids[1]} is blocked by {ids[2]}, "
    )


@pytest.mark.parametrize("length", [5, 12])
def test_resolved_ticket_breaks_the_cycle(workspace: Workspace, length: int) -> None:
    ids = ring(workspace, length)
    workspace.ticket(ids[-1], "closed")
    codes = {
        one["code"] for one in workspace.run("check", ids[0], "--json").json["checks"][0]["reasons"]
    }
    assert codes == {"blocked"}
