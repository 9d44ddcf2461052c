"""The overview, through `graph --format json`, against the answers of `show` and `check`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from workspace_builder import A, B, C, D, Workspace

from queries import random_workspaces
from queries.sample_ids import IDS

NOTES = ("capacity", "plan")
RANKED = ("dependency", "ordering")


def graph(workspace: Workspace, *arguments: str) -> Any:
    ran = workspace.run("graph", "--format", "json", *arguments)
    assert ran.code in (0, 4), ran
    return ran.json


def shown(workspace: Workspace, *arguments: str) -> list[Any]:
    found: list[Any] = workspace.run("show", "--json", "--limit", "0", *arguments).json["relations"]
    return found


def identity(relation: Any) -> tuple[Any, ...]:
    return relation["kind"], relation["ticket"], relation["target"], relation["active"]


def group_expected(check: Any) -> str:
    if check["state"] == "inprogress":
        return "running"
    if check["verdict"] in ("hold", "unknown"):
        return "held"
    if check["state"] == "planning":
        return "being_planned"
    return "can_start" if check["verdict"] == "clear" else "look_first"


def reachable(edges: list[Any], start: str, depth: int) -> set[str]:
    """Along dependencies and orderings, in one direction; and the other ends of `start`'s edges."""
    found = {start}
    for near, far in (("ticket", "target"), ("target", "ticket")):
        level = {start}
        for _ in range(depth):
            level = {e[far] for e in edges if e["class"] in RANKED and e[near] in level}
            found |= level
    if depth:
        found |= {end for e in edges for end in ends(e) if start in ends(e)}
    return found


def ends(edge: Any) -> set[str]:
    return {edge["ticket"], edge["target"]}


@given(
    made=random_workspaces.WORKSPACES,
    everything=st.booleans(),
    start=st.sampled_from(IDS),
    depth=st.integers(0, 3),
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - {Phase.explain},
)
def test_overview_agrees_with_show_and_check(
    made: Any, *, everything: bool, start: str, depth: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = random_workspaces.build(Path(folder) / "work", made)
        options = ["--all"] if everything else []
        relations = shown(workspace, *options)
        checks = {c["ticket"]: c for c in workspace.run("check", "--json").json["checks"]}
        answer = graph(workspace, *options)

        edges = [r for r in relations if r["class"] not in NOTES]
        assert [identity(e) for e in answer["edges"]] == [identity(e) for e in edges]
        notes = [r for r in relations if r["class"] in NOTES]
        assert [identity(n) for n in answer["notes"]] == [identity(n) for n in notes]

        nodes = {node["ticket"]: node for node in answer["nodes"]}
        holders = {note["ticket"] for note in notes}
        assert set(nodes) == set(checks) | {end for e in edges for end in ends(e)} | holders
        assert {id_: n["verdict"] for id_, n in nodes.items() if n["verdict"]} == {
            id_: check["verdict"] for id_, check in checks.items()
        }
        grouped = {id_: g["name"] for g in answer["groups"] for id_ in g["tickets"]}
        assert grouped == {id_: group_expected(check) for id_, check in checks.items()}
        (held,) = (group for group in answer["groups"] if group["name"] == "held")
        assert sorted(id_ for by in held["by"] for id_ in by["tickets"]) == held["tickets"]
        assert_cycles_are_closed(answer)

        if nodes.get(start, {}).get("folder"):
            part = graph(workspace, start, "--depth", str(depth), *options)
            reached = reachable(edges, start, depth)
            assert {node["ticket"] for node in part["nodes"]} == reached
            assert [identity(e) for e in part["edges"]] == [
                identity(e) for e in edges if ends(e) <= reached
            ]


def assert_cycles_are_closed(answer: Any) -> None:
    steps = {(e["ticket"], e["target"]) for e in answer["edges"] if e["active"]}
    for cycle in answer["cycles"]:
        tickets = cycle["tickets"]
        assert set(zip(tickets, [*tickets[1:], tickets[0]], strict=True)) <= steps
        assert set(tickets) <= set(cycle["component"])


def test_held_tickets_are_grouped_by_what_they_wait_for(workspace: Workspace) -> None:
    workspace.ticket(A, "inprogress")
    for id_ in (B, C, D):
        workspace.ticket(id_, "queued")
        workspace.record(id_, "blocked_by", A)
    workspace.record(D, "blocked_by", C)
    held = graph(workspace)["groups"][3]
    assert held["by"] == [
        {"waits_for": [A], "tickets": [B, C]},
        {"waits_for": [A, C], "tickets": [D]},
    ]


def test_kinds_and_states_narrow_the_answer(workspace: Workspace) -> None:
    workspace.pair("blocked_by", states=("queued", "planning"))
    workspace.ticket(C, "done")
    workspace.ticket(D, "ready")
    workspace.record(B, "conflicts_with", D)

    conflicts = graph(workspace, "--kind", "conflict")
    assert [edge["kind"] for edge in conflicts["edges"]] == ["conflicts_with"]
    assert [node["ticket"] for node in conflicts["nodes"]] == [A, B, D]
    assert conflicts["unresolved"] == 3

    queued = graph(workspace, "--state", "queued")
    assert [node["ticket"] for node in queued["nodes"]] == [A, B]
    assert [node["ticket"] for node in graph(workspace, "--state", "done")["nodes"]] == [C]


def test_depth_without_a_ticket_is_a_usage_error(pair: Workspace) -> None:
    assert pair.run("graph", "--depth", "1").code == 2


def test_status_says_whether_a_problem_could_alter_the_answer(workspace: Workspace) -> None:
    workspace.pair("blocked_by", states=("queued", "planning"))
    workspace.ticket(C, "done")
    workspace.artifact(C, "orchestration-plan.jsonl", "{oops\n")
    assert workspace.run("graph").code == 0
    assert workspace.run("graph", "--all").code == 4
    workspace.ticket(B, "unheard-of")
    assert workspace.run("graph").code == 4
    assert workspace.run("graph", "--state", "done").code == 4


def test_missing_target_is_a_node_without_title_and_verdict(workspace: Workspace) -> None:
    workspace.ticket(A, "queued")
    workspace.record(A, "blocked_by", B)
    missing = graph(workspace)["nodes"][1]
    assert (missing["ticket"], missing["title"], missing["state"]) == (B, None, None)
    assert (missing["folder"], missing["group"], missing["verdict"]) == (None, None, None)


def test_cut_texts_say_so(pair: Workspace) -> None:
    long = "x" * 281
    for number, (fields, is_cut) in enumerate(
        [({"role_plan": long}, True), ({"role_plan": "short"}, False)], start=1
    ):
        pair.record(A, "accepted_plan", None, "how", at=f"2026-06-0{number}T10:00:00Z", **fields)
        (note,) = graph(pair)["notes"]
        assert (note["plan"]["role_plan"], note["note_truncated"]) == (
            fields["role_plan"][:280],
            is_cut,
        )
