"""Builds the index of merged files, from that of one side and from what conflicts say."""

from __future__ import annotations

import os
import time
from collections import Counter

from yoi_relations.files.conflicts import Conflict, settle
from yoi_relations.files.git_tree import GitTree
from yoi_relations.files.revision import OpenRepository
from yoi_relations.files.source import Format
from yoi_relations.files.sources import ticket_source
from yoi_relations.files.workspace import Workspace, printable_bytes
from yoi_relations.git.merge import MergedTrees
from yoi_relations.index.build import build_unstamped
from yoi_relations.index.compared import OpenedTree
from yoi_relations.index.handle import Index, Trust
from yoi_relations.index.revision_build import changed_folders, update_from
from yoi_relations.index.store import IndexState, StoredIndex


def settle_all(
    repository: OpenRepository, workspace: Workspace, files: GitTree, trees: MergedTrees
) -> list[Conflict]:
    """The conflicts of sources, by path; `files` gets the content that both sides give them.

    Raises:
        GitError: git failed, or lacks an object.
    """
    tickets = ticket_source(workspace)
    units = set(map(os.fsencode, tickets.list_root().names))
    found: list[Conflict] = []
    for path, stages in sorted(trees.conflicts.items()):
        place = os.path.join(os.fsencode(repository.top), path)
        unit = _unit_of(os.path.relpath(place, os.fsencode(workspace.base)), units)
        for source in tickets.scan(unit, {}).sources if unit else ():
            if source.fs_path == place and source.format is not Format.STRAY:
                unsettled = Conflict(printable_bytes(path), unit, source, (), None, decided=False)
                conflict = settle(unsettled, tickets, stages, repository.content)
                if conflict.content is not None:
                    files.replace(place, conflict.content)
                found.append(conflict)
    # The sides moved these tickets to different places, and both places are there.
    places = Counter(each.source.holder for each in found if each.states and each.content is None)
    return [
        each._replace(decided=each.decided and places[each.source.holder] <= 1) for each in found
    ]


def _unit_of(path: bytes, units: set[bytes]) -> bytes:
    """The innermost unit that a path belongs to; empty if it belongs to none."""
    while path and path not in units:
        path = os.path.dirname(path)
    return path


def build_merged(
    workspace: Workspace, files: GitTree, sides: list[OpenedTree], conflicts: list[Conflict]
) -> Index:
    """The index of the merged files; it is not kept, because it is not that of a tree.

    Args:
        workspace: the merged workspace.
        files: its files.
        sides: what was merged; most folders are equal to those of one of them.
        conflicts: the conflicts of sources, which differ from the files of both sides.

    Raises:
        GitError: git failed, or lacks an object.
    """
    start, listing = time.perf_counter(), ticket_source(workspace).list_root()
    near: list[tuple[set[bytes], Index]] = []
    # What a link leads to may differ, though the link itself does not.
    if workspace.tool is None and not listing.links:
        tree = files.tree_id(workspace.tickets_path)
        for side in sides:
            names = changed_folders(files, side.tree, tree) if side.fits(workspace) else None
            if names is not None:
                near.append((names, side.opened))
    if near:
        names, opened = min(near, key=lambda item: len(item[0]))
        names |= {conflict.unit for conflict in conflicts}
        known = StoredIndex(opened.connection, opened.generation)
        stored = update_from(workspace, files, known, names, listing)
    else:
        stored = build_unstamped(workspace)
    seconds = time.perf_counter() - start
    return Index(workspace, *stored, IndexState.CURRENT, None, Trust.CONTENT, seconds)
