"""Shell lines that create a first ticket, for a workspace without tickets."""

from __future__ import annotations

import os
import shlex

from yoi_relations.files.workspace import printable

ID = "00001KTNSA2K0"
"""Any id will do: there is no other ticket yet."""


def no_tickets_message(tickets_root: str) -> str:
    """The message that there are no tickets below `tickets_root`, an absolute path."""
    return f"{printable(tickets_root)}: there are no tickets yet"


def first_ticket_lines(tickets_root: str) -> list[str]:
    """A heading, and five shell lines to paste in the current working directory.

    They are shown, not run: no command creates tickets.

    Args:
        tickets_root: absolute path of the tickets root, which need not exist.

    Returns:
        The lines; none if the path has a character that must not be pasted into a shell.
    """
    if not tickets_root.isprintable():
        return []
    folder = os.path.join(_relative_if_below(tickets_root), ID)
    return [
        "to create a first ticket, paste these five lines:",
        f"mkdir -p {shlex.quote(folder)}",
        "printf '%s\\n' '---' \\",
        "  'title: What is to be done' \\",
        "  'state: queued' \\",
        f"  '---' > {shlex.quote(f'{folder}/item.md')}",
    ]


def _relative_if_below(path: str) -> str:
    """`path`, relative to the working directory if it is below it; it never begins with ``-``."""
    here = os.path.join(os.path.realpath(os.curdir), "")
    if not path.startswith(here):
        return path
    below = path.removeprefix(here)
    return f"./{below}" if below.startswith("-") else below
