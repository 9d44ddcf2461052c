"""Tickets by id, and by whatever a person calls them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yoi_relations.errors import AmbiguousError, NotFoundError
from yoi_relations.kinds import quoted
from yoi_relations.states import RESOLVED
from yoi_relations.typed import TYPE_CHECKING, Connection, NamedTuple

if TYPE_CHECKING:
    from yoi_relations.queries.ticket_names import Names

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


def resolve_ticket(connection: Connection, name: str) -> TicketInfo:
    """The ticket that a person calls `name`; see `resolve_tickets`."""
    return resolve_tickets(connection, [name])[0]


def resolve_tickets(connection: Connection, names: Sequence[str]) -> list[TicketInfo]:
    """The tickets that a person calls by `names`.

    By id, then slug, then unambiguous ending of the id, then unambiguous part of id or slug; the
    first of these steps that matches decides.

    Raises:
        NotFoundError: for one of the names, none of the steps matches.
        AmbiguousError: the step that matches names several tickets.
    """
    # By far the most common case, and the only one that an index of the table answers.
    # What is no text, as a shell may pass it, is no id.
    known = load_tickets(connection, filter(_is_text, names))
    found = [ticket if ticket and ticket.folders else None for ticket in map(known.get, names)]
    if None in found:
        from yoi_relations.queries.ticket_names import Names  # noqa: PLC0415  # an id needs none

        others = Names(_names(connection))
        for at, name in enumerate(names):
            found[at] = found[at] or _called(connection, others, name)
    return [ticket for ticket in found if ticket]


def _called(connection: Connection, others: Names, name: str) -> TicketInfo:
    from yoi_relations.queries.ticket_names import MIN_PART  # noqa: PLC0415  # an id needs none

    ids = others.called(name)
    if not ids:
        raise NotFoundError(
            f"no ticket is called '{name}'",
            f"name it by id, slug, the end of its id, or a part of {MIN_PART} characters or more",
        )
    named = load_tickets(connection, ids)
    if len(ids) > 1:
        listed = [f"{id_} ({_titled(named[id_])})" for id_ in ids]
        raise AmbiguousError.among(name, "tickets", listed, "give more of the id or slug")
    return named[ids[0]]


def _titled(ticket: TicketInfo) -> str:
    return quoted(ticket.title) if ticket.title else "no title"


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _names(connection: Connection) -> list[tuple[str, str]]:
    """Id and slug of every ticket, by id."""
    slugs = dict(connection.execute("SELECT ticket_id, min(slug) FROM ticket GROUP BY ticket_id"))
    ids = connection.execute(
        "SELECT DISTINCT holder FROM source WHERE format <> 'stray' ORDER BY holder"
    )
    return [(id_, slugs.get(id_) or "") for (id_,) in ids]


def all_tickets(connection: Connection) -> list[TicketInfo]:
    """Every ticket, by id."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM ticket_now ORDER BY ticket")  # noqa: S608
    return [TicketInfo(*row) for row in rows]
