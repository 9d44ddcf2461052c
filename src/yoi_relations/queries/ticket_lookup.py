"""Finds the tickets that a person names."""

from __future__ import annotations

from collections.abc import Sequence

from yoi_relations.index.handle import Notify
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Connection
from yoi_relations.queries.path_base import PathBase
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
    return [tickets[name] for name in names]


def _tickets_by_id(connection: Connection, names: Sequence[str]) -> dict[str, TicketInfo]:
    """By name, the tickets whose id is one of `names` and not also the slug of another ticket.

    This is the common case, and the only one that an index of the table answers. Names that are
    not ASCII are left out: they have several Unicode forms, and a shell may pass what is not text.
    """
    tickets = load_tickets(connection, filter(str.isascii, names))
    rows = connection.execute(
        "SELECT DISTINCT slug FROM ticket_name"
        " WHERE slug IN (SELECT value FROM json_each(?)) AND slug <> ticket",
        (json_text(list(tickets)),),
    )
    slugs = {slug for (slug,) in rows}
    return {id_: ticket for id_, ticket in tickets.items() if ticket.folders and id_ not in slugs}
