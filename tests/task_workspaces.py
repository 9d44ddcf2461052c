"""Builds folders as tk and Backlog.md keep them, without ``.yoi``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from workspace_builder import Workspace

WAITS, STARTED, DONE = "waits", "started", "done"
"""What a task can be; each tool has its own words."""


class TaskWorkspace(Workspace):
    """A folder with the task files of a tool; every method writes real files."""

    provider = ""
    words: ClassVar[dict[str, str]] = {}

    def __init__(self, root: Path) -> None:  # without .yoi
        self.root = root
        self._ulids = 0
        root.mkdir(parents=True, exist_ok=True)
        self.set_up()

    @property
    def records(self) -> list[Path]:
        """The record files, and those that retire one."""
        return sorted((self.root / ".yoi" / "relations").rglob("*.md"))

    def set_up(self) -> None:
        """Write what the tool itself writes first."""

    def path(self, number: int) -> Path:
        """Where the file of a task is."""
        raise NotImplementedError

    def id(self, number: int) -> str:
        """The id of a task in its canonical form."""
        raise NotImplementedError

    def text(self, number: int, state: str, needs: Sequence[int]) -> str:
        """The content of a task file."""
        raise NotImplementedError

    def task(self, number: int, state: str = WAITS, needs: Sequence[int] = ()) -> Path:
        """Write a task file; the file."""
        path = self.path(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text(number, state, needs))
        return path

    def configure(self, text: str) -> None:
        """Write ``.yoi/workspace.toml``."""
        path = self.root / ".yoi" / "workspace.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


class TkWorkspace(TaskWorkspace):
    """A folder with ``.tickets``."""

    provider = "tk"
    words: ClassVar = {WAITS: "open", STARTED: "in_progress", DONE: "closed"}

    def set_up(self) -> None:
        (self.root / ".tickets").mkdir(exist_ok=True)

    def path(self, number: int) -> Path:
        return self.root / ".tickets" / f"{self.id(number)}.md"

    def id(self, number: int) -> str:
        return f"ab-{number:04}"

    def text(self, number: int, state: str, needs: Sequence[int]) -> str:
        deps = ", ".join(map(self.id, needs))
        return (
            f"---\nid: {self.id(number)}\nstatus: {self.words[state]}\ndeps: [{deps}]\nlinks: []\n"
            f"created: 2026-03-21T21:52:57Z\ntype: task\n---\n# Task {number}\n\nText.\n"
        )


class BacklogWorkspace(TaskWorkspace):
    """A folder with ``backlog``."""

    provider = "backlog.md"
    words: ClassVar = {WAITS: "To Do", STARTED: "In Progress", DONE: "Done"}

    def set_up(self) -> None:
        for name in ("tasks", "drafts", "archive/tasks"):
            (self.root / "backlog" / name).mkdir(parents=True, exist_ok=True)
        (self.root / "backlog" / "config.yml").write_text('task_prefix: "task"\n')

    def path(self, number: int) -> Path:
        return self.root / "backlog" / "tasks" / f"task-{number:03} - Task-{number}.md"

    def id(self, number: int) -> str:
        return f"TASK-{number}"

    def text(self, number: int, state: str, needs: Sequence[int]) -> str:
        listed = "".join(f"\n  - task-{need}" for need in needs) or " []"
        return (
            f"---\nid: task-{number:03}\ntitle: Task {number}\nstatus: {self.words[state]}\n"
            f"assignee:\n  - '@someone'\ndependencies:{listed}\n---\n\n# Text\n"
        )


TOOLS: tuple[type[TaskWorkspace], ...] = (TkWorkspace, BacklogWorkspace)
