"""The cache folder: hidden from git and backups, with one writer at a time."""

from __future__ import annotations

import contextlib
import os
import time
from _thread import get_ident
from collections.abc import Iterator
from contextlib import AbstractContextManager

from yoi_relations.atomic import replacing
from yoi_relations.files.folders import open_folder
from yoi_relations.files.safe_read import read_file
from yoi_relations.files.stat_stamp import clock_of
from yoi_relations.files.workspace import CACHE, Workspace
from yoi_relations.index.lock_file import acquire, close_lock, open_lock

LOCK = "lock"
"""The name of the lock file."""
LOCK_WAIT = 5.0
"""Seconds to wait for another process that publishes."""
_DRAFT = r"tmp-[0-9]+(\.sqlite3|-[0-9A-Z]{26}\.md)"
"""The name of an index or a record on its way; other names are not ours to remove."""
_SMALL = r"[\w.-]+\.[0-9]+-[0-9]+\.tmp"
"""The same of a small file."""
_CACHEDIR_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"
"""The first line that https://bford.info/cachedir/ asks for."""
_YOI, _, _BELOW = CACHE.partition("/")
_NAMES = _BELOW.encode().split(b"/")


def lock_path(workspace: Workspace) -> str:
    """Absolute path of the lock file."""
    return os.path.join(workspace.cache_path, LOCK)


@contextlib.contextmanager
def locked(workspace: Workspace, wait: float | None = None) -> Iterator[int]:
    """The descriptor of the cache folder, made where it is missing, with its lock held.

    Args:
        workspace: whose.
        wait: seconds to wait for another process that holds it; `LOCK_WAIT` where this is None.

    Raises:
        OSError: the folder cannot be written, or the lock was not free in time (TimeoutError).
    """
    with make_cache_folder(workspace) as folder:
        descriptor = open_lock(folder, LOCK)
        try:
            acquire(descriptor, LOCK_WAIT if wait is None else wait)
            _sweep(folder)
            yield folder
        finally:
            close_lock(descriptor)


@contextlib.contextmanager
def temporary_folder(workspace: Workspace) -> Iterator[int | None]:
    """The cache folder, locked, to write a file in before it moves; None where that fails."""
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(locked(workspace))
        except OSError:
            yield None
        else:
            yield folder


def retry_wait(temporary: int | None) -> float | None:
    """How long to wait for the lock once more: not at all where `temporary_folder` had none."""
    return 0.0 if temporary is None else None


def cache_folder(workspace: Workspace) -> AbstractContextManager[int]:
    """The descriptor of the cache folder.

    Raises:
        OSError: it is not there, or lies elsewhere than it seems to.
    """
    return open_folder(workspace.root, _YOI, _NAMES)


@contextlib.contextmanager
def make_cache_folder(workspace: Workspace) -> Iterator[int]:
    """The descriptor of the cache folder, made if missing: hidden from git and from backups.

    Raises:
        OSError: it cannot be written, or lies elsewhere than it seems to.
    """
    with open_folder(workspace.root, _YOI, made=_NAMES) as folder:
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _CACHEDIR_TAG)):
            _make_file(folder, name, text)
        yield folder


def _make_file(folder: int, name: str, text: str) -> None:
    """Give a file its content, unless it has it; half of one is no use."""
    data = text.encode()
    # What cannot be read may be a link or a FIFO, of which a rename leaves nothing.
    with contextlib.suppress(OSError):
        if read_file(name, len(data) + 1, folder) == data:
            return
    put(folder, name, data)


def put(folder: int, name: str, data: bytes) -> None:
    """Give a file in the folder behind a descriptor its content, in one step."""
    # Threads of one process may put the same file at once, each by way of its own.
    with replacing(name, f"{name}.{os.getpid()}-{get_ident()}.tmp", dir_fd=folder) as file:
        file.write(data)


def clock(workspace: Workspace) -> int:
    """The clock of the file system that holds the cache, in nanoseconds since 1970.

    Where nothing can be written, the machine's own; nothing is kept there either.
    """
    flags = os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        with cache_folder(workspace) as folder:
            descriptor = os.open(LOCK, flags, dir_fd=folder)
        try:
            return clock_of(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        return time.time_ns()


def _sweep(folder: int) -> None:
    """Remove what a process left behind that was killed while it published."""
    import re  # noqa: PLC0415  # a read that finds its index current sweeps nothing

    for name in os.listdir(folder):
        # The small files are written without the lock: one of them may be on its way just now.
        if re.fullmatch(_DRAFT, name) or (re.fullmatch(_SMALL, name) and _is_old(folder, name)):
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=folder)


def _is_old(folder: int, name: str) -> bool:
    with contextlib.suppress(OSError):
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        return time.time() - status.st_mtime > LOCK_WAIT
    return False
