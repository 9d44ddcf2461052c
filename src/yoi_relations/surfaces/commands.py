"""What the commands that read do, whichever door they came in by."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from yoi_relations.errors import ExitCode, UsageError
from yoi_relations.kinds import ALL_SHOWN, select_shown
from yoi_relations.queries.relations import Filter, find_relations
from yoi_relations.queries.tickets import resolve_ticket, tickets_in
from yoi_relations.states import UNRESOLVED, State
from yoi_relations.surfaces import report
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.table import CHECK, SHOW, STATUS


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


def check(
    call: Call, *, tickets: list[str], states: Iterable[State], expect: str | None
) -> ExitCode:
    """Answer whether tickets may be accepted now."""
    from yoi_relations.queries.check import check_tickets  # noqa: PLC0415  # a lookup judges nothing
    from yoi_relations.surfaces import checks  # noqa: PLC0415  # likewise

    mode = call.mode
    if tickets and states:
        raise UsageError("tickets and --state exclude each other", "name tickets, or give states")
    if expect is not None and len(tickets) != 1:
        raise UsageError("--expect is about one ticket", "name the ticket that was checked before")
    with call.opened() as index:
        if tickets:
            named = [resolve_ticket(index.connection, name) for name in tickets]
            asked = list({ticket.id: ticket for ticket in named}.values())
        else:
            asked = tickets_in(index.connection, states or UNRESOLVED)
        checked = check_tickets(index.connection, asked)
        return checks.report(mode, index, checked, expect, named=bool(tickets))


def status(call: Call) -> ExitCode:
    """Answer with the state of the index; the cache folder is left alone."""
    from yoi_relations.surfaces import status as answer  # noqa: PLC0415  # a lookup counts nothing

    mode = call.mode
    with call.opened(publish=False) as index:
        return answer.report(mode, index)


COMMANDS: dict[str, Callable[..., ExitCode]] = {
    SHOW.name: show,
    CHECK.name: check,
    STATUS.name: status,
}
"""By the names of their forms in the table, whose options are their parameters."""
