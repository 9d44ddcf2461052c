"""The rescan: lists and reads the folders whose stamps changed or are racy.

It returns an `Update`: what the index has to forget and to learn. Nothing is written here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files import scan_root
from yoi_relations.files.sources import TicketSource, ticket_source
from yoi_relations.files.stat_stamp import ABSENT
from yoi_relations.files.workspace import Workspace
from yoi_relations.index import cache_folder
from yoi_relations.index.folder_scan import FolderScan, ReadSource, scan_folders
from yoi_relations.index.rescan_policy import RESCAN_POLICY, RescanPolicy, Step
from yoi_relations.index.rows import CLAIM
from yoi_relations.index.snapshot import (
    Snapshot,
    StampChanges,
    reliable_stamps,
    root_may_have_changed,
)
from yoi_relations.index.snapshot_builder import FolderStamps, new_snapshot, read_clock
from yoi_relations.index.store import StoredIndex
from yoi_relations.lean.types import Connection, NamedTuple

ROOT = os.fsencode(scan_root.ROOT)
"""The name of the tickets root among folder names, in the file system's bytes."""
GONE = [ABSENT]
"""The stamps of a folder that vanished after it was listed. A snapshot leaves it out, so that it
counts as new if it is listed again."""

StoredSources = dict[str, list[tuple[int, bytes]]]
"""By path, the ids and digests of the sources that an index holds of one folder."""


class Update(NamedTuple):
    """The difference between an index and the disk.

    Attributes:
        outdated: ids of the sources that no longer exist, or have other content.
        scans: the folders with new or changed sources; each holds only those sources.
        snapshot: the new snapshot.
        is_worth_publishing: whether rows change, or the new snapshot should replace the old one.
    """

    outdated: list[int]
    scans: list[FolderScan]
    snapshot: Snapshot
    is_worth_publishing: bool

    @property
    def changes_rows(self) -> bool:
        """Whether any source was added, changed or removed."""
        return bool(self.outdated or self.scans)


def rescan_folders(
    workspace: Workspace,
    stored: StoredIndex,
    snapshot: Snapshot,
    changes: StampChanges,
    policy: RescanPolicy = RESCAN_POLICY,
) -> Update:
    """List the folders in `changes`, and read the sources whose stamps prove nothing.

    The scan is repeated while the tickets root changes. A folder that moves from one bucket to
    another can be missed in both, or be read in part, although it existed all the time.

    Raises:
        UnreadableFolderError: a folder cannot be listed, or folders do not stop moving.
    """
    start, first_clock, scans = time.monotonic(), 0, 0
    seen: set[bytes] = set()
    tickets = ticket_source(workspace)
    while True:
        update, is_at_rest = _scan_once(workspace, tickets, stored, snapshot, changes)
        if is_at_rest:
            return update
        present = tickets.lasting_paths(update.snapshot.paths)
        seen |= present
        first_clock = first_clock or update.snapshot.scanned_at
        changes = changes._replace(changed=changes.changed | {ROOT})
        scans += 1
        step = policy.step(
            scans,
            time.monotonic() - start,
            complete=present == seen,
            clock_stopped=update.snapshot.scanned_at == first_clock,
        )
        if step is Step.ACCEPT:
            return update
        if step is Step.FAIL:
            message = (
                f"{workspace.tickets_path}: ticket folders do not stop appearing and vanishing"
            )
            raise UnreadableFolderError(message, "run the command again when they are at rest")


