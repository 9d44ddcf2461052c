"""Compares an index with one built from the files alone; stamps of simpler file systems."""

from __future__ import annotations

import os
import sqlite3

from workspace_builder import Workspace

from yoi_relations.files import stat_stamp
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import build
from yoi_relations.index.handle import Index
from yoi_relations.index.store import StoredIndex

ABOUT_ITSELF = {"snapshot", "generation"}
"""Tables that describe how and when an index was built."""
NUMBERS = {"id", "source_id"}
"""Columns that differ with the order in which sources were read."""


OPEN: list[sqlite3.Connection] = []
"""What a fixture in `conftest` closes after each test."""


def open_until_the_end(stored: StoredIndex) -> StoredIndex:
    """An index that is closed after the test: Python 3.13 warns of one that nobody closes."""
    OPEN.append(stored.connection)
    return stored


def made(workspace: Workspace) -> sqlite3.Connection:
    """An index made from the files alone."""
    found = find_workspace(str(workspace.root))
    return open_until_the_end(build.build_index(found, 1, lambda _done, _total: None)).connection


def tables(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, with paths in place of numbers."""
    listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = {name for (name,) in listed} - ABOUT_ITSELF
    return {name: sorted(_rows(connection, name), key=repr) for name in names}


def contents(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """The schema, and every row of every table with its ids, in their order."""
    schema = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    names = [name for kind, name, _ in schema if kind == "table"]
    rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608  # of the schema
    return {"sqlite_master": schema, **rows}


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    columns = [
        name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    ]
    listed = ", ".join(f"{table}.{name}" for name in columns if name not in NUMBERS)
    if "source_id" in columns:
        listed = f"source.path, {listed}"
        table += f" JOIN source ON source.id = {table}.source_id"
    return connection.execute(f"SELECT {listed} FROM {table}").fetchall()  # noqa: S608  # of the schema


def assert_rebuilt(index: Index) -> None:
    """The index equals one that is built from every file, table by table."""
    naive = build.build_index(index.workspace, 1, lambda _done, _total: None)
    try:
        assert tables(index.connection) == tables(naive.connection)
        assert index.generation.digest == naive.generation.digest
    finally:
        naive.connection.close()


def coarse(status: os.stat_result) -> bytes:
    """A stamp from a file system without inodes and times of change, with a clock of 2 s."""
    mtime = status.st_mtime_ns // 2_000_000_000 * 2_000_000_000
    return stat_stamp._pack(mtime, mtime, 0, status.st_dev, status.st_size, status.st_mode)  # noqa: SLF001


def by_own_clock(status: os.stat_result) -> bytes:
    """A stamp with all its fields but the time of change, which a test cannot set."""
    mtime, inode = status.st_mtime_ns, status.st_ino
    fields = mtime, mtime, inode, status.st_dev, status.st_size, status.st_mode
    return stat_stamp._pack(*fields)  # noqa: SLF001  # stamps of other file systems
