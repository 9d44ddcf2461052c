"""The staging area as a `FileTree`. A file with a merge conflict exists, and cannot be read."""

from __future__ import annotations

import os

from yoi_relations.files.file_tree import AtRevision
from yoi_relations.files.git_tree import STAGED, GitTree
from yoi_relations.git.objects import FOLDER, ObjectReader, TreeEntry, object_id
from yoi_relations.git.repository import Repository
from yoi_relations.git.staging import UNMERGED, list_staged


class StagedTree(GitTree):
    """The staging area of `repository`; the other arguments are those of `GitTree`.

    Raises:
        OSError: git cannot be started.
        GitError: git failed.
        GitTimeoutError: git did not answer in time.
    """

    def __init__(self, repository: Repository, reader: ObjectReader) -> None:
        at = AtRevision(STAGED, None, None)
        super().__init__(reader, at, repository.top, "", may_list=lambda: False)
        self._format = repository.object_format
        self._entries = list_staged(repository)
        self._list()

    def tree_id(self, folder: str) -> str:
        """The id of the tree that git would write for `folder`; empty if it could not.

        Raises:
            OSError: there is no such folder.
        """
        super().tree_id(folder)
        return self._id_of(self._find(folder, follow=True)[0])

    def read_ahead(self, folder: str) -> None:
        """Begin to read the files below `folder` that a scan will read."""
        place, _ = self._find(folder, follow=True)
        below = place[len(self._top) + 1 :] + b"/" if place != self._top else b""
        self._read_ahead(
            place,
            [
                entry._replace(path=entry.path.removeprefix(below))
                for entry in self._entries
                if entry.path.startswith(below) and entry.id != UNMERGED
            ],
        )

    def forget(self) -> None:
        """Free what was read ahead."""
        super().forget()
        self._list()

    def _list(self) -> None:
        self._folders[self._top] = {}
        for entry in self._entries:
            above, _, name = b"/".join((self._top, entry.path)).rpartition(b"/")
            self._listed(above, self._top)[name] = entry._replace(path=name)

    def _id_of(self, place: bytes) -> str:
        parts = []
        for name, entry in self._folders[place].items():
            id_ = self._id_of(b"%s/%s" % (place, name)) if entry.mode == FOLDER else entry.id
            if id_ == UNMERGED:
                return UNMERGED
            parts.append(b"%o %s\0%s" % (entry.mode, name, bytes.fromhex(id_)))
        return object_id(self._format, "tree", b"".join(parts))

    def _content(self, place: bytes, entry: TreeEntry, limit: int) -> bytes:
        if entry.id == UNMERGED:
            raise OSError(None, "it has a merge conflict", os.fsdecode(place))
        return super()._content(place, entry, limit)
