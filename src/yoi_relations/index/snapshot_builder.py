"""Makes a new snapshot from scanned folders, or updates an older one."""

from __future__ import annotations

import os
from array import array
from collections.abc import Container, Iterable

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.stat_stamp import (
    OVERLAY,
    SIZE,
    file_system_of,
    is_trusted_file_system,
    racy_in,
)
from yoi_relations.files.workspace import Workspace
from yoi_relations.index.snapshot import Snapshot
from yoi_relations.lean.types import Connection, NamedTuple

FolderStamps = dict[bytes, tuple[list[bytes], list[bytes]]]
"""By folder, its paths and their stamps."""


class Clock(NamedTuple):
    """What decides whether a stamp is reliable.

    Attributes:
        now: the file system's clock before the scan, in nanoseconds since 1970.
        device: the tickets root's device number.
        trusted: whether stamps on the tickets root's file system can be reliable.
        layered: whether that file system is an overlay.
    """

    now: int
    device: int
    trusted: bool
    layered: bool = False


def read_clock(workspace: Workspace, now: int) -> Clock:
    """The clock of a scan that has just ended; before it, `cache_folder.clock` returned `now`.

    Raises:
        UnreadableFolderError: the tickets root vanished during the scan.
    """
    root = workspace.base
    yoi_folder = os.path.dirname(os.path.dirname(workspace.cache_path))
    try:
        device = os.stat(root).st_dev
        cache_device = os.stat(yoi_folder).st_dev if workspace.has_yoi else device
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
        raise UnreadableFolderError(message, "run the command again") from error
    # `now` says nothing about another device.
    trusted = cache_device == device and is_trusted_file_system(root)
    return Clock(now, device, trusted, file_system_of(root) == OVERLAY)


def new_snapshot(
    scanned: FolderStamps,
    unreliable: Container[bytes],
    clock: Clock,
    older: Snapshot | None = None,
    vanished: Container[bytes] = (),
) -> Snapshot:
    """The snapshot after a scan.

    Args:
        scanned: the stamps of the folders that were scanned.
        unreliable: folders whose stamps prove nothing, whatever their times are.
        clock: decides which other stamps are reliable.
        older: the snapshot before; all stamps of folders that were not scanned are reliable. None
            where all folders were scanned.
        vanished: folders of that snapshot that no longer exist.
    """
    builder, new = _SnapshotBuilder(unreliable, clock), dict(scanned)
    if older is not None:
        old_paths = older.paths.split(b"\0")
        start = end = 0
        for name, size in older.folder_sizes():
            if name not in new and name not in vanished:
                builder.names.append(name)
                builder.sizes.append(size)
            else:
                builder.keep(old_paths[start:end], older.stamps[start * SIZE : end * SIZE])
                start = end + size
                if name in new:
                    builder.add(name, *new.pop(name))
            end += size
        builder.keep(old_paths[start:end], older.stamps[start * SIZE : end * SIZE])
    for name, (paths, stamps) in new.items():
        builder.add(name, paths, stamps)
    return builder.snapshot()


def store_snapshot(connection: Connection, snapshot: Snapshot) -> None:
    """Store `snapshot` in an index, in place of the one that it holds."""
    connection.execute("DELETE FROM snapshot")
    connection.execute("INSERT INTO snapshot VALUES (1, ?, ?, ?, ?, ?, ?, ?)", snapshot)


class _SnapshotBuilder:
    """The folders of a snapshot, added one after the other."""

    def __init__(self, unreliable: Container[bytes], clock: Clock) -> None:
        self.names: list[bytes] = []
        self.sizes = array("I")
        self._unreliable = unreliable
        self._clock = clock
        self._paths: list[bytes] = []
        self._stamps: list[bytes] = []
        self._racy = array("I")

    def keep(self, paths: list[bytes], stamps: bytes) -> None:
        """Add paths with reliable stamps; their folders are in `names` and `sizes` already."""
        self._paths += paths
        self._stamps.append(stamps)

    def add(self, name: bytes, paths: list[bytes], stamps: list[bytes]) -> None:
        """Add a folder that was scanned."""
        first, joined = len(self._paths), b"".join(stamps)
        self.names.append(name)
        self.sizes.append(len(paths))
        self.keep(paths, joined)
        racy: Iterable[int] = range(len(paths))
        if name not in self._unreliable:
            clock = self._clock
            racy = racy_in(joined, clock.now, clock.device, layered=clock.layered)
        self._racy.extend(first + number for number in racy)

    def snapshot(self) -> Snapshot:
        """The snapshot of all folders that were added."""
        return Snapshot(
            self._clock.now,
            int(self._clock.trusted),
            b"\0".join(self.names),
            self.sizes.tobytes(),
            b"\0".join(self._paths),
            b"".join(self._stamps),
            self._racy.tobytes(),
        )
