"""Opens the indexes of all work trees of a repository, each from its own files and cache."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType

from yoi_relations.errors import GitError, RelationsError
from yoi_relations.files.other_tools import marker_in
from yoi_relations.files.safe_read import DISK
from yoi_relations.files.stat_stamp import is_gone
from yoi_relations.files.workspace import Workspace, find_again, printable, workspace_of
from yoi_relations.git.repository import Repository
from yoi_relations.git.worktrees import Worktree, belongs_to, list_worktrees
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify, Trust
from yoi_relations.lean.sqlite import SqliteError
from yoi_relations.lean.types import NamedTuple, Self, StrEnum

_SHORT_ID = 10
"""Digits of a commit in a sentence."""


class WorktreeStatus(StrEnum):
    """What is known of a work tree's tickets."""

    READ = "read"
    NO_TICKETS = "no_tickets"
    """It has no files, no ``.yoi``, or no tickets root, so it says nothing."""
    UNKNOWN = "unknown"
    """It cannot be read, so it could say anything."""


class OpenWorktree(NamedTuple):
    """A work tree, and its index if its tickets were read.

    Attributes:
        worktree: as git lists it.
        status: what is known of its tickets.
        opened: the index; None if there are no tickets, or they cannot be read.
        message: why there is no index, to be read after the path; empty if there is one.
    """

    worktree: Worktree
    status: WorktreeStatus
    opened: Index | None
    message: str = ""

    @property
    def path(self) -> str:
        """The path of its top, as text."""
        return printable(self.worktree.path)

    @property
    def place(self) -> str:
        """Its path and branch for a sentence."""
        tree = self.worktree
        if tree.branch is not None:
            return f"{self.path} ({printable(tree.branch)})"
        return f"{self.path} ({tree.commit[:_SHORT_ID]})" if tree.commit else self.path


class Worktrees(NamedTuple):
    """All work trees of a repository, the one that was asked first. Use it in a ``with``."""

    listed: list[OpenWorktree]

    @property
    def read(self) -> Iterator[tuple[OpenWorktree, Index]]:
        """Those whose tickets were read, with their indexes."""
        return ((tree, tree.opened) for tree in self.listed if tree.opened is not None)

    @property
    def unknown(self) -> list[OpenWorktree]:
        """Those that cannot be read."""
        return [tree for tree in self.listed if tree.status is WorktreeStatus.UNKNOWN]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        type_: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        """Leave the indexes, except the one that was given."""
        stack = ExitStack()
        for tree, index in self.read:
            if not tree.worktree.here:
                stack.push(index)
        stack.__exit__(type_, error, trace)


def open_worktrees(here: Index, repository: Repository, trust: Trust, notify: Notify) -> Worktrees:
    """Open the indexes of all work trees of a repository.

    Args:
        here: the index of this work tree.
        repository: the repository around its workspace.
        trust: what proves each index current.
        notify: is called with what concerns the index of one work tree, after its path.

    Raises:
        OSError: git cannot be started.
        GitError: git failed.
        GitTimeoutError: git did not answer in time.
    """
    listed = sorted(list_worktrees(repository), key=lambda tree: not tree.here)
    opened = Worktrees([])
    try:
        for tree in listed:
            if tree.here:
                opened.listed.append(OpenWorktree(tree, WorktreeStatus.READ, here))
            else:
                opened.listed.append(_open(repository, tree, trust, notify))
    except BaseException:
        opened.__exit__()
        raise
    return opened


class _NoTicketsError(Exception):
    """A work tree has no tickets; the text says why."""


def _open(repository: Repository, tree: Worktree, trust: Trust, notify: Notify) -> OpenWorktree:
    status = WorktreeStatus.UNKNOWN
    try:
        root = _root(repository, tree)
        index = _open_index(root, trust, lambda text: notify(f"{printable(tree.path)}: {text}"))
        return OpenWorktree(tree, WorktreeStatus.READ, index)
    except _NoTicketsError as error:
        status, message = WorktreeStatus.NO_TICKETS, str(error)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
    except (RelationsError, SqliteError) as error:
        message = f"cannot be read: {error}"
    return OpenWorktree(tree, status, None, message)


def _root(repository: Repository, tree: Worktree) -> str:
    """The folder of a work tree in which the workspace would be."""
    if tree.bare:
        raise _NoTicketsError("is bare: it has no files")
    if is_gone(tree.path):
        raise GitError(_gone(tree))
    if not belongs_to(repository, tree.path):
        raise GitError(f"it does not lead back to {repository.common}; {_REPAIR}")
    return os.path.join(tree.path, repository.prefix).rstrip("/")


def _open_index(root: str, trust: Trust, notify: Notify) -> Index:
    workspace = _workspace_without_yoi(root) if is_gone(f"{root}/.yoi") else find_again(root)
    if is_gone(workspace.tickets_path):
        raise _NoTicketsError(f"has no folder {workspace.tickets_root}")
    return open_index(workspace, notify, trust=trust)


def _workspace_without_yoi(root: str) -> Workspace:
    """The workspace at `root` if another tool keeps tickets there."""
    marker = marker_in(root, DISK)
    if marker is None:
        raise _NoTicketsError("has no .yoi folder there")
    return workspace_of(root, marker, DISK)


_REPAIR = "if it was moved, run git worktree repair NEW-PATH; if it was deleted, git worktree prune"


def _gone(tree: Worktree) -> str:
    if tree.locked is None:
        return f"its folder is gone; {_REPAIR}"
    reason = f" ({tree.locked})" if tree.locked else ""
    return f"its folder is gone, and it is locked{reason}; bring it back, or git worktree unlock it"
