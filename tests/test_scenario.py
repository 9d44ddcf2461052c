"""A ticket from the queue to accepted work, on real files, each step a process of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from workspace_builder import A, B, C, Workspace


def check(workspace: Workspace, ticket: str, code: int) -> Any:
    """The check of a ticket by a new process; it must change no file."""
    before = workspace.snapshot()
    ran = workspace.process("check", ticket, "--json")
    assert (ran.code, workspace.snapshot()) == (code, before), ran
    (found,) = ran.json["checks"]
    return found


def codes(check: Any) -> list[tuple[str, str | None]]:
    return [(reason["code"], reason["ticket"]) for reason in check["reasons"]]


def state(workspace: Workspace, ticket: str) -> str:
    """The state in the ticket's own file."""
    text = (workspace.tickets / ticket / "item.md").read_text()
    return text.split("state: ")[1].split("\n")[0]


def test_ticket_goes_from_queued_to_accepted(workspace: Workspace, tmp_path: Path) -> None:
    for id_, at in ((A, "queued"), (B, "inprogress"), (C, "ready")):
        workspace.ticket(id_, at)
    assert workspace.process("add", A, "blocked-by", B, "--note", "needs the new table").code == 0

    held = check(workspace, A, 10)
    assert (held["verdict"], codes(held)) == ("hold", [("blocked", B)])
    assert held["reasons"][0]["note"] == "needs the new table"
    assert state(workspace, A) == "queued"
    assert held == check(workspace, A, 10)

    workspace.ticket(B, "done")  # somebody edits the blocker's item.md
    free = check(workspace, A, 0)
    assert (free["verdict"], free["reasons"]) == ("clear", [])
    ran = workspace.process("check", A, "--expect", held["digest"], "--json")
    assert (ran.code, ran.json["checks"]) == (12, [free])
    assert workspace.process("check", A, "--expect", free["digest"]).code == 0

    # The conflict is recorded in the folder of the other ticket, and this check includes it.
    assert workspace.process("add", C, "conflicts-with", A, "--note", "same files").code == 0
    assert codes(check(workspace, A, 9)) == [("conflict_waiting", C)]
    workspace.ticket(C, "inprogress")
    assert codes(check(workspace, A, 10)) == [("conflict_inprogress", C)]
    workspace.ticket(C, "closed")
    assert codes(check(workspace, A, 0)) == []

    plan = ("--note", "in two steps", "--branch", "work/a", "--worktree", ".worktree/a")
    assert workspace.process("add", A, "accepted-plan", *plan).code == 0
    workspace.ticket(A, "inprogress")
    accepted = check(workspace, A, 9)
    assert codes(accepted) == [("state", None), ("plan", None)]
    assert accepted["plan"] == {
        "summary": "in two steps",
        "branch": "work/a",
        "worktree": ".worktree/a",
        "role_plan": None,
    }

    # Another clone without an index gives exactly the same answer.
    elsewhere = Workspace(tmp_path / "elsewhere")
    shutil.copytree(workspace.tickets, elsewhere.tickets, dirs_exist_ok=True)
    assert check(elsewhere, A, 9) == accepted
