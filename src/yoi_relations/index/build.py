"""Builds an index from all files, or applies an update to a copy of an older index."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection

from yoi_relations.files import scan_root
from yoi_relations.files.workspace import Workspace
from yoi_relations.index import cache_folder, database, rescan
from yoi_relations.index.activity import delete_activity
from yoi_relations.index.derived import derive
from yoi_relations.index.rescan_policy import RESCAN_POLICY, RescanPolicy
from yoi_relations.index.rows import bulk_load, delete_sources, holders_of, insert, rows_of
from yoi_relations.index.snapshot import Snapshot, compare_stamps, root_may_have_changed
from yoi_relations.index.snapshot_builder import (
    FolderStamps,
    new_snapshot,
    read_clock,
    store_snapshot,
)
from yoi_relations.index.store import StoredIndex
from yoi_relations.lean.types import Connection

_DIGEST_DIGITS = 16
"""Hexadecimal digits of a generation's digest. It tells contents apart; it resists no forgery."""


def build_index(
    workspace: Workspace,
    number: int,
    progress: Callable[[int, int], None],
    policy: RescanPolicy = RESCAN_POLICY,
) -> StoredIndex:
    """Build an index in memory from the files alone.

    Args:
        workspace: the files to read.
        number: the number of the generation.
        progress: is called with the number of folders that are done, and of all folders.
        policy: how long ticket folders may keep moving.

    Raises:
        UnreadableFolderError: a folder cannot be listed, or folders do not stop moving.
    """
    connection = database.new_connection()
    with database.closed_on_failure(connection):
        stored, snapshot = _build_once(workspace, connection, number, progress)
        # A folder that moved during the scan can be missing, so the root is scanned again.
        if not root_may_have_changed(snapshot, workspace.tickets_path):
            return stored
        changes = compare_stamps(snapshot, workspace.tickets_path)
        update = rescan.rescan_folders(workspace, stored, snapshot, changes, policy)
        updated = apply_update(workspace, stored, update)
    connection.close()
    return updated


def apply_update(workspace: Workspace, stored: StoredIndex, update: rescan.Update) -> StoredIndex:
    """A copy of an index in memory with an update applied; its generation has the next number."""
    number = stored.generation.number + 1
    connection = database.copy_of(stored.connection)
    with database.closed_on_failure(connection):
        connection.execute("BEGIN")
        if not update.changes_rows:
            digest = stored.generation.digest
            return _commit(workspace, connection, update.snapshot, number, digest)
        rows = rows_of(update.scans)
        tickets = holders_of(connection, update.outdated) | rows.holders
        delete_activity(connection, tickets)
        delete_sources(connection, update.outdated)
        insert(connection, rows)
        return _finish(workspace, connection, update.snapshot, number, tickets)


def _build_once(
    workspace: Workspace,
    connection: Connection,
    number: int,
    progress: Callable[[int, int], None],
) -> tuple[StoredIndex, Snapshot]:
    """Fill an empty index with one scan of all folders."""
    from yoi_relations.index.folder_batches import read_batches  # noqa: PLC0415  # only a full build needs it

    now = cache_folder.clock(workspace)
    listing = scan_root.list_root(workspace)
    names = sorted(os.fsencode(name) for name in listing.names)
    stamps: FolderStamps = {rescan.ROOT: (listing.folder.paths, listing.folder.stamps)}
    unreliable: set[bytes] = set()
    done = 0
    with bulk_load(connection), contextlib.closing(read_batches(workspace, names)) as batches:
        for batch in batches:
            stamps |= {
                name: (paths, found) for name, paths, found in batch.stamps if found != rescan.GONE
            }
            unreliable.update(batch.unreliable)
            insert(connection, batch.rows)
            done += len(batch.stamps)
            progress(done, len(names))
    snapshot = new_snapshot(stamps, unreliable, read_clock(workspace, now))
    return _finish(workspace, connection, snapshot, number), snapshot


def _finish(
    workspace: Workspace,
    connection: Connection,
    snapshot: Snapshot,
    number: int,
    tickets: Collection[str] | None = None,
) -> StoredIndex:
    """Fill the derived tables, digest the sources and commit; `tickets` are as in `derive`."""
    derive(connection, tickets)
    sources = connection.execute(
        "SELECT CAST(path || x'00' || digest AS BLOB) FROM source ORDER BY path, digest"
    )
    digest = hashlib.sha256()
    for (source,) in sources:
        digest.update(source)
    return _commit(workspace, connection, snapshot, number, digest.hexdigest()[:_DIGEST_DIGITS])


def _commit(
    workspace: Workspace, connection: Connection, snapshot: Snapshot, number: int, digest: str
) -> StoredIndex:
    """Store the generation and the snapshot, and end the transaction."""
    generation = database.store_generation(connection, workspace, number, digest)
    store_snapshot(connection, snapshot)
    connection.execute("COMMIT")
    return StoredIndex(connection, generation)
