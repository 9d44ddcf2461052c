"""What the commands of the table do, whichever door they came in by."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable

from yoi_relations import __version__
from yoi_relations.errors import ExitCode, UsageError
from yoi_relations.queries.asking import ask_checks, ask_relations
from yoi_relations.queries.path_names import PathBase
from yoi_relations.queries.problems import Severity
from yoi_relations.states import State
from yoi_relations.surfaces import report
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.output import SCHEMA_VERSION, Mode, json_line, write_answer
from yoi_relations.surfaces.table import (
    CHECK,
    DOCTOR,
    LIST_LIMIT,
    PRIME,
    REBUILD,
    SHOW,
    STATUS,
    TERMINAL_LIMIT,
)


def show(  # noqa: PLR0913  # as many as there are options
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
        return report.relations(mode, index, asked, answer)


def _default_limit() -> int:
    return TERMINAL_LIMIT if sys.stdout.isatty() else LIST_LIMIT


def check(
    call: Call, *, tickets: list[str], states: Iterable[State], expect: str | None
) -> ExitCode:
    """Answer whether tickets may be accepted now."""
    from yoi_relations.surfaces import checks  # noqa: PLC0415  # a lookup judges nothing

    mode = call.mode
    if expect is not None and len(tickets) != 1:
        raise UsageError("--expect is about one ticket", "name the ticket that was checked before")
    with call.opened() as index:
        call.tell_if_empty(index)
        base = PathBase(index.workspace, os.curdir)
        checked = ask_checks(index.connection, base, tickets=tickets, states=states)
        return checks.report(mode, index, checked, expect, named=bool(tickets))


def doctor(call: Call, *, severity: Severity) -> ExitCode:
    """Answer with what somebody may want to fix, from `severity` on."""
    # Regular expressions and all that looks for findings: for this command alone.
    from yoi_relations.queries.doctor.diagnosis import diagnose  # noqa: PLC0415
    from yoi_relations.surfaces import doctor as writer  # noqa: PLC0415

    mode = call.mode
    with call.opened() as index:
        return writer.report(mode, index, diagnose(index.workspace, index.connection, severity))


def status(call: Call) -> ExitCode:
    """Answer with the state of the index; the cache folder is left alone."""
    from yoi_relations.surfaces import status as answer  # noqa: PLC0415  # a lookup counts nothing

    mode = call.mode
    with call.opened(publish=False) as index:
        call.tell_if_empty(index)
        return answer.report(mode, index)


def rebuild(call: Call) -> ExitCode:
    """Throw the index away and build it from the files."""
    from yoi_relations.index.renewing import rebuild_index  # noqa: PLC0415  # its YAML costs start-up
    from yoi_relations.surfaces import status as answer  # noqa: PLC0415  # as above
    from yoi_relations.surfaces.progress import progress_bar  # noqa: PLC0415  # a read draws none

    mode = call.mode
    start = time.monotonic()
    with progress_bar("reading") as progress:
        index = rebuild_index(call.workspace(), progress)
    with index:
        return answer.report_rebuilt(mode, index, time.monotonic() - start)


def prime(call: Call) -> ExitCode:
    """Print the guide for agents; no workspace is needed."""
    from yoi_relations.surfaces.guide import GUIDE  # noqa: PLC0415  # for this command alone

    if call.mode is Mode.JSON:
        guide = {"schema_version": SCHEMA_VERSION, "document": "prime", "guide": GUIDE}
        write_answer(json_line(guide))
    else:
        write_answer(GUIDE)
    return ExitCode.DONE


def version() -> ExitCode:
    """Print the version; no workspace is needed."""
    write_answer(f"relations {__version__}\n")
    return ExitCode.DONE


COMMANDS: dict[str, Callable[..., ExitCode]] = {
    SHOW.name: show,
    CHECK.name: check,
    REBUILD.name: rebuild,
    DOCTOR.name: doctor,
    STATUS.name: status,
    PRIME.name: prime,
}
"""By the names of their forms in the table, whose options are their parameters."""
