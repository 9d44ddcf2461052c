"""What `status` counts, and the first page of everything."""

from __future__ import annotations

import pytest
from workspace_builder import A, B, C, D, Workspace


@pytest.fixture
def several(workspace: Workspace) -> Workspace:
    """Three tickets with relations of three classes, of which some no longer count."""
    workspace.pair(states=("ready", "ready"))
    workspace.ticket(C, "closed")
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "blocks", A)  # the same relation
    workspace.record(A, "blocked_by", C)
    workspace.record(B, "blocked_by", C)
    for other in (B, C):
        workspace.record(A, "related", other)
    workspace.relations_json(B, {"kind": "supersedes", "target": A})
    workspace.plan_lines(C, {"kind": "waiting_capacity_note", "note": "For a desk."})
    return workspace


def test_everything_is_counted(several: Workspace) -> None:
    said = several.run("status", "--json").json
    assert {key: n for key, n in said["tickets"].items() if n} == {"ready": 2, "closed": 1}
    assert said["records"] == {
        "frontmatter": 6,
        "relations.json": 1,
        "orchestration-plan.jsonl": 1,
    }
    assert {key: n for key, n in said["relations"].items() if n} == {
        "dependency": 3,
        "reference": 3,
        "capacity": 1,
    }
    assert {key: n for key, n in said["active"].items() if n} == {"dependency": 1, "reference": 3}


def test_absent_kinds_are_not_counted(workspace: Workspace) -> None:
    workspace.ticket(A, "unheard-of")
    said = workspace.run("status", "--json").json
    counts = [said[key] for key in ("records", "relations", "active")]
    assert [n for each in counts for n in each.values() if n] == []
    assert said["problems_total"] == 1


def test_page_has_requested_length(workspace: Workspace) -> None:
    workspace.ticket(A, "ready")
    for number in range(120):
        workspace.record(workspace.ticket(f"00001KT1{number:05d}").name, "blocked_by", A)
    for limit in (1, 100, 119):
        page = workspace.show("--limit", str(limit))
        assert (page["returned"], page["count"]) == (limit, 120)


@pytest.mark.parametrize("asked", [(A,), (C,), ("--state", "closed"), ("--state", "ready")])
def test_page_of_ticket_or_state_has_its_own_relations(
    several: Workspace, asked: tuple[str, ...]
) -> None:
    every = several.show("--all", "--limit", "0", *asked)
    some = several.show("--all", "--limit", "1", *asked)
    assert some["relations"] == every["relations"][:1]
    assert some["count"] == every["count"] == len(every["relations"]) > 1


def test_all_shows_relations_between_resolved_tickets(several: Workspace) -> None:
    several.ticket(D, "done")
    several.record(C, "blocked_by", D)
    for limit in ("0", "100"):
        answer = several.show("--all", "--limit", limit)
        assert answer["count"] == len(answer["relations"]) == 8
