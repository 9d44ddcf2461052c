"""What a ticket looks like, for whoever has none yet: lines of shell that create one."""

from __future__ import annotations

import os
import shlex

from yoi_relations.files.workspace import printable

ID = "00001KTNSA2K0"
"""As good as any: there is no other ticket yet."""


def no_tickets_message(tickets_root: str) -> str:
    """The sentence that there are none below `tickets_root`, which is absolute."""
    return f"{printable(tickets_root)}: there are no tickets yet"


def first_ticket_lines(tickets_root: str) -> list[str]:
    """Five lines to paste where the program was started, below one that says so.

    They are shown and not run: no command creates tickets. Nothing is shown where the path holds a
    character that a line to paste must not hold.

    Args:
        tickets_root: absolute path of the tickets root, which need not exist.
    """
    if not tickets_root.isprintable():
        return []
    folder = os.path.join(_from_here(tickets_root), ID)
    return [
        "to create a first ticket, paste these five lines:",
        f"mkdir -p {shlex.quote(folder)}",
        "printf '%s\\n' '---' \\",
        "  'title: What is to be done' \\",
        "  'state: queued' \\",
        f"  '---' > {shlex.quote(f'{folder}/item.md')}",
    ]


def _from_here(path: str) -> str:
    """`path` as it is written here; a relative one never begins with ``-``, as an option does."""
    here = os.path.join(os.path.realpath(os.curdir), "")
    if not path.startswith(here):
        return path
    below = path.removeprefix(here)
    return f"./{below}" if below.startswith("-") else below
