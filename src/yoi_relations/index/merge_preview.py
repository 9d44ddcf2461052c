"""Opens the index of a merge that was not made, and those of its two sides."""

from __future__ import annotations

import os

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.configuration import CONFIGURATIONS
from yoi_relations.files.revision import OpenRepository, start_root
from yoi_relations.files.workspace import Workspace
from yoi_relations.git.merge import BASE, MergedTrees, merge_trees
from yoi_relations.git.repository import Range, find_range
from yoi_relations.git.scratch import ScratchRepository
from yoi_relations.index.compared import OpenedTree, no_common_history
from yoi_relations.index.handle import Index, Notify
from yoi_relations.index.revision_index import open_revision
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from yoi_relations.files.conflicts import Conflict

_HEAD = "HEAD"


class MergePreview(NamedTuple):
    """The indexes of a merge and of its sides. Use it in a ``with`` statement.

    Attributes:
        ours: the index of ``HEAD``.
        theirs: the index of the branch.
        merged: the index of the merged files.
        bases: ids of the merge bases.
        conflicts: the sources that conflict, by path.
        other_conflicts: the number of other files that conflict.
    """

    ours: Index
    theirs: Index
    merged: Index
    bases: list[str]
    conflicts: list[Conflict]
    other_conflicts: int

    @property
    def is_merged(self) -> bool:
        """Whether the branch is a part of the history of ``HEAD``."""
        return self.bases == [_commit_of(self.theirs)]

    @property
    def is_fast_forward(self) -> bool:
        """Whether ``HEAD`` is a part of the history of the branch."""
        return self.bases == [_commit_of(self.ours)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type_: object, error: BaseException | None, trace: object) -> None:
        for index in (self.ours, self.theirs, self.merged):
            index.__exit__(type_, error, trace)


def open_merge(start: str | None, branch: str, notify: Notify) -> MergePreview:
    """The merge of a branch into ``HEAD``, in objects that no repository keeps.

    Args:
        start: as in `find_workspace`.
        branch: any commit.
        notify: is called with what has to be said about the revisions.

    Raises:
        RevisionError: there is no such commit, none yet at all, or no common history.
        GitError: git failed, is too old, or lacks a part of a revision.
        RelationsError: an index cannot be opened.
    """
    root, folder = start_root(start)
    found = find_range(folder, _HEAD, branch)
    if found.first.warning:
        notify(found.first.warning)
    if not found.bases:
        raise no_common_history(found.first, found.second)
    sides: list[OpenedTree] = []
    try:
        with OpenRepository(found.first.repository, root, for_objects=True) as repository:
            for revision in (found.first, found.second):
                workspace, files = repository.workspace(revision)
                index = open_revision(workspace, files, notify)
                sides.append(OpenedTree(index, files.tree_id(workspace.tickets_path)))
            trees = _merged_trees(repository.scratch, found)
            if trees.conflicts:
                _refuse_unknown_root(repository.top, sides[0].opened.workspace, trees)
            named = found.first._replace(name=f"{branch} merged into {_HEAD}", id=trees.tree)
            workspace, files = repository.workspace(named)
            conflicts: list[Conflict] = []
            if trees.conflicts:
                from yoi_relations.index.merged_index import settle_all  # noqa: PLC0415  # slow to import

                conflicts = settle_all(repository, workspace, files, trees)
            if conflicts:
                from yoi_relations.index.merged_index import build_merged  # noqa: PLC0415  # slow to import

                merged = build_merged(workspace, files, sides, conflicts)
            else:
                merged = open_revision(workspace, files, notify)
    except BaseException:
        for side in sides:
            side.opened.close()
        raise
    ours, theirs = (side.opened for side in sides)
    # What only the base has was moved away, and conflicts at other paths.
    others = sum(stages.keys() != {BASE} for stages in trees.conflicts.values()) - len(conflicts)
    return MergePreview(ours, theirs, merged, found.bases, conflicts, others)


def _merged_trees(scratch: ScratchRepository, found: Range) -> MergedTrees:
    """The merged files of two commits; the files of one of them if it contains the other.

    Git would come to the same, but it would renew the times of objects in the repository.
    """
    ours, theirs = found.first.id, found.second.id
    for one, other in ((ours, theirs), (theirs, ours)):
        if found.bases == [other]:
            return MergedTrees(one, {})
    return merge_trees(scratch, ours, theirs)


def _commit_of(index: Index) -> str | None:
    at = index.workspace.files.at
    return at and at.commit


def _refuse_unknown_root(top: str, workspace: Workspace, trees: MergedTrees) -> None:
    """Refuse a conflict about where the tickets are, or what their states mean.

    Raises:
        WorkspaceError: a configuration conflicts.
    """
    configs = [*CONFIGURATIONS]
    if workspace.tool is not None:
        from yoi_relations.files.backlog_config import configurations  # noqa: PLC0415  # yoi needs none

        configs += configurations(workspace.tickets_root)
    for config in configs:
        path = os.path.relpath(os.path.join(workspace.root, config), top)
        if os.fsencode(path) in trees.conflicts:
            raise WorkspaceError(
                f"{path}: conflicts in the merge, so it is not known how tickets are to be read",
                "merge the branch and resolve that file; relations show then reads the result",
            )
