"""Builds the index of merged files, from that of one side and from what conflicts say."""

from __future__ import annotations

import os
import time

from yoi_relations.files.conflicts import Conflict, find_source, settle
from yoi_relations.files.git_tree import GitTree
from yoi_relations.files.revision import OpenRepository
from yoi_relations.files.scan_root import folders_of, list_root
from yoi_relations.files.stray.names import BUCKETS
from yoi_relations.files.workspace import Workspace
from yoi_relations.git.merge import MergedTrees
from yoi_relations.index.build import build_unstamped
from yoi_relations.index.compared import OpenedTree
from yoi_relations.index.handle import Index, Trust
from yoi_relations.index.revision_build import update_from
from yoi_relations.index.store import IndexState, StoredIndex


def settle_all(
    repository: OpenRepository, workspace: Workspace, files: GitTree, trees: MergedTrees
) -> list[Conflict]:
    """The conflicts of sources, by path; `files` gets the content that both sides give them.

    Raises:
        GitError: git failed, or lacks an object.
    """
    if workspace.tool is not None:  # its task files are read as git merged them
        return []
    root = os.fsencode(os.path.join(workspace.tickets_path, ""))
    top = os.fsencode(os.path.join(repository.top, ""))
    found: list[Conflict] = []
    for path, stages in sorted(trees.conflicts.items()):
        place = top + path
        source = find_source(place.removeprefix(root)) if place.startswith(root) else None
        if source is None:
            continue
        conflict = settle(path, source, stages, repository.content)
        if conflict.content is not None:
            files.replace(place, conflict.content)
        found.append(conflict)
    return found


def build_merged(
    workspace: Workspace, files: GitTree, side: OpenedTree, conflicts: list[Conflict]
) -> Index:
    """The index of the merged files; it is not kept, because it is not that of a tree.

    Args:
        workspace: the merged workspace.
        files: its files.
        side: what most folders are equal to.
        conflicts: the conflicts of sources, which differ from the files of `side`.

    Raises:
        GitError: git failed, or lacks an object.
    """
    start, listing = time.perf_counter(), list_root(workspace)
    paths = None
    # What a link leads to may differ, though the link itself does not.
    if side.fits(workspace) and not listing.links:
        tree = files.tree_id(workspace.tickets_path)
        paths = files.changed_paths(side.tree, tree, BUCKETS)
    if paths is None:
        stored = build_unstamped(workspace)
    else:
        names = {name for path in paths for name in folders_of(path)}
        names |= {conflict.folder for conflict in conflicts}
        known = StoredIndex(side.opened.connection, side.opened.generation)
        stored = update_from(workspace, known, names, listing)
    seconds = time.perf_counter() - start
    return Index(workspace, *stored, IndexState.CURRENT, None, Trust.CONTENT, seconds)
