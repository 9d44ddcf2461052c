"""What is staged for the next commit in a work tree."""

from __future__ import annotations

import os

from yoi_relations.errors import GitError
from yoi_relations.git.ask import ask_git
from yoi_relations.git.objects import TreeEntry, object_id
from yoi_relations.git.repository import Repository
from yoi_relations.git.worktrees import git_folder

UNMERGED = ""
"""The id of a file with a merge conflict, of which several versions are staged."""
_VARIABLE = "GIT_INDEX_FILE"


def list_staged(repository: Repository) -> list[TreeEntry]:
    """All files that a commit of the staging area would have, and those that are not merged.

    They are sorted as git does.

    Raises:
        OSError: git cannot be started.
        GitError: git failed.
        GitTimeoutError: git did not answer in time.
    """
    lines = ask_staging(repository, repository.top, "ls-files", "--stage", "-z")
    entries = {entry.path: entry for entry in map(_entry, lines)}
    empty = object_id(repository.object_format, "blob", b"")
    if any(entry.id == empty for entry in entries.values()):
        # A file of `git add --intent-to-add` looks like an empty one, and no commit has it.
        options = ("--cached", "--ita-invisible-in-index", "--ignore-submodules=none", "-r")
        tree = object_id(repository.object_format, "tree", b"")
        command = ("diff-index", *options, "--no-renames", "--name-only", "-z", tree)
        staged = set(ask_staging(repository, repository.top, *command))
        return [entry for path, entry in entries.items() if path in staged]
    return list(entries.values())


def ask_staging(repository: Repository, folder: str, *command: str) -> list[bytes]:
    """The parts of the answer of a git command about the staging area, each ended by a NUL.

    Args:
        repository: the repository.
        folder: where git runs, in the work tree.
        command: the words after ``git``.

    Raises:
        OSError: git cannot be started.
        GitError: git failed.
        GitTimeoutError: git did not answer in time.
    """
    index = _index_of_commit(repository.top)
    ran = ask_git(folder, "--no-replace-objects", "--literal-pathspecs", *command, variables=index)
    if ran.returncode:
        raise GitError(
            f"git {command[0]}: failed: {ran.message}", "run git status to find the cause"
        )
    return ran.stdout.split(b"\0")[:-1]


def _entry(line: bytes) -> TreeEntry:
    head, _, path = line.partition(b"\t")
    mode, id_, stage = head.decode().split(" ")
    return TreeEntry(int(mode, 8), id_ if stage == "0" else UNMERGED, path)


def _index_of_commit(top: str) -> dict[str, str]:
    """The variable with the index file of a commit that runs this program in a hook.

    ``git commit -a`` and ``git commit FILE`` stage in a file of their own. It is used only if it
    is in the folder of git that belongs to this work tree.
    """
    named = os.environ.get(_VARIABLE)
    if not named:
        return {}
    path = os.path.realpath(os.path.join(top, named))
    return {_VARIABLE: path} if os.path.dirname(path) == git_folder(top) else {}
