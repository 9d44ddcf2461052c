"""Builds the index of a revision, from another one of the same workspace if few folders differ."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing, suppress

from yoi_relations.files.scan_root import Listing, folders_of
from yoi_relations.files.sources import ticket_source
from yoi_relations.files.stray.names import BUCKETS
from yoi_relations.files.workspace import Workspace
from yoi_relations.index import build, index_file, store
from yoi_relations.index.cache_folder import locked
from yoi_relations.index.folder_scan import scan_folders
from yoi_relations.index.handle import Notify
from yoi_relations.index.rescan import Update, changed_sources, stored_sources
from yoi_relations.index.snapshot import UNSTAMPED
from yoi_relations.index.store import StoredIndex
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from yoi_relations.files.git_tree import GitTree

MAX_KEPT = 4
"""Indexes of revisions that are kept."""
MAX_KEPT_SIZE = 64 << 20
"""Bytes of all of them together. The newest one is kept whatever its size is."""
_MOST = 3 / 4
"""An index is updated if at most this share of the folders differs; otherwise, a new one is
cheaper."""
_FEW = 1 / 64
"""If no more than this share differs, no nearer index is looked for; that costs as much."""
_NAME = re.compile(r"index-v[0-9.]+-([0-9a-f]{40}|[0-9a-f]{64})\.sqlite3")


def build_revision(workspace: Workspace, files: GitTree, tree: str, notify: Notify) -> StoredIndex:
    """The index of the tickets in the tree with the id `tree`; it is kept where that is possible.

    A staging area with a merge conflict has no such id, so its index is not kept.

    Raises:
        GitError: git failed, or a part of the tree is missing in a partial clone.
    """
    listing = ticket_source(workspace).list_root()
    stored = _update_of_another(workspace, files, tree, listing) if tree else None
    if stored is None:
        files.read_ahead(workspace.tickets_path)
        stored = build.build_unstamped(workspace)
        files.forget()  # to write the index, its size is needed again
    # What a link leads to may be outside of the tree.
    if tree and not listing.links:
        with build.closed_on_failure(stored.connection):
            _keep(workspace, store.tree_index_path(workspace, tree), stored, notify)
    return stored


def _update_of_another(
    workspace: Workspace, files: GitTree, tree: str, listing: Listing
) -> StoredIndex | None:
    """The index, made from one that differs in few folders; None if that would not be cheaper."""
    near = _near(workspace, files, tree, len(listing.names))
    for name, names in sorted(near.items(), key=lambda item: len(item[1])):
        other, _ = store.load_published(workspace, os.path.join(workspace.cache_path, name))
        if other is not None:
            with closing(other.connection):
                return update_from(workspace, files, other, names, listing)
    return None


def _near(workspace: Workspace, files: GitTree, tree: str, number: int) -> dict[str, set[bytes]]:
    """By name of a kept index, the folders that differ, of those that are worth an update.

    `number` is that of all folders in the tree.
    """
    found = {}
    for kept in _kept(workspace.cache_path):
        names = changed_folders(files, kept.tree, tree)
        # The tree of a merge that was not made is not here.
        if names is not None and len(names) <= number * _MOST:
            found[kept.name] = names
            if len(names) <= number * _FEW:
                break
    return found


def changed_folders(files: GitTree, old: str, new: str) -> set[bytes] | None:
    """The names, as in `Listing`, of the folders in which two trees of tickets may differ.

    None if one of the trees is not here.
    """
    paths = files.changed_paths(old, new, BUCKETS)
    return None if paths is None else {name for path in paths for name in folders_of(path)}


def update_from(
    workspace: Workspace,
    files: GitTree,
    stored: StoredIndex,
    names: set[bytes],
    listing: Listing,
) -> StoredIndex:
    """The index of `workspace`, made from another one from which only the folders `names` differ.

    Raises:
        GitError: git failed, or a part of a folder is missing in a partial clone.
    """
    files.read_folders_ahead(workspace.tickets_path, names)
    update = _update(workspace, stored, names, listing)
    files.forget()  # an update needs much memory
    return build.apply_update(workspace, stored, update)


def _update(
    workspace: Workspace, stored: StoredIndex, names: set[bytes], listing: Listing
) -> Update:
    """What differs in the folders `names`; all other folders are equal."""
    held = stored_sources(stored.connection, names)
    present = names & {os.fsencode(name) for name in listing.names}
    gone = (held[name].values() for name in names - present)
    outdated = [id_ for sources in gone for each in sources for id_, _ in each]
    scans = []
    for scan in scan_folders(ticket_source(workspace), sorted(present)):
        ids, new_reads = changed_sources(held[scan.name], scan)
        outdated += ids
        if new_reads:
            scans.append(scan._replace(reads=new_reads))
    return Update(outdated, scans, UNSTAMPED, is_worth_publishing=True)


def _keep(workspace: Workspace, path: str, stored: StoredIndex, notify: Notify) -> None:
    """Publish an index, and remove those that were not used for longest."""
    name = os.path.basename(path)
    try:
        # Where another process holds the lock, a later command keeps it.
        with suppress(TimeoutError, FileNotFoundError), locked(workspace, 0.0) as folder:
            index_file.publish(folder, name, stored.connection)
            _remove_others(workspace.cache_path, name)
    except OSError as error:
        notify(f"{path}: cannot write the index: {error.strerror or error}; answering from memory")


class _Kept(NamedTuple):
    """An index of a revision in the cache folder."""

    used: int
    name: str
    tree: str
    size: int


def _kept(cache: str) -> list[_Kept]:
    """The indexes of revisions, the last used first."""
    try:
        names = os.listdir(cache)
    except OSError:
        return []
    return sorted(_described(cache, names), reverse=True)


def _described(cache: str, names: list[str]) -> Iterator[_Kept]:
    for name in names:
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        path = os.path.join(cache, name)
        with suppress(OSError):
            status = os.lstat(path)
            used = status.st_mtime_ns
            with suppress(OSError):
                used = max(used, os.lstat(store.stamp_path(path)).st_mtime_ns)
            yield _Kept(used, name, match[1], status.st_size)


def _remove_others(cache: str, newest: str) -> None:
    """Keep `newest`, and those of the others that were used last and have room."""
    size = 0
    ranked = sorted(_kept(cache), key=lambda kept: kept.name != newest)  # stable
    for number, kept in enumerate(ranked, 1):
        size += kept.size
        if number > 1 and (number > MAX_KEPT or size > MAX_KEPT_SIZE):
            path = os.path.join(cache, kept.name)
            for each in (store.stamp_path(path), path):
                with suppress(OSError):
                    os.unlink(each)
