"""The shell command that creates a first ticket, for a workspace without tickets."""

from __future__ import annotations

import os
import shlex

from yoi_relations.files.workspace import printable

ID = "00001KTNSA2K0"
"""Any id will do: there is no other ticket yet."""


def no_tickets_message(tickets_root: str) -> str:
    """The message that there are no tickets below `tickets_root`, an absolute path."""
    return f"{printable(tickets_root)}: there are no tickets yet"


def first_ticket_hint(tickets_root: str) -> str | None:
    """How to create a first ticket: one line of shell, for the current working directory.

    It is shown, not run: no command creates tickets.

    Args:
        tickets_root: absolute path of the tickets root, which need not exist.

    Returns:
        The hint; None if the path has a character that must not be pasted into a shell.
    """
    if not tickets_root.isprintable():
        return None
    folder = os.path.join(_relative_if_below(tickets_root), ID)
    return (
        f"to create a first ticket, run: mkdir -p {shlex.quote(folder)} && printf '%s\\n'"
        " '---' 'title: What is to be done' 'state: queued' '---'"
        f" > {shlex.quote(f'{folder}/item.md')}"
    )


def _relative_if_below(path: str) -> str:
    """`path`, relative to the working directory if it is below it; it never begins with ``-``."""
    here = os.path.join(os.path.realpath(os.curdir), "")
    if not path.startswith(here):
        return path
    below = path.removeprefix(here)
    return f"./{below}" if below.startswith("-") else below
