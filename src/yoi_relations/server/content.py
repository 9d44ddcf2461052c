"""What a publication writes: the rows of the index's views, with names that hold everywhere.

A ticket or a path is stored with the name of its workspace before it: ``loans:00001KT0000AA``. So
an edge to a ticket of another workspace is the same text at both ends.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from yoi_relations.kinds import SHOWN_NOTES
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.server.names import SYMMETRIC
from yoi_relations.ticket_ids import is_elsewhere

Row = tuple[Any, ...]

_DIGEST_BYTES = 16
"""Bytes of a digest of a ticket's folders. It tells contents apart; it resists no forgery."""

_AMONG = "(:all OR ticket IN (SELECT value FROM json_each(:ids)))"
_LISTED = 500
"""Tickets that a query lists; SQLite limits the number of its values."""


def _listed(kinds: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{kind}'" for kind in sorted(kinds)) + ")"


_SYMMETRIC = _listed(SYMMETRIC)
_CROSSES = f"""(shown NOT IN {_listed(SHOWN_NOTES)} AND (
    instr(edge_ticket, ':') AND named(edge_ticket) = edge_ticket
    OR instr(edge_target, ':') AND named(edge_target) = edge_target
))"""
"""Whether an edge leads to another workspace, so that a reader decides whether it is active."""


def _here(column: str) -> str:
    return f":name || {column} AS {column}"


def _anywhere(column: str) -> str:
    """A name that may be one of another workspace already; most have no colon."""
    return f"CASE WHEN instr({column}, ':') THEN named({column}) ELSE :name || {column} END"


def _end(column: str, choice: str) -> str:
    """An end of an edge. Which end of a symmetric one comes first depends on the whole names."""
    both = f"{choice}({_anywhere('edge_ticket')}, {_anywhere('edge_target')})"
    # Most edges are within the workspace. With its name before both ends, their order is the same.
    is_within = "NOT (instr(edge_ticket, ':') OR instr(edge_target, ':'))"
    return (
        f"CASE WHEN {is_within} THEN :name || {column}"
        f" WHEN shown IN {_SYMMETRIC} THEN {both} ELSE {_anywhere(column)} END"
    )


BY_TICKET = {
    "statement": (
        f"SELECT :key, statement.id, key_of(holder), :name || statement.path, format, line,"  # noqa: S608  # fixed text
        f" record_id, kind, {_here('holder')},"
        f" {_anywhere('target')} AS target, class, shown, {_end('edge_ticket', 'min')},"
        f" {_end('edge_target', 'max')}, note, summary, branch, worktree, role_plan, author, at,"
        " at_key, retired_at, retired_by, retired_reason, inactive,"
        " CASE WHEN EXISTS (SELECT 1 FROM activity WHERE activity.id = statement.id)"
        " THEN 't' ELSE 'f' END AS latest,"
        f" CASE WHEN {_CROSSES} THEN 't' ELSE 'f' END AS crosses"
        " FROM json_each(:ids) AS wanted CROSS JOIN statement ON statement.holder = wanted.value"
    ),
    "ticket_now": (
        f"SELECT :key, {_here('ticket')}, title, slug, state, word, {_here('folder')}, folders,"  # noqa: S608  # fixed text
        f" digest_of(ticket) FROM ticket_now WHERE {_AMONG}"
        " ORDER BY 9"
    ),
    "ticket_folder": (
        "SELECT :key, :name || ticket, :name || folder, min(title), min(slug)"  # noqa: S608  # fixed text
        f" FROM ticket_name WHERE {_AMONG} GROUP BY ticket, folder"
    ),
}
"""By table, the rows of some tickets.

Statements and tickets are in the order of the digests, not of a key. Rows that are added in the
order of a key leave the pages of its index half empty, because rows of other workspaces follow.
"""
_SOURCES = """
SELECT holder, id, path || char(0) || hex(digest) FROM source WHERE format <> 'stray'
"""
_ACTIVITY = """
SELECT
    record.source_id,
    CASE WHEN activity.id IS NULL THEN '-' ELSE coalesce(activity.inactive, '+') END
FROM record LEFT JOIN activity ON activity.id = record.id ORDER BY record.id
"""
"""For each record, in the order of its file, whether it speaks for its relation, and is active."""
WHOLE = {
    "problem_now": (
        "SELECT :key, row_number() OVER (ORDER BY path, line, message),"  # noqa: S608  # fixed text
        f" {_here('path')}, line, message, effect, code, named_list(targets), {_here('about')},"
        " format FROM problem_now WHERE effect <> 'advice'"
    ),
    "near_target": (
        f"SELECT :key, row_number() OVER (ORDER BY path, line, meant), {_here('path')}, line,"  # noqa: S608  # fixed text
        f" record_id, {_here('meant')}, difference, inactive FROM near_target"
    ),
    "lost_retirement": (
        f"SELECT :key, row_number() OVER (ORDER BY path, other_holder), {_here('path')}, record_id,"  # noqa: S608  # fixed text
        f" {_here('holder')}, retires, retired_at, {_here('other_holder')}, is_retirement"
        " FROM lost_retirement"
    ),
    "tally": (
        "SELECT :key, name, count, active FROM tally WHERE active IS NULL UNION ALL"  # noqa: S608  # fixed text
        " SELECT :key, activity.kind, count(*), count(*) - count(inactive)"
        " FROM activity JOIN record ON record.id = activity.id"
        f" WHERE NOT {_CROSSES} GROUP BY activity.kind"
    ),
}
"""By table, the rows that are replaced as a whole."""
TABLES = (*BY_TICKET, *WHOLE)
"""All tables with rows of a workspace, apart from `workspace` itself."""


def key_of(name: str) -> int:
    """A short key for a name: a signed number of 64 bits."""
    # A name that somebody gives may be no text.
    encoded = name.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(encoded).digest()[:8], "big", signed=True)


