"""Finds the tickets that a person names."""

from __future__ import annotations

from collections.abc import Sequence

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

    This is the common case, and the only one that an index of the table answers. Names that are
    not ASCII are left out: they have several Unicode forms, and a shell may pass what is not text.
    """
    plain = [name for name in names if name.isascii()]
    expect(connection, lambda to: load_tickets(to, plain), lambda to: _slugs(to, plain))
    tickets = load_tickets(connection, plain)
    slugs = _slugs(connection, plain)
    return {id_: ticket for id_, ticket in tickets.items() if ticket.folders and id_ not in slugs}


def _slugs(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of `names` that are slugs of tickets with another id."""
    is_slug = Condition("slug IN (SELECT value FROM json_each(?))", (json_text(list(names)),))
    sql, values = where([is_slug, *scope_of(connection).rows])
    rows = connection.execute(f"SELECT DISTINCT slug, ticket FROM ticket_name{sql}", values)  # noqa: S608  # fixed text
    return {slug for slug, ticket in rows if slug != ticket}
