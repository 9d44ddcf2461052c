"""Descriptors of locks: taken, given back, and never left to a copy of this process.

A lock belongs to an open file, which a forked process would share: it would keep the lock for as
long as it lives, whatever becomes of the one that took it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time

from yoi_relations.atomic import create_file

_TAKEN: set[int] = set()


def open_lock(folder: int, name: str) -> int:
    """The descriptor of a lock file in a folder, made if missing; no copy of it is inherited.

    Raises:
        OSError: it cannot be opened, or is a symbolic link.
    """
    descriptor = create_file(name, os.O_RDWR | os.O_NOFOLLOW, dir_fd=folder)
    _TAKEN.add(descriptor)
    return descriptor


def acquire(descriptor: int, wait: float) -> None:
    """Take the lock, which no other process may hold at the same time.

    Args:
        descriptor: from `open_lock`.
        wait: seconds to wait for another process that holds it.

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
    """Give the lock back, and close its file."""
    _TAKEN.discard(descriptor)
    # The system gives the lock back whatever it says, and nothing was written through this.
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _forget() -> None:
    """In a copy of this process: close what the first one locks with."""
    for descriptor in _TAKEN:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _TAKEN.clear()


os.register_at_fork(after_in_child=_forget)
