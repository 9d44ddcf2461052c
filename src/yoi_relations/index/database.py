"""Databases in memory: a new index, a copy of one, and the generation that it holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from yoi_relations.files.times import now
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index import store
from yoi_relations.index.store import Generation, in_memory
from yoi_relations.lean.types import Any, Connection

_SCHEMA = os.path.join(os.path.dirname(__file__), "schema.sql")


def new_connection() -> Connection:
    """An empty index in memory."""
    connection = in_memory()
    # The loader of this module also finds the file in a zip archive.
    loader: Any = __spec__.loader
    schema = loader.get_data(_SCHEMA).decode()
    connection.executescript(f"BEGIN;\n{schema}COMMIT;")
    connection.execute(f"PRAGMA application_id = {store.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {store.SCHEMA_VERSION}")
    return connection


@contextmanager
def closed_on_failure(connection: Connection) -> Iterator[None]:
    """Close `connection` if the block raises anything, an interrupt included."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def copy_of(connection: Connection) -> Connection:
    """A copy of an index in memory."""
    copy = in_memory()
    connection.backup(copy)
    return copy


def store_generation(
    connection: Connection, workspace: Workspace, number: int, digest: str
) -> Generation:
    """Store the generation of an index that is built now by this version, and return it."""
    root = printable(workspace.tickets_root)
    generation = Generation(number, store.PARSER_VERSION, root, digest, now())
    connection.execute("DELETE FROM generation")
    connection.execute(
        "INSERT INTO generation (id, number, parser_version, tickets_root, digest, built_at)"
        " VALUES (1, ?, ?, ?, ?, ?)",
        generation,
    )
    return generation
