"""Opens and closes lock files, and closes them in forked children.

A lock belongs to an open file, which a forked child shares. A child that outlives its parent would
keep the parent's lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time

from yoi_relations.atomic import create_file

_OPEN: set[int] = set()


def open_lock(folder: int, name: str) -> int:
    """Open a lock file in the folder with the descriptor `folder`; it is made if missing.

    Raises:
        OSError: the file cannot be opened, or is a symbolic link.
    """
    descriptor = create_file(name, os.O_RDWR | os.O_NOFOLLOW, dir_fd=folder)
    _OPEN.add(descriptor)
    return descriptor


def acquire(descriptor: int, wait: float) -> None:
    """Take the lock of an open lock file; wait `wait` seconds for another process that holds it.

    Raises:
        TimeoutError: another process held it all the time.
        OSError: the file system has no locks.
    """
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                holder = f"held the lock for {wait:.0f} s" if wait else "holds the lock"
                raise TimeoutError(f"another process {holder}") from None
            time.sleep(0.01)
        else:
            return


def close_lock(descriptor: int) -> None:
    """Release the lock, and close its file."""
    _OPEN.discard(descriptor)
    # The system releases the lock even if it reports an error, and no data can be lost.
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _close_in_child() -> None:
    """Close the lock files of the parent."""
    for descriptor in _OPEN:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _OPEN.clear()


os.register_at_fork(after_in_child=_close_in_child)
