"""Finds the workspace, a folder with ``.yoi/``, and the tickets root by its configuration."""

from __future__ import annotations

import os
import stat

from yoi_relations.errors import UsageError, WorkspaceError
from yoi_relations.files.safe_read import DISK
from yoi_relations.files.stat_stamp import NOT_THERE
from yoi_relations.files.toml_plain import read_plain
from yoi_relations.lean.types import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from yoi_relations.files.file_tree import FileTree

ROOT_VARIABLE = "YOI_RELATIONS_ROOT"
DEFAULT_TICKETS_ROOT = ".yoi/tickets"
CACHE = ".yoi/cache/relations"
CONFIG_LIMIT = 64 * 1024
"""Largest size of a configuration, in bytes."""
# The first file that names a root decides.
_CONFIGS = {
    ".yoi/workspace.toml": ("ticket", "backend", "root"),
    ".yoi/ticket.config.toml": ("backend", "root"),
}
CONFIGURATIONS = tuple(_CONFIGS)
"""The configurations that may name a tickets root, as paths below the root of the workspace."""


class Workspace(NamedTuple):
    """A folder that contains ``.yoi/``.

    Attributes:
        root: absolute path.
        tickets_root: path of the tickets root below `root`, with ``/``.
        files: where its files are: on the disk, or in a revision.
    """

    root: str
    tickets_root: str
    files: FileTree = DISK

    @property
    def tickets_path(self) -> str:
        """Absolute path of the tickets root."""
        return os.path.join(self.root, self.tickets_root)

    @property
    def real_tickets_root(self) -> str:
        """Path of the tickets root below `root`, without links: as git has it."""
        return os.path.relpath(os.path.realpath(self.tickets_path), os.path.realpath(self.root))

    @property
    def cache_path(self) -> str:
        """Absolute path of the folder that holds the index."""
        return os.path.join(self.root, CACHE)


def printable(name: str) -> str:
    """A file name as text that UTF-8 can encode: each invalid byte becomes an escape."""
    return printable_bytes(os.fsencode(name))


def printable_bytes(name: bytes) -> str:
    """`printable` for a name in the file system's bytes."""
    return name.decode("utf-8", "backslashreplace")


def find_workspace(start: str | None = None) -> Workspace:
    """The workspace around `start`, ``YOI_RELATIONS_ROOT`` or the working directory.

    The first of these that is set decides.

    Raises:
        UsageError: that folder does not exist.
        WorkspaceError: neither it nor a parent contains ``.yoi/``, or the configuration cannot be
            used.
    """
    folder = start_folder(start)
    root = root_around(folder)
    if root is None:
        raise WorkspaceError(
            f"{folder}: there is no .yoi folder here or in any folder above",
            f"run it inside a workspace, or name one with -C DIR or {ROOT_VARIABLE}",
            no_tickets_in=os.path.join(folder, DEFAULT_TICKETS_ROOT),
        )
    return workspace_in(root)


def start_folder(start: str | None) -> str:
    """The folder from which a workspace is searched, absolute and without links.

    Raises:
        UsageError: `start` does not exist.
        WorkspaceError: the working directory does not exist.
    """
    named = start or os.environ.get(ROOT_VARIABLE)
    if named and not named.isascii():
        from yoi_relations.files.locale_names import existing_path  # noqa: PLC0415  # only needed under some locales

        named = existing_path(named)
    try:
        folder = os.path.realpath(named or os.curdir)
    except FileNotFoundError:
        raise WorkspaceError(
            "the working directory does not exist any more", "change to one that does"
        ) from None
    except ValueError:  # it has a NUL, or a character that no file name can have
        folder = ""
    if named and not os.path.isdir(folder):
        raise UsageError(f"{named}: there is no such folder", "name an existing folder with -C DIR")
    return folder


def workspace_in(root: str, files: FileTree = DISK) -> Workspace:
    """The workspace at `root`, which contains ``.yoi/`` in `files`.

    Raises:
        WorkspaceError: its configuration cannot be used.
    """
    return Workspace(root, _tickets_root(root, files), files)


