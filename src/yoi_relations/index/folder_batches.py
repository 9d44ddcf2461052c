"""Takes what ticket folders hold into plain values, in two processes where that pays."""

from __future__ import annotations

from collections.abc import Generator

from yoi_relations.files.workspace import Workspace
from yoi_relations.index.folder_scan import scan_folders
from yoi_relations.index.rows import Rows, rows_of
from yoi_relations.index.work_queue import MOST, shared
from yoi_relations.lean.types import NamedTuple

BATCH = 64
"""Folders that are taken at once; it bounds the memory that is needed on the way."""
SHARE_FROM = 4
"""Batches from which on a second process pays."""

FolderStamp = tuple[bytes, list[bytes], list[bytes]]
"""A folder's name, and the paths and the stamps of its probes."""


class Batch(NamedTuple):
    """Some folders as they are now.

    Attributes:
        groups: all of them.
        unreliable: those that may be read otherwise another time, though no stamp differs.
        rows: what they say.
    """

    groups: list[FolderStamp]
    unreliable: list[bytes]
    rows: Rows


def read_batches(workspace: Workspace, names: list[bytes]) -> Generator[Batch]:
    """The folders `names` below the tickets root, listed, read and parsed, in their order.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    size = max(BATCH, -(-len(names) // MOST))
    count = -(-len(names) // size)

    def work(number: int) -> tuple[list[FolderStamp], list[bytes], tuple[object, ...]]:
        return _gather(workspace, names[number * size : (number + 1) * size])

    results = shared(work, count) if count >= SHARE_FROM else map(work, range(count))
    for groups, unreliable, rows in results:
        yield Batch(groups, unreliable, Rows(*rows))


def _gather(
    workspace: Workspace, names: list[bytes]
) -> tuple[list[FolderStamp], list[bytes], tuple[object, ...]]:
    """The parts of a `Batch`, as plain tuples, which is what one process can send to another."""
    looks = list(scan_folders(workspace, names))
    groups = [(look.name, look.folder.paths, look.folder.stamps) for look in looks]
    return groups, [look.name for look in looks if look.is_unreliable], tuple(rows_of(looks))
