"""Opens folders by descriptors, so that no write follows a symbolic link.

Each folder is opened relative to the one above it. An operation relative to the last descriptor
happens in that folder, even if a link replaces the folder meanwhile.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from types import TracebackType

from yoi_relations.files.workspace import printable

_PATH = getattr(os, "O_PATH", os.O_RDONLY)
"""A flag that needs no permission to list the folder, if the system has it."""
_OPEN = _PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@contextlib.contextmanager
def open_folder(
    root: str, base: str, names: Sequence[bytes] = (), made: Sequence[bytes] = ()
) -> Iterator[int]:
    """A descriptor of a folder in a workspace, usable to list and sync it.

    Args:
        root: the absolute path of the workspace, without symbolic links.
        base: path of a folder below `root`; links in it are followed inside the workspace.
        names: names of the folders below `base`, none of which may be a link.
        made: names of the folders below those. They are created if missing, and removed after a
            failure.

    Raises:
        OSError: a folder cannot be opened or created, is a link, or is outside the workspace.
    """
    within = os.path.join(root, "")
    real = os.path.join(os.path.realpath(os.path.join(root, base)), "")
    if not real.startswith(within):
        raise OSError(errno.ELOOP, f"{printable(base)} is a symbolic link out of the workspace")
    below = os.fsencode(real.removeprefix(within)).split(b"/")
    existing = [*filter(None, below), *names]
    path = b""
    with contextlib.ExitStack() as stack:
        folder = _open(stack, None, os.fsencode(root), root)
        for number, name in enumerate((*existing, *made)):
            path = os.path.join(path, name)
            step = _open if number < len(existing) else _make
            folder = step(stack, folder, name, printable(os.fsdecode(path)))
        listed = os.open(".", _LIST, dir_fd=folder)
        stack.callback(_close, listed)
        yield listed


def make_folders(path: str) -> None:
    """Create a folder and its missing parents, all with full permissions for the owner.

    Raises:
        OSError: one cannot be created.
    """
    if not os.path.isdir(path):
        make_folders(os.path.dirname(path))
        with contextlib.ExitStack() as stack:
            _make(stack, None, os.fsencode(path), printable(path))


def _make(stack: contextlib.ExitStack, parent: int | None, name: bytes, path: str) -> int:
    """`_open` a folder, created if missing; after a failure, `stack` removes a new one."""
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        return _open(stack, parent, name, path)

    def undo(_: object, error: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(error, OSError):
            with contextlib.suppress(OSError):
                os.rmdir(name, dir_fd=parent)

    stack.push(undo)
    folder = _open(stack, parent, name, path)
    mode = stat.S_IMODE(os.fstat(folder).st_mode)
    if mode & stat.S_IRWXU != stat.S_IRWXU:  # the umask took it from the owner
        # The name may mean another folder by now, and `fchmod` refuses an O_PATH descriptor.
        os.chmod(f"/proc/self/fd/{folder}", mode | stat.S_IRWXU)
    return folder


def _open(stack: contextlib.ExitStack, parent: int | None, name: bytes, path: str) -> int:
    """The descriptor of a folder, called `path` in errors; a link is refused. `stack` closes it."""
    try:
        folder = os.open(name, _OPEN, dir_fd=parent)
    except NotADirectoryError as error:
        if stat.S_ISLNK(os.lstat(name, dir_fd=parent).st_mode):
            message = f"{path} is a symbolic link, which is not followed"
            raise OSError(errno.ELOOP, message) from error
        raise
    stack.callback(_close, folder)
    return folder


def _close(folder: int) -> None:
    with contextlib.suppress(OSError):  # no data can be lost: it was never written to
        os.close(folder)
