"""Finds the tickets that a person names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yoi_relations.index.handle import Notify
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Connection
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.records import Condition, where
from yoi_relations.queries.scope import expect, narrow, scope_of
from yoi_relations.queries.tickets import TicketInfo, load_tickets


def resolve_ticket(
    connection: Connection, name: str, base: PathBase, *, in_part: Notify | None = None
) -> TicketInfo:
    """The ticket that a person calls `name`; parameters and errors as in `resolve_tickets`."""
    return resolve_tickets(connection, [name], base, in_part=in_part)[0]


def resolve_tickets(
    connection: Connection, names: Sequence[str], base: PathBase, *, in_part: Notify | None = None
) -> list[TicketInfo]:
    """The tickets that a person calls by `names`, in the same order.

    A name is an id, the path of a folder, a slug, or an unambiguous ending of an id. With
    `in_part` it is also an unambiguous part of an id or a slug, or else of a title. The first of
    these steps that matches decides. `in_part` receives a notice if a name is only a part.

    From then on, a database is asked about the workspaces of these tickets alone.

    Raises:
        NotFoundError: none of the steps matches one of the names.
        AmbiguousError: the step that matches a name finds several tickets.
    """
    tickets = _tickets_by_id(connection, names)
    if any(name not in tickets for name in names):
        from yoi_relations.queries.ticket_search import TicketSearch  # noqa: PLC0415  # ids need none

        search = TicketSearch(connection, base, in_part)
        for name in names:
            if name not in tickets:
                tickets[name] = search.find(name)
    found = [tickets[name] for name in names]
    narrow(connection, [ticket.id for ticket in found])
    return found


def narrow_to_named(connection: Connection, names: Sequence[str]) -> None:
    """Leave out other workspaces before tickets are looked up, if all names are ``workspace:ID``.

    What is then expected is asked together with the tickets.
    """
    if names and all(":" in name for name in names):
        from yoi_relations.ticket_ids import is_elsewhere  # noqa: PLC0415  # few ids have a colon

        if all(map(is_elsewhere, names)):
            narrow(connection, names)


def _tickets_by_id(connection: Connection, names: Sequence[str]) -> dict[str, TicketInfo]:
    """By name, the tickets whose id is one of `names` and not also the slug of another ticket.

    This is the common case, and the only one that an index of the table answers.
    """
    scope = scope_of(connection)
    ids = {name: id_ for name in names if (id_ := scope.whole_id(name)) is not None}
    expect(connection, lambda to: load_tickets(to, ids.values()), lambda to: _slugs(to, ids))
    tickets = load_tickets(connection, ids.values())
    slugs = _slugs(connection, ids)
    named = ((name, tickets[id_]) for name, id_ in ids.items())
    return {name: ticket for name, ticket in named if ticket.folders and name not in slugs}


def _slugs(connection: Connection, names: Iterable[str]) -> set[str]:
    """Those of `names` that are slugs of tickets with another id."""
    is_slug = Condition("slug IN (SELECT value FROM json_each(?))", (json_text(list(names)),))
    sql, values = where([is_slug, *scope_of(connection).rows])
    rows = connection.execute(f"SELECT DISTINCT slug, ticket FROM ticket_name{sql}", values)  # noqa: S608  # fixed text
    return {slug for slug, ticket in rows if slug != ticket}
