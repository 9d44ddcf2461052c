"""Opens the history of a workspace up to the last commit of its work tree."""

from __future__ import annotations

import os
from collections.abc import Callable

from yoi_relations.files.workspace import Workspace
from yoi_relations.git.repository import Revision, find_revision
from yoi_relations.history import store
from yoi_relations.history.objects import Objects
from yoi_relations.history.present_files import PresentFiles
from yoi_relations.history.store import Basis, History
from yoi_relations.history.work_tree import WorkTree
from yoi_relations.lean.types import TYPE_CHECKING, Connection

if TYPE_CHECKING:
    from typing import TypeVar

    Result = TypeVar("Result")


def with_history(
    workspace: Workspace, index: Connection, use: Callable[[WorkTree], Result]
) -> Result:
    """What `use` returns for the work tree and the history up to its last commit.

    Args:
        workspace: the workspace.
        index: connection to its index.
        use: is called while the objects of git can be read.

    Raises:
        RevisionError: there is no commit yet.
        GitError: git is missing, there is no repository, git refuses it, or it lacks objects.
        GitTimeoutError: git did not answer in time.
    """
    tip = find_revision(workspace.root, "HEAD")
    objects = Objects(workspace, tip.repository)
    files = PresentFiles(index)
    try:
        history = _read(workspace, files, tip, objects)
        try:
            return use(WorkTree(workspace, index, files, history, tip, objects))
        finally:
            history.connection.close()
    finally:
        objects.close()


def _read(workspace: Workspace, files: PresentFiles, tip: Revision, objects: Objects) -> History:
    basis = Basis(tip.id, _shallow_commits(tip.repository.shallow), "", workspace.tool_identity)
    present = set(map(os.fsencode, workspace.source_roots))
    stored = store.load_stored(workspace)
    roots: set[bytes] = set()
    earlier = None
    if stored is not None:
        connection, found = stored
        known = store.roots_in(found.roots)
        if present <= known and (found.shallow, found.tool) == (basis.shallow, basis.tool):
            if found.tip == tip.id:
                return History(connection, known, bool(basis.shallow))
            roots, earlier = known, (connection, found.tip)
    from yoi_relations.history.places import Places  # noqa: PLC0415  # only after a new commit
    from yoi_relations.history.update import update_history  # noqa: PLC0415  # only after a new commit

    places = Places(workspace, tip.repository.prefix, roots)
    return update_history(basis, places, files, objects, earlier)


def _shallow_commits(path: str | None) -> str:
    """Ids of the commits at which a shallow history ends, sorted, one per line."""
    if path is None:
        return ""
    with open(path, encoding="ascii") as file:
        return "\n".join(sorted(file.read().split()))
