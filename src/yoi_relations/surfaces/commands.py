"""What the commands of the table do, whichever door they came in by."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from yoi_relations.errors import ExitCode
from yoi_relations.index.refresh import rebuild_index
from yoi_relations.kinds import ALL_SHOWN, select_shown
from yoi_relations.queries.relations import Filter, find_relations
from yoi_relations.queries.tickets import resolve_ticket
from yoi_relations.states import State
from yoi_relations.surfaces import report
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.table import REBUILD, SHOW, STATUS


def show(  # noqa: PLR0913  # as many as there are options
    call: Call,
    *,
    ticket: str | None,
    kinds: Iterable[str],
    states: Iterable[State],
    everything: bool,
    limit: int,
) -> ExitCode:
    """Answer with the relations that are asked for."""
    mode = call.mode
    shown = select_shown(kinds) or ALL_SHOWN
    with call.opened() as index:
        asked = Filter(
            ticket=resolve_ticket(index.connection, ticket).id if ticket is not None else None,
            kinds=shown,
            states=frozenset(states),
            inactive=everything,
            limit=limit,
        )
        return report.relations(mode, index, asked, find_relations(index.connection, asked))


def status(call: Call) -> ExitCode:
    """Answer with the state of the index; the cache folder is left alone."""
    mode = call.mode
    with call.opened(publish=False) as index:
        return report.status(mode, index)


def rebuild(call: Call) -> ExitCode:
    """Throw the index away and build it from the files."""
    from yoi_relations.surfaces.progress import progress_bar  # noqa: PLC0415  # a read draws none

    mode = call.mode
    start = time.monotonic()
    with progress_bar("reading") as progress:
        index = rebuild_index(call.workspace(), progress)
    with index:
        return report.rebuilt(mode, index, time.monotonic() - start)


COMMANDS: dict[str, Callable[..., ExitCode]] = {
    SHOW.name: show,
    REBUILD.name: rebuild,
    STATUS.name: status,
}
"""By the names of their forms in the table, whose options are their parameters."""
