"""Finds the workspace, with ``.yoi/`` or the tickets of another tool, and its tickets root.

`configuration` reads what the workspace says about its tickets.
"""

from __future__ import annotations

import os
import stat

from yoi_relations.errors import UsageError, WorkspaceError
from yoi_relations.files.configuration import CONFIGURATIONS, read_backend
from yoi_relations.files.safe_read import DISK
from yoi_relations.files.stat_stamp import NOT_THERE
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yoi_relations.files.file_tree import FileTree
    from yoi_relations.files.other_tools import Marker, Tool
    from yoi_relations.states import State

ROOT_VARIABLE = "YOI_RELATIONS_ROOT"
DEFAULT_TICKETS_ROOT = ".yoi/tickets"
CACHE = ".yoi/cache/relations"
RECORDS = ".yoi/relations"
"""The folder of the records about tickets of another tool."""


class Workspace(NamedTuple):
    """A folder that contains ``.yoi/``, or tickets of another tool.

    Attributes:
        root: absolute path.
        tickets_root: path of the tickets root below `root`, with ``/``.
        files: where its files are: on the disk, or in a revision.
        tool: which keeps the tickets; None for the layouts of yoi.
        has_yoi: whether it contains ``.yoi/``; nothing is written into one without.
    """

    root: str
    tickets_root: str
    files: FileTree = DISK
    tool: Tool | None = None
    has_yoi: bool = True

    @property
    def tickets_path(self) -> str:
        """Absolute path of the tickets root."""
        return os.path.join(self.root, self.tickets_root)

    @property
    def base(self) -> str:
        """Absolute path of the folder that paths in the index are below."""
        return self.root if self.tool else self.tickets_path

    @property
    def prefix(self) -> str:
        """What precedes a path below `base` in the path below `root` that answers show."""
        return "" if self.tool else f"{printable(self.tickets_root)}/"

    @property
    def tool_identity(self) -> str:
        """The tool and its states as text; empty for the layouts of yoi."""
        return self.tool.identity if self.tool else ""

    @property
    def real_tickets_root(self) -> str:
        """Path of the tickets root below `root`, without links: as git has it."""
        return os.path.relpath(os.path.realpath(self.tickets_path), os.path.realpath(self.root))

    @property
    def source_roots(self) -> tuple[str, str]:
        """Paths below `root` of the folders that hold all sources, as they are named and in git."""
        return self.tickets_root, RECORDS if self.tool else self.real_tickets_root

    @property
    def cache_path(self) -> str:
        """Absolute path of the folder that holds the index."""
        return os.path.join(self.root, CACHE)


def cache_in(root: str) -> str | None:
    """The cache folder of a workspace, if it exists and no link leads to it."""
    cache = os.path.join(root, CACHE)
    return cache if os.path.isdir(cache) and os.path.realpath(cache) == cache else None


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
        WorkspaceError: neither it nor a parent is a workspace, or the configuration cannot be used.
    """
    folder = start_folder(start)
    found = workspace_around(folder)
    if found is None:
        raise WorkspaceError(
            f"{folder}: neither .yoi nor tickets of another tool are here or in any folder above",
            f"run it inside a workspace, or name one with -C DIR or {ROOT_VARIABLE}",
            no_tickets_in=os.path.join(folder, DEFAULT_TICKETS_ROOT),
        )
    return found


def workspace_around(folder: str) -> Workspace | None:
    """The workspace around `folder`, which is absolute and without links; None if there is none.

    Raises:
        WorkspaceError: a folder cannot be searched, or the configuration cannot be used.
    """
    root = root_around(folder)
    if root is not None:
        return workspace_in(root)
    from yoi_relations.files.other_tools import marked_around  # noqa: PLC0415  # no workspace of yoi needs it

    marked = marked_around(folder, DISK)
    return workspace_of(*marked, DISK) if marked else None


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


def find_again(root: str) -> Workspace:
    """The workspace at `root`, which was one before, with its current configuration.

    Raises:
        WorkspaceError: it is not a workspace any more, or its configuration cannot be used.
    """
    found = workspace_around(os.path.realpath(root))
    if found is None or found.root != root:
        raise WorkspaceError(
            f"{root}: there is no .yoi folder any more", "put it back, or name another workspace"
        )
    return found


def workspace_of(root: str, marker: Marker, files: FileTree) -> Workspace:
    """The workspace at `root`, which has the marker of another tool and no ``.yoi/``.

    Raises:
        WorkspaceError: the tool's configuration cannot be used.
    """
    return _with_tool(root, marker, {}, files)._replace(has_yoi=False)


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


def workspace_in(root: str, files: FileTree = DISK) -> Workspace:
    """The workspace at `root`, which contains ``.yoi/`` in `files`, as it is configured.

    Raises:
        WorkspaceError: its configuration cannot be used.
    """
    named: tuple[object, str] = None, ""
    for config in CONFIGURATIONS:
        provider, path, states = read_backend(root, config, files)
        if provider is not None:
            from yoi_relations.files.other_tools import configured_marker, states_named  # noqa: PLC0415  # as above

            marker = configured_marker(provider, config, path)
            return _with_tool(root, marker, states_named(states, config), files)
        if path is not None:
            # It is UTF-8 on the disk.
            place = _inside(root, config, os.fsdecode(path.encode()), files)
            return Workspace(root, place, files)
        if named[0] is None:
            named = states, config
    try:
        place = _inside(root, ".yoi", DEFAULT_TICKETS_ROOT, files, must_exist=True)
        return Workspace(root, place, files)
    except OSError:
        return _unconfigured(root, files, named)


def _unconfigured(root: str, files: FileTree, named: tuple[object, str]) -> Workspace:
    """The workspace at `root` without a tickets root: another tool may keep the tickets.

    `named` are the states of words, if any, and the configuration that names them.
    """
    from yoi_relations.files.file_tree import exists  # noqa: PLC0415  # as above
    from yoi_relations.files.other_tools import marker_in, states_named  # noqa: PLC0415  # as above

    # A broken link is one of yoi, too.
    is_there = exists(files.lstat, os.fsencode(os.path.join(root, DEFAULT_TICKETS_ROOT)))
    marker = None if is_there else marker_in(root, files)
    if marker is None:
        return Workspace(root, _inside(root, ".yoi", DEFAULT_TICKETS_ROOT, files), files)
    return _with_tool(root, marker, states_named(*named), files)


def _with_tool(
    root: str, marker: Marker, states: Mapping[str, State], files: FileTree
) -> Workspace:
    """The workspace at `root` with tickets of another tool."""
    from yoi_relations.files.other_tools import configured_tool  # noqa: PLC0415  # as above

    found, tool = configured_tool(root, marker, states, files)
    place = _inside(root, marker.path, os.fsdecode(found.encode()), files)
    if files.realpath(os.path.join(root, place)) != os.path.join(root, place):
        raise WorkspaceError(
            f"{printable(place)}: is reached by a symbolic link, which is not followed",
            "name the folder itself with root in [ticket.backend] of .yoi/workspace.toml",
        )
    return Workspace(root, place, files, tool)


def _inside(
    root: str, config: str, value: str, files: FileTree, *, must_exist: bool = False
) -> str:
    within = os.path.join(root, "")
    path = os.path.normpath(os.path.join(root, value))
    real = files.realpath(path, strict=must_exist)
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
