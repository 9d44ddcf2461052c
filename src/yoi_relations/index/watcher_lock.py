"""One watcher a work tree: a lock beside the index, and whether somebody holds it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time

from yoi_relations.files.workspace import Workspace
from yoi_relations.index.cache_folder import cache_folder, make_cache_folder
from yoi_relations.index.lock_file import close_lock, open_lock

_NAME = "watch.lock"
_TRIES = 5
_PAUSE = 0.05
"""Whoever asks whether a watcher is alive holds the lock for a moment."""


def is_watcher_running(workspace: Workspace) -> bool:
    """Whether a watcher is running on this work tree; changes nothing."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        with cache_folder(workspace) as folder:
            descriptor = os.open(_NAME, flags, dir_fd=folder)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    else:
        return False
    finally:
        os.close(descriptor)


class WatcherLock:
    """Held by the one watcher of a work tree; the file is never unlinked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._descriptor: int | None = None

    def hold(self) -> bool:
        """Take the lock, or keep it; False where another watcher has it.

        Where nothing can be written there is no lock, and so nobody else has it. A lock file that
        went with its folder is made again.
        """
        if self._descriptor is not None and self._is_in_place(self._descriptor):
            return True
        self.release()
        try:
            with make_cache_folder(self._workspace) as folder:
                self._descriptor = open_lock(folder, _NAME)
            return _take(self._descriptor)
        except OSError:
            return True

    def release(self) -> None:
        """Let others watch."""
        if self._descriptor is not None:
            close_lock(self._descriptor)
            self._descriptor = None

    def _is_in_place(self, descriptor: int) -> bool:
        with contextlib.suppress(OSError):
            path = os.path.join(self._workspace.cache_path, _NAME)
            return os.path.samestat(os.fstat(descriptor), os.lstat(path))
        return False


def _take(descriptor: int) -> bool:
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return True
    return False
