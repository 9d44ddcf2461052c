"""What each command does: functions whose parameters are those of the table.

What a lookup does not need is imported by the commands that do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

from yoi_relations import __version__
from yoi_relations.call import Call
from yoi_relations.command_table import LIST_LIMIT, TERMINAL_LIMIT
from yoi_relations.errors import ExitCode, RelationsError, UsageError
from yoi_relations.index.handle import Trust
from yoi_relations.lean.types import Any, NamedTuple
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Severity
from yoi_relations.queries.show import ask_relations
from yoi_relations.render.output import SCHEMA_VERSION, Mode, json_line, write_answer
from yoi_relations.render.show import write_relations
from yoi_relations.states import State


class Request(NamedTuple):
    """A command line that was understood.

    Attributes:
        command: how the command is called: ``hooks install``.
        call: the options that every command takes.
        values: its own parameters, by name.
    """

    command: str
    call: Call
    values: dict[str, Any]

    def perform(self) -> ExitCode:
        """Do it, and answer."""
        return COMMANDS[self.command](self.call, **self.values)


def show(
    call: Call,
    *,
    ticket: str | None,
    kinds: Iterable[str],
    states: Iterable[State],
    everything: bool,
    limit: int | None,
    since: str | None,
    author: str | None,
) -> ExitCode:
    """Answer with the relations that are asked for."""
    mode = call.mode
    with call.opened() as index:
        call.tell_if_empty(index)
        asked, answer = ask_relations(
            index.connection,
            PathBase(index.workspace, os.curdir),
            ticket=ticket,
            kinds=kinds,
            states=states,
            everything=everything,
            limit=_default_limit() if limit is None else limit,
            since=since,
            author=author,
            in_part=call.notify,
        )
        return write_relations(mode, index, asked, answer)


def _default_limit() -> int:
    return TERMINAL_LIMIT if sys.stdout.isatty() else LIST_LIMIT


def check(
    call: Call, *, tickets: list[str], states: Iterable[State], expect: str | None
) -> ExitCode:
    """Answer whether tickets may be accepted now."""
    from yoi_relations.queries.check import ask_checks
    from yoi_relations.render.check import write_checks

    mode = call.mode
    if expect is not None and len(tickets) != 1:
        raise UsageError("--expect is about one ticket", "name the ticket that was checked before")
    with call.opened() as index:
        call.tell_if_empty(index)
        base = PathBase(index.workspace, os.curdir)
        checked = ask_checks(index.connection, base, tickets=tickets, states=states)
        return write_checks(mode, index, checked, expect, named=bool(tickets))


def add(
    call: Call,
    *,
    ticket: str,
    kind: str,
    target: str | None,
    note: str | None,
    branch: str | None,
    worktree: str | None,
    role_plan: str | None,
    author: str | None,
    replaces: str | None,
) -> ExitCode:
    """Make a record of the arguments, and answer with it."""
    from yoi_relations.recording.add import RecordRequest, add_record
    from yoi_relations.render import receipts

    mode = call.mode
    more = (branch, worktree, role_plan, author, replaces)
    request = RecordRequest(
        ticket, kind, target, note and _text(note), *more, base_folder=os.curdir
    )
    with add_record(call.workspace(), request, call.notify) as done:
        return receipts.added(mode, done)


def retire(call: Call, *, records: list[str], reason: str, author: str | None) -> ExitCode:
    """Retire the records, and answer with what that changes."""
    from yoi_relations.recording.retire import RetirementRequest, retire_records
    from yoi_relations.render import receipts

    mode = call.mode
    request = RetirementRequest(tuple(records), _text(reason), author, base_folder=os.curdir)
    with retire_records(call.workspace(), request, call.notify) as done:
        return receipts.retired(mode, done)


def _text(given: str) -> str:
    """Text as it was given, or from standard input where that is ``-``."""
    if given != "-":
        return given
    from yoi_relations.cli.stdin import read_note

    return read_note()


def rebuild(call: Call) -> ExitCode:
    """Throw the index away and build it from the files."""
    import time

    from yoi_relations.index.reconcile import rebuild_index
    from yoi_relations.render.status import write_rebuilt
    from yoi_relations.render.terminal.progress import progress_bar

    mode = call.mode
    start = time.monotonic()
    with progress_bar("reading") as progress:
        index = rebuild_index(call.workspace(), progress)
    with index:
        return write_rebuilt(mode, index, time.monotonic() - start)


def doctor(call: Call, *, severity: Severity) -> ExitCode:
    """Answer with what somebody may want to fix, from `severity` on."""
    from yoi_relations.queries.doctor.diagnosis import diagnose
    from yoi_relations.render.doctor import write_findings

    mode = call.mode
    with call.opened() as index:
        return write_findings(mode, index, diagnose(index.workspace, index.connection, severity))


def status(call: Call) -> ExitCode:
    """Answer with the state of the index; the cache folder is left alone."""
    from yoi_relations.render.status import write_status

    mode = call.mode
    with call.opened(publish=False) as index:
        call.tell_if_empty(index)
        return write_status(mode, index)


def prime(call: Call) -> ExitCode:
    """Print the guide for agents; no workspace is needed."""
    from yoi_relations.render.guide import GUIDE

    if call.mode is Mode.JSON:
        guide = {"schema_version": SCHEMA_VERSION, "document": "prime", "guide": GUIDE}
        write_answer(json_line(guide))
    else:
        write_answer(GUIDE)
    return ExitCode.DONE


def watch(call: Call, *, once: bool, timeout: float | None) -> ExitCode:
    """Watch until a condition of the options ends it."""
    from yoi_relations.watch import loop
    from yoi_relations.watch.printer import change_printer, has_reader

    _live_long()
    asked = loop.WatchRequest(
        workspace=call.workspace(),
        print_changes=change_printer(call.mode),
        notify=call.notify,
        has_reader=has_reader,
        trust=call.trust or Trust.STAT,
        once=once,
        timeout=timeout,
    )
    return loop.watch(asked)


def verify(call: Call) -> ExitCode:
    """Compare the index with the files, and answer with the differences."""
    from yoi_relations.index.verify import verify_index
    from yoi_relations.render.terminal.progress import progress_bar
    from yoi_relations.render.verify import write_verification

    mode = call.mode
    with progress_bar("reading") as progress:
        verification = verify_index(call.workspace(), progress)
    with verification.fresh:
        return write_verification(mode, verification)


def mcp(call: Call, *, allow_write: bool) -> ExitCode:
    """Serve until the client closes the input."""
    if call.trust is Trust.INDEX:
        raise UsageError("mcp has to look at the files", "leave --trust index out")
    _live_long()
    try:
        from yoi_relations.mcp import server  # an extra
    except ImportError as error:
        from yoi_relations.extras import how_to_install

        raise RelationsError(
            f"this needs the package mcp: {error}", how_to_install("mcp")
        ) from error
    return server.serve(call, allow_write=allow_write)


def _live_long() -> None:
    """Collect garbage again, which `__main__` has switched off for commands that end soon."""
    import gc

    gc.enable()


def hooks_install(call: Call) -> ExitCode:
    """Install the hooks, and answer with their states."""
    from yoi_relations.hooks import installation
    from yoi_relations.render.hooks import write_hooks

    return write_hooks(
        call.mode, call.workspace(), installation.install, installation.install_error
    )


def hooks_uninstall(call: Call) -> ExitCode:
    """Uninstall the hooks, and answer with their states."""
    from yoi_relations.hooks import installation
    from yoi_relations.render.hooks import write_hooks

    return write_hooks(
        call.mode, call.workspace(), installation.uninstall, installation.uninstall_error
    )


def hooks_list(call: Call) -> ExitCode:
    """Answer with the states of the hooks."""
    from yoi_relations.hooks import installation
    from yoi_relations.render.hooks import write_hooks

    return write_hooks(call.mode, call.workspace(), installation.list_hooks, lambda _: None)


def hooks_run(call: Call) -> ExitCode:
    """Refresh the index, whatever is wrong with it."""
    from yoi_relations.hooks.refresh import refresh_quietly

    refresh_quietly(call.directory)
    return ExitCode.DONE


def completion_script(call: Call, shell: str) -> ExitCode:
    """Print the script that makes `shell` complete."""
    from yoi_relations.completion.scripts import print_script

    print_script(call.mode, shell)
    return ExitCode.DONE


def completion_run(_call: Call, *, words: list[str], line: str | None) -> ExitCode:
    """Complete a half-written command line: what the scripts call."""
    from yoi_relations.completion.request import answer

    answer(words, line)
    return ExitCode.DONE


def version() -> ExitCode:
    """Print the version; no workspace is needed."""
    write_answer(f"relations {__version__}\n")
    return ExitCode.DONE


COMMANDS: dict[str, Callable[..., ExitCode]] = {
    "show": show,
    "check": check,
    "add": add,
    "retire": retire,
    "rebuild": rebuild,
    "doctor": doctor,
    "status": status,
    "prime": prime,
    "watch": watch,
    "verify": verify,
    "mcp": mcp,
    "hooks install": hooks_install,
    "hooks uninstall": hooks_uninstall,
    "hooks list": hooks_list,
    "hooks run": hooks_run,
    "completion bash": lambda call: completion_script(call, "bash"),
    "completion zsh": lambda call: completion_script(call, "zsh"),
    "completion fish": lambda call: completion_script(call, "fish"),
    "completion run": completion_run,
}
"""By how they are called. A test holds their parameters to the table."""
