"""Writes a file atomically: a draft is written, and renamed once it is complete."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator

from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_READ_WRITE = stat.S_IRUSR | stat.S_IWUSR


def create_file(path: str | bytes, flags: int, mode: int = 0o666, dir_fd: int | None = None) -> int:
    """The descriptor of a file, created if missing. Its owner can use it under any umask.

    Args:
        path: relative to the folder with the descriptor `dir_fd`.
        flags: for `os.open`; ``O_CREAT`` and ``O_CLOEXEC`` are added.
        mode: permissions of a new file, before the umask.
        dir_fd: see `path`.

    Raises:
        OSError: it cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, mode, dir_fd=dir_fd)
    try:
        status = os.fstat(descriptor)
        if status.st_mode & _READ_WRITE != _READ_WRITE and status.st_uid == os.geteuid():
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode) | _READ_WRITE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextlib.contextmanager
def replacing(
    path: str, draft: str, mode: int = 0o666, dir_fd: int | None = None
) -> Iterator[BinaryIO]:
    """A new file that replaces `path` at the end of the context; it is removed after a failure.

    Args:
        path: of the file to replace.
        draft: path of the new file, in the same folder.
        mode: permissions of the new file, before the umask.
        dir_fd: descriptor of the folder that both paths are relative to.

    Raises:
        OSError: it cannot be written, or `draft` exists.
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
    """Flush and fsync an open file.

    Raises:
        OSError: it could not be written.
    """
    file.flush()
    os.fsync(file.fileno())
