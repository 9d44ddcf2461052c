"""Looks at what lies below one name in the tickets root, and keeps a probe of all that decides.

A probe is a path and its stamp. Where all probes of a folder are equal another time, it would be
listed and read alike.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.safe_read import read_with_status
from yoi_relations.files.stat_stamp import ABSENT, NOT_THERE, is_gone, stamp_of

BEGINNING = 64 * 1024
"""Bytes that tell what a file begins with: as many as a frontmatter may have."""


class StatCollector:
    """Looks at one folder (or file) below the tickets root.

    Args:
        root: the tickets root, absolute, in the file system's bytes.
        name: below it.

    Attributes:
        place: absolute; the names that methods take are put behind it.
        paths: what was looked at and decides, below the tickets root.
        stamps: theirs, from before anything behind them was read.
        is_unreliable: whether something could not be read this time, which no stamp may tell.
    """

    def __init__(self, root: bytes, name: bytes) -> None:
        self.name = name
        self.place = b"%s/%s" % (root, name)
        self.paths: list[bytes] = []
        self.stamps: list[bytes] = []
        self.is_unreliable = False

    def keep(self, name: bytes, status: os.stat_result | None) -> None:
        """Add a probe."""
        self.paths.append(self.name + name)
        self.stamps.append(stamp_of(status) if status else ABSENT)

    def keep_if_as(self, name: bytes, stamp: bytes) -> bool:
        """Whether a file has this stamp; then it is remembered."""
        status = self.lstat(name)
        if status is None or stamp_of(status) != stamp:
            return False
        self.paths.append(self.name + name)
        self.stamps.append(stamp)
        return True

    def look(self, name: bytes) -> int:
        """The mode of a file, which is remembered; 0 where there is none.

        What is absent needs no probe: the stamp of the folder above tells when it appears.
        """
        status = self.lstat(name)
        if status is None:
            return 0
        self.keep(name, status)
        return status.st_mode

    def mode(self, name: bytes) -> int:
        """The mode of a file whose coming and going is all that matters; 0 where there is none.

        The stamp of the folder above, which has to be kept, vouches for that.
        """
        status = self.lstat(name)
        return status.st_mode if status else 0

    def lstat(self, name: bytes) -> os.stat_result | None:
        """The status of a file; None where there is none.

        Raises:
            UnreadableFolderError: that cannot be told.
        """
        path = self.place + name
        try:
            return os.lstat(path)
        except OSError as error:
            if error.errno in NOT_THERE:
                return None
            raise unreadable(os.fsdecode(os.path.dirname(path)), error) from error

    def names(self, name: bytes) -> list[bytes]:
        """What lies in a folder; nothing where it vanished since its parent was listed.

        Raises:
            UnreadableFolderError: it cannot be listed.
        """
        path = self.place + name
        try:
            return os.listdir(path)
        except OSError as error:
            if is_gone(path):
                return []
            raise unreadable(os.fsdecode(path), error) from error

    def folders(self, name: bytes) -> Iterator[bytes]:
        """The paths of the folders in a folder, in order; no links, and none that a dot hides.

        Raises:
            UnreadableFolderError: it cannot be listed.
        """
        for inner in sorted(self.names(name)):
            path = b"%s/%s" % (name, inner)
            if not inner.startswith(b".") and stat.S_ISDIR(self.mode(path)):
                yield path

    def may_hold(self, name: bytes, judge: Callable[[bytes], bool]) -> bool:
        """Whether a file's beginning is what `judge` looks for; of what cannot be read it may be.

        The file is remembered. A folder, or a device, holds nothing.
        """
        try:
            status, data = read_with_status(self.place + name, BEGINNING)
        except OSError:
            mode = self.look(name)
            self.is_unreliable |= stat.S_ISREG(mode)
            return stat.S_ISREG(mode) or stat.S_ISLNK(mode)
        self.keep(name, status)
        return judge(data)


def unreadable(path: str, error: OSError) -> UnreadableFolderError:
    """The error about a folder that cannot be listed."""
    if isinstance(error, FileNotFoundError):
        return UnreadableFolderError(
            f"{path}: there is no such folder", "create it, or name another tickets root"
        )
    return UnreadableFolderError(
        f"{path}: cannot be listed: {error.strerror}",
        "make the folder readable; without it no answer would be complete",
    )
