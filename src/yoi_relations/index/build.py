"""Makes an index of what lies on the disk: from nothing, or out of an older one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.odd_names import BUCKETS
from yoi_relations.files.root import ROOT, Listing, list_root
from yoi_relations.files.stamps import ABSENT, OVERLAY, file_system_of, is_trusted
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index import cache, publishing
from yoi_relations.index.activity import forget
from yoi_relations.index.derived import derive
from yoi_relations.index.freshness import (
    Known,
    Suspects,
    root_may_differ,
    settled_in,
    suspects,
)
from yoi_relations.index.looking import Look, Read, look_at
from yoi_relations.index.remembering import Clock, Groups, group_of, know, renewed, store_known
from yoi_relations.index.rows import bulk_load, delete_sources, holders_of, insert, rows_of
from yoi_relations.index.settling import SETTLING, Settling, Step
from yoi_relations.index.store import Stored
from yoi_relations.typed import Connection, NamedTuple

_ROOT = os.fsencode(ROOT)
_BUCKETS = frozenset(os.fsencode(bucket) for bucket in BUCKETS)
_GONE = [ABSENT]
"""The stamps of a folder that is no longer where it was listed. It is not remembered: where it is
listed again, it is looked at like a new one."""
_DIGITS = 16
"""Hexadecimal digits of a receipt: enough to tell contents apart that nobody forged."""

Held = dict[str, list[tuple[int, bytes]]]
"""By path, the ids and digests of the sources that an index holds of a folder."""


class Update(NamedTuple):
    """What was found where an index was suspected of being old.

    Attributes:
        outdated: ids of the sources that are not, or no longer say, what the index holds.
        looks: of the folders that hold other sources than before, those others.
        known: what to remember of the disk from now on.
        worth_keeping: whether that is more, or other, than what was known before.
    """

    outdated: list[int]
    looks: list[Look]
    known: Known
    worth_keeping: bool

    @property
    def changes_rows(self) -> bool:
        """Whether the index holds what the disk does not, or lacks what it does."""
        return bool(self.outdated or self.looks)


def look_again(
    workspace: Workspace,
    stored: Stored,
    known: Known,
    suspected: Suspects,
    settling: Settling = SETTLING,
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
        if not root_may_differ(update.known, workspace.tickets_path):
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


def _looked(workspace: Workspace, stored: Stored, known: Known, suspected: Suspects) -> Update:
    now = cache.clock(workspace)
    groups: Groups = {}
    names = suspected.changed | suspected.unsettled
    vanished: set[bytes] = set()
    if _ROOT in names:
        listing = list_root(workspace)
        groups[_ROOT] = group_of(listing.folder)
        names, vanished = _below_root(listing, set(known.folders()), names)
    before = _contents(stored.connection, names | vanished)
    looks: list[Look] = []
    outdated: list[int] = []
    doubtful: set[bytes] = set()
    vouching = _vouching(workspace, known, before) if suspected.are_believed else {}
    for look in look_at(workspace, sorted(names), vouching):
        if look.folder.stamps == _GONE:
            vanished.add(look.name)
            continue
        if look.may_pass:
            doubtful.add(look.name)
        groups[look.name] = group_of(look.folder)
        ids, others = _compared(before[look.name], look)
        outdated += ids
        if others:
            looks.append(look._replace(reads=others))  # the others' bytes are not kept
    outdated += [id_ for name in vanished for held in before[name].values() for id_, _ in held]
    fresh = renewed(known, groups, vanished, doubtful, _clock(workspace, now))
    worth_keeping = bool(outdated or looks) or fresh.says_more_than(known)
    return Update(outdated, looks, fresh, worth_keeping)


def _vouching(
    workspace: Workspace, known: Known, before: Mapping[bytes, Held]
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


def _compared(before: Held, look: Look) -> tuple[list[int], list[Read]]:
    """The ids of the sources that an index holds and a folder does not, and the reverse.

    Which bytes they hold decides, not their stamps: a touched file changes nothing. Names that are
    printed alike are one path, and change together.
    """
    now: dict[str, list[Read]] = {}
    for read in look.reads:
        now.setdefault(read.source.path, []).append(read)
    ids: list[int] = []
    others: list[Read] = []
    for path in sorted((before.keys() | now.keys()).difference(look.folder.vouched)):
        held, found = before.get(path, []), now.get(path, [])
        if sorted(digest for _, digest in held) != sorted(read.digest for read in found):
            ids += [id_ for id_, _ in held]
            others += found
    return ids, others


def build(
    workspace: Workspace,
    number: int,
    progress: Callable[[int, int], None],
    settling: Settling = SETTLING,
) -> Stored:
    """An index made from the files alone, in memory.

    Args:
        workspace: whose files.
        number: the generation's.
        progress: is told how many folders are done, and how many there are.
        settling: how long folders may go on moving.

    Raises:
        UnreadableFolderError: a folder cannot be listed, or folders never cease to come and go.
    """
    connection = publishing.new_connection()
    with publishing.closed_on_failure(connection):
        return _built(workspace, connection, number, progress, settling)


def _built(
    workspace: Workspace,
    connection: Connection,
    number: int,
    progress: Callable[[int, int], None],
    settling: Settling,
) -> Stored:
    """The same, in an empty index; what is answered may be in another."""
    from yoi_relations.index.gathering import gathered  # noqa: PLC0415  # no refresh needs it

    now = cache.clock(workspace)
    listing = list_root(workspace)
    names = sorted(os.fsencode(name) for name in listing.names)
    groups: Groups = {_ROOT: group_of(listing.folder)}
    doubtful: set[bytes] = set()
    done = 0
    with bulk_load(connection), contextlib.closing(gathered(workspace, names)) as batches:
        for batch in batches:
            groups |= {
                name: (paths, stamps) for name, paths, stamps in batch.groups if stamps != _GONE
            }
            doubtful.update(batch.doubtful)
            insert(connection, batch.rows)
            done += len(batch.groups)
            progress(done, len(names))
    known = know(groups, doubtful, _clock(workspace, now))
    stored = _finish(workspace, connection, known, number)
    # Gone meanwhile? Then what was found is no answer, and the second look says so.
    if root_may_differ(known, workspace.tickets_path):
        suspected = suspects(known, workspace.tickets_path)
        update = look_again(workspace, stored, known, suspected, settling)
        moved = updated(workspace, stored, update)
        stored.connection.close()
        return moved
    return stored


def updated(workspace: Workspace, stored: Stored, update: Update) -> Stored:
    """A copy of an index, in memory, with an update made to it."""
    number = stored.identity.number + 1
    connection = publishing.copy_of(stored.connection)
    with publishing.closed_on_failure(connection):
        connection.execute("BEGIN")
        if not update.changes_rows:
            return _noted(workspace, connection, update.known, number, stored.identity.digest)
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
    return Clock(now, device, other == device and is_trusted(root), layered)


def _contents(connection: Connection, names: Iterable[bytes]) -> dict[bytes, Held]:
    """By folder, what an index holds of its sources."""
    found: dict[bytes, Held] = {}
    for name in names:
        found[name] = {}
        query = "SELECT path, id, digest FROM source WHERE name = ?"
        for path, id_, digest in connection.execute(query, (name,)):
            found[name].setdefault(path, []).append((id_, digest))
    return found


def _finish(
    workspace: Workspace,
    connection: Connection,
    known: Known,
    number: int,
    tickets: Collection[str] | None = None,
) -> Stored:
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
    workspace: Workspace, connection: Connection, known: Known, number: int, digest: str
) -> Stored:
    """Note what the index was made from, and end the transaction."""
    identity = publishing.new_identity(workspace, number, digest)
    publishing.write_identity(connection, identity)
    store_known(connection, known)
    connection.execute("COMMIT")
    return Stored(connection, identity)