def _scan_once(
    workspace: Workspace,
    tickets: TicketSource,
    stored: StoredIndex,
    snapshot: Snapshot,
    changes: StampChanges,
) -> tuple[Update, bool]:
    """The difference, and whether the tickets root was at rest during the scan."""
    now = cache_folder.clock(workspace)
    stamps: FolderStamps = {}
    names = changes.changed | changes.racy
    vanished: set[bytes] = set()
    if ROOT in names:
        listing = tickets.list_root()
        stamps[ROOT] = listing.folder.paths, listing.folder.stamps
        names, vanished = _folders_to_scan(listing, set(snapshot.folders()), names)
    held = stored_sources(stored.connection, names | vanished)
    reliable = _reliable_sources(workspace, snapshot, held) if changes.are_stamps_trusted else {}
    scans: list[FolderScan] = []
    outdated: list[int] = []
    unreliable: set[bytes] = set()
    for scan in scan_folders(tickets, sorted(names), reliable):
        if scan.folder.stamps == GONE:
            vanished.add(scan.name)
            continue
        if scan.is_unreliable:
            unreliable.add(scan.name)
        stamps[scan.name] = scan.folder.paths, scan.folder.stamps
        ids, new_reads = changed_sources(held[scan.name], scan)
        outdated += ids
        if new_reads:
            scans.append(scan._replace(reads=new_reads))  # frees the bytes of unchanged sources
    outdated += [id_ for name in vanished for ids in held[name].values() for id_, _ in ids]
    clock = read_clock(workspace, now)
    updated = new_snapshot(stamps, unreliable, clock, snapshot, vanished)
    is_at_rest = not root_may_have_changed(updated, workspace.base)
    if not is_at_rest:
        # Stamps of one moment can be beside files of another, so they prove nothing.
        updated = new_snapshot(stamps, stamps, clock, snapshot, vanished)
    is_worth_publishing = bool(outdated or scans) or updated.should_replace(snapshot)
    return Update(outdated, scans, updated, is_worth_publishing), is_at_rest


def _folders_to_scan(
    listing: scan_root.Listing, listed_before: set[bytes], names: set[bytes]
) -> tuple[set[bytes], set[bytes]]:
    """The folders to scan, and those that have vanished, after the root was listed."""
    present = {os.fsencode(name) for name in listing.names}
    vanished = listed_before - present - {ROOT}
    links = {os.fsencode(name) for name in listing.links}
    return (names | (present - listed_before) | links) - vanished - {ROOT}, vanished


def stored_sources(connection: Connection, names: Iterable[bytes]) -> dict[bytes, StoredSources]:
    """The sources that an index holds, by folder."""
    query = "SELECT path, id, digest FROM source WHERE name = ?"
    found: dict[bytes, StoredSources] = {name: {} for name in names}
    for name, sources in found.items():
        for path, id_, digest in connection.execute(query, (name,)):
            sources.setdefault(path, []).append((id_, digest))
    return found


def _reliable_sources(
    workspace: Workspace, snapshot: Snapshot, held: Mapping[bytes, StoredSources]
) -> dict[bytes, bytes]:
    """The reliable stamps of sources that the index holds, by path below the workspace's `base`.

    A path with a backslash is left out: two names can be printed as the same such path.
    """
    prefix = workspace.prefix
    paths = {path for sources in held.values() for path in sources if "\\" not in path}
    return {
        path: stamp
        for path, stamp in reliable_stamps(snapshot, held).items()
        if f"{prefix}{path.decode('utf-8', 'backslashreplace')}" in paths
    }


def changed_sources(held: StoredSources, scan: FolderScan) -> tuple[list[int], list[ReadSource]]:
    """The ids of stored sources that a folder no longer has, and its sources that are not stored.

    Digests decide, not stamps: touching a file changes no row. Names that are printed as one path
    change together.
    """
    reads: dict[str, list[ReadSource]] = {}
    for read in scan.reads:
        reads.setdefault(read.source.path, []).append(read)
    outdated: list[int] = []
    new_reads: list[ReadSource] = []
    for path in sorted((held.keys() | reads.keys()).difference(scan.folder.unchanged)):
        before, now = held.get(path, []), reads.get(path, [])
        digests = sorted(digest for _, digest in before if digest != CLAIM)
        if digests != sorted(read.digest for read in now):
            outdated += [id_ for id_, _ in before]
            new_reads += now
    return outdated, new_reads
