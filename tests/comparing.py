"""Holds an index against one built from the files alone; makes stamps of poorer file systems."""

from __future__ import annotations

import os
import sqlite3

from yoi_relations.files import stamps
from yoi_relations.index import build
from yoi_relations.index.opened import Index

TABLES = {
    "ticket": "ticket_id, title, slug, state",
    "record": "line, record_id, kind, record.holder, target, note, at, retires, retired_at",
    "problem": "line, message, effect",
}
DERIVED = {
    "spanning_problem": "path, line, code, message, effect, about",
    "tally": "name, count",
}


def tables(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row, with paths in place of numbers."""
    found = {
        table: connection.execute(
            f"SELECT path, {columns} FROM {table} JOIN source ON source.id = source_id"  # noqa: S608  # fixed names
        ).fetchall()
        for table, columns in TABLES.items()
    }
    for table, columns in DERIVED.items():
        found[table] = connection.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608
    sources = "SELECT path, format, holder, folder, name, digest FROM source"
    found["source"] = connection.execute(sources).fetchall()
    return {table: sorted(rows, key=repr) for table, rows in found.items()}


def assert_rebuilt(index: Index) -> None:
    """It is what a reading of every file gives, table for table."""
    naive = build.build(index.workspace, 1, lambda _done, _total: None)
    try:
        assert tables(index.connection) == tables(naive.connection)
        assert index.identity.digest == naive.identity.digest
    finally:
        naive.connection.close()


def coarse(status: os.stat_result) -> bytes:
    """A stamp from a file system without inodes and times of change, with a clock of 2 s."""
    mtime = status.st_mtime_ns // 2_000_000_000 * 2_000_000_000
    return stamps._FIELDS.pack(mtime, mtime, 0, status.st_dev, status.st_size, status.st_mode)  # noqa: SLF001


def by_own_clock(status: os.stat_result) -> bytes:
    """A stamp with all its fields but the time of change, which a test cannot set."""
    mtime, inode = status.st_mtime_ns, status.st_ino
    return stamps._FIELDS.pack(mtime, mtime, inode, status.st_dev, status.st_size, status.st_mode)  # noqa: SLF001
