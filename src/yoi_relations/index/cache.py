"""The cache folder: hidden from git and backups, with one writer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from _thread import get_ident
from collections.abc import Iterator

from yoi_relations.files.making import create_file, make_folders
from yoi_relations.files.opening import read_file
from yoi_relations.files.stamps import clock_of
from yoi_relations.files.workspace import Workspace
from yoi_relations.index.lock_files import close_lock, open_lock
from yoi_relations.index.origin import refuse_links

LOCK_WAIT = 5.0
"""Seconds to wait for another process that publishes."""
_DRAFT = r"tmp-[0-9]+(\.sqlite3|-[0-9A-Z]{26}\.md)"
"""The name of an index or a record on its way; other names are not ours to remove."""
_SMALL = r"[\w.-]+\.[0-9]+-[0-9]+\.tmp"
"""The same of a small file."""
_CACHEDIR_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"
"""The first line that https://bford.info/cachedir/ asks for."""


def lock_path(workspace: Workspace) -> str:
    """Absolute path of the lock file."""
    return os.path.join(workspace.cache_path, "lock")


@contextlib.contextmanager
def locked(workspace: Workspace, wait: float | None = None) -> Iterator[None]:
    """Hold the cache folder's lock, and the folder made where it is missing.

    Args:
        workspace: whose.
        wait: seconds to wait for another process that holds it; `LOCK_WAIT` where this is None.

    Raises:
        OSError: the folder cannot be written, or the lock was not free in time (TimeoutError).
    """
    make_cache_folder(workspace)
    descriptor = open_lock(lock_path(workspace))
    try:
        _wait_for(descriptor, LOCK_WAIT if wait is None else wait)
        _sweep(workspace)
        yield
    finally:
        close_lock(descriptor)


@contextlib.contextmanager
def temporary_folder(workspace: Workspace) -> Iterator[str | None]:
    """The cache folder, locked, to write a file in before it moves; None where that fails."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(workspace))
        except OSError:
            yield None
        else:
            yield workspace.cache_path


def second_wait(temporary: str | None) -> float | None:
    """How long to wait for the lock once more: not at all where `temporary_folder` had none."""
    return 0.0 if temporary is None else None


def make_cache_folder(workspace: Workspace) -> None:
    """Make the cache folder, which hides itself from git and from backups.

    Raises:
        OSError: it cannot be written, or lies elsewhere than it seems to.
    """
    refuse_links(workspace)
    make_folders(workspace.cache_path)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _CACHEDIR_TAG)):
        _make_file(os.path.join(workspace.cache_path, name), text)


def _make_file(path: str, text: str) -> None:
    """Give a file its content, unless it has it; half of one is no use."""
    data = text.encode()
    # What cannot be read may be a link or a FIFO, of which a rename leaves nothing.
    with contextlib.suppress(OSError):
        if read_file(path, len(data) + 1) == data:
            return
    put(path, data)


def put(path: str, data: bytes) -> None:
    """Give a file its content in one step."""
    # Threads of one process may put the same file at once, each by way of its own.
    temporary = f"{path}.{os.getpid()}-{get_ident()}.tmp"
    try:
        with open(create_file(temporary, os.O_WRONLY | os.O_EXCL), "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def clock(workspace: Workspace) -> int:
    """The clock of the file system that holds the cache, in nanoseconds since 1970.

    Where nothing can be written, the machine's own; nothing is kept there either.
    """
    flags = os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        refuse_links(workspace)
        descriptor = os.open(lock_path(workspace), flags)
        try:
            return clock_of(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        return time.time_ns()


def _wait_for(descriptor: int, wait: float) -> None:
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                said = f"held the lock for {wait:.0f} s" if wait else "holds the lock"
                raise TimeoutError(f"another process {said}") from None
            time.sleep(0.01)
        else:
            return


def _sweep(workspace: Workspace) -> None:
    """Remove what a process left behind that was killed while it published."""
    import re  # noqa: PLC0415  # a read that finds its index current sweeps nothing

    for name in os.listdir(workspace.cache_path):
        path = os.path.join(workspace.cache_path, name)
        # The small files are written without the lock: one of them may be on its way just now.
        if re.fullmatch(_DRAFT, name) or (re.fullmatch(_SMALL, name) and _is_old(path)):
            with contextlib.suppress(OSError):
                os.unlink(path)


def _is_old(path: str) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - os.lstat(path).st_mtime > LOCK_WAIT
    return False
