"""A repository with several work trees, each of them a workspace."""

from __future__ import annotations

from pathlib import Path

from git_repository import Repository
from workspace_builder import Workspace


class Worktrees:
    """A repository whose main work tree is a workspace.

    Attributes:
        here: that workspace.
        prefix: its path below the top of the work tree.
    """

    def __init__(self, folder: Path, prefix: str = "") -> None:
        self.folder = folder
        self.repository = Repository(folder / "main")
        self.prefix = prefix
        self.here = Workspace(folder / "main" / prefix)

    @property
    def git(self) -> Path:
        """The folder that all work trees share."""
        return self.repository.root / ".git"

    def commit(self) -> str:
        """Commit all files but the cache."""
        (self.repository.root / ".git/info/exclude").write_text("cache/\n")
        return self.repository.commit()

    def add(self, name: str, *options: str) -> Workspace:
        """Add a work tree with the files of HEAD, on a branch of its name; its workspace."""
        self.repository.git("worktree", "add", "-q", *options, self.folder / name)
        return Workspace(self.folder / name / self.prefix)
