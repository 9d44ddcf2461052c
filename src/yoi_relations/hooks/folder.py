"""The folder in which git looks for hooks, and the state of each hook."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum

from yoi_relations.errors import RelationsError
from yoi_relations.files.safe_read import read_file
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.git import ask_git
from yoi_relations.hooks import shell_section

HOOKS = ("post-checkout", "post-merge", "post-rewrite")
UNPAIRED_MARK = "has only one of the two marks of the relations section"
UNREADABLE = "cannot be read"
_NEEDS_WORK_TREE = "hooks need a git work tree; without hooks, answers are as correct, but slower"


class HookState(StrEnum):
    """What a hook does for the index."""

    INSTALLED = "installed"
    NOT_INSTALLED = "not installed"
    OUTDATED = "outdated"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class Hook:
    """One hook."""

    name: str  # git's name for it
    state: HookState
    path: str  # absolute
    reason: str | None = None  # why a foreign hook is not changed


@dataclass(frozen=True)
class HooksFolder:
    """The folder in which git looks for hooks, and the section that they need."""

    path: str  # absolute
    section: bytes | None  # None if the path of the workspace cannot be part of a script

    def hooks(self) -> list[Hook]:
        """Every hook in its present state."""
        return [self._hook(name, os.path.join(self.path, name)) for name in HOOKS]

    def _hook(self, name: str, path: str) -> Hook:
        if not os.path.lexists(path):
            return Hook(name, HookState.NOT_INSTALLED, path)
        try:
            script = read_file(os.path.realpath(path))
        except OSError as error:
            reason = f"{UNREADABLE}: {error.strerror or error}"
            return Hook(name, HookState.FOREIGN, path, reason)
        not_run, not_editable = _why_not_run(path, script), _why_not_editable(path, script)
        calls = shell_section.calls_refresh(script)
        if not_run or (not_editable and not calls):
            return Hook(name, HookState.FOREIGN, path, not_run or not_editable)
        return Hook(name, self._installed_state(script, editable=not not_editable), path)

    def _installed_state(self, script: bytes, *, editable: bool) -> HookState:
        if editable and shell_section.without_section(script) != script:
            section = self.section
            if section is None or shell_section.with_section(script, section) != script:
                return HookState.OUTDATED
        calls = shell_section.calls_refresh(script)
        return HookState.INSTALLED if calls else HookState.NOT_INSTALLED


def find_hooks_folder(workspace: Workspace) -> HooksFolder:
    """The hooks folder of the repository around `workspace`.

    Raises:
        RelationsError: git is missing, there is no work tree, or git is configured to run no hooks.
    """
    root = workspace.root
    # The path of a file is requested: for the folder, git does not report that its name is empty.
    arguments = ("--is-inside-work-tree", "--show-cdup", "--git-path", f"hooks/{HOOKS[0]}")
    inside, _, rest = _ask_git(root, "rev-parse", *arguments).partition("\n")
    if inside != "true":
        raise RelationsError(f"{printable(root)}: is not in a work tree of git", _NEEDS_WORK_TREE)
    up, _, hook = rest.partition("\n")
    top = os.path.normpath(os.path.join(root, up))
    # The path may contain a newline; git adds the one at the end.
    path = os.path.dirname(os.path.normpath(os.path.join(root, hook.removesuffix("\n"))))
    # git looks for hooks in / if the name is empty, and on PATH if it is ".".
    if path in {os.sep, top}:
        raise RelationsError(
            f'{printable(top)}: core.hooksPath is empty or ".", so git runs no hooks',
            "git config --show-origin core.hooksPath shows where it is set",
        )
    return HooksFolder(path, shell_section.section_for(os.path.relpath(root, top)))


def _ask_git(root: str, *arguments: str) -> str:
    try:
        ran = ask_git(root, *arguments)
    except OSError as error:
        raise RelationsError(
            f"git: cannot be run: {error.strerror or error}", _NEEDS_WORK_TREE
        ) from error
    if ran.returncode:
        message, advice = ran.error_and_advice(root)
        raise RelationsError(
            f"{printable(root)}: git cannot locate the hooks: {message}",
            advice or _NEEDS_WORK_TREE,
        )
    return os.fsdecode(ran.stdout)


def _why_not_run(path: str, script: bytes) -> str | None:
    """Why a section in this hook would have no effect; None if it would."""
    if not os.access(path, os.X_OK):
        return "is not executable, so git does not run it"
    if shell_section.has_cr_in_first_line(script):
        return "has a first line that ends in CRLF, so it cannot be run"
    return UNPAIRED_MARK if shell_section.has_unpaired_mark(script) else None


def _why_not_editable(path: str, script: bytes) -> str | None:
    """Why this hook must not be edited; None if it may be."""
    if os.path.islink(path):
        return "is a symbolic link"
    return None if shell_section.is_shell(script) else "is not a shell script"
