"""What those who ask get: an index that agrees with the files, and how that was made sure."""

from __future__ import annotations

import time
from collections.abc import Callable

from yoi_relations.errors import RelationsError
from yoi_relations.files.workspace import Workspace
from yoi_relations.index import store
from yoi_relations.index.store import Generation, IndexState, StoredIndex
from yoi_relations.lean.sqlite import SqliteError
from yoi_relations.lean.types import Connection, NamedTuple, Self, StrEnum

Notify = Callable[[str], None]
"""Takes one line for the person who runs the command."""
Progress = Callable[[int, int], None]
"""Takes how many folders are done, and how many there are."""


class Trust(StrEnum):
    """How an index is checked before it answers."""

    STAT = "stat"
    CONTENT = "content"
    INDEX = "index"


class Index(NamedTuple):
    """An index that agrees with the files; close it when done.

    As a context it raises a `RelationsError` where its file can no longer be read.

    Attributes:
        workspace: whose files.
        connection: to query.
        generation: what it was made from.
        found: what the published index was when the command started.
        published: what that one was made from, or None where it could not be used.
        trust: how it was made sure that it agrees.
        seconds: how long that took.
    """

    workspace: Workspace
    connection: Connection
    generation: Generation
    found: IndexState
    published: Generation | None
    trust: Trust
    seconds: float

    @property
    def tickets(self) -> int:
        """How many folders with an item.md there are."""
        return count_of(self.connection, "ticket")

    @property
    def records(self) -> int:
        """How many records state something."""
        return count_of(self.connection, "record")

    @property
    def sources(self) -> int:
        """How many files it was made from."""
        return count_of(self.connection, "source")

    def close(self) -> None:
        """Give the memory back."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, _trace: object) -> None:
        self.close()
        if isinstance(error, SqliteError):
            said = f"{store.index_path(self.workspace)}: failed while it was read: {error}"
            raise RelationsError(said, "run the command again; relations rebuild makes it anew")


class OpenRequest(NamedTuple):
    """What one call of `open_index` was asked for, and when it started."""

    workspace: Workspace
    notify: Notify
    trust: Trust
    publish: bool
    wait: float | None
    start: float

    def answer(self, stored: StoredIndex, found: IndexState, published: Generation | None) -> Index:
        """`stored` as the answer, how it was made sure, and how long that took."""
        seconds = time.perf_counter() - self.start
        (trusted,) = stored.connection.execute("SELECT trusted FROM freshness").fetchone()
        trust = Trust.CONTENT if self.trust is Trust.STAT and not trusted else self.trust
        return Index(self.workspace, *stored, found, published, trust, seconds)


def count_of(connection: Connection, table: str) -> int:
    """How many rows of `table` an index holds."""
    (count,) = connection.execute("SELECT count FROM tally WHERE name = ?", (table,)).fetchone()
    return int(count)
