"""Takes what ticket folders hold into plain values, in two processes where that pays."""

from __future__ import annotations

from collections.abc import Generator

from yoi_relations.files.workspace import Workspace
from yoi_relations.index.looking import look_at
from yoi_relations.index.rows import Rows, rows_of
from yoi_relations.index.sharing import MOST, shared
from yoi_relations.typed import NamedTuple

BATCH = 64
"""Folders that are taken at once; it bounds the memory that is needed on the way."""
SHARE_FROM = 4
"""Batches from which on a second process pays."""

Group = tuple[bytes, list[bytes], list[bytes]]
"""A folder's name, and the paths and the stamps of its probes."""


class Batch(NamedTuple):
    """Some folders as they are now.

    Attributes:
        groups: all of them.
        doubtful: those that may be read otherwise another time, though no stamp differs.
        rows: what they say.
    """

    groups: list[Group]
    doubtful: list[bytes]
    rows: Rows


def gathered(workspace: Workspace, names: list[bytes]) -> Generator[Batch]:
    """The folders `names` below the tickets root, listed, read and parsed, in their order.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    size = max(BATCH, -(-len(names) // MOST))
    count = -(-len(names) // size)

    def work(number: int) -> tuple[list[Group], list[bytes], tuple[object, ...]]:
        return _gather(workspace, names[number * size : (number + 1) * size])

    results = shared(work, count) if count >= SHARE_FROM else map(work, range(count))
    for groups, doubtful, rows in results:
        yield Batch(groups, doubtful, Rows(*rows))


def _gather(
    workspace: Workspace, names: list[bytes]
) -> tuple[list[Group], list[bytes], tuple[object, ...]]:
    """The parts of a `Batch`, as plain tuples, which is what one process can send to another."""
    looks = list(look_at(workspace, names))
    groups = [(look.name, look.folder.paths, look.folder.stamps) for look in looks]
    return groups, [look.name for look in looks if look.may_pass], tuple(rows_of(looks))