class Content:
    """The rows of an index, as a database holds them.

    Args:
        connection: the index.
        name: of the workspace.

    Attributes:
        digests: by ticket id, a digest of all that `BY_TICKET` says of the ticket. That follows
            from the files in its folders, and from whether its relations are active.
    """

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._prefix = f"{name}:"
        self._values = {"name": self._prefix, "key": key_of(name)}
        self.digests = self._find_digests()
        self._odd_ids = {id_ for id_ in self.digests if ":" in id_}
        """Ids of tickets of this workspace that look like those of others."""
        connection.create_function("named", 1, self._named, deterministic=True)
        connection.create_function("named_list", 1, self._named_list, deterministic=True)
        connection.create_function("digest_of", 1, self.digests.get)
        connection.create_function("key_of", 1, key_of, deterministic=True)

    def _find_digests(self) -> dict[str, bytes]:
        activity: dict[int, list[str]] = {}
        for source, word in self._connection.execute(_ACTIVITY):
            activity.setdefault(source, []).append(word)
        parts: dict[str, list[str]] = {}
        for holder, source, part in self._connection.execute(_SOURCES):
            words = activity.get(source)
            parts.setdefault(holder, []).append(part if words is None else part + " ".join(words))
        # The states of another tool's tickets also follow from its configuration.
        ((tool,),) = self._connection.execute("SELECT tool FROM generation")
        # So do the names of targets from the tickets that look like those of other workspaces.
        common = tool + "".join(f"{holder}\0" for holder in sorted(parts) if ":" in holder)
        sha256 = hashlib.sha256
        return {
            holder: sha256((common + "\0".join(sorted(found))).encode()).digest()[:_DIGEST_BYTES]
            for holder, found in parts.items()
        }

    def of_tickets(self, ids: list[str]) -> Iterator[tuple[str, Iterator[Row]]]:
        """The tables of `BY_TICKET`, each with its rows about some tickets.

        The rows of a table must be taken before the next table.
        """
        yield "statement", self._rows("statement", ids)
        several: list[str] = []
        yield "ticket_now", self._noting_several(self._rows("ticket_now", ids), several)
        yield "ticket_folder", self._rows("ticket_folder", several)

    def _rows(self, table: str, ids: list[str]) -> Iterator[Row]:
        query = BY_TICKET[table]
        values = self._values | {"ids": json_text(ids), "all": len(ids) == len(self.digests)}
        if len(ids) <= _LISTED:
            # A list of values is applied inside a view; with a subquery, all tickets would be read.
            marks = {f"id_{number}": id_ for number, id_ in enumerate(ids)}
            query = query.replace(_AMONG, f"ticket IN ({', '.join(f':{mark}' for mark in marks)})")
            values |= marks
        return self._connection.execute(query, values)

    def _noting_several(self, rows: Iterator[Row], several: list[str]) -> Iterator[Row]:
        """Rows of `ticket_now`; notes those that `ticket_folder` is about."""
        for row in rows:
            folder, folders = row[6:8]
            if folders != 1 or folder is None:
                several.append(self.id_here(row[1]))
            yield row

    def whole(self, table: str) -> list[Row]:
        """All rows of one of the tables of `WHOLE`."""
        return self._connection.execute(WHOLE[table], self._values).fetchall()

    def named_here(self, ids: Iterable[str]) -> list[str]:
        """Ids of tickets of this workspace, as the database has them."""
        return [f"{self._prefix}{id_}" for id_ in ids]

    def id_here(self, name: str) -> str:
        """The id of a ticket of this workspace that the database has as `name`."""
        return name.removeprefix(self._prefix)

    def _named(self, name: str | None) -> str | None:
        if name is None or (is_elsewhere(name) and name not in self._odd_ids):
            return name
        return f"{self._prefix}{name}"

    def _named_list(self, names: str | None) -> str | None:
        """`_named` for each of some lines."""
        if names is None:
            return None
        return "\n".join(f"{self._named(name)}" for name in names.split("\n"))
