"""Workspaces for pages: a busy day, hostile text, every state and verdict."""

from __future__ import annotations

import random
from pathlib import Path

from workspace_builder import A, B, C, D, Workspace

STATES = ("planning", "ready", "queued", "inprogress", "done", "closed")
_OF_THE_BUSY_DAY = (
    *("inprogress", "queued", "queued", "queued", "ready", "ready", "queued", "ready"),
    *("planning", "planning", "planning", "queued", "planning", "done", "closed"),
)
HOSTILE = (
    "</script><script>alert(1)</script><!--",
    "<img src=x onerror=alert(1)>",
    "turned \\u202e line\\u2028 bell\\u0007 &amp; <b>bold</b>",
    "'\\\"><svg onload=alert(1)>",
)
"""Titles, with the escapes of YAML."""


def busy_day(root: Path) -> Workspace:
    """13 open tickets in all groups, with long titles, and some that are done."""
    workspace = Workspace(root)
    long = "とても長い題名を持つチケットの一覧での折り返しを確かめるためのもの"
    for number, state in enumerate(_OF_THE_BUSY_DAY):
        title = f"{long}{number}" if number % 2 else f"A ticket of a busy day, number {number}"
        workspace.ticket(busy(number), state, title=title)
    for number in (1, 2, 3):
        workspace.record(busy(number), "blocked_by", busy(0), "It needs the first.")
    workspace.record(busy(4), "blocked_by", busy(1))
    workspace.record(busy(5), "blocked_by", busy(2))
    workspace.record(busy(5), "blocked_by", busy(3))
    workspace.record(busy(6), "after", busy(1), "So that it is quicker.")
    workspace.record(busy(8), "conflicts_with", busy(0), "They change one file.")
    workspace.record(busy(9), "waiting", None, "for the end of the month")
    workspace.record(busy(7), "accepted_plan", None, "Do it.", branch="plans", worktree="/home/x/y")
    workspace.record(busy(10), "related", busy(13))
    workspace.record(busy(1), "blocked_by", busy(13))
    workspace.record(busy(2), "after", busy(14))
    return workspace


def busy(number: int) -> str:
    """The id of a ticket of the busy day."""
    return f"00001KT00BY{number:02}"


def hostile(root: Path) -> Workspace:
    """Tickets whose titles, notes and ids try to be markup, on a cycle, with broken files."""
    workspace = Workspace(root)
    for id_, title in zip((A, B, C, D), HOSTILE, strict=True):
        workspace.item(id_, f'---\ntitle: "{title}"\nstate: queued\n---\n')
    workspace.ticket("an <i>id</i> & more", "ready")
    workspace.ticket("00001KT0000EE", "inprogress", title="W" * 300)
    workspace.ticket("00001KT0000FF", "unheard-of")
    workspace.record(A, "blocked_by", B, "<script>alert(2)</script>\nanother line \u202e")
    workspace.record(B, "blocked_by", C)
    workspace.record(C, "after", A)
    workspace.record(D, "blocked_by", "00001KT0000FF")
    workspace.record(D, "conflicts_with", "00001KT0000EE", "${alert(3)}")
    workspace.record(D, "waiting", None, "javascript:alert(4)")
    workspace.record("an <i>id</i> & more", "blocked_by", "00001KT0000ZZ")
    workspace.record_file(A, "01KT0000000000000000009999.md", "garbage")
    return workspace


def many(root: Path, count: int, *, share: float = 1.0, seed: int = 1) -> Workspace:
    """Many tickets in all states, `share` of them with a relation to another one."""
    drawn = random.Random(seed)  # noqa: S311  # no secret
    workspace = Workspace(root)
    ids = [f"00001KT{number:06}" for number in range(count)]
    for id_ in ids:
        workspace.ticket(id_, drawn.choice(STATES[:4]))
    kinds = ("blocked_by", "after", "conflicts_with", "related")
    for id_ in ids:
        other = drawn.choice(ids)
        if other != id_ and drawn.random() < share:
            workspace.record(id_, drawn.choice(kinds), other, "Because.")
    return workspace
