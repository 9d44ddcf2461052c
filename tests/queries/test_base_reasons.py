"""``check --base REV``: what is resolved here counts only if it is resolved there, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from git_repository import Repository
from workspace_builder import A, B, C, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A repository; in its only commit, A is queued and blocked by B, which is in progress."""
    Repository(tmp_path / "work")
    return Workspace(tmp_path / "work").pair("blocked_by", "why", ("queued", "inprogress"))


def commit(workspace: Workspace) -> str:
    return Repository(workspace.root).commit()


def checked(workspace: Workspace, *options: str) -> Any:
    ran = workspace.run("check", A, "--json", *options)
    (check,) = ran.json["checks"]
    reasons = [(reason["verdict"], reason["code"]) for reason in check["reasons"]]
    assert ran.code == {"clear": 0, "caution": 9, "hold": 10, "unknown": 11}[check["verdict"]]
    return check, reasons, ran.json.get("base")


@pytest.mark.parametrize("state", ["done", "closed"])
def test_blocker_that_is_not_resolved_in_the_base_holds(workspace: Workspace, state: str) -> None:
    base = commit(workspace)
    workspace.ticket(B, state)
    assert checked(workspace)[1:] == ([], None)
    check, reasons, at = checked(workspace, "--base", "HEAD")
    assert reasons == [("hold", "blocked_in_base")]
    (reason,) = check["reasons"]
    assert (reason["ticket"], reason["state"], reason["kind"]) == (B, state, "blocked_by")
    assert "inprogress" in reason["sentence"]
    assert (at["rev"], at["commit"]) == ("HEAD", base)


def test_blocker_that_is_resolved_in_both_is_no_reason(workspace: Workspace) -> None:
    workspace.ticket(B, "done")
    commit(workspace)
    workspace.ticket(B, "closed")
    assert checked(workspace, "--base", "HEAD")[1] == []


def test_blocker_that_is_resolved_in_the_base_alone_holds_as_before(workspace: Workspace) -> None:
    workspace.ticket(B, "done")
    commit(workspace)
    workspace.ticket(B, "inprogress")

    assert checked(workspace, "--base", "HEAD")[1] == [("hold", "blocked")]


def test_blocker_that_is_missing_in_the_base_holds(workspace: Workspace) -> None:
    (workspace.tickets / B / "item.md").unlink()
    commit(workspace)
    workspace.ticket(B, "done")
    assert checked(workspace, "--base", "HEAD")[1] == [("hold", "blocked_in_base")]


def test_blocker_without_a_known_state_in_the_base_is_unknown(workspace: Workspace) -> None:
    workspace.item(B, "no frontmatter")
    commit(workspace)
    workspace.ticket(B, "done")
    assert checked(workspace, "--base", "HEAD")[1] == [("unknown", "unknown_in_base")]


def test_ordering_is_a_caution_and_other_kinds_are_no_reason(workspace: Workspace) -> None:
    workspace.ticket(B, "done")
    workspace.ticket(C, "ready")
    workspace.record(C, "before", A)
    workspace.record(A, "conflicts_with", C)
    workspace.record(C, "blocked_by", A)
    commit(workspace)
    workspace.ticket(C, "done")
    assert checked(workspace, "--base", "HEAD")[1] == [("caution", "ordered_after_in_base")]


def test_retired_record_is_no_reason(workspace: Workspace) -> None:
    commit(workspace)
    workspace.ticket(B, "done")
    (record,) = (workspace.tickets / A / "artifacts/relations").iterdir()
    assert workspace.run("retire", record.stem, "--reason", "over").code == 0
    assert checked(workspace, "--base", "HEAD")[1] == []


def test_resolved_ticket_has_no_reason_from_the_base(workspace: Workspace) -> None:
    commit(workspace)
    workspace.ticket(A, "done")
    workspace.ticket(B, "done")
    assert checked(workspace, "--base", "HEAD")[1] == [("caution", "state")]


def test_digest_covers_the_state_in_the_base(workspace: Workspace) -> None:
    commit(workspace)
    workspace.ticket(B, "queued")
    commit(workspace)
    workspace.ticket(B, "done")
    digests = {
        checked(workspace, *options)[0]["digest"]
        for options in ((), ("--base", "HEAD"), ("--base", "HEAD~1"))
    }
    assert len(digests) == 3
    Repository(workspace.root).git("branch", "other")
    assert checked(workspace, "--base", "other")[0] == checked(workspace, "--base", "HEAD")[0]


def test_both_trees_may_be_revisions(workspace: Workspace) -> None:
    commit(workspace)
    workspace.ticket(B, "done")
    commit(workspace)
    workspace.ticket(A, "done")
    reasons = checked(workspace, "--at", "HEAD", "--base", "HEAD~1")[1]
    assert reasons == [("hold", "blocked_in_base")]


def test_base_that_names_nothing_is_an_error(workspace: Workspace) -> None:
    commit(workspace)
    ran = workspace.run("check", A, "--json", "--base", "nothing")
    assert (ran.code, ran.out, ran.errors[-1]["error"]["code"]) == (2, "", "revision")


def test_ticket_that_waits_in_the_base_is_not_freed(workspace: Workspace) -> None:
    workspace.ticket(C, "queued")
    workspace.record(A, "blocked_by", C)
    commit(workspace)
    workspace.ticket(B, "done")
    for options, frees in (((), True), (("--base", "HEAD"), False)):
        ran = workspace.run("check", C, "--json", *options)
        (held,) = ran.json["checks"][0]["holds"]
        assert (held["ticket"], held["frees"]) == (A, frees)
