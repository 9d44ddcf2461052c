"""Scans and parses all ticket folders in batches, in two processes where that saves time."""

from __future__ import annotations

from collections.abc import Generator

from yoi_relations.files.sources import TicketSource
from yoi_relations.index.folder_scan import scan_folders
from yoi_relations.index.rows import Rows, rows_of
from yoi_relations.index.snapshot_builder import FolderStamps
from yoi_relations.index.work_queue import MAX_ITEMS, run_shared
from yoi_relations.lean.types import Any

BATCH_SIZE = 64
"""Folders in one batch; it bounds the memory that a batch needs."""
FORK_FROM = 4
"""Batches from which on a second process saves time."""

Batch = tuple[FolderStamps, list[bytes], Rows]
"""The stamps of some folders, those that are unreliable (see `FolderScan`), and all rows."""


def read_batches(tickets: TicketSource, names: list[bytes]) -> Generator[Batch]:
    """Scan and parse the units `names`, such as ticket folders, in their order.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    size = max(BATCH_SIZE, -(-len(names) // MAX_ITEMS))
    count = -(-len(names) // size)

    def work(number: int) -> tuple[Any, ...]:
        scans = list(scan_folders(tickets, names[number * size : (number + 1) * size]))
        stamps = {scan.name: (scan.folder.paths, scan.folder.stamps) for scan in scans}
        unreliable = [scan.name for scan in scans if scan.is_unreliable]
        rows = tuple(rows_of(scans, tickets.parse))  # plain tuples pass between processes
        return stamps, unreliable, rows

    is_shared = count >= FORK_FROM and tickets.files.can_fork
    results = run_shared(work, count) if is_shared else map(work, range(count))
    for stamps, unreliable, rows in results:
        yield stamps, unreliable, Rows(*rows)
