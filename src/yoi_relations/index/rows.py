"""Turns sources into rows: one source at a time, each row a function of bytes and path alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from yoi_relations.files.parse import Parsed
from yoi_relations.files.records import Record
from yoi_relations.files.scan import Source
from yoi_relations.kinds import edge_of

MESSAGE_LIMIT = 300
"""Characters of a problem's message; what it quotes may be longer."""


def delete_folders(connection: sqlite3.Connection, names: Iterable[bytes]) -> None:
    """Delete all that the sources of these folders said."""
    marks = [(name,) for name in names]
    ids = "(SELECT id FROM source WHERE name = ?)"
    for table in ("problem", "record", "ticket"):
        connection.executemany(f"DELETE FROM {table} WHERE source_id IN {ids}", marks)  # noqa: S608  # fixed names
    connection.executemany("DELETE FROM source WHERE name = ?", marks)


def insert_source(
    connection: sqlite3.Connection, name: bytes, source: Source, digest: bytes, parsed: Parsed
) -> None:
    """Insert all that one source in the folder `name` says."""
    cursor = connection.execute(
        "INSERT INTO source (path, format, holder, folder, name, digest) VALUES (?, ?, ?, ?, ?, ?)",
        (source.path, source.format, source.holder, source.folder, name, digest),
    )
    source_id = cursor.lastrowid
    if parsed.ticket is not None:
        connection.execute(
            "INSERT INTO ticket (source_id, ticket_id, title, slug, state) VALUES (?, ?, ?, ?, ?)",
            (source_id, source.holder, *parsed.ticket),
        )
    for record in parsed.records:
        _insert_record(connection, source_id, record)
    connection.executemany(
        "INSERT INTO problem (source_id, line, message, effect, code) VALUES (?, ?, ?, ?, ?)",
        [(source_id, f.line, f.message[:MESSAGE_LIMIT], f.effect, f.code) for f in parsed.faults],
    )


def _insert_record(connection: sqlite3.Connection, source_id: int | None, record: Record) -> None:
    edge = edge_of(record.kind, record.holder, record.target)
    plan, retirement = record.plan, record.retirement
    row = {
        "source_id": source_id,
        "line": record.line,
        "record_id": record.id,
        "kind": record.kind.name,
        "holder": record.holder,
        "target": record.target,
        "class": record.kind.cls,
        "shown": edge.shown,
        "edge_ticket": edge.ticket,
        "edge_target": edge.target,
        "note": record.note,
        "summary": plan.summary if plan else None,
        "branch": plan.branch if plan else None,
        "worktree": plan.worktree if plan else None,
        "role_plan": plan.role_plan if plan else None,
        "author": record.author,
        "at": record.at,
        "at_key": record.at_key,
        "retires": record.retires,
        "retired_at": retirement.at if retirement else None,
        "retired_by": retirement.by if retirement else None,
        "retired_reason": retirement.reason if retirement else None,
    }
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT INTO record ({names}) VALUES ({marks})", row)  # noqa: S608  # fixed names
