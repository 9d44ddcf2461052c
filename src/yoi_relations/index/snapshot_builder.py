"""Makes the index remember what the disk looked like, for `freshness` to compare."""

from __future__ import annotations

from array import array
from collections.abc import Container

from yoi_relations.files.scan_folder import Folder
from yoi_relations.files.stat_stamp import SIZE, racy_in
from yoi_relations.index.snapshot import Snapshot
from yoi_relations.lean.types import Connection, NamedTuple

FolderStamps = dict[bytes, tuple[list[bytes], list[bytes]]]
"""By folder, the paths and the stamps of its probes."""


class Clock(NamedTuple):
    """What decides whether a stamp can be believed.

    Attributes:
        now: the file system's clock before the first probe, nanoseconds since 1970.
        device: the tickets root's.
        trusted: whether stamps can be believed on its file system.
        layered: whether that is an overlay.
    """

    now: int
    device: int
    trusted: bool
    layered: bool = False


def group_of(folder: Folder) -> tuple[list[bytes], list[bytes]]:
    """The probes of a folder that was just listed."""
    return folder.paths, folder.stamps


def know(groups: FolderStamps, unreliable: Container[bytes], clock: Clock) -> Snapshot:
    """What to remember of the disk.

    Args:
        groups: by folder, the paths and the stamps of its probes.
        unreliable: folders for which no stamp vouches, however settled.
        clock: which stamps can be believed.
    """
    memory = _Memory()
    for name, (paths, stamps) in groups.items():
        memory.add(name, paths, stamps, unreliable=name in unreliable)
    return memory.known(clock)


def renewed(
    older: Snapshot,
    seen: FolderStamps,
    vanished: Container[bytes],
    unreliable: Container[bytes],
    clock: Clock,
) -> Snapshot:
    """What to remember where only some folders were looked at again.

    Args:
        older: what was known before; of folders that were not looked at, all is settled.
        seen: those that were, as in `know`.
        vanished: those that are no longer there.
        unreliable: as in `know`.
        clock: likewise.
    """
    memory = _Memory()
    old_paths, new = older.probes.split(b"\0"), dict(seen)
    start = end = 0
    for name, size in older.folder_sizes():
        if name not in new and name not in vanished:
            memory.names.append(name)
            memory.sizes.append(size)
        else:
            memory.keep(old_paths[start:end], older.stamps[start * SIZE : end * SIZE])
            start = end + size
            if name in new:
                memory.add(name, *new.pop(name), unreliable=name in unreliable)
        end += size
    memory.keep(old_paths[start:end], older.stamps[start * SIZE : end * SIZE])
    for name, (paths, stamps) in new.items():
        memory.add(name, paths, stamps, unreliable=name in unreliable)
    return memory.known(clock)


class _Memory:
    """What becomes a `Snapshot`, folder by folder."""

    def __init__(self) -> None:
        self.names: list[bytes] = []
        self.sizes = array("I")
        self._paths: list[bytes] = []
        self._stamps: list[bytes] = []
        self._new: list[tuple[int, bytes]] = []
        self._unsettled: list[int] = []

    def keep(self, paths: list[bytes], stamps: bytes) -> None:
        """Add probes that are settled; their folders have been added."""
        self._paths += paths
        self._stamps.append(stamps)

    def add(
        self, name: bytes, paths: list[bytes], stamps: list[bytes], *, unreliable: bool
    ) -> None:
        """Add a folder that was looked at."""
        first = len(self._paths)
        self.names.append(name)
        self.sizes.append(len(paths))
        self.keep(paths, b"".join(stamps))
        if unreliable:
            self._unsettled += range(first, first + len(paths))
        else:
            self._new.append((first, self._stamps[-1]))

    def known(self, clock: Clock) -> Snapshot:
        """All of it."""
        for first, stamps in self._new:
            racy = racy_in(stamps, clock.now, clock.device, layered=clock.layered)
            self._unsettled += [first + number for number in racy]
        return Snapshot(
            clock.now,
            int(clock.trusted),
            b"\0".join(self.names),
            self.sizes.tobytes(),
            b"\0".join(self._paths),
            b"".join(self._stamps),
            array("I", sorted(self._unsettled)).tobytes(),
        )


def store_snapshot(connection: Connection, known: Snapshot) -> None:
    """Make the index behind `connection` remember `known`."""
    connection.execute("DELETE FROM freshness")
    connection.execute("INSERT INTO freshness VALUES (1, ?, ?, ?, ?, ?, ?, ?)", known)
