"""``relations watch``: keeps the index current as files change, and prints each change.

Each scan is the refresh of a query. The changes are the difference between two indexes, so nothing
is missed that a query would see. Only the delay depends on events of the file system.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from yoi_relations.errors import ExitCode, RelationsError
from yoi_relations.files.workspace import Workspace, find_again
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify, Trust
from yoi_relations.index.watcher_lock import WatcherLock
from yoi_relations.queries.changes import Change, find_changes
from yoi_relations.queries.verdict_changes import find_verdict_changes, load_verdicts
from yoi_relations.watch.file_events import TICK, FileEvents

REPUBLISH = 60.0
"""Seconds after which an index is published again although nothing has changed, to renew its age.

Two short messages a minute are little for a database, and a minute is short for a reader who
asks how old an answer may be.
"""


Publish = Callable[[Index], None]
"""Puts an index into a database."""


class ChangeSet(NamedTuple):
    """Changes that one scan found, and the digests of the previous and the new index."""

    changes: list[Change]  # sorted by ticket
    digest_before: str
    digest_after: str


@dataclass(frozen=True)
class WatchRequest:
    """What to watch, where to report it, and when to end.

    Attributes:
        print_changes: prints changes; False if the reader has gone.
        has_reader: whether a reader still exists.
        once: end with the first change.
        timeout: seconds after which to end, or None.
        tick: seconds after which to scan even without an event.
        begin_publication: called before each scan, or None. What it returns puts the index of that
            scan into a database. Both raise a `RelationsError` where that fails.
        republish: seconds after which to publish even without a change.
    """

    workspace: Workspace
    print_changes: Callable[[ChangeSet], bool]
    notify: Notify
    has_reader: Callable[[], bool] = lambda: True
    trust: Trust = Trust.STAT
    once: bool = False
    timeout: float | None = None
    tick: float = TICK
    begin_publication: Callable[[], Publish] | None = None
    republish: float = REPUBLISH

    @property
    def shares_the_index(self) -> bool:
        """Whether another watcher of the work tree does the same work."""
        return not self.once and self.begin_publication is None


def watch(request: WatchRequest) -> ExitCode:
    """Watch until the request ends or its reader has gone; the exit status.

    Raises:
        ImportError: watchfiles is not installed.
        RelationsError: the first scan fails.
        KeyboardInterrupt: the user ended it.
    """
    lock = WatcherLock(request.workspace)
    notify = _OncePerScan(request.notify)
    try:
        # A watcher that waits for a single change does not keep the index current: no lock.
        if request.shares_the_index and not lock.hold():
            request.notify("another watcher is running on this work tree already; nothing to do")
            return ExitCode.DONE
        with closing(FileEvents(notify, lambda: not request.has_reader())) as events:
            return _watch(request, events, notify, lock)
    finally:
        lock.release()


def _watch(
    request: WatchRequest, events: FileEvents, notify: _OncePerScan, lock: WatcherLock
) -> ExitCode:
    end = math.inf if request.timeout is None else time.monotonic() + request.timeout
    events.follow(request.workspace)
    publisher = _Publisher(request, notify)
    publisher.begin_scan()
    first = open_index(request.workspace, notify, trust=request.trust)
    with closing(_LastScan(first)) as last_scan:
        publisher.publish(first)
        while request.has_reader():
            events.wait(min(request.tick, max(0.0, end - time.monotonic())))
            notify.begin_scan()
            publisher.begin_scan()
            index = _scan(request, events, notify)
            if index is not None:
                goes_on = _print(request, last_scan.changes_since(index, notify))
                publisher.publish(index)
                if not goes_on:
                    return ExitCode.DONE
                if request.shares_the_index and not lock.hold():
                    notify("another watcher has taken over")
                    return ExitCode.DONE
            if time.monotonic() >= end:
                return ExitCode.TIMED_OUT
    return ExitCode.DONE


def _print(request: WatchRequest, change_sets: Iterable[ChangeSet]) -> bool:
    """Print the changes of a scan; whether to continue after that."""
    any_printed = False
    for change_set in change_sets:
        if change_set.changes:
            any_printed = True
            if not request.print_changes(change_set):
                return False
    return not (any_printed and request.once)


class _Publisher:
    """Publishes each index once, and again after a while; what failed is tried again."""

    def __init__(self, request: WatchRequest, notify: Notify) -> None:
        self._begin = request.begin_publication
        self._publish: Publish | None = None
        self._republish = request.republish
        self._notify = notify
        self._digest: str | None = None
        self._due = 0.0

    def begin_scan(self) -> None:
        """Let the publication note what it needs to know from before the files are read."""
        self._publish = None
        if self._begin is not None:
            with self._reporting():
                self._publish = self._begin()

    def publish(self, index: Index) -> None:
        """Publish an index of this scan, unless it was published a short while ago.

        Publishing says that the index holds now, so after a scan that failed it must not be called.
        """
        now = time.monotonic()
        if self._publish is None or (index.generation.digest == self._digest and now < self._due):
            return
        with self._reporting():
            self._publish(index)
            self._digest, self._due = index.generation.digest, now + self._republish

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except RelationsError as error:
            self._notify(f"not published: {error.message}")


class _LastScan:
    """The index of the last scan and its verdicts, kept so that they need not be queried again."""

    def __init__(self, index: Index) -> None:
        with ExitStack() as on_failure:
            on_failure.enter_context(index)
            self.index = index
            self._verdicts = load_verdicts(index.connection)
            on_failure.pop_all()

    def close(self) -> None:
        self.index.close()

    def changes_since(self, new: Index, notify: Notify) -> Iterator[ChangeSet]:
        """The changes of files, then those of verdicts, which take longer to compute.

        The previous index is closed at the end.
        """
        old, self.index = self.index, new
        before, after = old.generation.digest, new.generation.digest
        if before == after:
            old.close()
            return
        with old:
            try:
                yield ChangeSet(find_changes(old.connection, new.connection), before, after)
                found, self._verdicts = find_verdict_changes(
                    self._verdicts, old.connection, new.connection
                )
                yield ChangeSet(found, before, after)
            except sqlite3.Error as error:
                notify(f"the index was damaged ({error}); some changes cannot be reported")


def _scan(request: WatchRequest, events: FileEvents, notify: Notify) -> Index | None:
    """The index as it is now; None after an error, which is reported."""
    try:
        # The configuration may name another tickets root by now.
        workspace = find_again(request.workspace.root)
        events.follow(workspace)
        return open_index(workspace, notify, trust=request.trust)
    except RelationsError as error:
        notify(f"{error.message}; waiting until that is fixed")
        return None


class _OncePerScan:
    """Passes a notice on, unless this scan or the previous one had the same notice."""

    def __init__(self, notify: Notify) -> None:
        self._notify = notify
        self._current: set[str] = set()
        self._previous: set[str] = set()

    def __call__(self, message: str) -> None:
        if message not in self._previous and message not in self._current:
            self._notify(message)
        self._current.add(message)

    def begin_scan(self) -> None:
        """Mark the beginning of another scan."""
        self._previous, self._current = self._current, set()
