"""One function per command; its parameters are those of the table.

A function imports what only its command needs, so that a lookup stays fast.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable

from yoi_relations import __version__
from yoi_relations.call import Call, Origin
from yoi_relations.command_table import (
    DEFAULT_LIMIT,
    TERMINAL_DEFAULT_LIMIT,
    GraphFormat,
    leaves,
)
from yoi_relations.errors import ExitCode, UsageError
from yoi_relations.index.handle import Index, Trust
from yoi_relations.lean.types import TYPE_CHECKING, Any, NamedTuple
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Severity
from yoi_relations.render.documents import bare_document
from yoi_relations.render.output import Mode, json_line, write_answer
from yoi_relations.states import State

if TYPE_CHECKING:
    from yoi_relations.queries.catalog import Catalog


class Request(NamedTuple):
    """A parsed command line.

    Attributes:
        command: the words that name the command: ``hooks install``.
        call: the values of the options that every command takes.
        values: the values of its own parameters, by name.
    """

    command: str
    call: Call
    values: dict[str, Any]

    def perform(self) -> ExitCode:
        """Run the command, and write its answer.

        Raises:
            UsageError: a value is invalid; the message begins with the option.
            RelationsError: there is no answer.
        """
        try:
            return COMMANDS[self.command](self.call, **self.values)
        except UsageError as error:
            if error.parameter:
                flags = {each.name: each.flag for each in leaves()[self.command].parameters}
                error.message = error.message.replace(error.parameter, flags[error.parameter], 1)
            raise


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
    at: str | None,
    worktrees: bool,
    database: str | None,
    workspaces: list[str],
    max_age: str | None,
    provenance: bool,
) -> ExitCode:
    """Show the relations that match all criteria."""
    mode = call.mode
    if provenance and (at is not None or database is not None or worktrees):
        raise UsageError(
            "--provenance is about the present files of this work tree",
            "leave out --at, --from or --worktrees",
        )
    asked: dict[str, Any] = {
        "ticket": ticket,
        "kinds": kinds,
        "states": states,
        "everything": everything,
        "limit": _default_limit() if limit is None else limit,
        "since": since,
        "author": author,
    }
    origin = Origin(database, workspaces, max_age)
    if worktrees:
        from yoi_relations.cli.worktrees import show_worktrees

        return show_worktrees(call, origin, at, asked)
    from yoi_relations.queries.show import ask_relations
    from yoi_relations.render.show import write_relations

    with call.open_catalog(origin, at=at) as catalog:
        paths = PathBase(catalog.workspace, os.curdir)
        criteria, answer = ask_relations(catalog.connection, paths, in_part=call.notify, **asked)
        found = None
        if provenance and catalog.workspace is not None:
            from yoi_relations.queries.provenance import find_provenance

            found = find_provenance(catalog.workspace, catalog.connection, answer.relations)
        return write_relations(mode, catalog, criteria, answer, found, paged=not call.no_pager)


def _default_limit() -> int:
    return TERMINAL_DEFAULT_LIMIT if sys.stdout.isatty() else DEFAULT_LIMIT


def check(
    call: Call,
    *,
    tickets: list[str],
    states: Iterable[State],
    expect: str | None,
    at: str | None,
    base: str | None,
    worktrees: bool,
    database: str | None,
    workspaces: list[str],
    max_age: str | None,
) -> ExitCode:
    """Say whether tickets may be accepted now."""
    from yoi_relations.queries.check import ask_checks
    from yoi_relations.render.check import write_checks

    mode = call.mode
    if expect is not None and len(tickets) != 1:
        raise UsageError(
            "--expect needs exactly one ticket", "name the ticket that was checked before"
        )
    origin = Origin(database, workspaces, max_age)
    if database is not None and base is not None:
        raise UsageError("--base and --from exclude each other", "leave one of them out")
    if worktrees:
        from yoi_relations.cli.worktrees import check_worktrees

        return check_worktrees(call, origin, at, base, tickets, states, expect)

    def answer(catalog: Catalog, base_index: Index | None) -> ExitCode:
        return write_checks(
            mode,
            catalog,
            ask_checks(
                catalog.connection,
                PathBase(catalog.workspace, os.curdir),
                tickets=tickets,
                states=states,
                base_index=base_index,
            ),
            expect,
            named=bool(tickets),
            by_state=bool(states),
            paged=not call.no_pager,
        )

    if base is None:
        with call.open_catalog(origin, at=at) as catalog:
            return answer(catalog, None)
    call.check_origin(origin)
    index, base_index = call.open_with_base(at, base)
    with index, base_index:
        call.notify_if_empty(index)
        return answer(index, base_index)


def log(
    call: Call, *, name: str | None, kinds: Iterable[str], since: str | None, limit: int | None
) -> ExitCode:
    """Show the events in the lives of records, newest first."""
    from yoi_relations.queries.log import ask_log
    from yoi_relations.render.log import write_log

    mode = call.mode
    with call.open_index() as index:
        answer = ask_log(
            index,
            PathBase(index.workspace, os.curdir),
            name=name,
            kinds=kinds,
            since=since,
            limit=_default_limit() if limit is None else limit,
            in_part=call.notify,
        )
        return write_log(mode, index, answer, paged=not call.no_pager)


def tree(
    call: Call,
    *,
    ticket: str | None,
    reverse: bool,
    depth: int | None,
    kinds: Iterable[str],
    everything: bool,
    at: str | None,
    database: str | None,
    workspaces: list[str],
    max_age: str | None,
) -> ExitCode:
    """Show what waits for what."""
    from yoi_relations.queries.tree import ask_tree
    from yoi_relations.render.tree import write_tree

    mode = call.mode
    with call.open_catalog(Origin(database, workspaces, max_age), at=at) as catalog:
        found = ask_tree(
            catalog.connection,
            PathBase(catalog.workspace, os.curdir),
            ticket=ticket,
            kinds=kinds,
            reverse=reverse,
            everything=everything,
            depth=depth,
            in_part=call.notify,
        )
        return write_tree(mode, catalog, found, paged=not call.no_pager)


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
    """Add a record, and show what it states and where it is."""
    from yoi_relations.recording.add import RecordRequest, add_record
    from yoi_relations.render import receipts

    mode = call.mode
    note = note and _text_or_stdin(note)
    options = (branch, worktree, role_plan, author, replaces)
    request = RecordRequest(ticket, kind, target, note, *options, base_folder=os.curdir)
    with add_record(call.workspace(), request, call.notify) as done:
        return receipts.write_added(mode, done)


def retire(call: Call, *, records: list[str], reason: str, author: str | None) -> ExitCode:
    """Retire the records, and show what that changes."""
    from yoi_relations.recording.retire import RetirementRequest, retire_records
    from yoi_relations.render import receipts

    mode = call.mode
    request = RetirementRequest(
        tuple(records), _text_or_stdin(reason), author, base_folder=os.curdir
    )
    with retire_records(call.workspace(), request, call.notify) as done:
        return receipts.write_retired(mode, done)


def _text_or_stdin(text: str) -> str:
    """`text`; if it is ``-``, the text on standard input."""
    if text != "-":
        return text
    from yoi_relations.cli.stdin import read_note

    return read_note()


def rebuild(call: Call) -> ExitCode:
    """Throw the index away and build it from the files."""
    import time

    from yoi_relations.index.reconcile import rebuild_index
    from yoi_relations.render.status import write_rebuild
    from yoi_relations.render.terminal.progress import progress_bar

    mode = call.mode
    start = time.monotonic()
    with progress_bar("reading") as progress:
        index = rebuild_index(call.workspace(), progress)
    with index:
        return write_rebuild(mode, index, time.monotonic() - start)


def doctor(call: Call, *, severity: Severity, at: str | None) -> ExitCode:
    """Show findings of at least `severity`."""
    from yoi_relations.queries.doctor.diagnosis import diagnose
    from yoi_relations.render.doctor import write_findings

    mode = call.mode
    with call.open_index(at=at) as index:
        diagnosis = diagnose(index.workspace, index.connection, severity)
        return write_findings(mode, index, diagnosis, paged=not call.no_pager)


def status(call: Call) -> ExitCode:
    """Show the state of the index; the cache folder is not changed."""
    from yoi_relations.render.status import write_status

    mode = call.mode
    with call.open_index(publish=False) as index:
        call.notify_if_empty(index)
        return write_status(mode, index)


def prime(call: Call) -> ExitCode:
    """Print the guide for agents; it needs no workspace."""
    from yoi_relations.render.guide import GUIDE

    if call.mode is Mode.JSON:
        write_answer(json_line(bare_document("prime") | {"guide": GUIDE}))
    else:
        write_answer(GUIDE)
    return ExitCode.DONE


def graph(
    call: Call,
    *,
    tickets: list[str],
    format: GraphFormat | None,  # noqa: A002  # the name of the option
    kinds: Iterable[str],
    states: Iterable[State],
    depth: int | None,
    everything: bool,
    output: str | None,
    at: str | None,
    database: str | None,
    workspaces: list[str],
    max_age: str | None,
) -> ExitCode:
    """Write tickets and their relations as a diagram, a page or a document."""
    from yoi_relations.cli.graph_output import graph_text, write_file
    from yoi_relations.queries.overview import ask_overview
    from yoi_relations.render.problem_notices import notify_of_problems

    mode = call.mode
    if call.as_json and format not in (None, GraphFormat.JSON):
        raise UsageError(f"--json and --format {format} exclude each other", "give one of them")
    wanted = GraphFormat.JSON if call.as_json else format or GraphFormat.MERMAID
    with call.open_catalog(Origin(database, workspaces, max_age), at=at) as catalog:
        overview = ask_overview(
            catalog.connection,
            PathBase(catalog.workspace, os.curdir),
            tickets=tickets,
            kinds=kinds,
            states=states,
            depth=depth,
            # The page itself shows and hides what is not active.
            everything=everything or wanted is GraphFormat.HTML,
            in_part=call.notify,
        )
        text = graph_text(wanted, catalog, overview, call.notify)
    if output is None:
        write_answer(text)
    else:
        write_file(output, text)
    notify_of_problems(mode, catalog, overview.problems, overview.problems_in_answer)
    return ExitCode.PROBLEM_IN_ANSWER if overview.problems_in_answer else ExitCode.DONE


def diff(
    call: Call, *, earlier: str | None, later: str | None, merge: str | None, exit_code: bool
) -> ExitCode:
    """Show what changed in meaning between two states, or what a merge would change."""
    if merge is None:
        from yoi_relations.cli.diff import compare

        return compare(call, earlier, later, exit_code=exit_code)
    if earlier is not None:
        raise UsageError("--merge takes no REV: it merges into HEAD", "leave REV out")
    from yoi_relations.cli.merge import preview_merge

    return preview_merge(call, merge, exit_code=exit_code)


def watch(call: Call, *, once: bool, timeout: float | None, publish: bool) -> ExitCode:
    """Print changes until the first one (`once`), a timeout (seconds) or an interrupt."""
    from yoi_relations.watch import loop
    from yoi_relations.watch.printer import change_printer, has_reader

    call.refuse_unchecked("watch")
    gc.enable()  # `__main__` disables it, because most commands are short
    asked = loop.WatchRequest(
        workspace=call.workspace(),
        print_changes=change_printer(call.mode),
        notify=call.notify,
        has_reader=has_reader,
        trust=call.trust or Trust.STAT,
        once=once,
        timeout=timeout,
        begin_publication=_database_commands().publisher(call) if publish else None,
    )
    return loop.watch(asked)


def publish(call: Call, *, to: str | None, name: str | None, force: bool) -> ExitCode:
    """Put the answers of the workspace into a database."""
    code: ExitCode = _database_commands().publish(call, to, name, force=force)
    return code


def server_migrate(call: Call, *, to: str | None) -> ExitCode:
    """Bring the tables of a database up to date."""
    code: ExitCode = _database_commands().migrate(call, to)
    return code


def server_list(call: Call, *, to: str | None) -> ExitCode:
    """List the workspaces in a database."""
    code: ExitCode = _database_commands().list_all(call, to)
    return code


def server_forget(call: Call, *, name: str, to: str | None) -> ExitCode:
    """Delete a workspace from a database."""
    code: ExitCode = _database_commands().forget(call, name, to)
    return code


def _database_commands() -> Any:  # noqa: ANN401  # a module
    from yoi_relations.extras import ExtraNeeded

    with ExtraNeeded("server"):
        from yoi_relations.cli import database
    return database


def verify(call: Call) -> ExitCode:
    """Compare the index with the files, and show the differences."""
    from yoi_relations.index.verify import verify_index
    from yoi_relations.render.terminal.progress import progress_bar
    from yoi_relations.render.verify import write_verification

    mode = call.mode
    with progress_bar("reading") as progress:
        verification = verify_index(call.workspace(), progress)
    with verification.fresh:
        return write_verification(mode, verification)


def serve(
    call: Call,
    *,
    port: int | None,
    open_browser: bool,
    database: str | None,
    workspaces: list[str],
    max_age: str | None,
) -> ExitCode:
    """Serve the page until an interrupt."""
    from yoi_relations.extras import ExtraNeeded

    origin = Origin(database, workspaces, max_age)
    call.check_origin(origin)
    call.refuse_unchecked("serve")
    gc.enable()  # as in `watch`
    with ExtraNeeded("serve"):
        from yoi_relations.serve import server
    return server.serve(call, origin, port or 0, open_browser=open_browser)


def mcp(
    call: Call,
    *,
    allow_write: bool,
    database: str | None,
    workspaces: list[str],
    max_age: str | None,
) -> ExitCode:
    """Run the MCP server until the client closes the input."""
    from yoi_relations.extras import ExtraNeeded

    origin = Origin(database, workspaces, max_age)
    call.check_origin(origin)
    if allow_write and database is not None:
        raise UsageError("--allow-write and --from exclude each other", "leave one of them out")
    call.refuse_unchecked("mcp")
    gc.enable()  # as in `watch`
    with ExtraNeeded("mcp"):
        from yoi_relations.mcp import server
    return server.serve(call, origin, allow_write=allow_write)


def hooks(call: Call, action: str) -> ExitCode:
    """Install, uninstall or list the git hooks, and show their states."""
    from yoi_relations.hooks.installation import ACTIONS
    from yoi_relations.render.hooks import write_hooks

    mode, workspace = call.mode, call.workspace()
    change, error_of = ACTIONS[action]
    changed = change(workspace)
    if error := error_of(changed):
        raise error
    return write_hooks(mode, workspace, changed)


def hooks_run(call: Call) -> ExitCode:
    """Refresh the index quietly; errors are ignored."""
    from yoi_relations.hooks.refresh import refresh_quietly

    refresh_quietly(call.directory)
    return ExitCode.DONE


def completion_script(call: Call, shell: str) -> ExitCode:
    """Print the completion script for `shell`."""
    from yoi_relations.completion.scripts import print_script

    print_script(call.mode, shell)
    return ExitCode.DONE


def completion_run(_call: Call, *, words: list[str], line: str | None) -> ExitCode:
    """Print the candidates for an incomplete command line; the scripts call this."""
    from yoi_relations.completion.request import write_candidates

    write_candidates(words, line)
    return ExitCode.DONE


def version() -> ExitCode:
    """Print the version; it needs no workspace."""
    write_answer(f"relations {__version__}\n")
    return ExitCode.DONE


COMMANDS: dict[str, Callable[..., ExitCode]] = {
    "show": show,
    "check": check,
    "tree": tree,
    "log": log,
    "add": add,
    "retire": retire,
    "rebuild": rebuild,
    "doctor": doctor,
    "status": status,
    "prime": prime,
    "graph": graph,
    "diff": diff,
    "watch": watch,
    "serve": serve,
    "verify": verify,
    "mcp": mcp,
    "publish": publish,
    "server migrate": server_migrate,
    "server list": server_list,
    "server forget": server_forget,
    "hooks install": lambda call: hooks(call, "install"),
    "hooks uninstall": lambda call: hooks(call, "uninstall"),
    "hooks list": lambda call: hooks(call, "list"),
    "hooks run": hooks_run,
    "completion bash": lambda call: completion_script(call, "bash"),
    "completion zsh": lambda call: completion_script(call, "zsh"),
    "completion fish": lambda call: completion_script(call, "fish"),
    "completion run": completion_run,
}
"""Functions by the words that name the command. A test compares their parameters with the table."""
