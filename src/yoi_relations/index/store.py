"""Finds and opens the published index file, and proves that it was written here, and whole.

The file is a SQLite database with 56 bytes after its last page: the place of the file, and the
SHA-256 of all bytes before (`index_file`). SQLite ignores what follows its last page, so `sqlite3`
and Datasette open the file as it is. Each generation is a new file that is renamed over the one
before, so a reader never sees a part of one.
"""

from __future__ import annotations

import errno
import os
import time

from yoi_relations.files.safe_read import read_file
from yoi_relations.files.stat_stamp import SIZE, is_reliable, is_trusted_file_system, stamp_of
from yoi_relations.files.workspace import CACHE, Workspace, printable
from yoi_relations.lean.sqlite import sqlite3
from yoi_relations.lean.types import Connection, NamedTuple, StrEnum

SCHEMA_VERSION = 7
PARSER_VERSION = 12
"""Increase it whenever the same bytes yield other rows."""
APPLICATION_ID = 0x594F4952
"""``YOIR``, in the header of the index file."""


class Generation(NamedTuple):
    """What an index was built from: the row of the table ``generation``."""

    number: int
    parser_version: int
    tickets_root: str
    tool: str
    digest: str
    built_at: str


class StoredIndex(NamedTuple):
    """An open index and its generation."""

    connection: Connection
    generation: Generation


class IndexState(StrEnum):
    """The state of the published index when a command opened it."""

    CURRENT = "current"
    STALE = "stale"
    UNCHECKED = "unchecked"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    OTHER_VERSION = "other version"
    FOREIGN = "not made here"


class UnusableIndexError(Exception):
    """The index file cannot be used; `state` says why."""

    def __init__(self, state: IndexState) -> None:
        super().__init__(state.value)
        self.state = state


def index_path(workspace: Workspace) -> str:
    """Absolute path of the index file."""
    return os.path.join(workspace.cache_path, f"index-v{SCHEMA_VERSION}.{PARSER_VERSION}.sqlite3")


def tree_index_path(workspace: Workspace, tree: str) -> str:
    """Absolute path of the index file of a tree of tickets with the id `tree`."""
    return f"{index_path(workspace).removesuffix('.sqlite3')}-{tree}.sqlite3"


def in_memory() -> Connection:
    """An empty database in memory."""
    return _connect(":memory:")


def _connect(database: str) -> sqlite3.Connection:
    connection = sqlite3.connect(database, uri=True, isolation_level=None)
    # Otherwise large sorts write temporary files in other folders, which may be full.
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def damaged_file(connection: Connection) -> str | None:
    """The path of the index file that a connection reads in place, if it is damaged now."""
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
            return None
    except sqlite3.Error:
        pass
    (_, _, path) = connection.execute("PRAGMA database_list").fetchone()
    return str(path)


def load_published(
    workspace: Workspace, path: str | None = None, *, note_stamp: bool = False
) -> tuple[StoredIndex | None, IndexState]:
    """Open the published index, which may be stale, or the index file at `path`.

    The digest of the whole file proves it. After that its stamp is noted if `note_stamp` says so.
    While the file has that stamp, it is opened in place, and only the pages that a query needs are
    read.

    Returns:
        The index, or None; and its state, which says why it cannot be used.
    """
    connection = None
    try:
        path = path or index_path(workspace)
        connection = open_proven(workspace, path, note_stamp=note_stamp)
        generation = _read_generation(connection, workspace)
        return StoredIndex(connection, generation), IndexState.UNCHECKED
    except UnusableIndexError as error:
        state = error.state
    except FileNotFoundError:
        state = IndexState.MISSING
    except OSError:
        state = IndexState.UNREADABLE
    except sqlite3.Error:
        state = IndexState.DAMAGED
    if connection is not None:
        connection.close()
    return None, state


