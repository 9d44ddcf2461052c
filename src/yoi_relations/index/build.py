"""Makes an index of what lies on the disk: from nothing, or out of an older one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.scan_root import ROOT, Listing, list_root
from yoi_relations.files.stat_stamp import ABSENT, OVERLAY, file_system_of, is_trusted_file_system
from yoi_relations.files.stray.names import BUCKETS
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index import cache_folder, database
from yoi_relations.index.activity import forget
from yoi_relations.index.derived import derive
from yoi_relations.index.folder_scan import FolderScan, ReadSource, scan_folders
from yoi_relations.index.rescan_policy import RESCAN_POLICY, RescanPolicy, Step
from yoi_relations.index.rows import bulk_load, delete_sources, holders_of, insert, rows_of
from yoi_relations.index.snapshot import (
    Snapshot,
    StampChanges,
    root_may_have_changed,
    settled_in,
    suspects,
)
from yoi_relations.index.snapshot_builder import (
    Clock,
    FolderStamps,
    group_of,
    know,
    renewed,
    store_snapshot,
)
from yoi_relations.index.store import StoredIndex
from yoi_relations.lean.types import Connection, NamedTuple

_ROOT = os.fsencode(ROOT)
_BUCKETS = frozenset(os.fsencode(bucket) for bucket in BUCKETS)
_GONE = [ABSENT]
"""The stamps of a folder that is no longer where it was listed. It is not remembered: where it is
listed again, it is looked at like a new one."""
_DIGITS = 16
"""Hexadecimal digits of a receipt: enough to tell contents apart that nobody forged."""

HeldSources = dict[str, list[tuple[int, bytes]]]
"""By path, the ids and digests of the sources that an index holds of a folder."""


class Update(NamedTuple):
    """What was found where an index was suspected of being old.

    Attributes:
        outdated: ids of the sources that are not, or no longer say, what the index holds.
        looks: of the folders that hold other sources than before, those others.
        known: what to remember of the disk from now on.
        is_worth_publishing: whether that is more, or other, than what was known before.
    """

    outdated: list[int]
    looks: list[FolderScan]
    known: Snapshot
    is_worth_publishing: bool

    @property
    def changes_rows(self) -> bool:
        """Whether the index holds what the disk does not, or lacks what it does."""
        return bool(self.outdated or self.looks)


def rescan(
    workspace: Workspace,
    stored: StoredIndex,
    known: Snapshot,
    suspected: StampChanges,
    settling: RescanPolicy = RESCAN_POLICY,
) -> Update:
    """List the suspected folders and read in them what no stamp vouches for.

    They are listed once more where some were moved meanwhile.

    A folder on its way from one bucket to another can be missed at both ends, or be read by half,
    though it was there all the time.

    Args:
        workspace: whose files.
        stored: the index that may be old.
        known: what that index knows of the disk.
        suspected: the folders to scan.
        settling: how long folders may go on moving.

    Raises:
        UnreadableFolderError: a folder cannot be listed, or folders never cease to come and go.
    """
    start, first, number = time.monotonic(), 0, 0
    ever: set[bytes] = set()
    while True:
        update = _looked(workspace, stored, known, suspected)
        if not root_may_have_changed(update.known, workspace.tickets_path):
            return update
        present = _wherever(update.known.probes)
        ever |= present
        first = first or update.known.scanned_at
        suspected = suspected._replace(changed=suspected.changed | {_ROOT})
        number += 1
        next_step = settling.step(
            number,
            time.monotonic() - start,
            complete=present == ever,
            clock_stopped=update.known.scanned_at == first,
        )
        if next_step is Step.ACCEPT:
            return update
        if next_step is Step.FAIL:
            said = f"{workspace.tickets_path}: ticket folders come and go all the time"
            raise UnreadableFolderError(said, "run the command again when they rest")


def _wherever(probes: bytes) -> set[bytes]:
    """What was found in the folders, whichever buckets they lie in."""
    parts = (path.partition(b"/") for path in probes.split(b"\0"))
    found = {tail if head in _BUCKETS else head + slash + tail for head, slash, tail in parts}
    return {path for path in found if b"/" in path}  # a whole folder is not probed itself


def _looked(
    workspace: Workspace, stored: StoredIndex, known: Snapshot, suspected: StampChanges
) -> Update:
    now = cache_folder.clock(workspace)
    groups: FolderStamps = {}
    names = suspected.changed | suspected.racy
    vanished: set[bytes] = set()
    if _ROOT in names:
        listing = list_root(workspace)
        groups[_ROOT] = group_of(listing.folder)
        names, vanished = _below_root(listing, set(known.folders()), names)
    before = _contents(stored.connection, names | vanished)
    looks: list[FolderScan] = []
    outdated: list[int] = []
    unreliable: set[bytes] = set()
    vouching = _vouching(workspace, known, before) if suspected.are_believed else {}
    for look in scan_folders(workspace, sorted(names), vouching):
        if look.folder.stamps == _GONE:
            vanished.add(look.name)
            continue
        if look.is_unreliable:
            unreliable.add(look.name)
        groups[look.name] = group_of(look.folder)
        ids, others = _compared(before[look.name], look)
        outdated += ids
        if others:
            looks.append(look._replace(reads=others))  # the others' bytes are not kept
    outdated += [id_ for name in vanished for held in before[name].values() for id_, _ in held]
    fresh = renewed(known, groups, vanished, unreliable, _clock(workspace, now))
    is_worth_publishing = bool(outdated or looks) or fresh.should_replace(known)
    return Update(outdated, looks, fresh, is_worth_publishing)


def _vouching(
    workspace: Workspace, known: Snapshot, before: Mapping[bytes, HeldSources]
) -> dict[bytes, bytes]:
    """The stamps that vouch for sources in suspected folders, by path below the tickets root.

    The index holds each of them, and no other file can be printed as its path: neither holds a
    backslash.
    """
    below = printable(workspace.tickets_root)
    held = {path for sources in before.values() for path in sources if "\\" not in path}
    return {
        path: stamp
        for path, stamp in settled_in(known, before).items()
        if f"{below}/{path.decode('utf-8', 'backslashreplace')}" in held
    }


def _compared(before: HeldSources, look: FolderScan) -> tuple[list[int], list[ReadSource]]:
    """The ids of the sources that an index holds and a folder does not, and the reverse.

    Which bytes they hold decides, not their stamps: a touched file changes nothing. Names that are
    printed alike are one path, and change together.
    """
    now: dict[str, list[ReadSource]] = {}
    for read in look.reads:
        now.setdefault(read.source.path, []).append(read)
    ids: list[int] = []
    others: list[ReadSource] = []
    for path in sorted((before.keys() | now.keys()).difference(look.folder.unchanged)):
        held, found = before.get(path, []), now.get(path, [])
        if sorted(digest for _, digest in held) != sorted(read.digest for read in found):
            ids += [id_ for id_, _ in held]
            others += found
    return ids, others


def build(
    workspace: Workspace,
    number: int,
    progress: Callable[[int, int], None],
    settling: RescanPolicy = RESCAN_POLICY,
) -> StoredIndex:
    """An index made from the files alone, in memory.

    Args:
        workspace: whose files.
        number: the generation's.
        progress: is told how many folders are done, and how many there are.
        settling: how long folders may go on moving.

    Raises:
        UnreadableFolderError: a folder cannot be listed, or folders never cease to come and go.
    """
    connection = database.new_connection()
    with database.closed_on_failure(connection):
        return _built(workspace, connection, number, progress, settling)


def _built(
    workspace: Workspace,
    connection: Connection,
    number: int,
    progress: Callable[[int, int], None],
    settling: RescanPolicy,
) -> StoredIndex:
    """The same, in an empty index; what is answered may be in another."""
    from yoi_relations.index.folder_batches import read_batches  # noqa: PLC0415  # no refresh needs it

    now = cache_folder.clock(workspace)
    listing = list_root(workspace)
    names = sorted(os.fsencode(name) for name in listing.names)
    groups: FolderStamps = {_ROOT: group_of(listing.folder)}
    unreliable: set[bytes] = set()
    done = 0
    with bulk_load(connection), contextlib.closing(read_batches(workspace, names)) as batches:
        for batch in batches:
            groups |= {
                name: (paths, stamps) for name, paths, stamps in batch.groups if stamps != _GONE
            }
            unreliable.update(batch.unreliable)
            insert(connection, batch.rows)
            done += len(batch.groups)
            progress(done, len(names))
    known = know(groups, unreliable, _clock(workspace, now))
    stored = _finish(workspace, connection, known, number)
    # Gone meanwhile? Then what was found is no answer, and the second look says so.
    if root_may_have_changed(known, workspace.tickets_path):
        suspected = suspects(known, workspace.tickets_path)
        update = rescan(workspace, stored, known, suspected, settling)
        moved = updated(workspace, stored, update)
        stored.connection.close()
        return moved
    return stored


def updated(workspace: Workspace, stored: StoredIndex, update: Update) -> StoredIndex:
    """A copy of an index, in memory, with an update made to it."""
    number = stored.generation.number + 1
    connection = database.copy_of(stored.connection)
    with database.closed_on_failure(connection):
        connection.execute("BEGIN")
        if not update.changes_rows:
            return _noted(workspace, connection, update.known, number, stored.generation.digest)
        rows = rows_of(update.looks)
        tickets = holders_of(connection, update.outdated) | rows.holders
        forget(connection, tickets)
        delete_sources(connection, update.outdated)
        insert(connection, rows)
        return _finish(workspace, connection, update.known, number, tickets)


def _below_root(
    listing: Listing, known: set[bytes], names: set[bytes]
) -> tuple[set[bytes], set[bytes]]:
    """The folders to look at, and those that have vanished, when the root itself is suspected."""
    present = {os.fsencode(name) for name in listing.names}
    vanished = known - present - {_ROOT}
    links = {os.fsencode(name) for name in listing.links}
    return (names | (present - known) | links) - vanished - {_ROOT}, vanished


def _clock(workspace: Workspace, now: int) -> Clock:
    root = workspace.tickets_path
    # The time is that of the cache's file system.
    beside = os.path.dirname(os.path.dirname(workspace.cache_path))
    try:
        device, other = os.stat(root).st_dev, os.stat(beside).st_dev
    except OSError as error:  # gone meanwhile: what was found is no answer
        said = f"{error.filename}: {error.strerror}"
        raise UnreadableFolderError(said, "run the command again") from error
    layered = file_system_of(root) == OVERLAY
    return Clock(now, device, other == device and is_trusted_file_system(root), layered)


def _contents(connection: Connection, names: Iterable[bytes]) -> dict[bytes, HeldSources]:
    """By folder, what an index holds of its sources."""
    found: dict[bytes, HeldSources] = {}
    for name in names:
        found[name] = {}
        query = "SELECT path, id, digest FROM source WHERE name = ?"
        for path, id_, digest in connection.execute(query, (name,)):
            found[name].setdefault(path, []).append((id_, digest))
    return found


def _finish(
    workspace: Workspace,
    connection: Connection,
    known: Snapshot,
    number: int,
    tickets: Collection[str] | None = None,
) -> StoredIndex:
    """Derive what spans sources, note what the index was made from, and end the transaction.

    `tickets` are as in `derive`.
    """
    derive(connection, tickets)
    read = connection.execute(
        "SELECT CAST(path || x'00' || digest AS BLOB) FROM source ORDER BY path, digest"
    )
    receipt = hashlib.sha256()
    for (one,) in read:
        receipt.update(one)
    return _noted(workspace, connection, known, number, receipt.hexdigest()[:_DIGITS])


def _noted(
    workspace: Workspace, connection: Connection, known: Snapshot, number: int, digest: str
) -> StoredIndex:
    """Note what the index was made from, and end the transaction."""
    generation = database.new_generation(workspace, number, digest)
    database.write_generation(connection, generation)
    store_snapshot(connection, known)
    connection.execute("COMMIT")
    return StoredIndex(connection, generation)
