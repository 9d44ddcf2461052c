"""Tickets by id and by state."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.kinds import named, quoted
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.records import Condition, where
from yoi_relations.queries.scope import Uncertain, scope_of
from yoi_relations.states import RESOLVED

_BATCH = 500
"""Tickets per query; SQLite limits the number of values of a query."""
_COLUMNS = "ticket, title, slug, state, folder, folders, NULL AS uncertain, word"


class TicketInfo(NamedTuple):
    """A ticket.

    Attributes:
        id: name of its folder.
        title: title; None if it has none or does not exist.
        slug: slug; None if it has none or does not exist.
        state: state; None if it is not known. Such a ticket counts as unresolved.
        folder: path of its folder; None if no folder with that id has an item.md. For a ticket of
            another tool, path of its file.
        folders: number of folders with that id.
        uncertain: why nothing certain is known about it; None if there is no such reason.
        word: for its state, in a file of another tool; empty if it cannot be read, and None for a
            ticket of yoi.
    """

    id: str
    title: str | None
    slug: str | None
    state: str | None
    folder: str | None
    folders: int
    uncertain: Uncertain | None = None
    word: str | None = None

    @property
    def name(self) -> str:
        """Its id for a sentence."""
        return named(self.id)

    @property
    def elsewhere(self) -> bool:
        """Whether it is a ticket of another workspace, whose state is not known here."""
        return self.uncertain in (Uncertain.ELSEWHERE, Uncertain.UNPUBLISHED)

    @property
    def certain_state(self) -> str | None:
        """Its state, if that is certain."""
        return None if self.uncertain else self.state

    @property
    def file(self) -> str:
        """Path of the file that describes it, or should."""
        return f"{self.folder}/item.md" if self.word is None else f"{self.folder}"

    @property
    def state_words(self) -> str:
        """Its state, with the word of another tool for it; or why none is known."""
        if self.state is not None:
            if not self.word or self.word == self.state:
                return self.state
            return f"{self.state} ({quoted(self.word)})"
        if self.elsewhere:
            return "elsewhere"
        return "state unknown" if self.folders or self.uncertain else "does not exist"

    @property
    def resolved(self) -> bool:
        """Whether it is done or closed."""
        return self.state in RESOLVED


def load_tickets(connection: Connection, ids: Iterable[str]) -> dict[str, TicketInfo]:
    """By id, the tickets with these ids; one that does not exist has only its id."""
    wanted = sorted(set(ids))
    found: dict[str, TicketInfo | None] = dict.fromkeys(wanted)
    remembered = scope_of(connection).remembered(wanted)
    found |= {id_: TicketInfo(*row) for id_, row in remembered.items() if row}
    asked = [id_ for id_ in wanted if id_ not in remembered] if remembered else wanted
    for start in range(0, len(asked), _BATCH):
        batch = asked[start : start + _BATCH]
        marks = ", ".join("?" * len(batch))
        # A list of values is applied inside the view; with a subquery, all tickets would be read.
        query = f"SELECT {_COLUMNS} FROM ticket_now WHERE ticket IN ({marks})"  # noqa: S608
        found |= {row[0]: TicketInfo(*row) for row in connection.execute(query, batch)}
    return {id_: ticket or _missing(connection, id_) for id_, ticket in found.items()}


def find_ends(connection: Connection, *conditions: Condition) -> list[TicketInfo]:
    """The tickets at the ends of the records that meet all `conditions`."""
    sql, values = where(conditions)
    query = (
        f"SELECT {_COLUMNS} FROM ticket_now WHERE ticket IN (SELECT edge_ticket FROM statement{sql}"  # noqa: S608  # fixed text
        f" UNION SELECT edge_target FROM statement{sql})"
    )
    return [TicketInfo(*row) for row in connection.execute(query, values * 2)]


def _missing(connection: Connection, id_: str) -> TicketInfo:
    """A ticket that was not found."""
    scope = scope_of(connection)
    uncertain = scope.uncertain(id_) if scope.shared or ":" in id_ else None
    return TicketInfo(id_, None, None, None, None, 0, uncertain)


def tickets_in(connection: Connection, states: Iterable[str | None]) -> list[TicketInfo]:
    """The tickets in one of these states, by id; None is a state that is not known."""
    return _tickets(connection, _in_states(states))


def count_in(connection: Connection, states: Iterable[str | None]) -> int:
    """The number of tickets in one of these states."""
    sql, values = where([_in_states(states), *scope_of(connection).rows])
    (count,) = connection.execute(f"SELECT count(*) FROM ticket_now{sql}", values).fetchone()  # noqa: S608  # fixed text
    return int(count)


def all_tickets(connection: Connection) -> list[TicketInfo]:
    """Every ticket, by id."""
    return _tickets(connection)


def _in_states(states: Iterable[str | None]) -> Condition:
    words = [state or "" for state in states]
    # One that does not exist can have records if another tool keeps the tickets.
    sql = "folders > 0 AND coalesce(state, '') IN (SELECT value FROM json_each(?))"
    return Condition(sql, (json_text(words),))


def _tickets(connection: Connection, *conditions: Condition) -> list[TicketInfo]:
    sql, values = where([*conditions, *scope_of(connection).rows])
    rows = connection.execute(f"SELECT {_COLUMNS} FROM ticket_now{sql} ORDER BY ticket", values)  # noqa: S608
    return [TicketInfo(*row) for row in rows]
