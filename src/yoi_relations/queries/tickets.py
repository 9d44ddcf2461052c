"""Tickets as relations see them, by id and by state."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.kinds import named
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.states import RESOLVED

_AT_ONCE = 500
"""Tickets that one query asks for; SQLite bounds how many values a query takes."""
_COLUMNS = "ticket, title, slug, state, folder, folders"


class TicketInfo(NamedTuple):
    """A ticket as relations see it.

    Attributes:
        id: its folder's name.
        title: None where it has none, or there is no such ticket.
        slug: likewise.
        state: None where it is not known; such a ticket counts as unresolved.
        folder: path of its folder; None where no folder with an item.md goes by that id.
        folders: how many folders go by that id.
    """

    id: str
    title: str | None
    slug: str | None
    state: str | None
    folder: str | None
    folders: int

    @property
    def name(self) -> str:
        """Its id as it appears in a sentence."""
        return named(self.id)

    @property
    def resolved(self) -> bool:
        """Whether its work is over."""
        return self.state in RESOLVED


def load_tickets(connection: Connection, ids: Iterable[str]) -> dict[str, TicketInfo]:
    """The tickets with these ids; one that does not exist has nothing but its id."""
    wanted = sorted(set(ids))
    found = {id_: TicketInfo(id_, None, None, None, None, 0) for id_ in wanted}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        # A list of values is looked up inside the view; of a subquery, all tickets would be read.
        query = f"SELECT {_COLUMNS} FROM ticket_now WHERE ticket IN ({marks})"  # noqa: S608
        found |= {row[0]: TicketInfo(*row) for row in connection.execute(query, part)}
    return found


def tickets_in(connection: Connection, states: Iterable[str | None]) -> list[TicketInfo]:
    """The tickets in one of these states, by id; None is a state that is not known."""
    wanted = set(states)
    return [ticket for ticket in all_tickets(connection) if ticket.state in wanted]


def all_tickets(connection: Connection) -> list[TicketInfo]:
    """Every ticket, by id."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM ticket_now ORDER BY ticket")  # noqa: S608
    return [TicketInfo(*row) for row in rows]
