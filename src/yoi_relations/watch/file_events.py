"""Waits for events of the file system, which say when to scan and not what changed.

The events come from watchfiles. They may be lost, late or spurious, so the time limit of `wait`
does not depend on them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from yoi_relations.files.workspace import RECORDS, Workspace, printable
from yoi_relations.index.handle import Notify

if TYPE_CHECKING:
    from watchfiles.main import FileChange

TICK = 5.0
"""Seconds after which there is a scan even without an event; a database is asked as often."""
QUIET_MS = 30
"""Milliseconds without an event that end a burst."""
BURST_MS = 500
"""Milliseconds after which a burst that has not ended is reported anyway."""
POLL_MS = 100
"""Milliseconds between checks for an interruption, or for another folder as the root."""
_RETRY_DELAY = 0.25
"""Seconds to wait after a failure; doubled with each consecutive failure. For example, watchfiles
fails on a name that is not UTF-8 whenever something opens that folder."""
_MAX_FAILURES = 8
"""Consecutive failures that are counted; the delay then exceeds every wait."""


class FileEvents:
    """The events below one tickets root; for tickets of another tool, also where records are.

    Args:
        notify: takes a notice when another folder becomes the root, or events are not available.
        interrupted: whether to stop waiting.
    """

    def __init__(self, notify: Notify, interrupted: Callable[[], bool]) -> None:
        self._notify = notify
        self._interrupted = interrupted
        self._events: Generator[set[FileChange]] | None = None
        self._path = ""
        self._records: list[str] = []
        # Kept open, because the inode number of a deleted folder may be used again.
        self._folder: int | None = None
        self._cache = ""
        self._failures = 0
        # Only after a PermissionError: with it, watchfiles ignores the limit of watches, too.
        self._ignores_denied = False
        self._polling = must_poll()
        if self._polling:
            notify("the files are polled; events of the file system are not used")

    def follow(self, workspace: Workspace) -> None:
        """Watch the tickets root of `workspace`; no effect if it is being watched already.

        Changes after this call end `wait`. Scan after it has returned.
        """
        self._cache = os.path.join(workspace.cache_path, "")
        path = workspace.tickets_path
        if workspace.tool:
            self._follow_records(os.path.join(workspace.root, RECORDS))
        if path == self._path and self._is_root_unchanged():
            if self._events is None:
                self._subscribe()
            return
        was = self._path
        self.close()
        self._path = path
        self._ignores_denied = False
        try:
            self._folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return  # there is nothing to watch; the scan reports the error
        if was:
            self._notify(f"{printable(path)}: is another folder now; watching that")
        self._subscribe()

    def _follow_records(self, path: str) -> None:
        """Watch the folder of records too, while it exists."""
        present = [path] if os.path.isdir(path) else []
        if present != self._records and self._events is not None:
            self._events.close()
            self._events = None  # `follow` subscribes again
        self._records = present

    def wait(self, seconds: float) -> None:
        """Return when a scan is due, after `seconds` at the latest."""
        end = time.monotonic() + seconds
        if self._failures and self._events is None:
            end = min(end, time.monotonic() + _RETRY_DELAY * 2 ** (self._failures - 1))
        elif self._failures:
            time.sleep(min(_RETRY_DELAY, seconds))
        was_unchanged = self._is_root_unchanged()
        while (left := end - time.monotonic()) > 0:
            had_event = self._had_event(left)
            if self._events is not None:
                self._failures = 0
            if had_event or self._interrupted():
                return
            has_appeared = self._folder is None and os.path.isdir(self._path)
            if has_appeared or self._is_root_unchanged() != was_unchanged:
                return

    def close(self) -> None:
        """Stop watching."""
        if self._events is not None:
            self._events.close()
            self._events = None
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None

    def _subscribe(self) -> None:
        import watchfiles  # noqa: PLC0415  # heavy

        self._events = watchfiles.watch(
            self._path,
            *filter(os.path.isdir, self._records),
            watch_filter=None,
            debounce=BURST_MS,
            step=QUIET_MS,
            rust_timeout=POLL_MS,
            yield_on_timeout=True,
            force_polling=self._polling,
            ignore_permission_denied=self._ignores_denied,
        )
        # The subscription begins here; the scan that follows finds earlier changes.
        self._had_event(0)

    def _had_event(self, left: float) -> bool:
        """Whether an event came within `POLL_MS`, or within `left` seconds if that is less."""
        if self._events is None:
            time.sleep(min(POLL_MS / 1000, left))
            return False
        try:
            found = next(self._events)
        except StopIteration:
            self._fail("they have ended")
        except PermissionError as error:
            if self._ignores_denied:
                self._fail(str(error))
            else:
                self._ignores_denied = True
                self._subscribe()
        except Exception as error:  # noqa: BLE001  # any error: scan, and subscribe again
            self._fail(str(error))
        else:
            return any(not path.startswith(self._cache) for _, path in found)
        return True

    def _fail(self, reason: str) -> None:
        self._failures = min(self._failures + 1, _MAX_FAILURES)
        self._events = None
        self._notify(
            f"events of the file system: {printable(reason)}; subscribing again, and scanning"
            " every few seconds until then"
        )

    def _is_root_unchanged(self) -> bool:
        """Whether the watched folder is still the tickets root."""
        if self._folder is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._folder), os.stat(self._path))
        except OSError:
            return False


def must_poll() -> bool:
    """Whether files are polled, because there are no events on this system or on request.

    The rules are those of watchfiles; they are repeated here so that a notice can be printed.
    """
    forced = os.environ.get("WATCHFILES_FORCE_POLLING")
    if forced:
        return forced.lower() not in {"false", "disable", "disabled"}
    return "microsoft-standard" in os.uname().release.lower()
