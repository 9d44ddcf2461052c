"""An index on its way: made in memory, told what it was made from, and moved into place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from yoi_relations.atomic import replacing
from yoi_relations.files.times import now
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index import store
from yoi_relations.index.index_file import write_index_file
from yoi_relations.index.store import Generation, in_memory
from yoi_relations.lean.types import Any, Connection

_SCHEMA = os.path.join(os.path.dirname(__file__), "schema.sql")


def new_connection() -> Connection:
    """An empty index in memory."""
    connection = in_memory()
    # By what loaded this module: it finds the file in a zip archive, too.
    loader: Any = __spec__.loader
    schema = loader.get_data(_SCHEMA).decode()
    connection.executescript(f"BEGIN;\n{schema}COMMIT;")
    connection.execute(f"PRAGMA application_id = {store.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {store.SCHEMA_VERSION}")
    return connection


@contextmanager
def closed_on_failure(connection: Connection) -> Iterator[None]:
    """Close `connection` if the block fails, also by an interrupt."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def copy_of(connection: Connection) -> Connection:
    """A copy of an index, in memory."""
    copy = in_memory()
    connection.backup(copy)
    return copy


def new_generation(workspace: Workspace, number: int, digest: str) -> Generation:
    """What an index is made from that is made now, by this version."""
    return Generation(
        number, store.PARSER_VERSION, printable(workspace.tickets_root), digest, now()
    )


def write_generation(connection: Connection, generation: Generation) -> None:
    """Store `generation` in the index behind `connection`."""
    connection.execute("DELETE FROM generation")
    connection.execute(
        "INSERT INTO generation (id, number, parser_version, tickets_root, digest, built_at)"
        " VALUES (1, ?, ?, ?, ?, ?)",
        generation,
    )


def publish(workspace: Workspace, folder: int, connection: Connection) -> None:
    """Make the index behind `connection` the published one.

    Args:
        workspace: whose.
        folder: the descriptor of its cache folder, whose lock is held.
        connection: to the index.

    Raises:
        OSError: it could not be written; the one published before is unharmed.
    """
    body = _bytes_of(connection)
    name = os.path.basename(store.index_path(workspace))
    with replacing(name, f"tmp-{os.getpid()}.sqlite3", dir_fd=folder) as file:
        write_index_file(file, body)
        # Only an empty folder gives way: another may be somebody's, even tracked by git.
        with suppress(FileNotFoundError, NotADirectoryError):
            os.rmdir(name, dir_fd=folder)


def _bytes_of(connection: Connection) -> bytes:
    try:
        return connection.serialize()
    except AttributeError:
        from yoi_relations.index import serialization  # noqa: PLC0415  # for an old SQLite

        return serialization.to_bytes(connection)
