"""What `tree` prints as lines, and what it says beside them."""

from __future__ import annotations

import pytest
from workspace_builder import A, B, C, D, Workspace

pytestmark = pytest.mark.usefixtures("either_command_line")


@pytest.fixture
def plan(workspace: Workspace) -> Workspace:
    """A waits for B, which waits for itself through C and after D; D is done."""
    for id_ in (A, B, C):
        workspace.ticket(id_, "queued", title=f'"a\\tb {id_[-1]}"')
    workspace.ticket(D, "done")
    workspace.record(A, "blocked_by", B, "so\nit is")
    workspace.record(B, "blocked_by", C)
    workspace.record(C, "after", B)
    workspace.record(B, "after", D)
    return workspace


def rows(workspace: Workspace, *arguments: str) -> list[list[str]]:
    return [line.split("\t") for line in workspace.run("tree", *arguments).out.splitlines()]


def test_fields_of_a_line(plan: Workspace) -> None:
    dependency, ordering = ["dependency", "blocked_by"], ["ordering", "after"]
    titles = {id_: f"a\\tb {id_[-1]}" for id_ in (A, B, C)}

    assert rows(plan) == [
        ["0", B, "queued", "", "", "", "cycle", "1", titles[B], ""],
        ["1", A, "queued", B, *dependency, "frees", "", titles[A], "so\\nit is"],
        ["1", C, "queued", B, *ordering, "frees", "", titles[C], ""],
        ["2", B, "queued", C, *dependency, "cycle,frees", "", titles[B], ""],
    ]
    resolved, over, *_ = rows(plan, "--all", D)
    assert resolved == ["0", D, "done", "", "", "", "", "", f"Title of {D}", ""]
    assert over == ["1", B, "queued", D, *ordering, "inactive", "1", titles[B], ""]


@pytest.mark.parametrize(
    ("arguments", "number", "option"),
    [
        (("--depth", "0"), "2 tickets", "--depth"),
        ((B, "--depth", "1"), "1 edge", "--depth"),
        ((C,), "1 ticket", "--reverse"),
        ((B, "--reverse"), "2 tickets", "--reverse"),
    ],
)
def test_what_is_not_shown_is_said(
    plan: Workspace, arguments: tuple[str, ...], number: str, option: str
) -> None:
    said = plan.run("tree", *arguments).err.splitlines()

    assert any(number in line and option in line for line in said)


def test_nothing_is_said_of_a_whole_tree(plan: Workspace) -> None:
    plan.show()
    assert plan.run("tree").err == ""
    assert plan.run("tree", "--all").err == ""
    assert plan.run("tree", "--depth", "2").err == ""


def test_part_of_a_name_is_told(plan: Workspace) -> None:
    ran = plan.run("tree", "0000cc")
    assert (ran.code, C in ran.err) == (0, False)  # an ending is a name
    ran = plan.run("tree", "title of")
    assert (ran.code, D in ran.err) == (0, True)


def test_problems_are_told_and_alter_the_status(plan: Workspace) -> None:
    path = plan.artifact(D, "relations.json", "{")
    place = str(path.relative_to(plan.root))
    for arguments, code in (((), 0), (("--all",), 4)):
        ran = plan.run("tree", *arguments)
        assert (ran.code, place in ran.err) == (code, True)
        found = plan.run("tree", *arguments, "--json")
        assert (found.code, found.json["problems_total"]) == (code, 1)
        assert [problem["path"] for problem in found.json["problems"]] == [place]


def test_empty_workspace_has_no_line(workspace: Workspace) -> None:
    ran = workspace.run("tree")
    assert (ran.code, ran.out, "item.md" in ran.err) == (0, "", True)
    workspace.ticket(A, "done")
    assert (workspace.run("tree").code, rows(workspace)) == (0, [])
