"""Wakes the watcher: says that it is time to look, never what there is to see.

Events of the file system come through watchfiles. They may be lost, come late or come for nothing,
so the longest that `wait` sleeps does not rest on them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from yoi_relations.errors import RelationsError
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index.handle import Notify

if TYPE_CHECKING:
    from watchfiles.main import FileChange

QUIET_MS = 30
"""Milliseconds without an event that end a burst."""
BURST_MS = 500
"""Milliseconds after which a burst that does not end is looked at all the same."""
POLL_MS = 100
"""Milliseconds after which it is seen that nobody listens any more, or that the root is another."""
_RETRY_DELAY = 0.25
"""Seconds to rest after a failure; doubled with each more in a row. A name that is not UTF-8, for
one, makes watchfiles fail whenever something opens that folder."""
_MAX_FAILURES = 8
"""Failures in a row that are counted; by then the rest is longer than any wait."""


class FileEvents:
    """Waits for a reason to look.

    Args:
        notify: is told when another folder is the root, and when events cannot be had.
        interrupted: whether there is a reason not to wait any longer.
    """

    def __init__(self, notify: Notify, interrupted: Callable[[], bool]) -> None:
        self._notify = notify
        self._interrupted = interrupted
        self._events: Generator[set[FileChange]] | None = None
        self._path = ""
        # Kept open, because the number of a folder that is gone may be given to the next one.
        self._folder: int | None = None
        self._cache = ""
        self._failures = 0
        # Only where it has to: watchfiles then overlooks the limit of watches, too.
        self._ignores_denied = False
        self._polling = must_poll()
        if self._polling:
            notify("the files are polled; events of the file system are not used")

    def follow(self, workspace: Workspace) -> None:
        """Listen to the tickets root of `workspace`; nothing new where that is done already.

        What changes after this call ends `wait`, so look once it has returned.
        """
        self._cache = os.path.join(workspace.cache_path, "")
        path = workspace.tickets_path
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
            return  # there is nothing to listen to; what is wrong is found by the look
        if was:
            self._notify(f"{printable(path)}: is another folder now; listening to that")
        self._subscribe()

    def wait(self, seconds: float) -> None:
        """Return when there is a reason to look, after `seconds` at the latest."""
        end = time.monotonic() + seconds
        if self._failures and self._events is None:
            end = min(end, time.monotonic() + _RETRY_DELAY * 2 ** (self._failures - 1))
        elif self._failures:
            time.sleep(min(_RETRY_DELAY, seconds))
        was_in_place = self._is_root_unchanged()
        while (left := end - time.monotonic()) > 0:
            happened = self._had_event(left)
            if self._events is not None:
                self._failures = 0
            if happened or self._interrupted():
                return
            if self._is_root_unchanged() != was_in_place or self._has_root_appeared():
                return

    def close(self) -> None:
        """Stop listening."""
        if self._events is not None:
            self._events.close()
            self._events = None
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None

    def _subscribe(self) -> None:
        import watchfiles  # noqa: PLC0415  # as in `require_watchfiles`, which has seen that it is there

        self._events = watchfiles.watch(
            self._path,
            watch_filter=None,
            debounce=BURST_MS,
            step=QUIET_MS,
            rust_timeout=POLL_MS,
            yield_on_timeout=True,
            force_polling=self._polling,
            ignore_permission_denied=self._ignores_denied,
        )
        # It listens from here on only; what comes meanwhile is seen by the look that follows.
        self._had_event(0)

    def _had_event(self, left: float) -> bool:
        """Whether an event came within a slice of time."""
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
        except Exception as error:  # noqa: BLE001  # whatever it is: look, and listen anew
            self._fail(str(error))
        else:
            return any(not path.startswith(self._cache) for _, path in found)
        return True

    def _fail(self, reason: str) -> None:
        self._failures = min(self._failures + 1, _MAX_FAILURES)
        self._events = None
        self._notify(
            f"events of the file system: {printable(reason)}; listening anew, and looking"
            " every few seconds until then"
        )

    def _is_root_unchanged(self) -> bool:
        """Whether the folder that is listened to still is the tickets root."""
        if self._folder is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._folder), os.stat(self._path))
        except OSError:
            return False

    def _has_root_appeared(self) -> bool:
        return self._folder is None and os.path.isdir(self._path)


def require_watchfiles() -> None:
    """Make sure that watchfiles is there.

    Raises:
        RelationsError: it is not; the hint says how to install it.
    """
    try:
        import watchfiles  # noqa: F401, PLC0415  # heavy, and only for this
    except ImportError as error:
        raise RelationsError(
            f"watching needs the package watchfiles: {error}",
            "install yoi-relations again: watchfiles comes with it",
        ) from error


def must_poll() -> bool:
    """Whether files are polled, because events do not come here or because that was asked for.

    The rules are those of watchfiles, applied here so that it can be told.
    """
    request = os.environ.get("WATCHFILES_FORCE_POLLING")
    if request:
        return request.lower() not in {"false", "disable", "disabled"}
    return "microsoft-standard" in os.uname().release.lower()
