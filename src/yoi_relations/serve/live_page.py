"""The page as of the last scan, which a thread repeats whenever something may have changed."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, closing

from yoi_relations.call import FAILURES
from yoi_relations.errors import RelationsError
from yoi_relations.failures import failure_of
from yoi_relations.files.times import now
from yoi_relations.files.workspace import Workspace, find_again
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Notify, Trust
from yoi_relations.page.document import page_value
from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.overview import Selection, find_overview
from yoi_relations.render.documents import Value
from yoi_relations.watch.file_events import TICK, FileEvents


class LivePage(ABC):
    """The value that the page shows, and a thread that keeps it current.

    Args:
        notify: takes one line for the person who runs the server.
    """

    def __init__(self, notify: Notify) -> None:
        self._notify = notify
        self._stopped = threading.Event()
        self._value: Value = {}
        self._answered_at = ""
        self._error: str | None = None
        self._digest: str | None = None
        self._thread: threading.Thread | None = None

    def start(self, on_scan: Callable[[], None]) -> None:
        """Follow the changes; `on_scan` is called from the thread after each scan."""
        self._thread = threading.Thread(target=self._follow, args=(on_scan,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following; return when the thread has ended."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def value(self) -> Value:
        """What the page shows, with the fields `answered_at` and `error` of `state`."""
        return self._value | {"answered_at": self._answered_at, "error": self._error}

    def state(self) -> Value:
        """What changes with each scan.

        `digest` is that of what was asked as of the last scan that succeeded, `answered_at` the
        time of that scan (RFC 3339, UTC), and `error` says why a later one failed; it is null if
        none did.
        """
        return {"digest": self._digest, "answered_at": self._answered_at, "error": self._error}

    @abstractmethod
    def _follow(self, on_scan: Callable[[], None]) -> None:
        """Scan until the page is stopped."""

    def _attempt(self, scan: Callable[[], None]) -> None:
        """Scan, and note whether that succeeds."""
        try:
            scan()
            self._error = None
        except (RelationsError, *FAILURES) as error:
            self._fail(error if isinstance(error, RelationsError) else failure_of(error))

    def _show(self, catalog: Catalog) -> None:
        """Show what a catalog says now."""
        if catalog.digest != self._digest:
            overview = find_overview(catalog.connection, Selection(inactive=True))
            self._value = page_value(catalog, overview)
            self._digest = catalog.digest
        self._answered_at = now()

    def _fail(self, error: RelationsError) -> None:
        if error.message != self._error:
            self._notify(f"{error.message}; waiting until that is fixed")
        self._error = error.message


class FilesPage(LivePage):
    """The page of a workspace, which is scanned whenever its files change.

    Args:
        workspace: the workspace to follow.
        trust: how each scan checks the index.
        notify: as for `LivePage`.

    Raises:
        RelationsError: the first scan fails.
    """

    def __init__(self, workspace: Workspace, trust: Trust, notify: Notify) -> None:
        super().__init__(notify)
        self._root = workspace.root
        self._trust = trust
        self._scan(workspace)

    def _follow(self, on_scan: Callable[[], None]) -> None:
        with closing(FileEvents(self._notify, self._stopped.is_set)) as events:

            def scan() -> None:
                workspace = find_again(self._root)
                events.follow(workspace)
                self._scan(workspace)

            while not self._stopped.is_set():
                self._attempt(scan)
                on_scan()
                events.wait(TICK)

    def _scan(self, workspace: Workspace) -> None:
        with open_index(workspace, self._notify, trust=self._trust) as index:
            self._show(index)


class DatabasePage(LivePage):
    """The page of the workspaces in a database, which is asked again and again.

    Args:
        open_catalog: opens the database.
        notify: as for `LivePage`.

    Raises:
        RelationsError: the database cannot be asked.
    """

    def __init__(
        self, open_catalog: Callable[[], AbstractContextManager[Catalog]], notify: Notify
    ) -> None:
        super().__init__(notify)
        self._open_catalog = open_catalog
        self._scan()

    def _follow(self, on_scan: Callable[[], None]) -> None:
        while not self._stopped.wait(TICK):
            self._attempt(self._scan)
            on_scan()

    def _scan(self) -> None:
        with self._open_catalog() as catalog:
            self._show(catalog)


class ScanSignal:
    """Lets tasks of an event loop wait for the next scan, which a thread makes.

    Attributes:
        ended: whether there will be no further scan.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._next = asyncio.Event()
        self.ended = False

    def set(self) -> None:
        """Wake all tasks that wait; for any thread."""
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        done, self._next = self._next, asyncio.Event()
        done.set()

    def end(self) -> None:
        """Wake all tasks that wait, for the last time."""
        self.ended = True
        self._wake()

    async def wait(self) -> None:
        """Wait for the next scan, or for the end."""
        await self._next.wait()
