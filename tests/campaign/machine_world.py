"""The world of the state machine: a real workspace, with a fine clock or a coarse one.

In the *fine* world, stamps and clocks are the kernel's own; only the time until stamps are reliable
is shortened, so that an example does not take minutes. In the *coarse* world, a
stamp is what a file system without inodes and times of change would give, rounded down to two
seconds: whatever the kernel has dated is dated again, by a clock that moves as the example says.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

from clocked_disk import without_pause_for_clock
from index_comparison import coarse
from workspace_builder import A, B, C, Workspace

from yoi_relations.files import scan_root, stat_collector, stat_stamp
from yoi_relations.files.workspace import CACHE, find_workspace
from yoi_relations.index import cache_folder, snapshot, store

TICKETS = (A, B, C)
START = 1_700_000_001_000_000_000
"""The start of the coarse clock, long before any date of the kernel."""
GRANULE = 2_000_000_000
WINDOW = 20_000_000
"""Nanoseconds, in the fine world: more than one tick of the clock of any kernel."""


class World:
    """A workspace with three tickets, and the patches that control its clock.

    Attributes:
        coarse: whether its stamps are those of a poorer file system.
        cache: the folder that holds the index.
        kept: a copy of an index, to put back.
        is_asking: whether a question is being answered while operations are applied.
    """

    def __init__(self, *, is_coarse: bool) -> None:
        self.coarse = is_coarse
        self._stack = ExitStack()
        place = self._stack.enter_context(tempfile.TemporaryDirectory())
        self.workspace = Workspace(Path(place) / "work")
        self.cache = self.workspace.root / CACHE
        for ticket in TICKETS:
            self.workspace.ticket(ticket, "queued")
            (self.workspace.tickets / ticket / "artifacts").mkdir()
        self.found = find_workspace(str(self.workspace.root))
        self.kept: Path | None = None
        self.is_asking = False
        self._now = START
        self._names = itertools.count()
        self._patch(stat_stamp, "WINDOW", stat_stamp.WINDOW if is_coarse else WINDOW)
        if is_coarse:
            self._coarsen()

    def _coarsen(self) -> None:
        for module in (scan_root, stat_collector, snapshot, store):
            self._patch(module, "stamp_of", coarse)
        self._patch(cache_folder, "clock", lambda _: self._now // GRANULE * GRANULE)
        self._patch(time, "time_ns", lambda: self._now)
        self._stack.enter_context(without_pause_for_clock())
        self.dated()

    def _patch(self, place: object, name: str, value: object) -> None:
        self._stack.enter_context(mock.patch.object(place, name, value))

    def close(self) -> None:
        self._stack.close()

    def wait(self, tenths: int) -> None:
        """Wait tenths of a second; in the fine world, the same share of its shorter window."""
        if self.coarse:
            self._now += tenths * 100_000_000
        else:
            time.sleep(tenths * WINDOW / 25 / 1e9)

    def dated(self, *moved: Path) -> None:
        """Date what the kernel has dated, and all of `moved`, by the coarse clock, if that is used.

        Without inodes nobody can tell a folder from another one of the same dates that took its
        place: what moves is dated again, as by a copy.
        """
        if not self.coarse:
            return
        scan_root = self.workspace.root
        for path in (scan_root, *scan_root.rglob("*")):
            dated = path.lstat().st_mtime_ns > START * 1.05
            if dated or any(path.is_relative_to(folder) for folder in moved):
                os.utime(path, ns=(self._now, self._now))

    def aside(self) -> Path:
        """A path on the same disk, outside the tickets root, that does not exist."""
        return self.workspace.root / f"aside-{next(self._names)}"

    def folders(self) -> Iterator[Path]:
        """Every ticket's folder, wherever it is."""
        for pattern in ("*/item.md", "*/*/item.md", "*/artifacts", "*/*/artifacts"):
            yield from (path.parent for path in sorted(self.workspace.tickets.glob(pattern)))

    def folder(self, ticket: str) -> Path:
        """Where a ticket is, or would be made."""
        found = (folder for folder in self.folders() if folder.name == ticket)
        return next(found, self.workspace.tickets / ticket)

    def files(self) -> list[Path]:
        """Every file that a ticket consists of."""
        return sorted(path for path in self.workspace.tickets.rglob("*") if path.is_file())

    def index(self) -> Path:
        """Where this version of the program keeps its index."""
        return Path(store.index_path(self.found))

    def set_version(self, schema: int, parser: int) -> None:
        """Make this process another version of the program from now on."""
        self._patch(store, "SCHEMA_VERSION", schema)
        self._patch(store, "PARSER_VERSION", parser)


def run_in_fork(act: Callable[[], object]) -> None:
    """Run `act` in a forked process, which has the same clock."""
    process = os.fork()
    if process == 0:
        try:
            act()
        except BaseException:  # noqa: BLE001  # the fork must not return into pytest
            traceback.print_exc()
            os._exit(1)
        sys.stdout.flush()
        os._exit(0)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def remove(path: Path) -> None:
    """Remove a file, a link or a folder, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
