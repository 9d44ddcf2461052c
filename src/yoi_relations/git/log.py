"""Reads commits and the files that they change, in one pass over the history."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from yoi_relations.git.objects import commit_seconds
from yoi_relations.git.scratch import ScratchRepository
from yoi_relations.lean.types import NamedTuple

_START = b"\x01"
_FORMAT = "--format=%x01%m%H %P%x00%ct%x00%an"
"""The fields of `LoggedCommit`; with ``-z`` a NUL follows each of the last two."""
_OPTIONS = (
    *("--topo-order", "--left-right", "--no-abbrev", "--no-renames", "--encoding=UTF-8"),
    # Every commit, whether it changes one of the paths or not; of a merge, the files that differ
    # from its first parent.
    *("--full-history", "--sparse", "--raw", "--diff-merges=first-parent", "-z", _FORMAT),
)
_REGULAR = ("100644", "100755", "100664")


class FileChange(NamedTuple):
    """A file that differs between a commit and its first parent.

    Attributes:
        path: below the top of the work tree, in the bytes that git holds.
        before: id of the file in the parent; None if that has no regular file there.
        after: id of the file in the commit, or None.
    """

    path: bytes
    before: str | None
    after: str | None


class LoggedCommit(NamedTuple):
    """A commit.

    Attributes:
        id: in hexadecimal.
        parents: ids of its parents; empty where a shallow history ends.
        seconds: when it was committed, since 1970.
        author: name of its author, in UTF-8 or not.
        is_added: whether it is reachable from the tip, and not only from the earlier one.
        changes: of the paths that were asked for.
    """

    id: str
    parents: tuple[str, ...]
    seconds: int
    author: bytes
    is_added: bool
    changes: list[FileChange]


def read_log(
    scratch: ScratchRepository,
    tip: str,
    earlier: str | None,
    paths: Iterable[bytes],
    is_wanted: Callable[[bytes], bool],
) -> list[LoggedCommit]:
    """The commits that can be reached from `tip`, each before its parents.

    Args:
        scratch: the repository.
        tip: id of a commit.
        earlier: id of another commit. The commits that both reach are left out, and those that
            only it reaches are included. None to leave out nothing.
        paths: files and folders below the top of the work tree, in which git looks for changes.
        is_wanted: whether the changes of a path are wanted; there may be many others.

    Raises:
        OSError: git cannot be started.
        GitError: git failed, for example because a commit is missing.
        GitTimeoutError: git was silent for too long.
    """
    range_ = tip if earlier is None else f"{earlier}...{tip}"
    limits = (os.fsdecode(b":(literal)" + path) for path in paths)
    commits: list[LoggedCommit] = []
    with scratch.start("log", *_OPTIONS, range_, "--", *limits, stdin=b"") as process:
        fields = process.split(b"\0")
        for field in fields:
            if b":" in field[:2]:  # a newline comes before the first change of a commit
                path = next(fields, b"")
                if is_wanted(path):
                    commits[-1].changes.append(_change(field, path))
            elif field.startswith(_START):
                seconds, author = next(fields, b"0"), next(fields, b"")
                commits.append(_commit(field, seconds, author))
        process.check()
    return commits


def _commit(header: bytes, seconds: bytes, author: bytes) -> LoggedCommit:
    """The commit with the fields of `_FORMAT`, without changes."""
    id_, *parents = header[2:].decode().split()
    time = commit_seconds(seconds)
    return LoggedCommit(id_, tuple(parents), time, author, header[1:2] == b">", [])


def _change(raw: bytes, path: bytes) -> FileChange:
    """The change in a line ``:mode mode id id M``."""
    old_mode, mode, old_id, id_, _ = raw.decode().lstrip("\n:").split(" ")
    before = old_id if old_mode in _REGULAR else None
    return FileChange(path, before, id_ if mode in _REGULAR else None)
