"""Records and git: branches that add to the same ticket merge by themselves."""

from __future__ import annotations

import pytest
from building import A, B, Workspace, git


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    """Two tickets under git, one of them with an older record."""
    workspace.ticket(A)
    workspace.ticket(B)
    workspace.relations_json(A, {"kind": "related", "target": B, "note": "old"})
    git(workspace, "init", "--quiet", "--initial-branch=main")
    git(workspace, "add", ".")
    git(workspace, "commit", "--quiet", "--message=tickets")
    return workspace


def commit_on(workspace: Workspace, branch: str, *commands: tuple[str, ...]) -> None:
    git(workspace, "switch", "--quiet", "--create", branch, "main")
    for command in commands:
        assert workspace.run(*command).code == 0
    git(workspace, "add", ".")
    git(workspace, "commit", "--quiet", f"--message={branch}")


def test_two_branches_that_add_to_the_same_ticket_merge(repository: Workspace) -> None:
    commit_on(
        repository,
        "left",
        ("add", A, "blocked-by", B, "--note", "left"),
        ("add", A, "waiting", "--note", "left"),
    )
    commit_on(
        repository,
        "right",
        ("add", A, "blocked-by", B, "--note", "right"),
        ("retire", f".yoi/tickets/{A}/artifacts/relations.json:4", "--reason", "right"),
    )
    git(repository, "merge", "--quiet", "--no-edit", "left")
    assert git(repository, "status", "--porcelain") == ""
    rows = repository.show("--all")["relations"]
    assert [(row["kind"], len(row["records"]), row["active"]) for row in rows] == [
        ("blocked_by", 2, True),
        ("waiting", 1, True),
        ("related", 1, False),
    ]


def test_git_sees_new_and_retired_records_and_nothing_else(repository: Workspace) -> None:
    added = repository.run("add", A, "after", B, "--json").json["record"]["path"]
    assert git(repository, "status", "--porcelain", "-uall") == f"?? {added}\n"
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message=added")
    assert repository.run("retire", added, "--reason", "over").code == 0
    assert git(repository, "status", "--porcelain", "-uall") == f" M {added}\n"
    assert git(repository, "diff", "--numstat") == f"3\t0\t{added}\n"
