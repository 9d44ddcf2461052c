"""Reads files of unknown type. It never follows a link and never waits for the writer of a FIFO.

`Disk` has what a scan asks of the disk; `file_tree` says what else can answer that.
"""

from __future__ import annotations

import errno
import os
import stat
import sys

from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from yoi_relations.files.file_tree import FileTree

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK = 256 * 1024


def read_file(path: str | bytes, limit: int = sys.maxsize, dir_fd: int | None = None) -> bytes:
    """At most `limit` bytes of a regular file; `path` is relative to the folder `dir_fd`.

    Raises:
        OSError: it cannot be read, is a symbolic link, or is not a regular file.
    """
    return read_with_status(path, limit, dir_fd)[1]


def read_with_status(
    path: str | bytes, limit: int, dir_fd: int | None = None
) -> tuple[os.stat_result, bytes]:
    """The status of a regular file, taken before it is read, and at most `limit` bytes of it.

    Raises:
        OSError: it cannot be read, is a symbolic link, or is not a regular file.
    """
    descriptor = os.open(path, _FLAGS, dir_fd=dir_fd)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "is not a regular file")
        # One byte more than the size: if it does not come, the file is complete.
        parts = [os.read(descriptor, min(limit, status.st_size + 1, _CHUNK))]
        rest = limit - len(parts[0])
        if parts[0] and len(parts[0]) != status.st_size:
            while rest > 0 and (part := os.read(descriptor, min(rest, _CHUNK))):
                parts.append(part)
                rest -= len(part)
        return status, b"".join(parts)
    finally:
        os.close(descriptor)


class Disk:
    """The disk as a `FileTree`. It calls the system directly, because scans are many calls."""

    at = None
    can_fork = True
    lstat = staticmethod(os.lstat)
    stat = staticmethod(os.stat)
    listdir = staticmethod(os.listdir)
    realpath = staticmethod(os.path.realpath)
    read = staticmethod(read_with_status)

    @staticmethod
    def entries(path: str) -> list[os.DirEntry[str]]:
        """What is in a folder."""
        with os.scandir(path) as entries:
            return list(entries)

    @staticmethod
    def close() -> None:
        """Nothing is open."""


DISK: FileTree = Disk()  # type: ignore[assignment]  # mypy sees one overload of `os.listdir`
"""The file tree of every workspace but that of a revision."""
