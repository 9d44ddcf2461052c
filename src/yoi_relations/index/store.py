"""The published index file: proven by a digest, opened in place, not used when in doubt.

The file is a SQLite database with 56 bytes behind its last page: where it lies, and the SHA-256 of
all before (`image`). SQLite ignores what follows its last page, so `sqlite3` and Datasette open the
file as it is. Each generation is a new file, renamed over the one before; a reader never meets half
of one.
"""

from __future__ import annotations

import os
import time

from yoi_relations.files.safe_read import read_file
from yoi_relations.files.stat_stamp import SIZE, is_reliable, is_trusted_file_system, stamp_of
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index import origin
from yoi_relations.lean.sqlite import sqlite3
from yoi_relations.lean.types import Connection, NamedTuple, StrEnum

SCHEMA_VERSION = 5
PARSER_VERSION = 7
"""Bump it whenever the rows that the same bytes yield change."""
APPLICATION_ID = 0x594F4952
"""``YOIR``, in the header of the file."""


class Generation(NamedTuple):
    """What the index was made from."""

    number: int
    parser_version: int
    tickets_root: str
    digest: str
    built_at: str


class StoredIndex(NamedTuple):
    """An open index, and what it was made from."""

    connection: Connection
    generation: Generation


class IndexState(StrEnum):
    """What became of the published index when it was looked for."""

    CURRENT = "current"
    STALE = "stale"
    UNCHECKED = "unchecked"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    OTHER_VERSION = "other version"
    FOREIGN = "not made here"


class _NoIndexError(Exception):
    """There is no index file, or it cannot be used; `found` says why."""

    def __init__(self, found: IndexState) -> None:
        super().__init__(found.value)
        self.found = found


def index_path(workspace: Workspace) -> str:
    """Absolute path of the index file."""
    return os.path.join(workspace.cache_path, f"index-v{SCHEMA_VERSION}.{PARSER_VERSION}.sqlite3")


def in_memory() -> Connection:
    """A database without a file."""
    return _connected(":memory:")


def _connected(database: str) -> sqlite3.Connection:
    connection = sqlite3.connect(database, uri=True, isolation_level=None)
    # Else what is sorted goes into files elsewhere, where there may be no room, and no business of
    # ours.
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def published(
    workspace: Workspace, *, prove: bool = False
) -> tuple[StoredIndex | None, IndexState]:
    """The published index, which may be stale; or None, and why.

    A digest over the whole file proves it. Where that was done before and the file's stamp is still
    the one noted then, it is opened in place, and no more of it is read than a question needs.

    Args:
        workspace: whose.
        prove: whether to note that the file was proven, for the next time.
    """
    try:
        connection = _opened(workspace, prove=prove)
    except _NoIndexError as error:
        return None, error.found
    try:
        return StoredIndex(connection, _read_identity(connection, workspace)), IndexState.UNCHECKED
    except _NoIndexError as error:
        connection.close()
        return None, error.found


def _opened(workspace: Workspace, *, prove: bool) -> Connection:
    path = index_path(workspace)
    try:
        origin.refuse_links(workspace)
        status = os.lstat(path)
        if not origin.is_by_one_of_us(status, workspace):
            raise _NoIndexError(IndexState.FOREIGN)
        stamp = stamp_of(status)
        if _noted(workspace) == stamp:
            # Not mapped into memory: a file that is cut short in place would kill the process.
            return _connected(_uri(path))
        connection = _proven(path)
        if prove:
            _note(workspace, stamp)
    except FileNotFoundError as error:
        raise _NoIndexError(IndexState.MISSING) from error
    except OSError as error:
        raise _NoIndexError(IndexState.UNREADABLE) from error
    except sqlite3.Error as error:
        raise _NoIndexError(IndexState.DAMAGED) from error
    return connection


def _proven(path: str) -> Connection:
    """The index file in memory, after its digest was found right, and that it was made here."""
    from yoi_relations.index.index_file import read_index_file  # noqa: PLC0415  # a lookup in place reads none

    image = read_index_file(path)
    # SQLite would take an empty image for a lack of memory.
    if not image.body or not image.is_whole:
        raise _NoIndexError(IndexState.DAMAGED)
    if not image.was_written_here:
        raise _NoIndexError(IndexState.FOREIGN)
    connection = in_memory()
    try:
        fill = connection.deserialize
    except AttributeError:
        from yoi_relations.index import serialization  # noqa: PLC0415  # for an old SQLite

        serialization.fill(connection, image.body)
    else:
        fill(image.body)
    return connection


def _uri(path: str) -> str:
    """The file as SQLite opens it without locks; it is never written again."""
    plain = "".join(
        sign if sign.isascii() and sign not in "%?#" else f"%{ord(sign):02x}"
        for sign in os.fsencode(path).decode("latin-1")
    )
    return f"file:{plain}?mode=ro&immutable=1"


def _noted(workspace: Workspace) -> bytes | None:
    """The stamp of the index file when it was last proven."""
    try:
        return read_file(_note_path(workspace), SIZE)
    except OSError:
        return None


def _note(workspace: Workspace, stamp: bytes) -> None:
    """Note that the file with `stamp` is proven, once nothing can change it unseen."""
    from yoi_relations.index.cache_folder import cache_folder, put  # noqa: PLC0415  # once for an index

    name = os.path.basename(_note_path(workspace))
    try:
        with cache_folder(workspace) as folder:
            device = os.fstat(folder).st_dev
            if is_reliable(stamp, time.time_ns(), device) and is_trusted_file_system(
                workspace.cache_path
            ):
                put(folder, name, stamp)
    except OSError:
        pass  # it will be proven once more


def _note_path(workspace: Workspace) -> str:
    return index_path(workspace).removesuffix(".sqlite3") + ".stamp"


def _read_identity(connection: Connection, workspace: Workspace) -> Generation:
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if (application, version) != (APPLICATION_ID, SCHEMA_VERSION):
            raise _NoIndexError(IndexState.OTHER_VERSION)
        row = connection.execute(
            "SELECT number, parser_version, tickets_root, digest, built_at FROM generation"
        ).fetchone()
    except sqlite3.Error as error:
        raise _NoIndexError(IndexState.DAMAGED) from error
    if row is None:
        raise _NoIndexError(IndexState.DAMAGED)
    generation = Generation(*row)
    made_for = generation.parser_version, generation.tickets_root
    if made_for != (PARSER_VERSION, printable(workspace.tickets_root)):
        raise _NoIndexError(IndexState.OTHER_VERSION)
    return generation
