"""Compares the disk with what it looked like when the index was made, by stamps alone.

A stamp that is equal and was settled speaks for its file; everything else is only a suspicion,
which `renewing` settles by reading.
"""

from __future__ import annotations

import os
import time
from collections.abc import Container, Iterable, Sequence

from yoi_relations.files.stat_stamp import SIZE, TICK, changed_in, stamp_of
from yoi_relations.lean.types import Connection, NamedTuple

_END = b"."
"""Behind a second process's answer: it is whole."""
FORK_FROM = 12_000
"""Probes from which on a second process pays."""


class Snapshot(NamedTuple):
    """What the disk looked like; a row of the table ``freshness``, unpacked as far as needed."""

    scanned_at: int
    trusted: int
    names: bytes
    sizes: bytes
    probes: bytes
    stamps: bytes
    racy: bytes

    def should_replace(self, older: Snapshot) -> bool:
        """Whether it says something else of the disk, or lets more of it be believed."""
        return (
            self.trusted != older.trusted
            or (self.names, self.probes, self.stamps) != (older.names, older.probes, older.stamps)
            or len(self.racy) < len(older.racy)
            or self.scanned_at < older.scanned_at
        )

    def folders(self) -> list[bytes]:
        """The names of the folders that were listed."""
        return self.names.split(b"\0")

    def folder_sizes(self) -> Iterable[tuple[bytes, int]]:
        """The names, and how many probes each folder has."""
        return zip(self.folders(), _unpack(self.sizes), strict=True)


class StampChanges(NamedTuple):
    """Folders that may not be as they were.

    Attributes:
        changed: a stamp differs.
        racy: the stamps are equal, but one of them proves nothing yet.
        are_believed: whether stamps in these folders that were settled prove something.
    """

    changed: set[bytes]
    racy: set[bytes]
    are_believed: bool = False


def load_snapshot(connection: Connection) -> Snapshot:
    """What the index behind `connection` knows of the disk."""
    row = connection.execute(
        "SELECT scanned_at, trusted, names, sizes, probes, stamps, unsettled FROM freshness"
    ).fetchone()
    return Snapshot(*row)


def suspects(known: Snapshot, root: str, *, everything: bool = False) -> StampChanges:
    """The folders below the tickets root at `root` that may not be as they were.

    Args:
        known: what the disk looked like.
        root: absolute path.
        everything: whether stamps are to prove nothing.
    """
    if everything or not known.trusted or time.time_ns() < known.scanned_at:
        # No stamp can be believed, or the clock went back behind them all.
        from yoi_relations.files.scan_root import ROOT  # noqa: PLC0415  # a settled index scans nothing

        return StampChanges(set(), {os.fsencode(ROOT), *known.folders()})
    differing = _differing(known.probes, known.stamps, root)
    if not differing and not known.racy:
        return StampChanges(set(), set())
    from itertools import accumulate  # noqa: PLC0415  # only where something is suspected

    names, ends = known.folders(), list(accumulate(_unpack(known.sizes)))
    changed = _names_of(differing, names, ends)
    racy = _names_of(_unpack(known.racy), names, ends) - changed
    return StampChanges(changed, racy, are_believed=True)


def settled_in(known: Snapshot, folders: Container[bytes]) -> dict[bytes, bytes]:
    """The probes of `folders` whose stamps were settled: the stamps by path."""
    racy, paths = set(_unpack(known.racy)), known.probes.split(b"\0")
    found: dict[bytes, bytes] = {}
    first = 0
    for name, size in known.folder_sizes():
        if name in folders:
            found |= {
                paths[at]: known.stamps[at * SIZE : (at + 1) * SIZE]
                for at in range(first, first + size)
                if at not in racy
            }
        first += size
    return found


def root_may_have_changed(known: Snapshot, root: str) -> bool:
    """Whether the tickets root at `root`, or a bucket, may have changed since it was listed."""
    size = _unpack(known.sizes)[0]  # the root's probes come first
    paths, stamps = known.probes.split(b"\0", size)[:size], known.stamps[: size * SIZE]
    differing = _differing_in(b"\0".join(paths), stamps, root, 0)
    now = time.time_ns()  # what is dated later tells nothing
    # What changed within a tick of the listing could have changed once more behind it unseen.
    return bool(differing) or any(
        known.scanned_at - TICK < changed <= now for changed in changed_in(stamps)
    )


def _names_of(probes: Iterable[int], names: list[bytes], ends: list[int]) -> set[bytes]:
    from bisect import bisect_right  # noqa: PLC0415  # likewise

    return {names[bisect_right(ends, probe)] for probe in probes}


def _pack(numbers: list[int]) -> bytes:
    from array import array  # noqa: PLC0415  # likewise

    return array("I", numbers).tobytes()


def _unpack(data: bytes) -> Sequence[int]:
    from array import array  # noqa: PLC0415  # a settled index is compared without

    numbers = array("I")
    numbers.frombytes(data)
    return numbers


def _differing(probes: bytes, stamps: bytes, root: str) -> list[int]:
    """The numbers of the probes whose stamps are not `stamps`."""
    middle = probes.find(b"\0", len(probes) // 2)
    if middle < 0 or len(stamps) < FORK_FROM * SIZE:
        return _differing_in(probes, stamps, root, 0)
    from yoi_relations.index.forked_child import ForkedChild  # noqa: PLC0415  # for many files only

    half = probes.count(b"\0", 0, middle) + 1

    def their_half() -> list[int]:
        return _differing_in(probes[middle + 1 :], stamps[half * SIZE :], root, half)

    with ForkedChild() as second:
        second.start(lambda file: file.write(_pack(their_half()) + _END))
        mine = _differing_in(probes[:middle], stamps[: half * SIZE], root, 0)
        data = second.whole_answer()
    # Without a whole answer, what the other had to do is still to do.
    theirs = list(_unpack(data[:-1])) if data.endswith(_END) else their_half()
    return mine + theirs


def _differing_in(probes: bytes, stamps: bytes, root: str, first: int) -> list[int]:
    paths = probes.split(b"\0")
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            seen = _stamps(paths, descriptor)
        finally:
            os.close(descriptor)
    except OSError:  # listing it will tell why
        return list(range(first, first + len(paths)))
    if b"".join(seen) == stamps:
        return []
    return [first + i for i, stamp in enumerate(seen) if stamp != stamps[i * SIZE : (i + 1) * SIZE]]


def _stamps(paths: list[bytes], root: int) -> list[bytes]:
    look = os.stat
    try:
        return [stamp_of(look(path, dir_fd=root, follow_symlinks=False)) for path in paths]
    except OSError:  # one of them is gone; the quick way has no place for that
        return [_stamp(path, root) for path in paths]


def _stamp(path: bytes, root: int) -> bytes:
    try:
        return stamp_of(os.stat(path, dir_fd=root, follow_symlinks=False))
    except OSError:  # no stamp is empty; listing the folder will tell why
        return b""
