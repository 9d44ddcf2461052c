"""Questions as people and programs put them, in names and words, and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yoi_relations.errors import AmbiguousError, NotFoundError, UsageError
from yoi_relations.index.handle import Notify
from yoi_relations.kinds import ALL_SHOWN, select_shown, separate_options_hint
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import TYPE_CHECKING, Connection
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.show import Answer, Filter, find_relations
from yoi_relations.queries.tickets import TicketInfo, load_tickets, tickets_in
from yoi_relations.states import UNRESOLVED, State, suggest_state

if TYPE_CHECKING:
    from yoi_relations.queries.check import Checked

_MOST = 2**31 - 1
"""More than there can be; SQLite takes no number beyond 64 bits."""


def ask_relations(  # noqa: PLR0913  # as many as there are options
    connection: Connection,
    base: PathBase,
    *,
    ticket: str | None = None,
    kinds: Iterable[str] = (),
    states: Iterable[str] = (),
    everything: bool = False,
    limit: int = 0,
    since: str | None = None,
    author: str | None = None,
    in_part: Notify | None = None,
) -> tuple[Filter, Answer]:
    """The relations that are asked for, and the filter that the words came to.

    Args:
        connection: the index.
        base: what paths are relative to.
        ticket: what the ticket at either end is called, or a record; None for any.
        kinds: kinds, classes and aliases; none for all.
        states: the ticket must be in one of them; none for any.
        everything: whether those that no longer count are wanted too.
        limit: the most to answer with; 0 for all.
        since: one record must have been recorded or retired since then; None for any time.
        author: that record must be by this author; None for anybody.
        in_part: is told which ticket was taken for a mere part of its names; None to take no parts.

    Raises:
        UsageError: there is no such kind or state, `since` is not a time, or the limit is below 0.
        NotFoundError: no ticket or record is called that; `AmbiguousError` where several are.
    """
    if limit < 0:
        raise UsageError(f"the limit {limit} is below 0", "0 stands for all")
    shown = select_shown(kinds) or ALL_SHOWN
    wanted = states_named(states)
    asked = Filter(None, shown, frozenset(wanted), everything, min(limit, _MOST))
    if since is not None or author is not None:
        from yoi_relations.queries.record_filter import Written  # noqa: PLC0415  # times cost start-up

        asked = asked._replace(written=Written.of(author, since))
    if ticket is not None:
        asked = _about(connection, base, asked, ticket, in_part)
    return asked, find_relations(connection, asked)


def _about(
    connection: Connection, base: PathBase, asked: Filter, name: str, in_part: Notify | None
) -> Filter:
    """`asked` of the ticket that is called `name`; where none is, of the record."""
    try:
        (ticket,) = resolve_tickets(connection, [name], base, in_part=in_part)
    except AmbiguousError:
        raise
    except NotFoundError as error:
        from yoi_relations.queries.record_lookup import find_record  # noqa: PLC0415  # rarely asked

        try:
            record = find_record(connection, name, base)
        except AmbiguousError:
            raise
        except NotFoundError:
            hint = f"{error.hint}; a record by its id, or by PATH:LINE"
            raise NotFoundError(error.message, hint) from None
        return asked._replace(record=record, kinds=asked.kinds & {record.shown}, inactive=True)
    return asked._replace(ticket=ticket.id)


def ask_checks(
    connection: Connection,
    base: PathBase,
    *,
    tickets: Sequence[str] = (),
    states: Iterable[str] = (),
) -> Checked:
    """A check of each ticket that is named or in one of the states; otherwise of all unresolved.

    Raises:
        UsageError: both are given, or there is no such state.
        NotFoundError: no ticket is called that; `AmbiguousError` where several are.
    """
    from yoi_relations.queries.check import check_tickets  # noqa: PLC0415  # a lookup judges nothing

    wanted = states_named(states)
    if tickets and wanted:
        raise UsageError("tickets and states exclude each other", "name tickets, or give states")
    if tickets:
        asked = _distinct(resolve_tickets(connection, tickets, base))
    else:
        asked = tickets_in(connection, wanted or UNRESOLVED)
    return check_tickets(connection, asked)


def resolve_ticket(connection: Connection, name: str, base: PathBase) -> TicketInfo:
    """The ticket that a person calls `name`; see `resolve_tickets`."""
    return resolve_tickets(connection, [name], base)[0]


def resolve_tickets(
    connection: Connection, names: Sequence[str], base: PathBase, *, in_part: Notify | None = None
) -> list[TicketInfo]:
    """The tickets that a person calls by `names`.

    By id, then path of the folder, then slug, then unambiguous ending of the id; with `in_part`
    also by unambiguous part of id or slug, then of the title. The first of these steps that matches
    decides.

    Args:
        connection: the index.
        names: what they are called.
        base: what paths are relative to.
        in_part: is told which ticket was taken for a mere part; None to take no parts.

    Raises:
        NotFoundError: for one of the names, none of the steps matches.
        AmbiguousError: the step that matches names several tickets.
    """
    # By far the most common case, and the only one that an index of the table answers.
    # Of other characters there are several forms, and what a shell passes may not even be text.
    known = load_tickets(connection, filter(str.isascii, names))
    for slug in _slugs_of_others(connection, known):
        del known[slug]
    found = [ticket if ticket and ticket.folders else None for ticket in map(known.get, names)]
    if None in found:
        from yoi_relations.queries.ticket_search import Calling  # noqa: PLC0415  # an id needs none

        calling = Calling(connection, base, in_part)
        for at, name in enumerate(names):
            found[at] = found[at] or calling.ticket(name)
    return [ticket for ticket in found if ticket]


def _slugs_of_others(connection: Connection, ids: Iterable[str]) -> list[str]:
    """Those of `ids` that are slugs of other tickets."""
    rows = connection.execute(
        "SELECT DISTINCT slug FROM ticket"
        " WHERE slug IN (SELECT value FROM json_each(?)) AND slug <> ticket_id",
        (json_text(list(ids)),),
    )
    return [slug for (slug,) in rows]


def states_named(words: Iterable[str]) -> frozenset[State]:
    """The states that `words` name.

    Raises:
        UsageError: a word is none; the hint names the closest ones.
    """
    wanted = set()
    for word in words:
        if word not in list(State):
            known = f"known: {', '.join(State)}"
            hint = separate_options_hint("--state", word, State) or suggest_state(word, State)
            raise UsageError(f"unknown state '{word}'", hint or known)
        wanted.add(State(word))
    return frozenset(wanted)


def _distinct(tickets: Iterable[TicketInfo]) -> list[TicketInfo]:
    return list({ticket.id: ticket for ticket in tickets}.values())
