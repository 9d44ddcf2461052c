"""Opens folders by descriptors, so that what is written goes through no symbolic link.

Each folder is opened relative to the one above it. Whatever is then done relative to the last
descriptor is done in that folder, even if a link takes its place in the meantime.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence

from yoi_relations.files.workspace import printable

_PATH = getattr(os, "O_PATH", os.O_RDONLY)
"""Needs no right to list the folder, where the system has it."""
_PASS = _PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@contextlib.contextmanager
def open_folder(
    root: str, base: str, names: Sequence[bytes] = (), made: Sequence[bytes] = ()
) -> Iterator[int]:
    """The descriptor of a folder in a workspace, which can be listed and synced.

    Args:
        root: the workspace's absolute path, which holds no symbolic links.
        base: a folder's path below `root`; links on it are followed inside the workspace.
        names: of the folders that follow, none of which may be a link.
        made: of the folders after those; they are made if missing, and removed after a failure.

    Raises:
        OSError: a folder cannot be opened or made, is a link, or lies outside of the workspace.
    """
    path = b""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(_opened(None, os.fsencode(root), root))
        existing = [*_real_names(root, base), *names]
        for number, name in enumerate((*existing, *made)):
            path = os.path.join(path, name)
            step = _opened if number < len(existing) else _made
            folder = stack.enter_context(step(folder, name, printable(os.fsdecode(path))))
        yield stack.enter_context(_closing(os.open(".", _LIST, dir_fd=folder)))


def make_folders(path: str) -> None:
    """Make a folder and those above it, where they are missing; their owner can use them.

    Raises:
        OSError: one cannot be made.
    """
    if not os.path.isdir(path):
        make_folders(os.path.dirname(path))
        with _made(None, os.fsencode(path), printable(path)):
            pass


def _real_names(root: str, base: str) -> list[bytes]:
    """The names of the folders from `root` to `base`, as links lead now."""
    within = os.path.join(root, "")
    real = os.path.realpath(os.path.join(root, base))
    if not real.startswith(within):
        said = f"{printable(base)} is a symbolic link out of the workspace"
        raise OSError(errno.ELOOP, said)
    return os.fsencode(real.removeprefix(within)).split(b"/")


@contextlib.contextmanager
def _made(parent: int | None, name: bytes, path: str) -> Iterator[int]:
    """A folder as `_opened` gives it, made if missing; a new one is removed after a failure."""
    is_new = False
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, dir_fd=parent)
        is_new = True
    try:
        with _opened(parent, name, path) as folder:
            if is_new:
                _let_owner_use(folder)
            yield folder
    except OSError:
        if is_new:
            with contextlib.suppress(OSError):
                os.rmdir(name, dir_fd=parent)
        raise


@contextlib.contextmanager
def _opened(parent: int | None, name: bytes, path: str) -> Iterator[int]:
    """The descriptor of the folder `name`, which errors call `path`; not of one behind a link."""
    try:
        folder = os.open(name, _PASS, dir_fd=parent)
    except NotADirectoryError as error:
        if _is_link(parent, name):
            said = f"{path} is a symbolic link, which is not followed"
            raise OSError(errno.ELOOP, said) from error
        raise
    with _closing(folder):
        yield folder


@contextlib.contextmanager
def _closing(folder: int) -> Iterator[int]:
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):  # nothing was written through it
            os.close(folder)


def _is_link(parent: int | None, name: bytes) -> bool:
    try:
        os.readlink(name, dir_fd=parent)
    except OSError:
        return False
    return True


def _let_owner_use(folder: int) -> None:
    """Give the owner what the umask took away."""
    mode = stat.S_IMODE(os.fstat(folder).st_mode)
    if mode & stat.S_IRWXU != stat.S_IRWXU:
        # By its name, the folder could be another by now; `fchmod` takes no descriptor like this.
        os.chmod(f"/proc/self/fd/{folder}", mode | stat.S_IRWXU)
