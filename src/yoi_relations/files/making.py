"""Makes files that their owner can use, whatever the umask takes away."""

from __future__ import annotations

import os
import stat

_USE_FILE = stat.S_IRUSR | stat.S_IWUSR


def create_file(path: str | bytes, flags: int, mode: int = 0o666, dir_fd: int | None = None) -> int:
    """The descriptor of a file that is made if it is missing, and that its owner can use.

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
        if status.st_mode & _USE_FILE != _USE_FILE and status.st_uid == os.geteuid():
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode) | _USE_FILE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
