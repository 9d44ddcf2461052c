"""Finds a ticket by a name that is not an id: a path, a slug, an ending, or a part."""

from __future__ import annotations

import os

from yoi_relations.errors import AmbiguousError, NotFoundError
from yoi_relations.files.ids import MIN_PART
from yoi_relations.files.nfc import composed
from yoi_relations.index.handle import Notify
from yoi_relations.kinds import quoted
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Connection
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.records import Condition, where
from yoi_relations.queries.scope import scope_of
from yoi_relations.queries.ticket_names import Named, TicketNames
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.ticket_ids import is_elsewhere

_MAX_LISTED = 10
"""Tickets that a hint offers."""
_NAMELESS = (None, None)
"""Slug and title in a row of a source that has none."""


class TicketSearch:
    """A search for tickets.

    The names of all tickets of an index are loaded once, when they are needed. Of those in a
    shared database, only the names that may be meant are loaded.
    """

    def __init__(self, connection: Connection, base: PathBase, in_part: Notify | None) -> None:
        self._connection = connection
        self._base = base
        self._in_part = in_part
        self._names: TicketNames | None = None

    def find(self, name: str) -> TicketInfo:
        """The ticket that `name` means.

        Raises:
            NotFoundError: no ticket has that name.
            AmbiguousError: several tickets have that name.
        """
        # A slug must not hide the path of another ticket.
        ids = {*self._at_path(name), *self._found(name)}
        is_shared = scope_of(self._connection).shared
        if ids:
            more = "give more of the id or slug, or its path"
            return self._only(name, sorted(ids), "give one of these ids" if is_shared else more)
        if is_elsewhere(name) and is_shared:
            raise NotFoundError(
                f"no ticket of the database is called '{name}'",
                "relations server list shows the workspaces that were published",
            )
        if is_elsewhere(name):
            raise NotFoundError(
                f"'{name}' is a ticket of another workspace",
                f"relations show {name} lists the relations that name it here",
            )
        among = self._names_for(name).find_by_part(name)
        if self._in_part is None:
            raise self._not_found(name, among)
        if not among:
            raise NotFoundError(
                f"no ticket is called '{name}'",
                "name it by id, slug, the end of its id, its path, or a part of"
                f" {MIN_PART} characters or more of id, slug or title",
            )
        found = self._only(name, among, "give more of the id, slug or title")
        self._in_part(f"'{name}' is taken for {_listed(found)}")
        return found

    def _found(self, name: str) -> list[str]:
        """The ids that `name` means, first in the spelling of the tool that keeps the tickets."""
        tool = self._base.tool
        spelled = tool.canonical(name) if tool else name
        found = self._names_for(spelled).find(spelled)
        return found if found or spelled == name else self._names_for(name).find(name)

    def _names_for(self, name: str) -> TicketNames:
        scope = scope_of(self._connection)
        if scope.shared:
            conditions = (*scope.rows, *scope.names_like(name))
            return TicketNames(_names(self._connection, *conditions))
        if self._names is None:
            self._names = TicketNames(_names(self._connection))
        return self._names

    def _at_path(self, name: str) -> list[str]:
        """The ids of the tickets whose folder or item.md has the path `name`."""
        for given in dict.fromkeys((name, name.strip())):
            if given and self._may_be_path(given):
                head, tail = os.path.split(given)
                folder = (head or os.curdir) if tail == "item.md" else given
                written = self._base.below_root(folder)
                paths = {composed(path) for path in written}
                # The name of a task file, or of a folder in a database, is not that of the ticket.
                if self._base.tool or scope_of(self._connection).shared:
                    found = _at_folders(self._connection, written | paths)
                else:
                    ids = [os.path.basename(path) for path in sorted(paths)]
                    rows = _folders(self._connection, ids)
                    found = sorted({id_ for id_, path in rows if composed(path) in paths})
                if found:
                    return found
        return []

    def _may_be_path(self, name: str) -> bool:
        here = self._base.here
        return "/" in name or (here is not None and os.path.lexists(os.path.join(here, name)))

    def _only(self, name: str, ids: list[str], hint: str) -> TicketInfo:
        named = load_tickets(self._connection, ids)
        if len(ids) > 1:
            listed = [_listed(named[id_]) for id_ in ids]
            raise AmbiguousError.among(name, "tickets", listed, hint)
        return named[ids[0]]

    def _not_found(self, name: str, ids: list[str]) -> NotFoundError:
        """The error about a name that is at most a part, with the tickets that it is a part of."""
        ways = "name it by id, slug, the end of its id, or its path"
        if ids:
            named = load_tickets(self._connection, ids[:_MAX_LISTED])
            listed = [_listed(ticket) for ticket in named.values()]
            more = len(ids) - _MAX_LISTED
            listed += [f"{more} more"] if more > 0 else []
            ways += f"; it is a part of: {', '.join(listed)}"
        return NotFoundError(f"no ticket is called '{name}'", ways)


def _listed(ticket: TicketInfo) -> str:
    title = quoted(ticket.title) if ticket.title else "no title"
    return f"{ticket.id} ({title}, {ticket.state or 'state not known'})"


def _at_folders(connection: Connection, paths: set[str]) -> list[str]:
    """The ids of the tickets whose folders or task files have one of these paths."""
    rows = connection.execute(
        "SELECT DISTINCT ticket FROM ticket_name"
        " WHERE folder IN (SELECT value FROM json_each(?)) ORDER BY ticket",
        (json_text(sorted(paths)),),
    )
    return [id_ for (id_,) in rows]


def _folders(connection: Connection, ids: list[str]) -> list[tuple[str, str]]:
    """The folders of the tickets with these ids."""
    return [
        *connection.execute(
            "SELECT DISTINCT ticket, folder FROM ticket_name"
            " WHERE ticket IN (SELECT value FROM json_each(?))",
            (json_text(ids),),
        )
    ]


def _names(connection: Connection, *conditions: Condition) -> list[Named]:
    """The names of every ticket, by id; an id of several folders has several entries."""
    sql, values = where(conditions)
    rows = set(connection.execute(f"SELECT ticket, slug, title FROM ticket_name{sql}", values))  # noqa: S608  # fixed text
    named = [row for row in rows if row[1:] != _NAMELESS]
    nameless = {row[0] for row in rows}.difference(row[0] for row in named)
    found = [*named, *((id_, *_NAMELESS) for id_ in nameless)]
    return sorted(found, key=lambda names: names[0])
