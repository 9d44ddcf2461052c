"""Where git looks for hooks, and what each of them does for the index now."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum

from yoi_relations.errors import RelationsError
from yoi_relations.files.safe_read import read_file
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.git import ask_git
from yoi_relations.hooks import shell

HOOKS = ("post-checkout", "post-merge", "post-rewrite")
STRAY_MARK = "has one mark of its relations section, and not the other"
UNREADABLE = "cannot be read"
_NEEDED = "hooks need a git work tree; answers are as right without them, and only slower"


class State(StrEnum):
    """What a hook does for the index."""

    INSTALLED = "installed"
    NOT_INSTALLED = "not installed"
    OUTDATED = "outdated"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class HookState:
    """One hook.

    Attributes:
        name: as git calls it.
        state: what it does for the index.
        path: absolute.
        reason: why a foreign hook is left alone; else None.
    """

    name: str
    state: State
    path: str
    reason: str | None = None


@dataclass(frozen=True)
class HooksFolder:
    """The folder where git looks for hooks, and the section that they need.

    Attributes:
        folder: absolute.
        section: None where the workspace's path cannot be part of a script.
    """

    folder: str
    section: bytes | None

    def states(self) -> list[HookState]:
        """The state of every hook."""
        return [self._state(name, os.path.join(self.folder, name)) for name in HOOKS]

    def _state(self, name: str, path: str) -> HookState:
        if not os.path.lexists(path):
            return HookState(name, State.NOT_INSTALLED, path)
        try:
            script = read_file(os.path.realpath(path))
        except OSError as error:
            reason = f"{UNREADABLE}: {error.strerror or error}"
            return HookState(name, State.FOREIGN, path, reason)
        idle, closed = _why_idle(path, script), _why_closed(path, script)
        calls = shell.calls_refresh(script)
        if idle or (closed and not calls):
            return HookState(name, State.FOREIGN, path, idle or closed)
        return HookState(name, self._compare(script, edited=not closed), path)

    def _compare(self, script: bytes, *, edited: bool) -> State:
        if edited and shell.without_section(script) != script:
            return State.INSTALLED if self._is_up_to_date(script) else State.OUTDATED
        return State.INSTALLED if shell.calls_refresh(script) else State.NOT_INSTALLED

    def _is_up_to_date(self, script: bytes) -> bool:
        section = self.section
        return section is not None and shell.with_section(script, section) == script


def find_place(workspace: Workspace) -> HooksFolder:
    """Where the hooks of the repository around `workspace` are.

    Raises:
        RelationsError: there is no git, or no work tree, or git is told to run no hooks.
    """
    root = workspace.root
    # The path of a file: of the folder alone, git does not say that its name is empty.
    asked = ("--is-inside-work-tree", "--show-cdup", "--git-path", f"hooks/{HOOKS[0]}")
    inside, _, rest = _git(root, "rev-parse", *asked).partition("\n")
    if inside != "true":
        raise RelationsError(f"{printable(root)}: is not in a work tree of git", _NEEDED)
    up, _, hook = rest.partition("\n")
    top = os.path.normpath(os.path.join(root, up))
    # The path may hold a newline; the one behind it is git's.
    hooks = os.path.dirname(os.path.normpath(os.path.join(root, hook.removesuffix("\n"))))
    # git looks for hooks in / where the name is empty, and on PATH where it is "."
    if hooks in {os.sep, top}:
        raise RelationsError(
            f'{printable(top)}: core.hooksPath is empty or ".", so git runs no hooks',
            "git config --show-origin core.hooksPath says who set it",
        )
    return HooksFolder(hooks, _section(os.path.relpath(root, top)))


def _section(folder: str) -> bytes | None:
    try:
        return shell.section_for(folder)
    except ValueError:
        return None


def _git(root: str, *arguments: str) -> str:
    try:
        ran = ask_git(root, *arguments)
    except OSError as error:
        raise RelationsError(f"git: cannot be run: {error.strerror or error}", _NEEDED) from error
    if ran.returncode:
        said, *advice = ran.stderr.decode("utf-8", "replace").strip().split("\n")
        # With several lines, the rest says what to do: of a folder of another owner, all of it.
        hint = " ".join(line.strip() for line in advice if line.strip()) or _NEEDED
        if not root.isprintable():
            hint = _NEEDED  # git's command would hold the path, torn at its line ends
        raise RelationsError(f"{printable(root)}: git names no hooks: {said}", hint)
    return os.fsdecode(ran.stdout)


def _why_idle(path: str, script: bytes) -> str | None:
    """Why a section in this hook would do nothing."""
    if not os.access(path, os.X_OK):
        return "is not executable, so git does not run it"
    if shell.ends_first_line_in_cr(script):
        return "has a first line that ends in CRLF, so it cannot be run"
    return STRAY_MARK if shell.has_stray_mark(script) else None


def _why_closed(path: str, script: bytes) -> str | None:
    """Why this hook is not ours to edit."""
    if os.path.islink(path):
        return "is a symbolic link"
    return None if shell.is_shell(script) else "is not a shell script"
