"""The work trees of a repository, as git lists them."""

from __future__ import annotations

import os

from yoi_relations.errors import GitError
from yoi_relations.git.ask import ask_git
from yoi_relations.git.repository import Repository
from yoi_relations.git.scratch import read_small
from yoi_relations.lean.types import NamedTuple

_LINK = b"gitdir: "
"""How a file ``.git`` begins; the path of the folder of git follows."""
_BRANCHES = "refs/heads/"


class Worktree(NamedTuple):
    """A work tree, or the entry of a bare repository.

    Attributes:
        path: absolute path of its top, without links.
        branch: its branch; None if no branch is checked out.
        commit: id of its commit, in hexadecimal; None if there is none yet.
        bare: whether it is a repository without files.
        locked: why it is locked, which may be empty; None if it is not.
        here: whether it is the work tree that was asked.
    """

    path: str
    branch: str | None
    commit: str | None
    bare: bool
    locked: str | None
    here: bool = False


def list_worktrees(repository: Repository) -> list[Worktree]:
    """All work trees of a repository, the main one first; exactly one is `here`.

    Raises:
        OSError: git cannot be started.
        GitError: git failed.
        GitTimeoutError: git did not answer in time.
    """
    ran = ask_git(repository.folder, "worktree", "list", "--porcelain", "-z")
    if ran.returncode:
        raise GitError(f"git worktree list: failed: {ran.message}", "git 2.36 or newer is required")
    entries = ran.stdout.split(b"\0\0")
    listed = [_worktree(entry.split(b"\0")) for entry in entries if entry]
    number = _own_number(repository, listed)
    own = listed[number]._replace(path=repository.top, here=True)
    listed[number] = own
    if listed[0].path == repository.common and not listed[0].bare:
        listed[0] = listed[0]._replace(path=_configured_top(repository))
    return listed


def belongs_to(repository: Repository, top: str) -> bool:
    """Whether the folder `top` is a work tree of a repository, by what its ``.git`` says."""
    folder = git_folder(top)
    return folder is not None and (
        folder == repository.common
        or os.path.dirname(folder) == os.path.join(repository.common, "worktrees")
    )


def may_be_sparse(top: str) -> bool:
    """Whether the work tree with the top `top` may lack files that its commit has."""
    folder = git_folder(top)
    return folder is not None and os.path.exists(os.path.join(folder, "info", "sparse-checkout"))


def _worktree(lines: list[bytes]) -> Worktree:
    """The work tree of one entry, which has an attribute on each line."""
    pairs = (os.fsdecode(line).partition(" ") for line in lines)
    values = {name: value for name, _, value in pairs}
    commit, branch = values.get("HEAD", ""), values.get("branch")
    return Worktree(
        os.path.realpath(values["worktree"]),
        branch and branch.removeprefix(_BRANCHES),
        commit if commit.strip("0") else None,
        "bare" in values,
        values.get("locked"),
    )


def _own_number(repository: Repository, listed: list[Worktree]) -> int:
    """The position of the work tree at the top of `repository`.

    Its path may be another one than git lists: if it was moved, or is that of a submodule.
    """
    folder = git_folder(repository.top)
    if folder is None or folder == repository.common:
        return 0
    try:
        named = os.fsdecode(read_small(os.path.join(folder, "gitdir")).rstrip(b"\r\n"))
    except OSError as error:
        raise GitError(
            f"{folder}: cannot be read: {error.strerror}", "run git worktree repair"
        ) from error
    path = os.path.dirname(os.path.realpath(os.path.join(folder, named)))
    for number, worktree in enumerate(listed):
        if worktree.path == path:
            return number
    raise GitError(f"{repository.top}: git does not list this work tree", "run git worktree repair")


def git_folder(top: str) -> str | None:
    """The folder of git that belongs to the work tree `top`, without links; None if it has none."""
    path = os.path.join(top, ".git")
    if os.path.isdir(path):
        return os.path.realpath(path)
    try:
        text = read_small(path)
    except OSError:
        return None
    if not text.startswith(_LINK):
        return None
    named = os.fsdecode(text.removeprefix(_LINK).rstrip(b"\r\n"))
    return os.path.realpath(os.path.join(top, named))


def _configured_top(repository: Repository) -> str:
    """The main work tree of a submodule, of which git lists the folder of git instead."""
    config = os.path.join(repository.common, "config")
    ran = ask_git(repository.folder, "config", "--file", config, "--get", "core.worktree")
    named = os.fsdecode(ran.stdout.removesuffix(b"\n"))
    return os.path.realpath(os.path.join(repository.common, named))
