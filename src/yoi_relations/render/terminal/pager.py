"""Shows a long answer in a pager, as git does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

from yoi_relations.render.output import write_answer

_DEFAULT = "less"
_NOT_STARTED = (126, 127)
"""Exit statuses of a shell that cannot run a command."""


def write_paged(text: str, rows: int) -> None:
    """Write `text` to stdout; through a pager, if it takes more rows than the terminal has.

    Args:
        text: the answer.
        rows: rows of the terminal that it takes; 0 for no pager.

    Raises:
        WriteError: stdout cannot be written.
    """
    command = _command() if rows > _terminal_height() > 0 else ""
    if not command or not _paged(command, text):
        write_answer(text)


def _terminal_height() -> int:
    """Rows of the terminal; 0 if stdout is not one."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines
    except (OSError, ValueError):  # not a terminal, or not a file
        return 0


def _command() -> str:
    """The command of the pager; empty if there is none, or it would only copy."""
    command = os.environ.get("RELATIONS_PAGER", os.environ.get("PAGER"))
    if command is None:
        return _DEFAULT if shutil.which(_DEFAULT) else ""
    return "" if command.strip() == "cat" else command.strip()


def _paged(command: str, text: str) -> bool:
    """Whether the pager showed the text: False if it cannot be started."""
    environ = {"LESS": "FRX", **os.environ}
    # Ctrl-C is for the pager, from its start on; this process ends after it. A program does not
    # inherit a handler, as it would inherit SIG_IGN.
    before = signal.signal(signal.SIGINT, _leave_to_pager)
    try:
        # As for git, the pager is a line for the shell.
        pager = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, env=environ)  # noqa: S602
        pager.communicate(text.encode(sys.stdout.encoding, "backslashreplace"))
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return pager.returncode not in _NOT_STARTED


def _leave_to_pager(_signal: int, _frame: object) -> None:
    """Do nothing."""
