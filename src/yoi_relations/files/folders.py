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
    """Create a folder and its missing parents, all with full permissions for the owner.

    Raises:
        OSError: one cannot be created.
    """
    if not os.path.isdir(path):
        make_folders(os.path.dirname(path))
        with _made(None, os.fsencode(path), printable(path)):
            pass


def _real_names(root: str, base: str) -> list[bytes]:
    """The names of the folders from `root` to `base`, with links resolved."""
    within = os.path.join(root, "")
    real = os.path.realpath(os.path.join(root, base))
    if not real.startswith(within):
        message = f"{printable(base)} is a symbolic link out of the workspace"
        raise OSError(errno.ELOOP, message)
    return os.fsencode(real.removeprefix(within)).split(b"/")


@contextlib.contextmanager
def _made(parent: int | None, name: bytes, path: str) -> Iterator[int]:
    """The descriptor of a folder, created if missing; a new one is removed after a failure."""
    is_new = False
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, dir_fd=parent)
        is_new = True
    try:
        with _opened(parent, name, path) as folder:
            if is_new:
                _permit_owner(folder)
            yield folder
    except OSError:
        if is_new:
            with contextlib.suppress(OSError):
                os.rmdir(name, dir_fd=parent)
        raise


@contextlib.contextmanager
def _opened(parent: int | None, name: bytes, path: str) -> Iterator[int]:
    """The descriptor of the folder `name`, called `path` in errors; a link is refused."""
    try:
        folder = os.open(name, _OPEN, dir_fd=parent)
    except NotADirectoryError as error:
        if _is_link(parent, name):
            message = f"{path} is a symbolic link, which is not followed"
            raise OSError(errno.ELOOP, message) from error
        raise
    with _closing(folder):
        yield folder


@contextlib.contextmanager
def _closing(folder: int) -> Iterator[int]:
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):  # no data can be lost: it was never written to
            os.close(folder)


def _is_link(parent: int | None, name: bytes) -> bool:
    try:
        os.readlink(name, dir_fd=parent)
    except OSError:
        return False
    return True


def _permit_owner(folder: int) -> None:
    """Restore the permissions of the owner that the umask removed."""
    mode = stat.S_IMODE(os.fstat(folder).st_mode)
    if mode & stat.S_IRWXU != stat.S_IRWXU:
        # The name may mean another folder by now, and `fchmod` refuses an O_PATH descriptor.
        os.chmod(f"/proc/self/fd/{folder}", mode | stat.S_IRWXU)
