"""Keeps what each commit changed: a SQLite file in the cache folder, made like the index file.

It can be deleted at any time. Where it cannot be used or written, the history is read again.
"""

from __future__ import annotations

import os
from collections.abc import Set as AbstractSet

from yoi_relations.files.workspace import Workspace
from yoi_relations.history.versions import Version
from yoi_relations.index.store import (
    PARSER_VERSION,
    UnusableIndexError,
    in_memory,
    open_proven,
)
from yoi_relations.lean.sqlite import SqliteError
from yoi_relations.lean.types import Connection, NamedTuple

_SCHEMA_VERSION = 3
_SIZE_LIMIT = 256 << 20
"""Bytes. A longer history is read again by each command."""
_VERSION_TYPES = {"text_cut": "INTEGER NOT NULL"}
_VERSION_COLUMNS = ", ".join(
    f"{name} {_VERSION_TYPES.get(name, 'TEXT')}" for name in Version._fields
)
SCHEMA = f"""
CREATE TABLE basis (
    tip TEXT NOT NULL, shallow TEXT NOT NULL, roots TEXT NOT NULL, tool TEXT NOT NULL
);
CREATE TABLE commits (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL, parent INTEGER, rank INTEGER NOT NULL,
    reachable INTEGER NOT NULL, seconds INTEGER NOT NULL, author TEXT
);
CREATE TABLE merged (commit_number INTEGER NOT NULL, parent INTEGER NOT NULL);
CREATE TABLE version (
    number INTEGER PRIMARY KEY, {_VERSION_COLUMNS}
);
CREATE TABLE file (number INTEGER PRIMARY KEY, path TEXT NOT NULL);
CREATE TABLE step (
    commit_number INTEGER NOT NULL, version_number INTEGER NOT NULL, file_number INTEGER NOT NULL,
    line INTEGER, stated INTEGER NOT NULL
);
CREATE TABLE event (
    commit_number INTEGER NOT NULL, holder TEXT NOT NULL, record_id TEXT NOT NULL,
    what TEXT NOT NULL, record_number INTEGER, retirement_number INTEGER,
    file_number INTEGER NOT NULL, line INTEGER, or_before INTEGER NOT NULL
);
CREATE TABLE present (
    version_number INTEGER NOT NULL, file_number INTEGER NOT NULL, line INTEGER
);
CREATE VIEW reached AS SELECT * FROM version WHERE EXISTS (
    SELECT 1 FROM step JOIN commits ON commits.number = commit_number
    WHERE version_number = version.number AND reachable = 1
);
"""  # noqa: S608  # fixed names
"""A row of ``step`` says that a file of a commit states a version, other than in its first parent
(``commits.parent``), or no longer does. A row of ``event`` says what happened to a record compared
with all parents; and whether it may have happened before, because what they state is not known.
``present`` has what the files of the tip state. ``merged`` has the other parents of merges.

``commits.rank`` orders commits: each is greater than those of the parents, and than the time of the
commit. ``reachable`` says whether the commit belongs to the history of the tip; ``reached`` has the
versions of such commits.
"""


INDEXES = """
CREATE INDEX merged_commit ON merged (commit_number);
CREATE INDEX version_key ON version (holder, coalesce(retires, id));
CREATE INDEX version_ticket ON version (edge_ticket);
CREATE INDEX version_target ON version (edge_target);
CREATE INDEX step_commit ON step (commit_number);
CREATE INDEX step_version ON step (version_number);
CREATE INDEX event_key ON event (holder, record_id);
CREATE INDEX present_version ON present (version_number);
"""
"""Made after the first rows, which takes half the time."""


class Basis(NamedTuple):
    """What a history is read from.

    Attributes:
        tip: id of the last commit.
        shallow: ids of the commits at which a shallow history ends, sorted, one per line.
        roots: the folders with sources, as `roots_text` writes them.
        tool: which keeps the tickets, as `Workspace.tool_identity`.
    """

    tip: str
    shallow: str
    roots: str
    tool: str


class History(NamedTuple):
    """The history up to a commit.

    Attributes:
        connection: to its tables.
        roots: the folders below the workspace in which records were kept.
        ends_early: whether the clone is shallow, so that earlier commits are not known.
        missing: paths of files that are missing in some commit, because the clone is partial.
    """

    connection: Connection
    roots: AbstractSet[bytes]
    ends_early: bool
    missing: AbstractSet[str] = frozenset()


def roots_text(roots: AbstractSet[bytes]) -> str:
    """Paths as text that can be stored and compared: each byte is a character."""
    return "\0".join(sorted(root.decode("latin-1") for root in roots))


def roots_in(text: str) -> set[bytes]:
    """The paths that `roots_text` has written."""
    return {root.encode("latin-1") for root in text.split("\0")}


def load_stored(workspace: Workspace) -> tuple[Connection, Basis] | None:
    """The stored history, to be read only; None if there is none that can be used."""
    try:
        connection = open_proven(workspace, _path(workspace), note_stamp=True)
    except (UnusableIndexError, OSError, SqliteError):
        return None
    try:
        row = connection.execute("SELECT tip, shallow, roots, tool FROM basis").fetchone()
    except SqliteError:
        connection.close()
        return None
    return connection, Basis(*row)


def new_history(stored: Connection | None) -> Connection:
    """A history in memory that can be written: without rows and indexes, or a copy of another."""
    connection = in_memory()
    if stored is None:
        connection.executescript(SCHEMA)
    else:
        stored.backup(connection)
    return connection


def save(workspace: Workspace, connection: Connection) -> None:
    """Store a history; if that is not possible, it is read again next time."""
    from yoi_relations.index.cache_folder import locked  # noqa: PLC0415  # only after a new commit
    from yoi_relations.index.index_file import publish  # noqa: PLC0415  # only after a new commit

    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    if pages * page_size > _SIZE_LIMIT:
        return
    try:
        with locked(workspace, wait=0) as folder:
            publish(folder, os.path.basename(_path(workspace)), connection)
    except OSError:
        pass


def _path(workspace: Workspace) -> str:
    name = f"history-v{_SCHEMA_VERSION}.{PARSER_VERSION}.sqlite3"
    return os.path.join(workspace.cache_path, name)
