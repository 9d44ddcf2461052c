"""Exit codes, sentences and JSON are frozen, so that a change of what users read shows here.

Each file in tests/transcripts/ has the answers to a list of commands in a workspace made below.
After an intended change, update them with ``UPDATE_TRANSCRIPTS=1`` and read the difference.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from git_repository import Repository
from workspace_builder import A, B, C, D, Ran, Workspace, ulid

HERE = Path(__file__).parent / "transcripts"
E, F, G, H = "00001KT0000EE", "00001KT0000FF", "00001KT0000GG", "00001KT0000HH"
Commands = list[tuple[str, ...]]


def gate(workspace: Workspace) -> Commands:
    """Reasons that relations give."""
    states = dict(zip((A, B, C, D, E, F, G, H), _STATES, strict=True))
    for id_, state in states.items():
        workspace.ticket(id_, state)
    workspace.record(A, "blocked_by", B, "Needs the new table.")
    workspace.relations_json(A, {"kind": "depends_on", "target": B, "note": "The table."})
    workspace.record(A, "after", C)
    workspace.record(A, "waiting", None, "A person has to decide.\n\nTwo lines, and\ta tab.")
    workspace.record(B, "conflicts_with", A, "Same files.")
    workspace.record(D, "conflicts_with", A)
    workspace.record(E, "supersedes", A, "The larger one.")
    workspace.record(A, "duplicate_of", F)
    plan = {"summary": "In two steps.", "branch": "work/a", "role_plan": "One writes."}
    accepted = {"kind": "accepted_plan", "accepted_plan": plan, "at": "2026-06-02T08:00:00+02:00"}
    slow = {"kind": "do_not_parallelize", "related_ticket": A, "note": "Slow."}
    workspace.plan_lines(C, {"kind": "conflicts_with", "related_ticket": A}, slow, accepted)
    workspace.record(G, "blocked_by", H)
    workspace.record(H, "blocked_by", G)
    workspace.record(E, "after", F)
    workspace.record(E, "blocks", F)
    return [
        ("check", A, "--json"),
        ("check", A, C, G, E, "--plain"),
        ("check", C),
        ("check", "--state", "queued", "--plain"),
        ("check", G, "--expect", "0123456789abcdef", "--json"),
        ("check", A, "--state", "queued"),
        ("check", A, B, "--expect", "0123456789abcdef", "--json"),
        ("check", "no-such-ticket", "--json"),
        ("show", A, "--plain"),
        ("show", A, "--kind", "blocker", "--json"),
        ("doctor", "--plain"),
        ("doctor", "--severity", "info", "--json"),
        ("add", A, "blocked-by", A, "--json"),
        ("add", A, "waiting", "--json"),
        ("retire", "01KT0000", "--reason", "over", "--json"),
    ]


_STATES = ("queued", "inprogress", "ready", "planning", "queued", "queued", "queued", "ready")


def unknown(workspace: Workspace) -> Commands:
    """Sources that cannot be read, and facts that are unknown."""
    workspace.pair(states=("queued", "parked"))
    workspace.ticket(D, "closed")
    workspace.record(A, "blocked_by", B)
    workspace.record(A, "after", C)
    workspace.record(A, "conflicts_with", f"acme/loans:{C}")
    workspace.record_file(B, "note.md", "no frontmatter\n")
    workspace.artifact(B, "relations.json", "{")
    workspace.plan_lines(D, {"kind": "parent_of", "related_ticket": A})
    return [
        ("check", A, "--json"),
        ("check", A, B, D, "--plain"),
        ("show", "--plain"),
        ("show", A, "--json"),
        ("doctor", "--plain"),
    ]


def mistakes(workspace: Workspace) -> Commands:
    """Records that can be read but probably mean something else, or ended for a wrong reason."""
    states = ("queued", "inprogress", "queued", "closed", "inprogress")
    for id_, state in zip((A, B, C, D, E), states, strict=True):
        workspace.ticket(id_, state)
    workspace.record(B, "blocks", A.lower(), "The same table.")
    workspace.record(C, "waiting", None, "For the printer.")
    workspace.record(C, "accepted_plan", None, "In one step.", at="2026-06-02T10:00:00Z")
    over = f"---\nretires: {ulid(99)}\nauthor: tester\nat: 2026-06-03T10:00:00Z\n---\nNot so.\n"
    workspace.record_file(C, f"{ulid(98)}.md", over)
    workspace.record(C, "blocked_by", D)
    workspace.record(E, "supersedes", D)
    workspace.artifact(D, "relations.json", "{")
    return [
        ("check", A, C, "--json"),
        ("check", "--plain"),
        ("show", A, "--plain"),
        ("show", C, "--all", "--plain"),
        ("doctor", "--severity", "info", "--json"),
    ]


def revisions(workspace: Workspace) -> Commands:
    """A base in which blockers are not resolved, and answers about another revision."""
    repository = Repository(workspace.root)
    for id_, state in zip((A, B, C), ("queued", "inprogress", "ready"), strict=True):
        workspace.ticket(id_, state)
    workspace.item(D, "no frontmatter\n")
    workspace.record(A, "blocked_by", B)
    workspace.record(A, "after", C)
    workspace.record(A, "blocked_by", D)
    repository.commit()
    for id_ in (B, C, D):
        workspace.ticket(id_, "done")
    return [
        ("check", A, "--plain"),
        ("check", A, "--base", "HEAD", "--plain"),
        ("check", A, "--base", "main", "--json"),
        ("check", A, "--at", "HEAD", "--plain"),
        ("show", B, "--at", "main", "--json"),
        ("show", "--at", "nothing", "--json"),
        ("show", "--at", "HEAD:.yoi", "--json"),
    ]


def worktrees(workspace: Workspace) -> Commands:
    """Work trees that disagree, and one that is gone."""
    repository = Repository(workspace.root)
    for id_, state in zip((A, B, C), ("queued", "planning", "ready"), strict=True):
        workspace.ticket(id_, state)
    workspace.record(A, "conflicts_with", B, "Same files.")
    workspace.record(A, "blocked_by", C)
    repository.commit()
    places = {name: workspace.root.with_name(name) for name in ("other", "gone")}
    for path in places.values():
        repository.git("worktree", "add", "-q", path)
    other = Workspace(places["other"])
    other.ticket(B, "inprogress")
    other.ticket(C, "planning")
    shutil.rmtree(places["gone"])
    other.run("show")
    workspace.ticket(C, "done")
    return [
        ("check", A, "--worktrees", "--json"),
        ("check", B, C, "--worktrees", "--plain"),
        ("show", "--worktrees", "--json"),
        ("show", A, "--worktrees", "--plain"),
        ("show", "--at", "HEAD", "--worktrees", "--json"),
    ]


def differences(workspace: Workspace) -> Commands:
    """What changed between commits, and what a merge would change."""
    repository = Repository(workspace.root)
    for id_, state in zip((A, B, C), ("queued", "inprogress", "ready"), strict=True):
        workspace.ticket(id_, state, updated_at="0")
    workspace.record(A, "blocked_by", B, "Needs the new table.")
    note = workspace.record(A, "waiting", None, "For the printer.")
    repository.commit()
    repository.git("checkout", "-q", "-b", "side")
    workspace.ticket(B, "done", updated_at="1")
    workspace.record(A, "after", C)
    repository.commit()
    repository.git("checkout", "-q", "main")
    workspace.ticket(B, "inprogress", updated_at="2")
    workspace.record(C, "after", A)
    note.write_text(note.read_text().replace("printer", "plotter"))
    repository.commit()
    workspace.ticket(D, "planning")
    return [
        ("diff", "--plain", "--exit-code"),
        ("diff", "HEAD~1", "HEAD", "--plain"),
        ("diff", "HEAD~1..HEAD", "--json"),
        ("diff", "main...side", "--plain"),
        ("diff", "--merge", "side", "--plain"),
        ("diff", "--merge", "side", "--json"),
        ("diff", "--merge", "nothing", "--json"),
    ]


def transcript(workspace: Workspace, commands: Commands) -> str:
    """The commands, each with its stdout, stderr and exit code."""
    workspace.run("show")  # so that no notice is about a new index
    return "\n".join(
        f"$ relations {' '.join(command)}\n{_transcribed(workspace, workspace.run(*command))}"
        for command in commands
    )


def _transcribed(workspace: Workspace, ran: Ran) -> str:
    out = ran.out
    if out.startswith("{"):
        out = json.dumps(json.loads(out), indent=1, ensure_ascii=False) + "\n"
    err = "".join(f"stderr: {line}\n" for line in ran.err.splitlines())
    text = f"{out}{err}exit: {ran.code}\n".replace(str(workspace.root), "<root>")
    return text.replace(str(workspace.root.parent), "<parent>")


@pytest.mark.parametrize(
    "world",
    [gate, unknown, mistakes, revisions, worktrees, differences],
    ids=lambda world: world.__name__,
)
def test_answers_equal_the_transcripts(
    workspace: Workspace, world: Callable[[Workspace], Commands]
) -> None:
    text = transcript(workspace, world(workspace))
    path = HERE / f"{world.__name__}.txt"
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(text, "utf-8")

    assert text == path.read_text("utf-8")


def test_transcripts_have_every_reason_and_verdict() -> None:
    text = "".join(path.read_text("utf-8") for path in HERE.iterdir())
    check = (HERE.parents[1] / "docs" / "check.md").read_text("utf-8")
    table = check.split("\n## Reasons\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    # The transcripts ask no database.
    reasons = {*re.findall(r"`([a-z_]+)`", "".join(rows))} - {"outdated"}

    assert [code for code in reasons if f'"{code}"' not in text and f"\t{code}\t" not in text] == []
    exits = {int(code) for code in re.findall(r"^exit: (\d+)$", text, re.MULTILINE)}
    assert exits >= {0, 2, 3, 4, 5, 9, 10, 11, 12}
