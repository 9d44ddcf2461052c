"""Finds the workspace in a revision: everything is of that revision, also its configuration."""

from __future__ import annotations

import os
import time

from yoi_relations.errors import RevisionError, WorkspaceError
from yoi_relations.files.file_tree import AtRevision, is_folder
from yoi_relations.files.git_tree import STAGED, GitTree
from yoi_relations.files.known_objects import known_objects_file, read_known_objects, with_used
from yoi_relations.files.workspace import (
    Workspace,
    cache_in,
    root_around,
    start_folder,
    workspace_in,
    workspace_of,
)
from yoi_relations.git.objects import GitObject, ObjectReader, commit_seconds, missing
from yoi_relations.git.repository import Repository, Revision, find_repository, find_revisions
from yoi_relations.lean.types import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yoi_relations.git.scratch import ScratchRepository

_COMMIT_LIMIT = 1 << 20
"""Bytes of a commit or a tag that are read: what it names, and times, come first."""
_MAX_LISTINGS = 2
"""Trees that a command lists at once. Its other processes find names, read objects and merge."""


def find_states(folder: str, names: Sequence[str]) -> list[Revision]:
    """Revisions as `find_revisions` finds them, or the staging area, which has no id."""
    found = find_revisions(folder, [name for name in names if name != STAGED])
    repository = found[0].repository if found else find_repository(folder)
    revisions = iter(found)
    staged = Revision(repository, STAGED, "", "")
    return [staged if name == STAGED else next(revisions) for name in names]


def start_root(start: str | None) -> tuple[str | None, str]:
    """The workspace on the disk around `start`, if there is one, and the folder to ask git in."""
    folder = start_folder(start)
    root = root_around(folder)
    return root, root or folder


class OpenRepository:
    """Opens revisions of one repository, which are read with the same processes of git.

    In a ``with`` statement, an error ends these processes; otherwise, closing the files of one
    revision ends them for all.

    Args:
        repository: the repository.
        root: the workspace on the disk, whose cache folder is used; None if there is none.
        for_objects: whether git will write objects, as in `ScratchRepository`.

    Attributes:
        top: absolute path of the work tree.
    """

    def __init__(
        self, repository: Repository, root: str | None, *, for_objects: bool = False
    ) -> None:
        cache = cache_in(root) if root else None
        self.top = repository.top
        self._format = repository.object_format
        self._known = read_known_objects(cache, self._format) if cache else {}
        self._used: dict[str, GitObject] = {}
        self._reader = ObjectReader(repository, cache, for_objects=for_objects, known=self._known)
        self._listings = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:
            self.close()

    @property
    def scratch(self) -> ScratchRepository:
        """Where objects are read, and written; the errors are those of `ObjectReader.scratch`."""
        return self._reader.scratch

    def content(self, id_: str, limit: int) -> bytes:
        """At most `limit` bytes of the object with an id.

        Raises:
            GitError: it is missing, or git failed.
        """
        found = self._reader.read(id_, limit)
        if not found.type:
            raise missing(id_)
        return found.data

    def close(self) -> None:
        """End the processes of git."""
        self._reader.__exit__()

    def workspace(self, found: Revision) -> tuple[Workspace, GitTree]:
        """The workspace in a revision, and its files.

        As in a checkout, the nearest folder upward that has ``.yoi/`` there decides.

        Raises:
            RevisionError: the revision is a file.
            WorkspaceError: it holds no workspace here, or its configuration cannot be used.
            GitError: git lacks a part of the revision, or failed.
            GitTimeoutError: git did not answer in time.
        """
        self._reader.noted = self._used
        files = self._open_staged(found) if found.name == STAGED else self._open_tree(found)
        workspace = _workspace_in(files, found.repository)
        self._reader.noted = None
        return workspace, files

    def new_objects(self) -> tuple[str, bytes] | None:
        """The name and the new content of the file of known objects; None if nothing is new."""
        content = with_used(self._known, self._used)
        return (known_objects_file(self._format), content) if content else None

    def _open_staged(self, found: Revision) -> GitTree:
        from yoi_relations.files.staged_tree import StagedTree  # noqa: PLC0415  # few commands need it

        return StagedTree(found.repository, self._reader)

    def _open_tree(self, found: Revision) -> GitTree:
        # An id can name what is not here any more, so git is asked.
        is_id = found.name.lower() == found.id
        named = self._reader.read(f"{found.id}^{{}}" if is_id else found.id, _COMMIT_LIMIT)
        while named.type == "tag":
            named = self._reader.read(_tagged(named), _COMMIT_LIMIT)
        if named.type == "commit":
            tree, seconds = _read_commit(named)
            return self._files(AtRevision(found.name, named.id, _as_text(seconds)), tree)
        if named.type == "tree":
            return self._files(AtRevision(found.name, None, None), named.id)
        if not named.type:
            raise missing(f"{found.name}: {found.id}")
        raise RevisionError(
            f"{found.name}: is a {named.type}, not a commit", "name a commit or a tree"
        )

    def _files(self, at: AtRevision, tree: str) -> GitTree:
        may = self._may_list
        return GitTree(self._reader, at, self.top, tree, may_list=may)

    def _may_list(self) -> bool:
        """True twice: to list a tree takes a process, and a command should start at most five."""
        self._listings += 1
        return self._listings <= _MAX_LISTINGS


def _tagged(tag: GitObject) -> str:
    """The id of the object that a tag names."""
    return tag.data.partition(b"\n")[0].removeprefix(b"object ").decode("latin-1")


def _read_commit(commit: GitObject) -> tuple[str, int]:
    """The id of a commit's tree, and the seconds since 1970 of the commit."""
    tree, seconds = "", 0
    for line in commit.data.split(b"\n\n", 1)[0].split(b"\n"):
        key, _, value = line.partition(b" ")
        if key == b"tree":
            tree = value.decode()
        elif key == b"committer":
            seconds = commit_seconds(value.rpartition(b" ")[0].rpartition(b" ")[2])
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
            from yoi_relations.files.other_tools import marked_around  # noqa: PLC0415  # a workspace of yoi needs none

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
