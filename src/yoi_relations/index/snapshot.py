"""The snapshot: the paths that an index rests on, with their stat stamps.

``compare_stamps`` compares it with the disk. A stamp proves that its path is unchanged if it is
equal and was reliable; in every other case the folder has to be scanned again (`rescan`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Container, Iterable, Sequence

from yoi_relations.files.stat_stamp import SIZE, TICK, changed_in, stamp_of
from yoi_relations.index.store import StoredIndex
from yoi_relations.lean.types import Connection, NamedTuple

FORK_FROM = 12_000
"""Paths from which on a second process saves time."""
_END = b"."
"""The last byte of the child's output: it is complete."""


class Snapshot(NamedTuple):
    """The row of the table ``snapshot``; `models.Snapshot` describes the columns."""

    scanned_at: int
    trusted: int
    names: bytes
    sizes: bytes
    paths: bytes
    stamps: bytes
    racy: bytes

    def should_replace(self, older: Snapshot) -> bool:
        """Whether it differs from an older snapshot, or has fewer racy stamps."""
        return (
            self.trusted != older.trusted
            or (self.names, self.paths, self.stamps) != (older.names, older.paths, older.stamps)
            or len(self.racy) < len(older.racy)
            or self.scanned_at < older.scanned_at
        )

    def folders(self) -> list[bytes]:
        """The names of the folders that were listed."""
        return self.names.split(b"\0")

    def folder_sizes(self) -> Iterable[tuple[bytes, int]]:
        """The names, and the number of paths of each folder."""
        return zip(self.folders(), _unpack(self.sizes), strict=True)


UNSTAMPED = Snapshot(0, 1, b"", b"", b"", b"", b"")
"""The snapshot of an index of files that never change."""


class StampChanges(NamedTuple):
    """The folders that may differ from a snapshot.

    Attributes:
        changed: folders with a stamp that differs.
        racy: folders whose stamps are all equal, but one of them is racy.
        are_stamps_trusted: whether reliable stamps of sources in these folders prove anything.
    """

    changed: set[bytes]
    racy: set[bytes]
    are_stamps_trusted: bool = False


class UnprovenIndex(NamedTuple):
    """A published index that stamps alone do not prove current, and the folders to scan."""

    stored: StoredIndex
    snapshot: Snapshot
    changes: StampChanges


def load_snapshot(connection: Connection) -> Snapshot:
    """The snapshot that an index holds."""
    row = connection.execute(
        "SELECT scanned_at, trusted, names, sizes, paths, stamps, racy FROM snapshot"
    ).fetchone()
    return Snapshot(*row)


def compare_stamps(snapshot: Snapshot, root: str, *, everything: bool = False) -> StampChanges:
    """Compare a snapshot with the tickets root at `root`, by stamps alone.

    If `everything` is set, every stamp counts as racy.
    """
    if everything or not snapshot.trusted or time.time_ns() < snapshot.scanned_at:
        # No stamp is reliable. In the last case the clock went back.
        from yoi_relations.files.scan_root import ROOT  # noqa: PLC0415  # a current index needs no scan

        return StampChanges(set(), {os.fsencode(ROOT), *snapshot.folders()})
    differing = _differing(snapshot.paths, snapshot.stamps, root)
    if not differing and not snapshot.racy:
        return StampChanges(set(), set())
    from itertools import accumulate  # noqa: PLC0415  # a current index needs no folder names

    names, ends = snapshot.folders(), list(accumulate(_unpack(snapshot.sizes)))
    changed = _folders_of(differing, names, ends)
    racy = _folders_of(_unpack(snapshot.racy), names, ends) - changed
    return StampChanges(changed, racy, are_stamps_trusted=True)


def reliable_stamps(snapshot: Snapshot, folders: Container[bytes]) -> dict[bytes, bytes]:
    """The reliable stamps of the paths in `folders`, by path."""
    racy, paths = set(_unpack(snapshot.racy)), snapshot.paths.split(b"\0")
    found: dict[bytes, bytes] = {}
    first = 0
    for name, size in snapshot.folder_sizes():
        if name in folders:
            found |= {
                paths[i]: snapshot.stamps[i * SIZE : (i + 1) * SIZE]
                for i in range(first, first + size)
                if i not in racy
            }
        first += size
    return found


def root_may_have_changed(snapshot: Snapshot, root: str) -> bool:
    """Whether the tickets root at `root`, or a bucket, may have changed since it was listed."""
    size = _unpack(snapshot.sizes)[0]  # the root's paths come first
    paths, stamps = snapshot.paths.split(b"\0", size)[:size], snapshot.stamps[: size * SIZE]
    differing = _differing_in(b"\0".join(paths), stamps, root, 0)
    now = time.time_ns()  # a time of change after now proves nothing
    # After a change within a tick of the listing, another one could leave an equal stamp.
    return bool(differing) or any(
        snapshot.scanned_at - TICK < changed <= now for changed in changed_in(stamps)
    )


def _folders_of(indexes: Iterable[int], names: list[bytes], ends: list[int]) -> set[bytes]:
    """The folders that the paths with these indexes belong to."""
    from bisect import bisect_right  # noqa: PLC0415  # a current index needs no folder names

    return {names[bisect_right(ends, index)] for index in indexes}


def _unpack(data: bytes) -> Sequence[int]:
    from array import array  # noqa: PLC0415  # a current index is compared without it

    numbers = array("I")
    numbers.frombytes(data)
    return numbers


def _differing(paths: bytes, stamps: bytes, root: str) -> list[int]:
    """The indexes of the paths whose stamps on the disk are not `stamps`."""
    middle = paths.find(b"\0", len(paths) // 2)
    if middle < 0 or len(stamps) < FORK_FROM * SIZE:
        return _differing_in(paths, stamps, root, 0)
    from array import array  # noqa: PLC0415  # only many paths need it

    from yoi_relations.index.forked_child import ForkedChild  # noqa: PLC0415  # only many paths need it

    half = paths.count(b"\0", 0, middle) + 1

    def second_half() -> list[int]:
        return _differing_in(paths[middle + 1 :], stamps[half * SIZE :], root, half)

    with ForkedChild() as child:
        child.start(lambda file: file.write(array("I", second_half()).tobytes() + _END))
        first = _differing_in(paths[:middle], stamps[: half * SIZE], root, 0)
        output = child.read_all()
    # Without complete output, this process compares the second half too.
    second = list(_unpack(output[:-1])) if output.endswith(_END) else second_half()
    return first + second


def _differing_in(paths: bytes, stamps: bytes, root: str, first: int) -> list[int]:
    """As `_differing`, in this process; the index of the first path is `first`."""
    names = paths.split(b"\0")
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            current = _stamps(names, descriptor)
        finally:
            os.close(descriptor)
    except OSError:  # the scan reports the reason
        return list(range(first, first + len(names)))
    if b"".join(current) == stamps:
        return []
    return [
        first + i for i, stamp in enumerate(current) if stamp != stamps[i * SIZE : (i + 1) * SIZE]
    ]


def _stamps(paths: list[bytes], root: int) -> list[bytes]:
    stat = os.stat
    try:
        return [stamp_of(stat(path, dir_fd=root, follow_symlinks=False)) for path in paths]
    except OSError:  # a path is gone; the fast loop has no `try` for each
        return [_stamp(path, root) for path in paths]


def _stamp(path: bytes, root: int) -> bytes:
    """The stamp of a path; nothing where it has none, which differs from every stamp."""
    try:
        return stamp_of(os.stat(path, dir_fd=root, follow_symlinks=False))
    except OSError:  # the scan reports the reason
        return b""
