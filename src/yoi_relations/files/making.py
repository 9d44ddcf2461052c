"""Makes files and folders that their owner can use, whatever the umask takes away."""

from __future__ import annotations

import os
import stat

_USE_FILE = stat.S_IRUSR | stat.S_IWUSR
_USE_FOLDER = stat.S_IRWXU


def create_file(path: str | bytes, flags: int, mode: int = 0o666) -> int:
    """The descriptor of a file that is made if it is missing, and that its owner can use.

    Args:
        path: where.
        flags: as `os.open` takes them; ``O_CREAT`` and ``O_CLOEXEC`` are added.
        mode: the rights of a new file, before the umask.

    Raises:
        OSError: it cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, mode)
    try:
        status = os.fstat(descriptor)
        if status.st_mode & _USE_FILE != _USE_FILE and status.st_uid == os.geteuid():
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode) | _USE_FILE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def make_folder(path: str | bytes) -> None:
    """Make a folder that its owner can use.

    Raises:
        OSError: it cannot be made, or there is something already.
    """
    os.mkdir(path)
    mode = stat.S_IMODE(os.lstat(path).st_mode)
    if mode & _USE_FOLDER != _USE_FOLDER:
        os.chmod(path, mode | _USE_FOLDER)


def make_folders(path: str) -> None:
    """Make a folder and those above it, where they are missing.

    Raises:
        OSError: one cannot be made.
    """
    if not os.path.isdir(path):
        make_folders(os.path.dirname(path))
        try:
            make_folder(path)
        except FileExistsError:
            if not os.path.isdir(path):  # otherwise another process was quicker
                raise
