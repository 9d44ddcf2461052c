"""Finds the workspace in a revision: everything is of that revision, also its configuration."""

from __future__ import annotations

import os
import time

from yoi_relations.errors import RevisionError, WorkspaceError
from yoi_relations.files.file_tree import AtRevision, is_folder
from yoi_relations.files.git_tree import STAGED, GitTree, StagedTree
from yoi_relations.files.other_tools import marked_around
from yoi_relations.files.workspace import (
    CACHE,
    Workspace,
    root_around,
    start_folder,
    workspace_in,
    workspace_of,
)
from yoi_relations.git.objects import GitObject, ObjectReader, list_staged, missing
from yoi_relations.git.repository import Repository, Revision, find_repository, find_revision
from yoi_relations.git.scratch import ScratchRepository
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_COMMIT_LIMIT = 1 << 20
"""Bytes of a commit that are read: tree and times come first."""


def workspace_at(
    start: str | None, name: str, notify: Callable[[str], None]
) -> tuple[Workspace, GitTree]:
    """The workspace around `start` as it is in the revision `name`, and its files.

    As in a checkout of that revision, the nearest folder upward that has ``.yoi/`` there decides.

    Args:
        start: as in `find_workspace`.
        name: any revision that git understands, or `STAGED`.
        notify: is called with what git says about the name.

    Raises:
        RevisionError: the revision names nothing, or a file.
        WorkspaceError: it holds no workspace here, or the configuration in it cannot be used.
        GitError: git is missing, refuses the repository, or lacks a part of the revision.
        GitTimeoutError: git did not answer in time.
    """
    folder = start_folder(start)
    root = root_around(folder)
    if name == STAGED:
        repository, found = find_repository(root or folder), None
    else:
        found = find_revision(root or folder, name)
        repository = found.repository
        if found.warning:
            notify(found.warning)
    scratch = ScratchRepository(repository, _cache_in(root)).__enter__()
    reader = ObjectReader(scratch)
    try:
        if found is None:
            entries = list_staged(repository)
            files: GitTree = StagedTree(scratch, reader, repository.top, entries)
        else:
            files = _open_tree(found, scratch, reader)
        return _workspace_in(files, repository), files
    except BaseException:
        reader.__exit__()
        scratch.__exit__()
        raise


def _cache_in(root: str | None) -> str | None:
    """The cache folder on the disk, if it exists and no link leads to it."""
    cache = os.path.join(root, CACHE) if root else ""
    return cache if root and os.path.isdir(cache) and os.path.realpath(cache) == cache else None


def _open_tree(found: Revision, scratch: ScratchRepository, reader: ObjectReader) -> GitTree:
    top = found.repository.top
    named = reader.read(f"{found.id}^{{}}", _COMMIT_LIMIT)
    if named.type == "commit":
        tree, seconds = _read_commit(named)
        at = AtRevision(found.name, named.id, _as_text(seconds))
        return GitTree(scratch, reader, at, top, tree)
    if named.type == "tree":
        return GitTree(scratch, reader, AtRevision(found.name, None, None), top, named.id)
    if not named.type:
        raise missing(f"{found.name}: {found.id}")
    raise RevisionError(f"{found.name}: is a {named.type}, not a commit", "name a commit or a tree")


def _read_commit(commit: GitObject) -> tuple[str, int]:
    """The id of a commit's tree, and the seconds since 1970 of the commit."""
    tree, seconds = "", 0
    for line in commit.data.split(b"\n\n", 1)[0].split(b"\n"):
        key, _, value = line.partition(b" ")
        if key == b"tree":
            tree = value.decode()
        elif key == b"committer":
            seconds = int(value.rsplit(b" ", 2)[1])
    return tree, seconds


def _as_text(seconds: int) -> str | None:
    """RFC 3339 in UTC; None for a time that no calendar has."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (OverflowError, OSError, ValueError):
        return None


def _workspace_in(files: GitTree, repository: Repository) -> Workspace:
    """The nearest folder with ``.yoi/`` in the revision, or else with the marker of a tool."""
    folder, top = repository.folder, repository.top
    while not is_folder(files, os.path.join(folder, ".yoi")):
        if folder == top:
            marked = marked_around(repository.folder, files)
            if marked is not None:
                return workspace_of(*marked, files)
            where = f"{repository.prefix or 'its top'} or any folder above"
            raise WorkspaceError(
                f"{files.at.name}: there is no .yoi folder in {where} in that revision",
                "name a revision that has a workspace; git log -- .yoi lists commits with one",
            )
        folder = os.path.dirname(folder)
    return workspace_in(folder, files)
