"""Tickets by id and by state."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.kinds import named
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.states import RESOLVED

_BATCH = 500
"""Tickets per query; SQLite limits the number of values of a query."""
_COLUMNS = "ticket, title, slug, state, folder, folders"


class TicketInfo(NamedTuple):
    """A ticket.

    Attributes:
        id: name of its folder.
        title: title; None if it has none or does not exist.
        slug: slug; None if it has none or does not exist.
        state: state; None if it is not known. Such a ticket counts as unresolved.
        folder: path of its folder; None if no folder with that id has an item.md.
        folders: number of folders with that id.
    """

    id: str
    title: str | None
    slug: str | None
    state: str | None
    folder: str | None
    folders: int

    @property
    def name(self) -> str:
        """Its id for a sentence."""
        return named(self.id)

    @property
    def elsewhere(self) -> bool:
        """Whether it is a ticket of another workspace, whose state is not known here."""
        if self.folders or ":" not in self.id:
            return False
        from yoi_relations.ticket_ids import is_elsewhere  # noqa: PLC0415  # few ids have a colon

        return is_elsewhere(self.id)

    @property
    def state_words(self) -> str:
        """Its state, or why none is known."""
        if self.state is not None:
            return self.state
        if self.elsewhere:
            return "elsewhere"
        return "state unknown" if self.folders else "does not exist"

    @property
    def resolved(self) -> bool:
        """Whether it is done or closed."""
        return self.state in RESOLVED


def load_tickets(connection: Connection, ids: Iterable[str]) -> dict[str, TicketInfo]:
    """By id, the tickets with these ids; one that does not exist has only its id."""
    wanted = sorted(set(ids))
    found = {id_: TicketInfo(id_, None, None, None, None, 0) for id_ in wanted}
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        marks = ", ".join("?" * len(batch))
        # A list of values is applied inside the view; with a subquery, all tickets would be read.
        query = f"SELECT {_COLUMNS} FROM ticket_now WHERE ticket IN ({marks})"  # noqa: S608
        found |= {row[0]: TicketInfo(*row) for row in connection.execute(query, batch)}
    return found


def tickets_in(connection: Connection, states: Iterable[str | None]) -> list[TicketInfo]:
    """The tickets in one of these states, by id; None is a state that is not known."""
    wanted = set(states)
    return [ticket for ticket in all_tickets(connection) if ticket.state in wanted]


def all_tickets(connection: Connection) -> list[TicketInfo]:
    """Every ticket, by id."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM ticket_now ORDER BY ticket")  # noqa: S608
    return [TicketInfo(*row) for row in rows]
