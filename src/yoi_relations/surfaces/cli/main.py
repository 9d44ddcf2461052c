"""The full door: every command, its help, and all that can be wrong with its arguments."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any, cast

import typer

from yoi_relations.errors import ExitCode, UsageError
from yoi_relations.kinds import one_by_one
from yoi_relations.recording.add import Draft, add_record
from yoi_relations.recording.retire import RetirementRequest, retire_records
from yoi_relations.surfaces import receipts
from yoi_relations.surfaces import verify as verifying
from yoi_relations.surfaces.call import Call, ended
from yoi_relations.surfaces.cli.app import App
from yoi_relations.surfaces.cli.completion import completion_app
from yoi_relations.surfaces.cli.hooks import hooks_app
from yoi_relations.surfaces.cli.mcp import MCP_HELP, mcp
from yoi_relations.surfaces.cli.options import declare, with_common
from yoi_relations.surfaces.cli.stdin import read_note
from yoi_relations.surfaces.cli.watch import WATCH_HELP, watch
from yoi_relations.surfaces.commands import version
from yoi_relations.surfaces.progress import progress_bar
from yoi_relations.surfaces.table import CHECK, DOCTOR, PRIME, REBUILD, SHOW, STATUS, kinds_help

_HELP = "Durable, typed relations between tickets that are folders in git."
# The class of all errors in the arguments; Typer exports only this child of it.
_ArgumentError = cast("type[typer.BadParameter]", typer.BadParameter.__base__)

AUTHOR = typer.Option(
    "--author",
    metavar="A",
    help="Who records it; without it YOI_RELATIONS_AUTHOR, git's user.name, the login name.",
)

app = App(
    name="relations",
    help=_HELP,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def run(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    if not os.environ.get("COLUMNS", "1").strip("0"):
        del os.environ["COLUMNS"]  # a width of 0, in which Rich would draw no help
    if sys.stdout is None or not sys.stdout.isatty():
        # Typer would colour its help for FORCE_COLOR or GITHUB_ACTIONS, pipe or not.
        os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"
    return ended(lambda: _dispatch(arguments), as_json=_asked_for_json(arguments))


def _dispatch(arguments: list[str]) -> int:
    try:
        # Without a word, help is what somebody looks for.
        given = arguments or ["--help"]
        # Else a variable of Click's makes it print a program for a shell.
        code = app(given, prog_name="relations", complete_var="", standalone_mode=False)
        return int(code or ExitCode.DONE)
    except _ArgumentError as error:
        raise UsageError(error.format_message(), _hint(error, arguments)) from error


def _hint(error: typer.BadParameter, arguments: list[str]) -> str:
    """What to do about an error in the arguments."""
    param: Any = getattr(error, "param", None)
    if param and getattr(param, "multiple", False):
        known = getattr(param.type, "choices", ())
        for word in arguments:
            if hint := one_by_one(param.opts[0], word.rpartition("=")[2], known):
                return hint
    return f"see {error.ctx.command_path if error.ctx else 'relations'} --help"


def _asked_for_json(arguments: list[str]) -> bool:
    """Whether errors must be JSON, for when the arguments cannot be understood."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return "--json" in arguments[:end]


def _print_version(wanted: bool) -> None:  # Typer's way to call it
    if wanted:
        version()
        raise typer.Exit


@app.callback(help=_HELP)
@with_common
def _relations(
    _call: Call,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command's name."""


declare(app, SHOW)
declare(app, CHECK)


@app.command(
    help='Record a relation: relations add A blocked-by B --note "why".', epilog=kinds_help()
)
@with_common
def add(
    call: Call,
    ticket: Annotated[
        str, typer.Argument(metavar="TICKET", help="The ticket that the record is about.")
    ],
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="What is so, one of the kinds below.")
    ],
    target: Annotated[
        str | None, typer.Argument(metavar="TARGET", help="The other ticket.")
    ] = None,
    note: Annotated[
        str | None,
        typer.Option("--note", metavar="TEXT|-", help="Why; - reads it from standard input."),
    ] = None,
    branch: Annotated[
        str | None, typer.Option("--branch", help="Of an accepted plan: its branch.")
    ] = None,
    worktree: Annotated[
        str | None,
        typer.Option("--worktree", help="Of an accepted plan: its work tree, a relative path."),
    ] = None,
    role_plan: Annotated[
        str | None, typer.Option("--role-plan", help="Of an accepted plan: who does what.")
    ] = None,
    author: Annotated[str | None, AUTHOR] = None,
    replaces: Annotated[
        str | None,
        typer.Option(
            "--replaces",
            metavar="RECORD",
            help="Of a waiting note: an earlier one of the ticket, which is retired with it.",
        ),
    ] = None,
) -> ExitCode:
    """Make a record of the arguments, and answer with it."""
    mode = call.mode
    text = read_note() if note == "-" else note
    more = (branch, worktree, role_plan, author, replaces)
    draft = Draft(ticket, kind, target, text, *more, here=os.curdir)
    with add_record(call.workspace(), draft, call.notify) as done:
        return receipts.added(mode, done)


@app.command(help="Retire records: they stay, no longer count, and a file beside each says why.")
@with_common
def retire(
    call: Call,
    records: Annotated[
        list[str],
        typer.Argument(
            metavar="RECORD...", help="A record's id, the start or the end of it, or PATH:LINE."
        ),
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT|-", help="Why; - reads it from standard input.")
    ],
    author: Annotated[str | None, AUTHOR] = None,
) -> ExitCode:
    """Retire the records, and answer with what that changes."""
    mode = call.mode
    text = read_note() if reason == "-" else reason
    request = RetirementRequest(tuple(records), text, author, here=os.curdir)
    with retire_records(call.workspace(), request, call.notify) as done:
        return receipts.retired(mode, done)


declare(app, REBUILD)
declare(app, DOCTOR)
declare(app, STATUS)
declare(app, PRIME)
app.command(help=WATCH_HELP)(with_common(watch))


@app.command(help="Prove the index equal to a fresh reading of every file; nothing is changed.")
@with_common
def verify(call: Call) -> ExitCode:
    """Compare the index with the files, and answer with the differences."""
    mode = call.mode
    with progress_bar("reading") as progress:
        verified = verifying.verify(call.workspace(), progress)
    with verified.fresh:
        return verifying.report(mode, verified)


app.add_typer(hooks_app, name="hooks")
app.command(help=MCP_HELP)(with_common(mcp))
app.add_typer(completion_app, name="completion")
