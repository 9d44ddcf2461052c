"""Merges two commits without a work tree, in a scratch repository."""

from __future__ import annotations

from yoi_relations.errors import GitError
from yoi_relations.git.scratch import ScratchRepository
from yoi_relations.lean.types import NamedTuple

_CLEAN, _CONFLICTS, _USAGE = 0, 1, 129
_UNCOMPRESSED = ("-c", "core.looseCompression=0")
"""The objects are read once and removed, so compressing a tree of many tickets is wasted."""
BASE, OURS, THEIRS = 1, 2, 3
"""The stages of a conflict."""


class MergedTrees(NamedTuple):
    """The result of a merge.

    Attributes:
        tree: id of the merged tree, in hexadecimal.
        conflicts: by path below the tree, in the bytes that git holds, the id of the file in each
            stage that it has; empty if the merge is clean.
    """

    tree: str
    conflicts: dict[bytes, dict[int, str]]


def merge_trees(scratch: ScratchRepository, ours: str, theirs: str) -> MergedTrees:
    """Merge two commits, which are ids; the objects of the result are in `scratch` alone.

    Raises:
        OSError: git cannot be started.
        GitError: git failed, or is too old.
        GitTimeoutError: git was silent for too long.
    """
    options = ("--write-tree", "-z", "--no-messages")
    ran = scratch.run(*_UNCOMPRESSED, "merge-tree", *options, ours, theirs)
    if ran.returncode == _USAGE:
        raise GitError(
            "git: is too old to merge without a work tree, which needs git 2.38",
            "install a newer git; relations diff REV1 REV2 works without it",
        )
    if ran.returncode not in (_CLEAN, _CONFLICTS) or not ran.stdout:
        said = ran.message or f"exit status {ran.returncode}"
        raise GitError(f"git merge-tree: failed: {said}", "check the clone with git fsck")
    tree, *fields = ran.stdout.split(b"\0")
    conflicts: dict[bytes, dict[int, str]] = {}
    for field in filter(None, fields):
        head, _, path = field.partition(b"\t")
        _, id_, stage = head.decode().split(" ")
        conflicts.setdefault(path, {})[int(stage)] = id_
    return MergedTrees(tree.decode().strip(), conflicts)
