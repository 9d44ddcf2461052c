"""The answer of `show` over several work trees."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tour import on_terminal
from workspace_builder import A, B, C, D, Workspace
from worktrees import Worktrees

Row = tuple[str, str | None, str | None, str | None, bool, list[str] | None]


@pytest.fixture
def trees(tmp_path: Path) -> Worktrees:
    return Worktrees(tmp_path)


def names(paths: list[str] | None) -> list[str] | None:
    return paths and [os.path.basename(path) for path in paths]


def rows(workspace: Workspace, *arguments: str) -> list[Row]:
    """Kind, ends with their states, activity and work trees of each row."""
    document = workspace.run("show", "--worktrees", "--json", *arguments).json
    assert document["returned"] == len(document["relations"])
    return [
        (
            one["kind"],
            one["ticket_state"],
            one["target"],
            one["target_state"],
            one["active"],
            names(one["worktrees"]),
        )
        for one in document["relations"]
    ]


def sides(workspace: Workspace, *arguments: str) -> list[tuple[Any, ...]]:
    """Subject, ticket and target of each disagreement, and its sides."""
    document = workspace.run("show", "--worktrees", "--json", *arguments).json
    return [
        (
            one["subject"],
            one["ticket"],
            one["target"],
            [(side["value"], names(side["worktrees"])) for side in one["sides"]],
        )
        for one in document["disagreements"]
    ]


def test_work_trees_that_agree_have_one_row(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.commit()
    other = trees.add("other")
    other.ticket(A, "queued", title="Another title")

    assert rows(trees.here) == [("blocked_by", "queued", B, "ready", True, None)]
    assert sides(trees.here) == []


def test_equal_work_trees_answer_like_one(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.here.record(A, "waiting", None, "For a decision.")
    trees.here.record(A, "waiting", None, "For a decision.")
    trees.here.record(B, "related", D)
    trees.here.plan_lines(B, {"kind": "before", "related_ticket": A}, {"kind": "nothing"})
    trees.commit()
    trees.add("other")
    for arguments in ((), ("--all",), (A,), ("--limit", "1"), ("--kind", "waiting")):
        ran = trees.here.run("show", "--json", *arguments)
        together = trees.here.run("show", "--worktrees", "--json", *arguments)

        assert together.code == ran.code
        shown = together.json
        assert {row.pop("worktrees") for row in shown["relations"]} == {None}
        assert shown.pop("disagreements") == []
        assert shown.pop("worktrees")
        assert shown == ran.json


def test_state_that_differs_is_shown_from_both(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.commit()
    trees.add("done").ticket(B, "done")
    trees.add("same")
    trees.add("running").ticket(B, "inprogress")

    assert rows(trees.here) == [
        ("blocked_by", "queued", B, "ready", True, ["main", "same"]),
        ("blocked_by", "queued", B, "done", False, ["done"]),
        ("blocked_by", "queued", B, "inprogress", True, ["running"]),
    ]
    assert sides(trees.here) == [
        (
            "state",
            B,
            None,
            [("ready", ["main", "same"]), ("done", ["done"]), ("inprogress", ["running"])],
        ),
        (
            "relation",
            A,
            B,
            [
                ("active", ["main", "running", "same"]),
                (f"not active ({B} is done)", ["done"]),
            ],
        ),
    ]


def test_record_that_is_only_there_is_shown_with_its_place(trees: Worktrees) -> None:
    trees.here.pair(states=("queued", "ready"))
    trees.commit()
    trees.add("there").record(A, "conflicts_with", B)

    for workspace, arguments in ((trees.here, ()), (trees.here, (A,)), (trees.here, (B,))):
        assert rows(workspace, *arguments) == [
            ("conflicts_with", "queued", B, "ready", True, ["there"])
        ]
        assert sides(workspace, *arguments) == [
            ("relation", A, B, [("not recorded", ["main"]), ("active", ["there"])])
        ]


def test_more_records_of_one_edge_are_a_disagreement(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.commit()
    other = trees.add("other")
    other.plan_lines(A, {"kind": "blocked_by", "related_ticket": B})
    (row,) = other.show()["relations"]
    first, second = [record["id"] for record in row["records"]]
    own = next(id_ for id_ in (first, second) if not id_.startswith("x-"))

    ((_, _, _, found),) = sides(trees.here)

    assert len(rows(trees.here)) == 2
    assert found == [
        (f"active by {own}", ["main"]),
        (f"active by {first}, {second}", ["other"]),
    ]


def test_retired_record_is_shown_from_both(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.commit()
    other = trees.add("other")
    (record,) = other.show()["relations"][0]["records"]
    other.run("retire", record["id"], "--reason", "over")

    for workspace in (trees.here, other):
        assert [row[4:] for row in rows(workspace)] == (
            [(True, ["main"]), (False, ["other"])]
            if workspace is trees.here
            else [(False, ["other"]), (True, ["main"])]
        )
    assert rows(trees.here, record["id"]) == rows(trees.here)
    trees.here.run("retire", record["id"], "--reason", "over")
    assert rows(trees.here) == []


def test_move_between_layouts_is_no_disagreement(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.commit()
    other = trees.add("other")
    (other.tickets / "open").mkdir()
    (other.tickets / A).rename(other.tickets / "open" / A)

    assert sides(trees.here) == []


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        (("--state", "queued"), ["main", "other"]),
        (("--state", "ready"), ["main", "other"]),
        (("--author", "someone"), ["main", "other"]),
        (("--kind", "after"), []),
        (("--kind", "blocker"), ["main", "other"]),
    ],
)
def test_filter_that_matches_in_one_work_tree_shows_all_sides(
    trees: Worktrees, arguments: tuple[str, ...], places: list[str]
) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.commit()
    other = trees.add("other")
    other.ticket(A, "ready")
    other.plan_lines(A, {"kind": "blocked_by", "related_ticket": B, "author": "someone"})

    assert [place for row in rows(trees.here, *arguments) for place in row[5] or []] == places


def test_limit_keeps_the_sides_of_a_relation_together(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.here.record(A, "after", B)
    trees.commit()
    trees.add("other").ticket(B, "planning")

    for limit, number in ((1, 2), (2, 2), (3, 2), (4, 4), (0, 4)):
        document = trees.here.run("show", "--worktrees", "--json", "--limit", str(limit)).json
        assert (document["count"], document["returned"]) == (4, number)
        assert document["truncated"] == (number < 4)


def test_ticket_of_another_work_tree_alone_is_shown(trees: Worktrees) -> None:
    trees.here.pair()
    trees.commit()
    there = trees.add("there")
    there.ticket(C, "ready", slug="only-there")
    there.record(C, "after", A)

    for name in (C, "only-there"):
        assert rows(trees.here, name) == [("after", "ready", A, "planning", True, ["there"])]
        assert sides(trees.here, name)[0] == (
            "state",
            C,
            None,
            [("does not exist", ["main"]), ("ready", ["there"])],
        )
    assert trees.here.run("show", "nothing-like-it", "--worktrees").code == 3


def test_state_of_a_ticket_without_relations_is_compared(trees: Worktrees) -> None:
    trees.here.pair()
    trees.commit()
    trees.add("other").ticket(A, "queued")

    assert sides(trees.here, A) == [
        ("state", A, None, [("planning", ["main"]), ("queued", ["other"])])
    ]
    assert sides(trees.here) == []


def test_ticket_that_a_sparse_checkout_leaves_out_is_not_gone(trees: Worktrees) -> None:
    trees.here.pair("blocked_by")
    trees.commit()
    other = trees.add("other")
    trees.repository.git("-C", other.root, "sparse-checkout", "set", f".yoi/tickets/{B}")

    assert sides(trees.here) == [
        ("state", A, None, [("planning", ["main"]), ("not checked out", ["other"])]),
        ("relation", A, B, [("active", ["main"]), ("not checked out", ["other"])]),
    ]


def test_problem_of_another_work_tree_could_alter_the_answer(trees: Worktrees) -> None:
    trees.here.pair("blocked_by")
    trees.here.artifact(B, "relations.json", "{")
    trees.commit()
    path = trees.add("other").artifact(B, "orchestration-plan.jsonl", "{")

    ran = trees.here.run("show", "--worktrees", "--json")

    assert ran.code == 4
    found = [problem["path"] for problem in ran.json["problems"]]
    assert found == [f".yoi/tickets/{B}/artifacts/relations.json", str(path)]
    assert trees.here.run("show", "--kind", "after", "--worktrees", "--json").code == 4
    assert trees.here.run("show", "--kind", "related", "--worktrees", "--json").code == 4
    (trees.here.tickets / B / "artifacts/relations.json").unlink()
    (trees.folder / "other/.yoi/tickets" / B / "artifacts/relations.json").unlink()
    assert trees.here.run("show", "--kind", "related", "--worktrees", "--json").code == 0


def test_plain_rows_end_with_their_work_trees(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.here.record(A, "after", B)
    trees.commit()
    other = trees.add("oth\\er", "--detach")
    other.record(B, "after", A)

    lines = trees.here.run("show", "--worktrees", "--plain").out.splitlines()

    places = [line.split("\t")[11:] for line in lines]
    assert places == [[""], [""], [str(other.root).replace("\\", "\\\\")]]


def test_terminal_has_a_line_for_each_disagreement(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.commit()
    other = trees.add("other")
    other.ticket(B, "done")
    for command in (("show",), ("show", A), ("check", A), ("check",)):
        text = screen(trees.here, *command, "--worktrees")

        lines = text.split("Work trees disagree")[1].splitlines()
        found = [line for line in lines if str(other.root) in line]
        assert [B in line or A in line for line in found] == [True, True]
        assert ["done" in line for line in found] == [True, True]
    other.ticket(B, "ready")
    assert "Work trees disagree" not in screen(trees.here, "show", "--worktrees")


def screen(workspace: Workspace, *command: str) -> str:
    """What a command draws on a wide terminal."""
    program = [sys.executable, "-m", "yoi_relations", *command]
    text, _ = on_terminal(program, workspace.root, 500)
    return text
