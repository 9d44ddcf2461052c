"""Writes a file in one step: into a draft, which takes the file's name once it is whole."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO

_USE = stat.S_IRUSR | stat.S_IWUSR


def create_file(path: str | bytes, flags: int, mode: int = 0o666, dir_fd: int | None = None) -> int:
    """The descriptor of a file that is made if missing, and that its owner can use.

    Whatever the umask takes away, its owner can read and write it.

    Args:
        path: where.
        flags: as `os.open` takes them; ``O_CREAT`` and ``O_CLOEXEC`` are added.
        mode: the rights of a new file, before the umask.
        dir_fd: the descriptor of the folder that `path` is relative to.

    Raises:
        OSError: it cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, mode, dir_fd=dir_fd)
    try:
        status = os.fstat(descriptor)
        if status.st_mode & _USE != _USE and status.st_uid == os.geteuid():
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode) | _USE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextlib.contextmanager
def replacing(
    path: str, draft: str, mode: int = 0o666, dir_fd: int | None = None
) -> Iterator[BinaryIO]:
    """A new file to write to, which takes the place of `path` at the end; removed after a failure.

    Args:
        path: where.
        draft: the path of the new file, in the same folder.
        mode: the rights of the new file, before the umask.
        dir_fd: the descriptor of the folder that both paths are relative to.

    Raises:
        OSError: it cannot be written, or there is something at `draft`.
    """
    try:
        flags = os.O_WRONLY | os.O_EXCL
        with open(create_file(draft, flags, mode, dir_fd), "wb") as file:
            yield file
        os.replace(draft, path, src_dir_fd=dir_fd, dst_dir_fd=dir_fd)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft, dir_fd=dir_fd)
        raise


def sync(file: BinaryIO) -> None:
    """Bring to the disk what was written to an open file.

    Raises:
        OSError: it could not be written.
    """
    file.flush()
    os.fsync(file.fileno())