def refuse_links(workspace: Workspace) -> None:
    """Refuse to read an index by way of a link: it could be of other tickets.

    Raises:
        OSError: a folder on the way to the index is a symbolic link, or ``.yoi`` is one that leads
            out of the workspace.
    """
    yoi, cache, _ = CACHE.split("/")
    for path in (f"{yoi}/{cache}", CACHE):
        if os.path.islink(os.path.join(workspace.root, path)):
            raise OSError(errno.ELOOP, f"{path} is a symbolic link, which is not followed")
    folder = os.path.join(workspace.root, yoi)
    if os.path.islink(folder):
        root = os.path.join(workspace.root, "")
        if not os.path.realpath(folder).startswith(root):
            raise OSError(errno.ELOOP, f"{yoi} is a symbolic link out of the workspace")


def open_proven(workspace: Workspace, path: str, *, note_stamp: bool) -> Connection:
    """Open a file in the cache folder that `index_file` has written, as `load_published` does.

    Raises:
        UnusableIndexError: it is damaged, or was not written here.
        OSError: it cannot be read.
        sqlite3.Error: it is not a database.
    """
    refuse_links(workspace)
    status = os.lstat(path)
    owner = status.st_uid
    if owner not in (os.geteuid(), 0) and owner != os.stat(workspace.tickets_path).st_uid:
        raise UnusableIndexError(IndexState.FOREIGN)
    stamp = stamp_of(status)
    if _noted_stamp(path) == stamp:
        # Not mapped into memory: a file that is cut short in place would kill the process.
        return _connect(_uri(path))
    connection = _load_proven(path)
    if note_stamp:
        _note_stamp(workspace, path, stamp)
    return connection


def _load_proven(path: str) -> Connection:
    """Load the index file into memory if its digest and its place are right."""
    from yoi_relations.index.index_file import read_index_file  # noqa: PLC0415  # an index in place needs no digest

    file = read_index_file(path)
    # SQLite reports an empty database as a lack of memory.
    if not file.body or not file.is_whole:
        raise UnusableIndexError(IndexState.DAMAGED)
    if not file.was_written_here:
        raise UnusableIndexError(IndexState.FOREIGN)
    connection = in_memory()
    try:
        deserialize = connection.deserialize
    except AttributeError:
        from yoi_relations.index import serialization  # noqa: PLC0415  # only an old SQLite needs it

        serialization.deserialize(connection, file.body)
    else:
        deserialize(file.body)
    return connection


def _uri(path: str) -> str:
    """The URI by which SQLite opens a file without locks; the file is never written again."""
    quoted = "".join(
        char if char.isascii() and char not in "%?#" else f"%{ord(char):02x}"
        for char in os.fsencode(path).decode("latin-1")
    )
    return f"file:{quoted}?mode=ro&immutable=1"


def _noted_stamp(path: str) -> bytes | None:
    """The stamp of the index file when it was last proven."""
    try:
        return read_file(stamp_path(path), SIZE)
    except OSError:
        return None


def _note_stamp(workspace: Workspace, path: str, stamp: bytes) -> None:
    """Note the stamp of an index file that was proven, if the stamp is reliable."""
    from yoi_relations.index.cache_folder import cache_folder, put  # noqa: PLC0415  # once for each index

    name = os.path.basename(stamp_path(path))
    try:
        with cache_folder(workspace) as folder:
            device = os.fstat(folder).st_dev
            if is_reliable(stamp, time.time_ns(), device) and is_trusted_file_system(
                workspace.cache_path
            ):
                put(folder, name, stamp)
    except OSError:
        pass  # the file is proven again next time


def stamp_path(path: str) -> str:
    """Absolute path of the file with the stamp of the index file at `path`."""
    return path.removesuffix(".sqlite3") + ".stamp"


def _read_generation(connection: Connection, workspace: Workspace) -> Generation:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) != (APPLICATION_ID, SCHEMA_VERSION):
        raise UnusableIndexError(IndexState.OTHER_VERSION)
    row = connection.execute(
        "SELECT number, parser_version, tickets_root, tool, digest, built_at FROM generation"
    ).fetchone()
    if row is None:
        raise UnusableIndexError(IndexState.DAMAGED)
    generation = Generation(*row)
    built_for = generation.parser_version, generation.tickets_root, generation.tool
    if built_for != (PARSER_VERSION, printable(workspace.tickets_root), workspace.tool_identity):
        raise UnusableIndexError(IndexState.OTHER_VERSION)
    return generation
