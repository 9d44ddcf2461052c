"""Makes the index remember what the disk looked like, for `freshness` to compare."""

from __future__ import annotations

from array import array
from collections.abc import Container

from yoi_relations.files.scan import Folder
from yoi_relations.files.stamps import unsettled_in
from yoi_relations.index.freshness import Groups, Known
from yoi_relations.typed import Connection


def group_of(folder: Folder) -> tuple[list[bytes], list[bytes]]:
    """The probes of a folder that was just listed."""
    return folder.paths, folder.stamps


def know(
    groups: Groups, doubtful: Container[bytes], now: int, device: int, *, trusted: bool
) -> Known:
    """What to remember of the disk.

    Args:
        groups: by folder, the paths and the stamps of its probes.
        doubtful: folders for which no stamp vouches, however settled.
        now: the file system's clock before the first probe, nanoseconds since 1970.
        device: the tickets root's.
        trusted: whether stamps can be believed on its file system.
    """
    names: list[bytes] = []
    paths: list[bytes] = []
    stamps: list[bytes] = []
    sizes = array("I")
    in_doubt: list[int] = []
    for name, (own_paths, own_stamps) in groups.items():
        names.append(name)
        sizes.append(len(own_paths))
        paths += own_paths
        stamps += own_stamps
        if name in doubtful:
            in_doubt += range(len(stamps) - len(own_stamps), len(stamps))
    all_stamps = b"".join(stamps)
    unsettled = sorted({*unsettled_in(all_stamps, now, device), *in_doubt})
    return Known(
        now,
        int(trusted),
        b"\0".join(names),
        sizes.tobytes(),
        b"\0".join(paths),
        all_stamps,
        array("I", unsettled).tobytes(),
    )


def store_known(connection: Connection, known: Known) -> None:
    """Make the index behind `connection` remember `known`."""
    connection.execute("DELETE FROM freshness")
    connection.execute("INSERT INTO freshness VALUES (1, ?, ?, ?, ?, ?, ?, ?)", known)