def find_again(root: str) -> Workspace:
    """The workspace at `root`, which was one before, with its current configuration.

    Raises:
        WorkspaceError: it is not a workspace any more, or its configuration cannot be used.
    """
    if root_around(os.path.realpath(root)) != root:
        raise WorkspaceError(
            f"{root}: there is no .yoi folder any more", "put it back, or name another workspace"
        )
    return workspace_in(root)


def root_around(path: str) -> str | None:
    """The nearest of `path`, absolute without links, and its parents with ``.yoi/``; or None.

    Raises:
        WorkspaceError: one of them cannot be searched for ``.yoi/``.
    """
    at = path
    while not _is_folder(os.path.join(at, ".yoi")):
        parent = os.path.dirname(at)
        if parent == at:
            return None
        at = parent
    return at


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except OSError as error:
        if error.errno in NOT_THERE:
            return False
        # A workspace further up would answer with the wrong tickets.
        raise WorkspaceError(
            f"{path}: cannot be examined: {error.strerror}",
            "run it where all folders above can be examined; each may be the workspace",
        ) from error


def _tickets_root(root: str, files: FileTree) -> str:
    for config in CONFIGURATIONS:
        value = _root_in(config, read_configuration(root, config, files))
        if value is not None:
            # It is UTF-8 on the disk.
            return _inside(root, config, os.fsdecode(value.encode()), files)
    return _inside(root, ".yoi", DEFAULT_TICKETS_ROOT, files)


def named_root(config: str, data: bytes) -> str | None:
    """The tickets root that the configuration `config`, with this content, names; or None.

    Raises:
        WorkspaceError: it is not valid TOML, or the root is not text.
    """
    return _root_in(config, _parsed(config, data))


def _root_in(config: str, values: dict[str, Any] | None) -> str | None:
    value: Any = values
    keys = _CONFIGS[config]
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    if value is None or (isinstance(value, str) and value and "\0" not in value):
        return value
    raise WorkspaceError(f"{config}: {'.'.join(keys)} must be a path as text", "fix the file")


def read_configuration(root: str, config: str, files: FileTree = DISK) -> dict[str, Any] | None:
    """The values of the configuration `config`, a path below `root`; None if there is none.

    Raises:
        WorkspaceError: it cannot be read, is too large, or is not valid TOML.
    """
    try:
        _, data = files.read(os.fsencode(os.path.join(root, config)), CONFIG_LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WorkspaceError(
            f"{config}: cannot be read: {error.strerror}",
            "make it readable; it may name another tickets root",
        ) from error
    return _parsed(config, data)


def _parsed(config: str, data: bytes) -> dict[str, Any]:
    if len(data) > CONFIG_LIMIT:
        raise WorkspaceError(f"{config}: is larger than {CONFIG_LIMIT} bytes", "shorten the file")
    try:
        text = data.decode()
        values = read_plain(text)
        if values is None:
            import tomllib  # noqa: PLC0415  # slow to import

            from yoi_relations.files.toml_bounds import check_bounds  # noqa: PLC0415  # only used together with tomllib

            check_bounds(text)
            values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise WorkspaceError(f"{config}: is not valid TOML: {error}", "fix the file") from error
    return values


def _inside(root: str, config: str, value: str, files: FileTree) -> str:
    within = os.path.join(root, "")
    path = os.path.normpath(os.path.join(root, value))
    real = files.realpath(path)
    if not real.startswith(within):
        raise WorkspaceError(
            f"{config}: the tickets root '{value}' is not inside {root}",
            "name a folder inside the workspace",
        )
    # Git would ignore records there, and they would be swept with the cache.
    cache = files.realpath(os.path.join(root, os.path.dirname(CACHE)))
    if os.path.join(real, "").startswith(os.path.join(cache, "")):
        raise WorkspaceError(
            f"{config}: the tickets root '{value}' is where the index is kept, which git ignores",
            f"name a folder outside of {os.path.dirname(CACHE)}, such as {DEFAULT_TICKETS_ROOT}",
        )
    return os.path.relpath(path if path.startswith(within) else real, root)
