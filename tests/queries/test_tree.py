"""What `tree` answers: edges, marks and counts, in small and in random workspaces."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from workspace_builder import A, B, C, D, Workspace, ulid

from queries import random_workspaces

E = "00001KT0000EE"
SEQUENCE = ("--kind", "dependency", "--kind", "ordering")


def tree(workspace: Workspace, *arguments: str, code: int = 0) -> Any:
    ran = workspace.run("tree", "--json", *arguments)
    assert ran.code == code, ran
    return ran.json


def outline(answer: Any) -> list[str]:
    """Each line as its last letter, indented by its depth, with its marks."""
    return [
        "".join(
            [
                " " * line["depth"],
                line["ticket"][-1],
                "*" * line["repeated"],
                "@" * line["cycle"],
                "!" * line["frees"],
                f"+{line['more_before']}" if line["more_before"] else "",
                "-" * (line["active"] is False),
            ]
        )
        for line in answer["lines"]
    ]


@pytest.fixture
def plan(workspace: Workspace) -> Workspace:
    """B, C and D wait for A, D also for B and C; E has no edge."""
    for id_ in (A, B, C, D, E):
        workspace.ticket(id_, "queued")
    workspace.record(A, "blocks", B, "first")
    workspace.record(C, "blocked_by", A)
    workspace.record(D, "after", A)
    workspace.record(D, "blocked_by", B)
    workspace.record(D, "blocked_by", C)
    workspace.record(A, "conflicts_with", E)
    workspace.record(B, "related", E)
    return workspace


def test_below_each_ticket_is_what_waits_for_it(plan: Workspace) -> None:
    answer = tree(plan)

    assert outline(answer) == ["A", " B!", "  D+2", " C!", "  D+2", " D+2", "E"]
    assert (answer["tickets"], answer["edges"], answer["left_out"]) == (5, 5, 0)
    first, second, third = answer["lines"][0], answer["lines"][1], answer["lines"][5]
    assert (first["parent"], first["class"], first["kind"], first["active"]) == (None,) * 4
    edge = ("parent", "class", "kind", "note", "active")
    assert [second[key] for key in edge] == [A, "dependency", "blocked_by", "first", True]
    assert [third[key] for key in edge] == [A, "ordering", "after", None, True]


def test_reverse_shows_what_each_ticket_waits_for(plan: Workspace) -> None:
    assert outline(tree(plan, "--reverse")) == ["D", " A", " B", "  A!", " C", "  A!", "E"]
    assert outline(tree(plan, "--reverse", C)) == ["C", " A!"]
    # What the depth leaves out below a line is counted in it.
    assert outline(tree(plan, "--reverse", D, "--depth", "1")) == ["D", " A", " B+1", " C+1"]


def test_named_ticket_is_the_root(plan: Workspace) -> None:
    assert outline(tree(plan, B)) == ["B+1", " D+2"]
    assert outline(tree(plan, E)) == ["E"]
    assert plan.run("tree", "title of 00001KT0000D", "--json").code == 0
    assert plan.run("tree", "nothing-like-it").code == 3
    assert plan.run("tree", "0000").code == 3


@pytest.mark.parametrize(
    ("kinds", "lines"),
    [
        (("blocked-by",), ["A", " B!", "  D+1", " C!", "  D+1", "E"]),
        (("blocker",), ["A", " B!", "  D+1", " C!", "  D+1", "E"]),
        (("before",), ["A", " D", "B", "C", "E"]),
        (("order", "depends_on"), ["A", " B!", "  D+2", " C!", "  D+2", " D+2", "E"]),
    ],
)
def test_kind_selects_a_class(plan: Workspace, kinds: tuple[str, ...], lines: list[str]) -> None:
    options = [word for kind in kinds for word in ("--kind", kind)]
    assert outline(tree(plan, *options)) == lines


@pytest.mark.parametrize("kind", ["conflict", "related", "waiting", "accepted-plan", "parent"])
def test_other_kinds_are_a_usage_error(plan: Workspace, kind: str) -> None:
    ran = plan.run("tree", "--kind", "order", "--kind", kind, "--json")

    assert (ran.code, ran.out) == (2, "")
    assert kind in ran.errors[-1]["error"]["message"]


@pytest.mark.parametrize(
    ("depth", "lines", "counts"),
    [
        (0, ["A", "E"], (2, 0, 3, 5)),
        (1, ["A", " B!", " C!", " D+2", "E"], (5, 3, 0, 2)),
        (2, ["A", " B!", "  D+2", " C!", "  D+2", " D+2", "E"], (5, 5, 0, 0)),
    ],
)
def test_depth_leaves_out_levels(
    plan: Workspace, depth: int, lines: list[str], counts: tuple[int, ...]
) -> None:
    answer = tree(plan, "--depth", str(depth))

    assert outline(answer) == lines
    assert counts == tuple(
        answer[key] for key in ("tickets", "edges", "left_out", "edges_left_out")
    )


def test_subtree_is_shown_once(plan: Workspace) -> None:
    plan.record(E, "blocked_by", D)
    assert outline(tree(plan)) == ["A", " B!", "  D+2", "   E", " C!", "  D*+2", " D*+2"]
    # With a depth, it is shown where it is highest.
    assert outline(tree(plan, "--depth", "2")) == [
        *("A", " B!", "  D*+2", " C!", "  D*+2", " D+2", "  E")
    ]


def test_cycle_has_a_root_and_a_mark(plan: Workspace) -> None:
    plan.record(B, "before", A)
    plan.record(D, "blocks", E)

    answer = tree(plan)
    assert outline(answer) == [*("A@+1", " B!", "  A@", "  D+2", "   E", " C!", "  D*+2", " D*+2")]
    assert answer["edges"] == 7
    assert outline(tree(plan, B))[:2] == ["B+1", " A"]


def test_dependency_and_ordering_of_the_same_tickets_are_two_lines(edge: Workspace) -> None:
    edge.record(A, "after", B)

    assert outline(tree(edge)) == ["B", " A!", " A!"]
    assert [line["kind"] for line in tree(edge)["lines"]] == [None, "blocked_by", "after"]
    edge.run("retire", ulid(2), "--reason", "x")
    assert outline(tree(edge, "--all")) == ["B", " A!", " A-"]


def test_all_adds_resolved_tickets_and_edges_that_are_over(plan: Workspace) -> None:
    plan.ticket(A, "done")
    assert outline(tree(plan)) == ["B", " D+1", "C", " D+1", "E"]
    assert outline(tree(plan, "--all")) == [*("A", " B-", "  D+1", " C-", "  D+1", " D+2-", "E")]
    assert outline(tree(plan, "--all", A, "--depth", "1")) == ["A", " B-", " C-", " D+2-"]


def test_target_that_does_not_exist_is_drawn(workspace: Workspace) -> None:
    workspace.ticket(A, "queued")
    workspace.record(A, "blocked_by", B)

    answer = tree(workspace, code=4)
    assert outline(answer) == ["B", " A"]
    assert (answer["lines"][0]["title"], answer["lines"][0]["state"]) == (None, None)
    assert answer["problems_total"] == 1


def test_notes_are_cut(workspace: Workspace) -> None:
    workspace.pair("blocked_by", "語" * 281)
    assert tree(workspace, B)["lines"][1]["note"] == "語" * 280 + "…"


def test_status_is_4_if_a_problem_could_alter_a_line(plan: Workspace) -> None:
    plan.ticket(E, "unheard-of")
    assert outline(tree(plan, B)) == ["B+1", " D+2"]  # E is not in it
    tree(plan, code=4)
    tree(plan, E, code=4)
    plan.ticket(E, "done")
    plan.artifact(E, "relations.json", "{")
    tree(plan)  # a resolved ticket holds no active edge
    tree(plan, "--all", code=4)
    plan.ticket(E, "queued")
    for arguments in ((), (B,), ("--kind", "dependency")):
        tree(plan, *arguments, code=4)
    tree(plan, "--kind", "ordering")  # a relations.json states none


def test_misspelled_target_could_add_a_line(plan: Workspace) -> None:
    plan.record(E, "blocked_by", D.lower())
    tree(plan, C, code=4)  # its tree holds D
    tree(plan, C, "--reverse")
    tree(plan, D, code=4)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=random_workspaces.WORKSPACES)
def test_what_is_drawn_is_what_is_recorded(made: random_workspaces.Row) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = random_workspaces.build(Path(folder) / "work", made)
        checks = workspace.run("check", "--json").json["checks"]
        freed = {
            (check["ticket"], held["ticket"])
            for check in checks
            for held in check["holds"]
            if held["frees"]
        }
        for everything in ((), ("--all",)):
            shown = workspace.run("show", "--limit", "0", "--json", *SEQUENCE, *everything)
            edges = shown.json["relations"]
            for reverse in ((), ("--reverse",)):
                ran = workspace.run("tree", "--json", *everything, *reverse)
                assert ran.code in (shown.code, 4), ran
                compare(ran.json, edges, freed, reverse=bool(reverse))
                drawn = {line["ticket"] for line in ran.json["lines"]}
                assert drawn >= {check["ticket"] for check in checks}


def compare(answer: Any, edges: list[Any], freed: set[tuple[str, str]], *, reverse: bool) -> None:
    below = [line for line in answer["lines"] if line["parent"] is not None]
    upper, lower = ("ticket", "target") if reverse else ("target", "ticket")
    assert sorted((one["parent"], one["ticket"], one["kind"], one["active"]) for one in below) == (
        sorted((one[upper], one[lower], one["kind"], one["active"]) for one in edges)
    )
    assert answer["edges"] == len(edges)
    assert answer["tickets"] == len({line["ticket"] for line in answer["lines"]})
    for line in below:
        ends = (line["ticket"], line["parent"]) if reverse else (line["parent"], line["ticket"])
        assert line["frees"] == (line["active"] and ends in freed)
        if not reverse:
            before = {
                one["target"] for one in edges if one["active"] and one["ticket"] == line["ticket"]
            }
            assert line["more_before"] == len(before - {line["parent"]})
