"""The lock that allows one watcher per work tree."""

from __future__ import annotations

import contextlib
import fcntl
import os

from yoi_relations.files.workspace import Workspace
from yoi_relations.index.cache_folder import cache_folder, make_cache_folder
from yoi_relations.index.lock_file import acquire, close_lock, open_lock

_NAME = "watch.lock"
_WAIT = 0.25
"""Seconds; `is_watcher_running` holds the lock for a moment."""


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
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(descriptor)
    return False


class WatcherLock:
    """The lock of one watcher; its file is never unlinked.

    Args:
        workspace: the workspace to watch.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._descriptor: int | None = None

    def hold(self) -> bool:
        """Take the lock, or keep it; False if another watcher has it.

        True also if the lock file cannot be written, because then no other watcher can hold it. A
        lock file that was deleted with its folder is created again.
        """
        if self._descriptor is not None and self._is_in_place(self._descriptor):
            return True
        self.release()
        try:
            with make_cache_folder(self._workspace) as folder:
                self._descriptor = open_lock(folder, _NAME)
        except OSError:
            return True
        try:
            acquire(self._descriptor, _WAIT)
        except OSError as error:
            return not isinstance(error, TimeoutError)
        return True

    def release(self) -> None:
        """Allow other watchers."""
        if self._descriptor is not None:
            close_lock(self._descriptor)
            self._descriptor = None

    def _is_in_place(self, descriptor: int) -> bool:
        """Whether the lock file was not deleted or replaced."""
        with contextlib.suppress(OSError):
            path = os.path.join(self._workspace.cache_path, _NAME)
            return os.path.samestat(os.fstat(descriptor), os.lstat(path))
        return False
