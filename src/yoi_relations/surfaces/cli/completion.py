"""``relations completion``: scripts that teach a shell to complete, and the request they make."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sqlite3
from importlib import resources
from types import FrameType
from typing import Annotated

import typer

from yoi_relations.errors import ExitCode, RelationsError
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.cli.app import App
from yoi_relations.surfaces.cli.options import with_common
from yoi_relations.surfaces.completion import candidates
from yoi_relations.surfaces.completion.completing import complete
from yoi_relations.surfaces.output import SCHEMA_VERSION, Mode, json_line, write_answer

TIME_LIMIT = 3
"""Seconds that somebody who pressed a key may be kept waiting; then nothing is offered."""
_HELP = "Print a script that completes commands, kinds, tickets and records in a shell."

completion_app = App(help=_HELP)


@completion_app.callback(help=_HELP)
@with_common
def _completion(_call: Call) -> None:
    """Take the options that stand between ``completion`` and the shell."""


@completion_app.command(help="Print the script for bash.")
@with_common
def bash(call: Call) -> ExitCode:
    """Print the script for bash."""
    return _print_script(call.mode, "bash")


@completion_app.command(help="Print the script for zsh.")
@with_common
def zsh(call: Call) -> ExitCode:
    """Print the script for zsh."""
    return _print_script(call.mode, "zsh")


@completion_app.command(help="Print the script for fish.")
@with_common
def fish(call: Call) -> ExitCode:
    """Print the script for fish."""
    return _print_script(call.mode, "fish")


@completion_app.command(help="Complete the last of WORDS, or a line up to the cursor.", hidden=True)
def run(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument()] = None,
    line: Annotated[str | None, typer.Option("--line")] = None,
) -> ExitCode:
    """Complete the last of WORDS, or a line up to the cursor: what the scripts call.

    Whatever goes wrong, there is nothing to offer: an error would stand in a half-written line, and
    meets the command too once it is sent off.
    """
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(TIME_LIMIT)
    given, is_quoted = split_line(line) if line is not None else (words or [], False)
    try:
        with contextlib.suppress(RelationsError, OSError, sqlite3.Error):
            found = complete(ctx.find_root().command, given)
            # Behind an open quote, only what needs none is sure to be read as it stands.
            write_answer(
                candidates.lines(
                    one for one in found if not is_quoted or shlex.quote(one.value) == one.value
                )
            )
    finally:
        signal.alarm(0)
    return ExitCode.DONE


def split_line(line: str) -> tuple[list[str], bool]:
    """The words of a line behind the program's, as bash splits it, and whether a quote is open.

    The last word is the one to complete; behind a space, it is empty.
    """
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # a quote that is still open: the last word goes on
        return [*words, lexer.token][1:], True
    return [*words, ""][1:] if line[-1:].isspace() else words[1:], False


def _print_script(mode: Mode, shell: str) -> ExitCode:
    script = (
        resources.files(candidates.__package__).joinpath(f"completion.{shell}").read_text("utf-8")
    )
    if mode is Mode.JSON:
        document = {"schema_version": SCHEMA_VERSION, "document": "completion"}
        script = json_line(document | {"shell": shell, "script": script})
    write_answer(script)
    return ExitCode.DONE


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    os._exit(ExitCode.DONE)
