"""The cache folder: hidden from git and backups, with a lock for its writers."""

from __future__ import annotations

import contextlib
import os
import time
from _thread import get_ident
from collections.abc import Iterator
from contextlib import AbstractContextManager

from yoi_relations.atomic import replacing
from yoi_relations.files.open_folder import open_folder
from yoi_relations.files.safe_read import read_file
from yoi_relations.files.stat_stamp import clock_of
from yoi_relations.files.workspace import CACHE, Workspace
from yoi_relations.index.lock_file import acquire, close_lock, open_lock

LOCK = "lock"
"""The name of the lock file."""
LOCK_WAIT = 5.0
"""Seconds to wait for another process that publishes."""
_DRAFT = r"tmp-[0-9]+(\.sqlite3|-[0-9A-Z]{26}\.md)"
"""The name of an unfinished index or record. Files with other names are never removed."""
_SMALL_DRAFT = r"[\w.-]+\.[0-9]+-[0-9]+\.tmp"
"""The name of an unfinished small file, see `put`."""
_GIT_DRAFT, _GIT_DRAFT_AGE = "git-draft-", 3600.0
"""How the names of unfinished repositories begin (`git.scratch`), and the seconds after which the
process of one was killed."""
_CACHEDIR_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n"
"""The line that https://bford.info/cachedir/ requires."""
_YOI, _, _BELOW = CACHE.partition("/")
_NAMES = _BELOW.encode().split(b"/")


@contextlib.contextmanager
def locked(workspace: Workspace, wait: float | None = None) -> Iterator[int]:
    """Take the lock, and yield the descriptor of the cache folder, which is made if missing.

    It waits `wait` seconds for another process that holds the lock; None is `LOCK_WAIT`.

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
    """Yield the cache folder with its lock held, to write a draft in; None where that fails."""
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(locked(workspace))
        except OSError:
            yield None
        else:
            yield folder


def retry_wait(temporary: int | None) -> float | None:
    """Seconds to wait for the lock again: none if `temporary_folder` has waited in vain."""
    return 0.0 if temporary is None else None


def cache_folder(workspace: Workspace) -> AbstractContextManager[int]:
    """The descriptor of the cache folder.

    Raises:
        OSError: it does not exist, or a symbolic link is in its path.
    """
    return open_folder(workspace.root, _YOI, _NAMES)


@contextlib.contextmanager
def make_cache_folder(workspace: Workspace) -> Iterator[int]:
    """Yield the descriptor of the cache folder, which is made if missing.

    Raises:
        OSError: it cannot be written, or a symbolic link is in its path.
    """
    with open_folder(workspace.root, _YOI, made=_NAMES) as folder:
        for name, data in ((".gitignore", b"*\n"), ("CACHEDIR.TAG", _CACHEDIR_TAG)):
            # A file that cannot be read may be a link or a FIFO; the rename replaces it.
            with contextlib.suppress(OSError):
                if read_file(name, len(data) + 1, folder) == data:
                    continue
            put(folder, name, data)
        yield folder


def put(folder: int, name: str, data: bytes) -> None:
    """Write a small file in one step, into the folder with the descriptor `folder`.

    Raises:
        OSError: the file cannot be written.
    """
    # Threads may write the same file at once, each with a draft of its own.
    with replacing(name, f"{name}.{os.getpid()}-{get_ident()}.tmp", dir_fd=folder) as file:
        file.write(data)


def clock(workspace: Workspace) -> int:
    """The clock of the file system that holds the cache, in nanoseconds since 1970.

    Where nothing can be written, it is the machine's clock. No index is published there either.
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
    """Remove the drafts of processes that were killed."""
    import re  # noqa: PLC0415  # a command that finds its index current removes nothing

    for name in os.listdir(folder):
        with contextlib.suppress(OSError):
            # Small files are written without the lock, so a young draft may be in use.
            if re.fullmatch(_DRAFT, name) or (
                re.fullmatch(_SMALL_DRAFT, name) and _age(folder, name) > LOCK_WAIT
            ):
                os.unlink(name, dir_fd=folder)
            elif name.startswith(_GIT_DRAFT) and _age(folder, name) > _GIT_DRAFT_AGE:
                from shutil import rmtree  # noqa: PLC0415  # slow to import, and rarely needed

                rmtree(name, ignore_errors=True, dir_fd=folder)


def _age(folder: int, name: str) -> float:
    """Seconds since a file was last written."""
    return time.time() - os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime
