"""Questions as people and programs put them, in names and words, and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yoi_relations.errors import UsageError
from yoi_relations.kinds import ALL_SHOWN, one_by_one, select_shown
from yoi_relations.queries.answers import Answer, Filter, find_relations
from yoi_relations.queries.tickets import TicketInfo, resolve_ticket, resolve_tickets, tickets_in
from yoi_relations.states import UNRESOLVED, State, suggest_state
from yoi_relations.typed import TYPE_CHECKING, Connection

if TYPE_CHECKING:
    from yoi_relations.queries.check import Checked

_MOST = 2**31 - 1
"""More than there can be; SQLite takes no number beyond 64 bits."""


def ask_relations(  # noqa: PLR0913  # as many as there are options
    connection: Connection,
    *,
    ticket: str | None = None,
    kinds: Iterable[str] = (),
    states: Iterable[str] = (),
    everything: bool = False,
    limit: int = 0,
) -> tuple[Filter, Answer]:
    """The relations that are asked for, and the filter that the words came to.

    Args:
        connection: the index.
        ticket: what the ticket at either end is called; None for any.
        kinds: kinds, classes and aliases; none for all.
        states: the ticket must be in one of them; none for any.
        everything: whether those that no longer count are wanted too.
        limit: the most to answer with; 0 for all.

    Raises:
        UsageError: there is no such kind or state, or the limit is below 0.
        NotFoundError: no ticket is called that, or several are.
    """
    if limit < 0:
        raise UsageError(f"the limit {limit} is below 0", "0 stands for all")
    shown = select_shown(kinds) or ALL_SHOWN
    wanted = states_named(states)
    id_ = resolve_ticket(connection, ticket).id if ticket is not None else None
    asked = Filter(id_, shown, frozenset(wanted), everything, min(limit, _MOST))
    return asked, find_relations(connection, asked)


def ask_checks(
    connection: Connection, *, tickets: Sequence[str] = (), states: Iterable[str] = ()
) -> Checked:
    """A check of each ticket that is named or in one of the states; of all unresolved else.

    Raises:
        UsageError: both are given, or there is no such state.
        NotFoundError: no ticket is called that, or several are.
    """
    from yoi_relations.queries.check import check_tickets  # noqa: PLC0415  # a lookup judges nothing

    wanted = states_named(states)
    if tickets and wanted:
        raise UsageError("tickets and states exclude each other", "name tickets, or give states")
    if tickets:
        asked = _distinct(resolve_tickets(connection, tickets))
    else:
        asked = tickets_in(connection, wanted or UNRESOLVED)
    return check_tickets(connection, asked)


def states_named(words: Iterable[str]) -> frozenset[State]:
    """The states that `words` name.

    Raises:
        UsageError: a word is none; the hint names the closest ones.
    """
    wanted = set()
    for word in words:
        if word not in list(State):
            known = f"known: {', '.join(State)}"
            hint = one_by_one("--state", word, State) or suggest_state(word, State)
            raise UsageError(f"unknown state '{word}'", hint or known)
        wanted.add(State(word))
    return frozenset(wanted)


def _distinct(tickets: Iterable[TicketInfo]) -> list[TicketInfo]:
    return list({ticket.id: ticket for ticket in tickets}.values())
