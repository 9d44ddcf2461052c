"""Reads files of unknown type. It never follows a link and never waits for the writer of a FIFO."""

from __future__ import annotations

import errno
import os
import stat
import sys

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
        data = os.read(descriptor, min(limit, status.st_size + 1, _CHUNK))
        if data and len(data) != status.st_size:
            data += _read(descriptor, limit - len(data))
        return status, data
    finally:
        os.close(descriptor)


def _read(descriptor: int, size: int) -> bytes:
    """At most `size` bytes from the offset of `descriptor`."""
    parts = []
    while size > 0 and (part := os.read(descriptor, min(size, _CHUNK))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
