"""What a tool call is about: the folder, what proves its index current, or the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from yoi_relations.errors import UsageError
from yoi_relations.files.workspace import Workspace, find_workspace
from yoi_relations.git.repository import find_repository
from yoi_relations.index.compared import open_states
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify, Trust
from yoi_relations.index.worktrees import Worktrees, open_worktrees
from yoi_relations.queries.catalog import Catalog


class CallContext(NamedTuple):
    """What a tool call is about, and how to answer.

    Attributes:
        folder: where the workspace is looked for, as in `find_workspace`.
        trust: what proves an index current.
        notify: takes what is not part of the answer.
        open_database: opens the database that the server asks; None if it asks files.
    """

    folder: str | None
    trust: Trust
    notify: Notify
    open_database: Callable[[], AbstractContextManager[Catalog]] | None = None

    @property
    def workspace(self) -> Workspace:
        """The workspace on the disk.

        Raises:
            UsageError: the folder does not exist.
            WorkspaceError: there is no workspace, or its configuration cannot be used.
        """
        return find_workspace(self.folder)

    def open_catalog(self, at: str | None = None) -> AbstractContextManager[Catalog]:
        """What a question is put to: the database, or the index as `open_index` opens it."""
        return self.open_index(at) if self.open_database is None else self.open_database()

    def open_index(self, at: str | None = None) -> Index:
        """The index of the files on the disk, or of those in a revision.

        Raises:
            RelationsError: it cannot be opened.
        """
        if at is not None:
            return open_states(self.folder, [at], self.notify)[0]
        return open_index(self.workspace, self.notify, trust=self.trust)

    @contextmanager
    def open_worktrees(self, at: str | None) -> Iterator[tuple[Index, Worktrees]]:
        """The index of this work tree, and those of all work trees.

        Raises:
            UsageError: a revision was named, which no work tree is asked about.
            RelationsError: an index cannot be opened, or git fails.
        """
        if at is not None:
            raise UsageError("at and worktrees exclude each other", "leave one of them out")
        with self.open_index() as index:
            repository = find_repository(index.workspace.root)
            with open_worktrees(index, repository, self.trust, self.notify) as trees:
                yield index, trees
