"""Branches that add to the same ticket merge without conflicts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspace_builder import A, B, Workspace, git, ulid


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    """A git repository with two tickets and records of each format."""
    return repository_at(workspace)


def repository_at(workspace: Workspace) -> Workspace:
    workspace.pair(states=("queued", "planning"))
    workspace.relations_json(A, {"kind": "related", "target": B, "note": "old"})
    workspace.record(A, "waiting", None, "for a desk")
    workspace.record(A, "accepted_plan", None, "the way", at="2026-06-02T10:00:00Z")
    workspace.record(B, "blocks", A)
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


def test_branches_that_add_to_one_ticket_merge(repository: Workspace) -> None:
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
        ("blocked_by", 3, True),
        ("waiting", 1, False),
        ("waiting", 1, True),
        ("accepted_plan", 1, True),
        ("related", 1, False),
    ]


def test_git_sees_new_and_retired_records_and_nothing_else(repository: Workspace) -> None:
    added = repository.run("add", A, "after", B, "--json").json["record"]["path"]
    assert git(repository, "status", "--porcelain", "-uall") == f"?? {added}\n"
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message=added")
    ran = repository.run("retire", added, "--reason", "over", "--json")
    retirement = ran.json["retirement"]["path"]
    assert git(repository, "status", "--porcelain", "-uall") == f"?? {retirement}\n"


RECORDS = (f".yoi/tickets/{A}/artifacts/relations.json:4", *(ulid(number) for number in (1, 2, 3)))
COMMANDS = st.one_of(
    st.tuples(st.just("retire"), st.sampled_from(RECORDS), st.just("--reason"), st.just("over")),
    st.tuples(
        *(st.just("add"), st.just(A), st.sampled_from(["waiting", "accepted-plan"])),
        *(st.just("--note"), st.sampled_from(["one", "two"])),
    ),
    st.tuples(
        *(st.just("add"), st.sampled_from([A, B]), st.sampled_from(["blocked-by", "after"])),
        st.sampled_from([A, B]),
    ).filter(lambda command: command[1] != command[3]),
)
BRANCH = st.lists(COMMANDS, min_size=1, max_size=4)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(BRANCH, BRANCH, st.sampled_from(RECORDS))
def test_merge_of_two_branches_is_the_union_of_their_records(
    left: list[tuple[str, ...]], right: list[tuple[str, ...]], both: str
) -> None:
    retire = ("retire", both, "--reason", "over")
    with tempfile.TemporaryDirectory() as folder:
        repository = repository_at(Workspace(Path(folder) / "work"))
        commit_on(repository, "left", *left, retire)
        files = repository.snapshot()
        commit_on(repository, "right", retire, *right)
        files |= repository.snapshot()
        union = Workspace(Path(folder) / "union")
        for name, data in files.items():
            if data is not None and name.startswith(".yoi/tickets/"):
                path = union.root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        for ours, theirs in (("left", "right"), ("right", "left")):
            git(repository, "switch", "--quiet", "--detach", ours)
            git(repository, "merge", "--quiet", "--no-edit", theirs)
            assert checks(repository) == checks(union)


def checks(workspace: Workspace) -> list[tuple[str, str, str]]:
    answer = workspace.run("check", A, B, "--json").json
    assert answer["problems"] == []
    return [(one["ticket"], one["verdict"], one["digest"]) for one in answer["checks"]]


@pytest.mark.parametrize("first", ["left", "right"])
def test_plan_ends_the_notes_of_merged_branches(repository: Workspace, first: str) -> None:
    """The order of the merge does not matter: the times of the records do."""
    commit_on(repository, "left", ("add", A, "waiting", "--note", "left"))
    commit_on(repository, "right", ("add", A, "waiting", "--note", "right"))
    other = {"left": "right", "right": "left"}[first]
    git(repository, "switch", "--quiet", first)
    git(repository, "merge", "--quiet", "--no-edit", other)
    notes = [one["note"] for one in repository.show("--kind", "waiting")["relations"]]
    assert sorted(notes) == ["left", "right"]
    ran = repository.run("add", A, "accepted-plan", "--note", "both", "--json")
    assert len(ran.json["warnings"]) == 3
    assert repository.show("--kind", "waiting")["count"] == 0
