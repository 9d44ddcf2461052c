"""Reads the status of files below one name in the tickets root, and collects their stat stamps.

While the stamps of all collected paths stay equal, another scan would give the same result.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.file_tree import FileTree, Status
from yoi_relations.files.frontmatter import FRONTMATTER_LIMIT
from yoi_relations.files.stat_stamp import ABSENT, NOT_THERE, is_gone, stamp_of


class StatCollector:
    """Reads one folder (or file) below the tickets root.

    Args:
        files: where it is.
        root: the tickets root, absolute, in the file system's bytes.
        name: below it.

    Attributes:
        place: absolute; methods append the names that they take to it.
        paths: the collected paths, below the tickets root.
        stamps: their stamps, each taken before the content was read.
        is_unreliable: whether a file could not be read this time, which no stamp may show.
    """

    def __init__(self, files: FileTree, root: bytes, name: bytes) -> None:
        self.files = files
        self.name = name
        self.place = b"%s/%s" % (root, name)
        self.paths: list[bytes] = []
        self.stamps: list[bytes] = []
        self.is_unreliable = False

    def add(self, name: bytes, status: Status | None) -> None:
        """Collect the stamp of a path."""
        self.paths.append(self.name + name)
        self.stamps.append(stamp_of(status) if status else ABSENT)

    def add_mode(self, name: bytes) -> int:
        """Collect the stamp of a file and return its mode; 0 if it does not exist.

        A missing file needs no stamp: the stamp of the folder above changes when it appears.
        """
        status = self.lstat(name)
        if status:
            self.add(name, status)
        return status.st_mode if status else 0

    def mode(self, name: bytes) -> int:
        """The mode of a file whose stamp does not matter, but that of its folder; 0 if missing."""
        status = self.lstat(name)
        return status.st_mode if status else 0

    def lstat(self, name: bytes) -> Status | None:
        """The status of a file; None if it does not exist.

        Raises:
            UnreadableFolderError: its folder cannot be searched.
        """
        path = self.place + name
        try:
            return self.files.lstat(path)
        except OSError as error:
            if error.errno in NOT_THERE:
                return None
            raise unreadable(os.fsdecode(os.path.dirname(path)), error) from error

    def names(self, name: bytes) -> list[bytes]:
        """The names in a folder; empty if it vanished since its parent was listed.

        Raises:
            UnreadableFolderError: it cannot be listed.
        """
        path = self.place + name
        try:
            return self.files.listdir(path)
        except OSError as error:
            if is_gone(path, self.files):
                return []
            raise unreadable(os.fsdecode(path), error) from error

    def may_hold(self, name: bytes, predicate: Callable[[bytes], bool]) -> bool:
        """Whether `predicate` accepts the start of a file; True if the file cannot be read.

        The stamp of the file is collected. A folder or a device is never accepted.
        """
        try:
            status, data = self.files.read(self.place + name, FRONTMATTER_LIMIT)
        except OSError:
            mode = self.add_mode(name)
            self.is_unreliable |= stat.S_ISREG(mode)
            return stat.S_ISREG(mode) or stat.S_ISLNK(mode)
        self.add(name, status)
        return predicate(data)


def unreadable(path: str, error: OSError) -> UnreadableFolderError:
    """The error for a folder that cannot be listed."""
    if isinstance(error, FileNotFoundError):
        return UnreadableFolderError(
            f"{path}: there is no such folder", "create it, or name another tickets root"
        )
    return UnreadableFolderError(
        f"{path}: cannot be listed: {error.strerror}",
        "make the folder readable; without it no answer would be complete",
    )
