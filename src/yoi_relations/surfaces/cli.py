"""The command line: parse, call one function, write what it gave, exit."""

from __future__ import annotations

import os
import sys
import time
from typing import Annotated, cast

import typer

from yoi_relations import __version__
from yoi_relations.errors import ExitCode, RelationsError, UsageError
from yoi_relations.index.refresh import Trust, rebuild_index
from yoi_relations.kinds import KINDS, RelationClass, select_shown
from yoi_relations.queries.relations import ALL_KINDS, Filter, find_relations
from yoi_relations.queries.tickets import resolve_ticket
from yoi_relations.recording.add import Draft, add_record
from yoi_relations.recording.retire import retire_record
from yoi_relations.states import State
from yoi_relations.surfaces import report
from yoi_relations.surfaces.options import (
    AsJson,
    AsPlain,
    Common,
    Directory,
    TrustOption,
    asked_for_json,
)
from yoi_relations.surfaces.output import (
    mode_of,
    prepare_streams,
    report_error,
    write_answer,
)
from yoi_relations.surfaces.progress import progress_bar
from yoi_relations.surfaces.stdin import read_note

app = typer.Typer(
    name="relations",
    help="Durable, typed relations between tickets that are folders in git.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_KINDS_HELP = "Kinds by class. " + "; ".join(
    f"{cls}: {', '.join(k.name.replace('_', '-') for k in KINDS.values() if k.cls is cls)}"
    for cls in RelationClass
)
# The class of all errors in the arguments; Typer exports only this child of it.
_ArgumentError = cast("type[typer.BadParameter]", typer.BadParameter.__base__)


def run(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    prepare_streams()
    if not sys.stdout.isatty():
        # Typer would colour its help for FORCE_COLOR or GITHUB_ACTIONS, pipe or not.
        os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"
    mode = mode_of(as_json=asked_for_json(arguments), as_plain=False)
    try:
        return int(app(arguments, prog_name="relations", standalone_mode=False) or ExitCode.DONE)
    except _ArgumentError as error:
        command = error.ctx.command_path if error.ctx else "relations"
        report_error(UsageError(error.format_message(), f"see {command} --help"), mode)
        return ExitCode.USAGE
    except RelationsError as error:
        report_error(error, mode)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


@app.callback(invoke_without_command=True)
def relations(
    ctx: typer.Context,
    directory: Directory = None,
    as_json: AsJson = False,
    as_plain: AsPlain = False,
    trust: TrustOption = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Durable, typed relations between tickets that are folders in git."""
    ctx.obj = Common(directory, as_json, as_plain, trust)
    if version:
        write_answer(f"relations {__version__}\n")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        write_answer(ctx.get_help() + "\n")


@app.command(epilog=_KINDS_HELP)
def show(
    ctx: typer.Context,
    ticket: Annotated[
        str | None,
        typer.Argument(
            metavar="TICKET", help="Only relations that touch this ticket, at either end."
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="K", help="Of this kind or class (below); may be repeated."),
    ] = None,
    state: Annotated[
        list[State] | None,
        typer.Option(
            "--state",
            metavar="S",
            help=f"Of tickets in this state: {', '.join(State)}; may be repeated.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also relations that no longer count, with the reason.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="At most N; 0 for all.")
    ] = 200,
    directory: Directory = None,
    as_json: AsJson = False,
    as_plain: AsPlain = False,
    trust: TrustOption = None,
) -> int:
    """Show relations: all that are active, or those that touch a ticket."""
    common = _common(ctx, directory, as_json, as_plain, trust)
    mode = common.mode
    kinds = select_shown(kind) if kind else ALL_KINDS
    with common.index() as index:
        asked = Filter(
            ticket=resolve_ticket(index.connection, ticket).id if ticket is not None else None,
            kinds=kinds,
            states=frozenset(state or ()),
            inactive=everything,
            limit=limit,
        )
        return report.relations(mode, index, asked, find_relations(index.connection, asked))


@app.command(epilog=_KINDS_HELP)
def add(
    ctx: typer.Context,
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
    author: Annotated[
        str | None,
        typer.Option(
            "--author",
            metavar="A",
            help="Who records it; else YOI_RELATIONS_AUTHOR, git's user.name, the login name.",
        ),
    ] = None,
    directory: Directory = None,
    as_json: AsJson = False,
    as_plain: AsPlain = False,
    trust: TrustOption = None,
) -> int:
    """Record a relation: relations add A blocked-by B --note "why"."""
    common = _common(ctx, directory, as_json, as_plain, trust)
    mode = common.mode
    text = read_note() if note == "-" else note
    draft = Draft(ticket, kind, target, text, branch, worktree, role_plan, author)
    with add_record(common.workspace(), draft, common.notify) as added:
        return report.added(mode, added)


@app.command()
def retire(
    ctx: typer.Context,
    record: Annotated[
        str,
        typer.Argument(
            metavar="RECORD", help="A record's id, the start or the end of it, or PATH:LINE."
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it ends.")],
    directory: Directory = None,
    as_json: AsJson = False,
    as_plain: AsPlain = False,
    trust: TrustOption = None,
) -> int:
    """Retire a record: it stays, marked, and no longer counts."""
    common = _common(ctx, directory, as_json, as_plain, trust)
    mode = common.mode
    with retire_record(common.workspace(), record, reason, common.notify) as retired:
        return report.retired(mode, retired)


@app.command()
def rebuild(
    ctx: typer.Context,
    directory: Directory = None,
    as_json: AsJson = False,
    as_plain: AsPlain = False,
    trust: TrustOption = None,
) -> int:
    """Throw the index away and build it from the files."""
    common = _common(ctx, directory, as_json, as_plain, trust)
    mode = common.mode
    start = time.monotonic()
    with progress_bar("reading") as progress:
        index = rebuild_index(common.workspace(), progress)
    with index:
        return report.rebuilt(mode, index, time.monotonic() - start)


@app.command()
def status(
    ctx: typer.Context,
    directory: Directory = None,
    as_json: AsJson = False,
    as_plain: AsPlain = False,
    trust: TrustOption = None,
) -> int:
    """Tell where root and index are, what they hold, and whether the index is current."""
    common = _common(ctx, directory, as_json, as_plain, trust)
    mode = common.mode
    with common.index(publish=False) as index:
        return report.status(mode, index)


def _common(
    ctx: typer.Context,
    directory: str | None,
    as_json: bool,
    as_plain: bool,
    trust: Trust | None,
) -> Common:
    before: Common = ctx.obj
    return before.with_(Common(directory, as_json, as_plain, trust))
