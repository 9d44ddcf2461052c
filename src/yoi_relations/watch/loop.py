"""``relations watch``: keeps the index warm as files change, and tells what each change was.

Each look is the refresh of a query. What is told is the difference between two indexes, so nothing
is missed that a query would see; how soon it is seen is all that rests on events.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import NamedTuple

from yoi_relations.errors import ExitCode, RelationsError, UsageError
from yoi_relations.files.workspace import Workspace, find_again
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify, Trust
from yoi_relations.index.watcher_lock import WatchLock
from yoi_relations.queries.changes import Change, find_changes
from yoi_relations.queries.verdict_changes import find_verdict_changes, load_verdicts
from yoi_relations.watch.wake import Waker, require

TICK = 5.0
"""Seconds after which the files are looked at, events or not."""


class News(NamedTuple):
    """What one look found: first the changes of files, then the verdicts that changed with them.

    Attributes:
        changes: by ticket.
        before: digest of the index before.
        after: digest of the index that was made now.
    """

    changes: list[Change]
    before: str
    after: str


@dataclass(frozen=True)
class Watch:
    """What is asked of a watcher.

    Attributes:
        workspace: whose files.
        tell: takes what was found; False where nobody listens any more.
        notify: takes one line for the person who runs it.
        listened: whether somebody still listens.
        trust: how each look is made.
        once: end with the first change.
        timeout: seconds after which to end, or None.
        tick: seconds after which to look, events or not.
    """

    workspace: Workspace
    tell: Callable[[News], bool]
    notify: Notify
    listened: Callable[[], bool] = lambda: True
    trust: Trust = Trust.STAT
    once: bool = False
    timeout: float | None = None
    tick: float = TICK


def watch(asked: Watch) -> ExitCode:
    """Watch until there is nobody to tell, or as long as was asked; the exit status.

    Raises:
        RelationsError: watchfiles is not installed, or the first look finds no answer.
        KeyboardInterrupt: somebody ended it.
    """
    if asked.trust is Trust.INDEX:
        raise UsageError("watch has to look at the files", "leave --trust index out")
    if asked.timeout is not None and math.isnan(asked.timeout):
        raise UsageError("--timeout must be a number of seconds", "leave it out to go on for ever")
    require()
    lock = WatchLock(asked.workspace)
    notify = _NotTwice(asked.notify)
    try:
        # One that waits for a single change keeps nothing warm, and stands in nobody's way.
        if not asked.once and not lock.hold():
            asked.notify("another watcher is running on this work tree already; nothing to do")
            return ExitCode.DONE
        with closing(Waker(notify, lambda: not asked.listened())) as waker:
            return _watch(asked, waker, notify, lock)
    finally:
        lock.release()


def _watch(asked: Watch, waker: Waker, notify: _NotTwice, lock: WatchLock) -> ExitCode:
    end = math.inf if asked.timeout is None else time.monotonic() + asked.timeout
    waker.aim(asked.workspace)
    with closing(_Seen(open_index(asked.workspace, notify, trust=asked.trust))) as seen:
        while asked.listened():
            waker.wait(min(asked.tick, max(0.0, end - time.monotonic())))
            notify.next_round()
            now = _look(asked, waker, notify)
            if now is not None:
                if not _tell(asked, seen.news_of(now, notify)):
                    return ExitCode.DONE
                if not asked.once and not lock.hold():
                    notify("another watcher has taken over")
                    return ExitCode.DONE
            if time.monotonic() >= end:
                return ExitCode.TIMED_OUT
    return ExitCode.DONE


def _tell(asked: Watch, found: Iterable[News]) -> bool:
    """Tell what was found; whether to go on after that."""
    told = False
    for news in found:
        if news.changes:
            told = True
            if not asked.tell(news):
                return False
    return not (told and asked.once)


class _Seen:
    """What the last look saw: the index, and its verdicts, so that the next one need not ask.

    Args:
        index: of the first look; it is closed with this.

    Raises:
        RelationsError: the index can no longer be read.
    """

    def __init__(self, index: Index) -> None:
        with ExitStack() as on_failure:
            on_failure.enter_context(index)
            self._index = index
            self._verdicts = load_verdicts(index.connection)
            on_failure.pop_all()

    def close(self) -> None:
        """Give the memory back."""
        self._index.close()

    def news_of(self, new: Index, notify: Notify) -> Iterator[News]:
        """What happened since: the changes of files, and then the verdicts, which take longer.

        The index that was seen before is closed at the end.
        """
        old, self._index = self._index, new
        before, after = old.generation.digest, new.generation.digest
        if before == after:
            old.close()
            return
        with old:
            try:
                yield News(find_changes(old.connection, new.connection), before, after)
                found, self._verdicts = find_verdict_changes(
                    self._verdicts, old.connection, new.connection
                )
                yield News(found, before, after)
            except sqlite3.Error as error:
                notify(f"the index was damaged ({error}); some changes cannot be told")


def _look(asked: Watch, waker: Waker, notify: Notify) -> Index | None:
    """The index as it is now; None where there is no answer, which is told."""
    try:
        workspace = find_again(asked.workspace.root)  # it may name another tickets root
        waker.aim(workspace)
        return open_index(workspace, notify, trust=asked.trust)
    except RelationsError as error:
        notify(f"{error.message}; waiting until that is fixed")
        return None


class _NotTwice:
    """Passes a message on, unless the look before this one said the same."""

    def __init__(self, notify: Notify) -> None:
        self._notify = notify
        self._said: set[str] = set()
        self._before: set[str] = set()

    def __call__(self, message: str) -> None:
        if message not in self._before and message not in self._said:
            self._notify(message)
        self._said.add(message)

    def next_round(self) -> None:
        """Another look begins."""
        self._before, self._said = self._said, set()
