"""Builds an index from all files, or applies an update to a copy of an older index.

Both are made in memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator

from yoi_relations.files.sources import ticket_source
from yoi_relations.files.times import now
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index import cache_folder, rescan, store
from yoi_relations.index.activity import delete_activity
from yoi_relations.index.derived import derive
from yoi_relations.index.handle import Progress
from yoi_relations.index.rescan_policy import RESCAN_POLICY, RescanPolicy
from yoi_relations.index.rows import bulk_load, delete_sources, holders_of, insert, rows_of
from yoi_relations.index.snapshot import (
    UNSTAMPED,
    Snapshot,
    compare_stamps,
    root_may_have_changed,
)
from yoi_relations.index.snapshot_builder import (
    FolderStamps,
    new_snapshot,
    read_clock,
    store_snapshot,
)
from yoi_relations.index.store import Generation, StoredIndex, in_memory
from yoi_relations.lean.types import Any, Connection

_SCHEMA = os.path.join(os.path.dirname(__file__), "schema.sql")
_DIGEST_DIGITS = 16
"""Hexadecimal digits of a generation's digest. It tells contents apart; it resists no forgery."""


@contextlib.contextmanager
def closed_on_failure(connection: Connection) -> Iterator[None]:
    """Close `connection` if the block raises anything, an interrupt included."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def new_connection() -> Connection:
    """An empty index."""
    connection = in_memory()
    # The loader of this module also finds the file in a zip archive.
    loader: Any = __spec__.loader
    schema = loader.get_data(_SCHEMA).decode()
    connection.executescript(f"BEGIN;\n{schema}COMMIT;")
    connection.execute(f"PRAGMA application_id = {store.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {store.SCHEMA_VERSION}")
    return connection


def build_index(
    workspace: Workspace, number: int, progress: Progress, policy: RescanPolicy = RESCAN_POLICY
) -> StoredIndex:
    """Build an index from the files alone; its generation has the number `number`.

    Raises:
        UnreadableFolderError: a folder cannot be listed, or folders do not stop moving.
    """
    connection = new_connection()
    with closed_on_failure(connection):
        stored, snapshot = _build_once(workspace, connection, number, progress)
        # A folder that moved during the scan can be missing, or be a mixture of two moments, which
        # its stamps do not show.
        if not root_may_have_changed(snapshot, workspace.base):
            return stored
        changes = compare_stamps(snapshot, workspace.base, everything=True)
        update = rescan.rescan_folders(workspace, stored, snapshot, changes, policy)
        updated = apply_update(workspace, stored, update)
    connection.close()
    return updated


def apply_update(workspace: Workspace, stored: StoredIndex, update: rescan.Update) -> StoredIndex:
    """A copy of an index with an update applied; its generation has the next number."""
    number = stored.generation.number + 1
    connection = in_memory()
    with closed_on_failure(connection):
        stored.connection.backup(connection)
        connection.execute("BEGIN")
        digest = stored.generation.digest
        if update.changes_rows:
            rows = rows_of(update.scans, ticket_source(workspace).parse)
            tickets = holders_of(connection, update.outdated) | rows.holders
            delete_activity(connection, tickets)
            delete_sources(connection, update.outdated)
            insert(connection, rows)
            derive(connection, tickets)
            digest = _digest_of_sources(workspace, connection)
        return _commit(workspace, connection, update.snapshot, number, digest)


def build_unstamped(workspace: Workspace) -> StoredIndex:
    """Build an index of files that never change, so it needs no stamps.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    from yoi_relations.index.folder_batches import read_batches  # noqa: PLC0415  # only a full build needs it

    connection = new_connection()
    with closed_on_failure(connection):
        tickets = ticket_source(workspace)
        names = sorted(map(os.fsencode, tickets.list_root().names))
        with bulk_load(connection), contextlib.closing(read_batches(tickets, names)) as batches:
            for _, _, rows in batches:
                insert(connection, rows)
        derive(connection)
        digest = _digest_of_sources(workspace, connection)
        return _commit(workspace, connection, UNSTAMPED, 1, digest)


def _build_once(
    workspace: Workspace, connection: Connection, number: int, progress: Progress
) -> tuple[StoredIndex, Snapshot]:
    """Fill an empty index with one scan of all folders."""
    from yoi_relations.index.folder_batches import read_batches  # noqa: PLC0415  # only a full build needs it

    clock = cache_folder.clock(workspace)
    tickets = ticket_source(workspace)
    listing = tickets.list_root()
    names = sorted(os.fsencode(name) for name in listing.names)
    stamps: FolderStamps = {rescan.ROOT: (listing.folder.paths, listing.folder.stamps)}
    unreliable: set[bytes] = set()
    done = 0
    with bulk_load(connection), contextlib.closing(read_batches(tickets, names)) as batches:
        for folders, names_of_unreliable, rows in batches:
            stamps |= {
                name: (paths, found)
                for name, (paths, found) in folders.items()
                if found != rescan.GONE
            }
            unreliable.update(names_of_unreliable)
            insert(connection, rows)
            done += len(folders)
            progress(done, len(names))
    snapshot = new_snapshot(stamps, unreliable, read_clock(workspace, clock))
    derive(connection)
    digest = _digest_of_sources(workspace, connection)
    return _commit(workspace, connection, snapshot, number, digest), snapshot


def _digest_of_sources(workspace: Workspace, connection: Connection) -> str:
    sources = connection.execute(
        "SELECT CAST(path || x'00' || digest AS BLOB) FROM source ORDER BY path, digest"
    )
    digest = hashlib.sha256(workspace.tool_identity.encode())
    for (source,) in sources:
        digest.update(source)
    return digest.hexdigest()[:_DIGEST_DIGITS]


def _commit(
    workspace: Workspace, connection: Connection, snapshot: Snapshot, number: int, digest: str
) -> StoredIndex:
    """Store the generation and the snapshot, and end the transaction."""
    root = printable(workspace.tickets_root)
    tool = workspace.tool_identity
    generation = Generation(number, store.PARSER_VERSION, root, tool, digest, now())
    connection.execute("DELETE FROM generation")
    connection.execute(
        "INSERT INTO generation (id, number, parser_version, tickets_root, tool, digest, built_at)"
        " VALUES (1, ?, ?, ?, ?, ?, ?)",
        generation,
    )
    store_snapshot(connection, snapshot)
    connection.execute("COMMIT")
    return StoredIndex(connection, generation)
