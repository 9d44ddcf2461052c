"""Lists the tickets root and its buckets: possible ticket folders, and loose files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from yoi_relations.files.file_tree import Entry, FileTree, Status
from yoi_relations.files.scan_folder import Folder
from yoi_relations.files.stat_collector import unreadable
from yoi_relations.files.stat_stamp import ABSENT, NOT_THERE, is_gone, stamp_of
from yoi_relations.files.stray.names import BUCKETS, is_loose
from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.types import NamedTuple

ROOT = ""
"""The folder name that represents the tickets root itself and its buckets."""


class Listing(NamedTuple):
    """The result of listing the tickets root.

    Attributes:
        folder: the root itself.
        names: paths below the root of all possible ticket folders, and of loose files that could
            be records by their names.
        links: those of `names` that are symbolic links. Their targets may change unnoticed.
    """

    folder: Folder
    names: list[str]
    links: list[str]


def list_root(workspace: Workspace) -> Listing:
    """List the tickets root and its buckets.

    Raises:
        UnreadableFolderError: one of them cannot be listed.
    """
    root, files = workspace.tickets_path, workspace.files
    # The root may be a link inside the workspace; the stamp is that of its target.
    paths, stamps = [b"."], [_stamp(files.stat, root)]
    entries = {entry.name: entry for entry in _list(files, root)}
    for bucket in BUCKETS:
        if bucket in entries and entries[bucket].is_dir(follow_symlinks=False):
            paths.append(bucket.encode())
            stamps.append(_stamp(files.lstat, f"{root}/{bucket}"))
            inner = _list(files, f"{root}/{bucket}", may_vanish=True)
            entries |= {f"{bucket}/{entry.name}": entry for entry in inner}
    # Dot-files belong to other programs.
    entries = {name: entry for name, entry in entries.items() if not entry.name.startswith(".")}
    links = [name for name, entry in entries.items() if entry.is_symlink()]
    names = [
        name
        for name, entry in entries.items()
        if entry.is_dir(follow_symlinks=False)
        or (is_loose(os.fsencode(entry.name)) and entry.is_file(follow_symlinks=False))
    ]
    return Listing(Folder(paths, stamps, [], []), names + links, links)


def folders_of(path: bytes) -> set[bytes]:
    """Names, as in `Listing`, of the folders whose scan may read a path below the tickets root."""
    first, slash, rest = path.partition(b"/")
    if slash and first.decode("utf-8", "replace") in BUCKETS:
        return {first, b"%s/%s" % (first, rest.partition(b"/")[0])}
    return {first}


def _stamp(status_of: Callable[[bytes], Status], path: str) -> bytes:
    try:
        return stamp_of(status_of(os.fsencode(path)))
    except OSError as error:
        if error.errno in NOT_THERE:
            return ABSENT
        raise unreadable(os.path.dirname(path), error) from error


def _list(files: FileTree, path: str, *, may_vanish: bool = False) -> Sequence[Entry]:
    """The entries of a folder; empty if it may have vanished since its parent was listed."""
    try:
        return files.entries(path)
    except OSError as error:
        if may_vanish and is_gone(path, files):
            return []
        raise unreadable(path, error) from error
