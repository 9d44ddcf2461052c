"""What a scan asks about files, whether they are on the disk or in a tree of git objects.

All paths are absolute. Nothing but an implementation of `FileTree` touches the files of tickets in
a scan, so that a revision is read by the same rules as a work tree.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence

from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple, Protocol


class ObjectStatus(NamedTuple):
    """The status of a file in a tree of objects. It has a mode; objects never change."""

    st_mode: int
    st_ino: int = 0
    st_dev: int = 0
    st_nlink: int = 2
    st_size: int = 0
    st_mtime_ns: int = 0
    st_ctime_ns: int = 0


class ObjectEntry(NamedTuple):
    """An entry of a folder in a tree of objects; it has what a scan uses of `os.DirEntry`."""

    name: str
    st_mode: int

    def is_dir(self, *, follow_symlinks: bool) -> bool:  # noqa: ARG002  # as `os.DirEntry` has it
        """Whether it is a folder; links are not followed."""
        return stat.S_ISDIR(self.st_mode)

    def is_file(self, *, follow_symlinks: bool) -> bool:  # noqa: ARG002  # as `os.DirEntry` has it
        """Whether it is a regular file; links are not followed."""
        return stat.S_ISREG(self.st_mode)

    def is_symlink(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.st_mode)


if TYPE_CHECKING:
    import os

    Status = os.stat_result | ObjectStatus
    Entry = os.DirEntry[str] | ObjectEntry
else:
    Status = Entry = object


class AtRevision(NamedTuple):
    """The revision that files are read from.

    Attributes:
        name: as it was given, such as ``HEAD~20``.
        commit: id of the commit, in hexadecimal; None if the revision is a tree.
        time: when it was committed, RFC 3339 in UTC; None if there is no commit.
    """

    name: str
    commit: str | None
    time: str | None


class FileTree(Protocol):
    """Where files are read from. Its methods raise `OSError` as the system does."""

    @property
    def at(self) -> AtRevision | None:
        """The revision; None for the disk."""

    @property
    def can_fork(self) -> bool:
        """Whether a forked child can read it, too."""

    def lstat(self, path: bytes, /) -> Status:
        """The status of a path; that of the link itself where it is one."""

    def stat(self, path: str | bytes, /) -> Status:
        """The status of what a path leads to."""

    def listdir(self, path: bytes, /) -> list[bytes]:
        """The names in a folder."""

    def entries(self, path: str, /) -> Sequence[Entry]:
        """The entries of a folder."""

    def realpath(self, path: str, /, *, strict: bool = False) -> str:
        """The path without links; if `strict`, it must exist."""

    def read(self, path: bytes, limit: int, /) -> tuple[Status, bytes]:
        """The status of a regular file, and at most `limit` bytes of it; links are not followed."""

    def close(self) -> None:
        """End what it has started."""


def is_folder(files: FileTree, path: str | bytes) -> bool:
    """Whether a path is a folder, or a link to one."""
    try:
        return stat.S_ISDIR(files.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def exists(status_of: Callable[[bytes], Status], path: bytes) -> bool:
    """Whether a path exists; by `lstat` a link without a target does, by `stat` it does not."""
    try:
        status_of(path)
    except (OSError, ValueError):
        return False
    return True
