"""The open index that callers get, and the types around it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from yoi_relations.errors import RelationsError
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index import store
from yoi_relations.index.store import Generation, IndexState, StoredIndex
from yoi_relations.lean.sqlite import SqliteError
from yoi_relations.lean.types import TYPE_CHECKING, Any, Connection, NamedTuple, Self, StrEnum

if TYPE_CHECKING:
    from yoi_relations.files.file_tree import AtRevision

Notify = Callable[[str], None]
"""Is called with one line for the person who runs the command."""
Progress = Callable[[int, int], None]
"""Is called with the number of folders that are done, and of all folders."""


class Trust(StrEnum):
    """What proves an index current.

    `STAT` believes reliable stamps, `CONTENT` reads every file, `INDEX` checks nothing.
    """

    STAT = "stat"
    CONTENT = "content"
    INDEX = "index"


class Index(NamedTuple):
    """An index that agrees with the files; close it when done.

    As a context manager it raises a `RelationsError` if its file can no longer be read.

    Attributes:
        workspace: the files.
        connection: to the database.
        generation: what the index was built from.
        found: the state of the published index when the command started.
        published: the generation of that index; None where it could not be used.
        trust: what proved the index current.
        seconds: the time that this took.
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
        """The number of folders with an item.md."""
        return count_of(self.connection, "ticket")

    @property
    def records(self) -> int:
        """The number of records."""
        return count_of(self.connection, "record")

    @property
    def sources(self) -> int:
        """The number of files that the index was built from."""
        return count_of(self.connection, "source")

    @property
    def digest(self) -> str:
        """Digest of all sources."""
        return self.generation.digest

    @property
    def is_empty(self) -> bool:
        """Whether there are no sources."""
        return not self.sources

    @property
    def title(self) -> str:
        """The name of the workspace's folder."""
        return printable(os.path.basename(self.workspace.root) or self.workspace.root)

    def origin(self) -> dict[str, Any]:
        """The fields of a JSON document that say where the answer comes from."""
        return {
            "workspace": {
                "root": printable(self.workspace.root),
                "tickets_root": printable(self.workspace.tickets_root),
                "tickets": self.tickets,
            }
            | revision_fields("at", self.workspace.files.at),
            "freshness": {
                "trust": self.trust,
                "digest": self.digest,
                "sources": self.sources,
            },
        }

    def placed(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows as they are: all are of one workspace."""
        return rows

    def close(self) -> None:
        """Close the connection, and what the files of a revision are read with."""
        self.connection.close()
        self.workspace.files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, _trace: object) -> None:
        # A command may read several indexes.
        damaged = isinstance(error, SqliteError) and store.damaged_file(self.connection)
        self.close()
        if damaged:
            message = f"{damaged}: failed while it was read: {error}"
            raise RelationsError(message, "run the command again, or delete that file")


def revision_fields(name: str, revision: AtRevision | None) -> dict[str, Any]:
    """A field `name` with a revision; no field if there is none."""
    if revision is None:
        return {}
    return {name: {"rev": revision.name, "commit": revision.commit, "time": revision.time}}


class OpenRequest(NamedTuple):
    """The arguments of one call of `open_index`, and the time when it started."""

    workspace: Workspace
    notify: Notify
    trust: Trust
    publish: bool
    wait: float | None
    start: float

    def answer(self, stored: StoredIndex, found: IndexState, published: Generation | None) -> Index:
        """`stored` as the `Index` that the call returns."""
        seconds = time.perf_counter() - self.start
        (trusted,) = stored.connection.execute("SELECT trusted FROM snapshot").fetchone()
        trust = Trust.CONTENT if self.trust is Trust.STAT and not trusted else self.trust
        return Index(self.workspace, *stored, found, published, trust, seconds)


def count_of(connection: Connection, table: str) -> int:
    """The number of rows of `table` in an index."""
    (count,) = connection.execute("SELECT count FROM tally WHERE name = ?", (table,)).fetchone()
    return int(count)
