"""What a publication writes: the rows of the index's views, with names that hold everywhere.

A ticket or a path is stored with the name of its workspace before it: ``loans:00001KT0000AA``. So
an edge to a ticket of another workspace is the same text at both ends.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any

from yoi_relations.lean.json_encoder import json_text
from yoi_relations.ticket_ids import is_elsewhere

Row = tuple[Any, ...]

_DIGEST_BYTES = 16
"""Bytes of a digest of a ticket's folders. It tells contents apart; it resists no forgery."""


def _here(column: str) -> str:
    return f":name || {column} AS {column}"


def _anywhere(column: str) -> str:
    """A name that may be one of another workspace already; most have no colon."""
    return f"CASE WHEN instr({column}, ':') THEN named({column}) ELSE :name || {column} END"


BY_FOLDER = {
    "statement": (
        f"SELECT id, {_here('path')}, format, line, record_id, kind, {_here('holder')},"  # noqa: S608  # fixed text
        f" {_anywhere('target')} AS target, class, shown, {_anywhere('edge_ticket')},"
        f" {_anywhere('edge_target')}, note, summary, branch, worktree, role_plan, author, at,"
        " at_key, retired_at, retired_by, retired_reason, inactive,"
        " EXISTS (SELECT 1 FROM activity WHERE activity.id = statement.id) AS latest"
        " FROM statement WHERE statement.holder IN (SELECT value FROM json_each(:holders))"
    ),
    "ticket_now": (
        f"SELECT {_here('ticket')}, title, slug, state, {_here('folder')}, folders"  # noqa: S608  # fixed text
        " FROM ticket_now WHERE ticket_now.ticket IN (SELECT value FROM json_each(:holders))"
    ),
    "ticket_name": (
        f"SELECT {_here('ticket')}, {_here('folder')}, min(title), min(slug)"  # noqa: S608  # fixed text
        " FROM ticket_name WHERE ticket_name.ticket IN (SELECT value FROM json_each(:holders))"
        " GROUP BY ticket_name.ticket, ticket_name.folder"
    ),
}
"""By table, the rows of some tickets, without `workspace_id`."""
WHOLE = {
    "problem_now": (
        "SELECT row_number() OVER (ORDER BY path, line, message),"  # noqa: S608  # fixed text
        f" {_here('path')}, line, message, effect, code, named_list(targets), {_here('about')},"
        " format FROM problem_now WHERE effect <> 'advice'"
    ),
    "near_target": (
        f"SELECT row_number() OVER (ORDER BY path, line, meant), {_here('path')}, line, record_id,"  # noqa: S608  # fixed text
        f" {_here('meant')}, difference, inactive FROM near_target"
    ),
    "lost_retirement": (
        f"SELECT row_number() OVER (ORDER BY path, elsewhere), {_here('path')}, record_id,"  # noqa: S608  # fixed text
        f" {_here('holder')}, retires, retired_at, {_here('elsewhere')}, is_retirement"
        " FROM lost_retirement"
    ),
    "tally": "SELECT name, count, active FROM tally",
}
"""By table, the rows that are replaced as a whole."""
TABLES = ("folder", *BY_FOLDER, *WHOLE)
"""All tables with rows of a workspace, apart from `workspace` itself."""


class Content:
    """The rows of an index, as a database holds them.

    Args:
        connection: the index.
        name: of the workspace.
    """

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._prefix = f"{name}:"
        connection.create_function("named", 1, self._named, deterministic=True)
        connection.create_function("named_list", 1, self._named_list, deterministic=True)

    def digests(self) -> dict[str, bytes]:
        """By ticket id, a digest of all that `BY_FOLDER` says of the ticket.

        That follows from the files in its folders, and from whether its relations are active.
        """
        digests: dict[str, Any] = {}
        for holder, path, content in self._connection.execute(
            "SELECT holder, path, digest FROM source WHERE format <> 'stray' ORDER BY 1, 2, 3"
        ):
            digest = digests.get(holder)
            if digest is None:
                digest = digests[holder] = hashlib.sha256()
            digest.update(path.encode() + b"\0" + content)
        for holder, place in self._connection.execute(
            "SELECT holder, path || char(0) || coalesce(line, '') || char(0) || record_id ||"
            " char(0) || coalesce(inactive, '') || char(0) || shown"
            " FROM activity JOIN record_now USING (id) ORDER BY holder, 2"
        ):
            digests[holder].update(place.encode())
        return {holder: digest.digest()[:_DIGEST_BYTES] for holder, digest in digests.items()}

    def of_folders(self, table: str, holders: Collection[str]) -> Iterator[Row]:
        """The rows of one of the tables of `BY_FOLDER` about some tickets."""
        values = {"name": self._prefix, "holders": json_text(sorted(holders))}
        return self._connection.execute(BY_FOLDER[table], values)

    def whole(self, table: str) -> list[Row]:
        """All rows of one of the tables of `WHOLE`."""
        return self._connection.execute(WHOLE[table], {"name": self._prefix}).fetchall()

    def named_here(self, ids: Collection[str]) -> list[str]:
        """Ids of tickets of this workspace, as the database has them."""
        return [f"{self._prefix}{id_}" for id_ in ids]

    def _named(self, name: str | None) -> str | None:
        if name is None or is_elsewhere(name):
            return name
        return f"{self._prefix}{name}"

    def _named_list(self, names: str | None) -> str | None:
        """`_named` for each of some lines."""
        if names is None:
            return None
        return "\n".join(f"{self._named(name)}" for name in names.split("\n"))
