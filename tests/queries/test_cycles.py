"""The reason of a ticket on a cycle, for cycles of any length."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from workspace_builder import Workspace, ids_in


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
    steps = list(zip(ids, ends, strict=True))[:6]
    found = reason(workspace, ids[0], "dependency_cycle")
    assert found["verdict"] == "hold"
    assert ids_in(found["sentence"]) == [ids[0], *chain.from_iterable(steps)]
    assert (f" {length} " in found["sentence"]) == (length > 6)
    assert len(found["records"]) == len(steps)


def test_first_step_of_a_very_long_cycle_is_named(workspace: Workspace) -> None:
    ids = ring(workspace, 120)
    found = reason(workspace, ids[60], "dependency_cycle")
    assert ids_in(found["sentence"]) == [ids[60], ids[60], ids[61]]
    assert " 120 " in found["sentence"]


@pytest.mark.parametrize("length", [3, 12])
def test_ordering_can_close_cycle(workspace: Workspace, length: int) -> None:
    ids = ring(workspace, length, last="after")
    found = reason(workspace, ids[1], "mixed_cycle")
    assert found["verdict"] == "caution"
    assert ids_in(found["sentence"])[:3] == [ids[1], ids[1], ids[2]]


@pytest.mark.parametrize("length", [5, 12])
def test_resolved_ticket_breaks_the_cycle(workspace: Workspace, length: int) -> None:
    ids = ring(workspace, length)
    workspace.ticket(ids[-1], "closed")
    codes = {
        one["code"] for one in workspace.run("check", ids[0], "--json").json["checks"][0]["reasons"]
    }
    assert codes == {"blocked"}
