"""Which records in files of their own are in the last commit: one question to git."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from yoi_relations.errors import GitTimeoutError
from yoi_relations.files.workspace import Workspace, printable_bytes
from yoi_relations.queries.records import RecordPlace

NOTHING_KNOWN: Mapping[str, bool] = {}
"""What is known without git."""


def find_committed(workspace: Workspace, places: Iterable[RecordPlace]) -> Mapping[str, bool]:
    """By path, whether a record is in the last commit, where that is known.

    It is not known of entries of lists, because the commit may have the file without the entry; of
    records in another work tree; nor where git does not answer. The records of another revision are
    committed, if that is a commit.
    """
    paths = {place.path for place in places if _is_own_file(place)}
    at = workspace.files.at
    if at is not None:
        return dict.fromkeys(paths, True) if at.commit else NOTHING_KNOWN
    if not paths or not _has_repository(workspace.root):
        return NOTHING_KNOWN
    from yoi_relations.git.ask import ask_git, can_name  # noqa: PLC0415  # only in a repository

    root, real_root = f"{workspace.tickets_root}/", f"{workspace.real_tickets_root}/"
    # Git does not look behind a link.
    by_path = {path.replace(root, real_root, 1): path for path in paths}
    wanted = sorted(by_path)
    if not can_name(wanted):
        wanted = ["-r", *workspace.source_roots]
    try:
        ran = ask_git(workspace.root, "ls-tree", "-z", "--name-only", "HEAD", *wanted)
    except (OSError, GitTimeoutError):
        return NOTHING_KNOWN
    if ran.returncode:
        return NOTHING_KNOWN
    listed = {printable_bytes(path) for path in ran.stdout.split(b"\0")}
    return {path: in_git in listed for in_git, path in by_path.items()}


def _is_own_file(place: RecordPlace) -> bool:
    """Whether a place is that of a record in a file of its own, in this work tree."""
    # What is unknown has a place without an id, and what another work tree has, an absolute path.
    return bool(place.id) and place.line is None and not os.path.isabs(place.path)


def _has_repository(path: str) -> bool:
    """Whether a folder, or one above it, has ``.git``."""
    while not os.path.lexists(os.path.join(path, ".git")):
        parent = os.path.dirname(path)
        if parent == path:
            return False
        path = parent
    return True
