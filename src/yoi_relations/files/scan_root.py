"""Lists the tickets root and its buckets: what could be ticket folders, or records beside them."""

from __future__ import annotations

import os

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.scan_folder import Folder
from yoi_relations.files.stat_collector import unreadable
from yoi_relations.files.stat_stamp import ABSENT, NOT_THERE, is_gone, stamp_of
from yoi_relations.files.stray.names import BUCKETS, is_loose
from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.types import NamedTuple

ROOT = ""
"""The name of the folder that stands for the tickets root itself and its buckets."""


class Listing(NamedTuple):
    """The tickets root as it was listed.

    Attributes:
        folder: the root itself.
        names: of all that could be ticket folders, below the root, and of the files beside them
            that could be records by their names.
        links: those of the names that are symbolic links, behind which anything may have changed.
    """

    folder: Folder
    names: list[str]
    links: list[str]


def list_root(workspace: Workspace) -> Listing:
    """The tickets root, and what could be ticket folders in it and in its buckets.

    Raises:
        UnreadableFolderError: it or one of its buckets cannot be listed.
    """
    root = workspace.tickets_path
    # The root may be a link inside the workspace; what counts, and is compared, is behind it.
    paths, stamps = [b"."], [_stamp(root, follow=True)]
    found = {entry.name: entry for entry in _list(root)}
    for bucket in BUCKETS:
        if bucket in found and found[bucket].is_dir(follow_symlinks=False):
            paths.append(bucket.encode())
            stamps.append(_stamp(f"{root}/{bucket}"))
            inner = _list_if_there(f"{root}/{bucket}")
            found |= {f"{bucket}/{entry.name}": entry for entry in inner}
    # Whatever a dot hides is of other programs.
    found = {name: entry for name, entry in found.items() if not entry.name.startswith(".")}
    links = [name for name, entry in found.items() if entry.is_symlink()]
    names = [name for name, entry in found.items() if _may_matter(entry)]
    return Listing(Folder(paths, stamps, [], []), names + links, links)


def _may_matter(entry: os.DirEntry[str]) -> bool:
    if entry.is_dir(follow_symlinks=False):
        return True
    return is_loose(os.fsencode(entry.name)) and entry.is_file(follow_symlinks=False)


def _stamp(path: str, *, follow: bool = False) -> bytes:
    try:
        return stamp_of(os.stat(path, follow_symlinks=follow))
    except OSError as error:
        if error.errno in NOT_THERE:
            return ABSENT
        raise unreadable(os.path.dirname(path), error) from error


def _list(path: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return list(entries)
    except OSError as error:
        raise unreadable(path, error) from error


def _list_if_there(path: str) -> list[os.DirEntry[str]]:
    """A folder's entries; none where it vanished since its parent was listed."""
    try:
        return _list(path)
    except UnreadableFolderError:
        if is_gone(path):
            return []
        raise
