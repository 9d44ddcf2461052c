"""Opens the index of a revision.

It depends on the tree of the tickets alone, so it is kept by the id of that tree, and never becomes
stale: other commits with the same tree share it.
"""

from __future__ import annotations

import os
import time

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.workspace import RECORDS, Workspace, printable
from yoi_relations.index import store
from yoi_relations.index.handle import Index, Notify, Trust
from yoi_relations.index.store import IndexState
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from yoi_relations.files.git_tree import GitTree


def open_revision(workspace: Workspace, files: GitTree, notify: Notify) -> Index:
    """The index of `workspace`, whose files are in a revision.

    Args:
        workspace: the workspace.
        files: its files.
        notify: is called if the index could not be written.

    Raises:
        WorkspaceError: the revision has no tickets root.
        GitError: git failed, or a part of the revision is missing in a partial clone.
    """
    start = time.perf_counter()
    tree = _tickets_tree(workspace, files)
    path = store.tree_index_path(workspace, tree)
    stored, state = None, IndexState.MISSING
    if tree:
        stored, state = store.load_published(workspace, path, note_stamp=True)
    if stored is not None:
        _mark_used(path)
        state, published = IndexState.CURRENT, stored.generation
    else:
        from yoi_relations.index.revision_build import build_revision  # noqa: PLC0415  # the YAML parser costs start-up

        stored, published = build_revision(workspace, files, tree, notify), None
    seconds = time.perf_counter() - start
    return Index(workspace, *stored, state, published, Trust.CONTENT, seconds)


def _tickets_tree(workspace: Workspace, files: GitTree) -> str:
    """The id of the tree of the tickets; with another tool, a digest of all that is read.

    Empty for a staging area with a merge conflict in it.
    """
    try:
        tree = files.tree_id(workspace.tickets_path)
    except OSError as error:
        raise WorkspaceError(
            f"{files.at.name}: there is no folder {printable(workspace.tickets_root)} in that"
            " revision, where its configuration says that the tickets are",
            "name another revision",
        ) from error
    if workspace.tool is None or not tree:
        return tree
    from hashlib import sha256  # noqa: PLC0415  # tickets of yoi need no digest

    records: str | None
    try:
        records = files.tree_id(os.path.join(workspace.root, RECORDS))
    except OSError:
        records = None
    if records == "":
        return ""
    return sha256(json_text([tree, records, workspace.tool_identity]).encode()).hexdigest()


def _mark_used(path: str) -> None:
    """Note that an index was used; those that were not used for longest are removed first."""
    try:  # noqa: SIM105  # contextlib costs start-up
        os.utime(store.stamp_path(path), follow_symlinks=False)
    except OSError:
        pass
