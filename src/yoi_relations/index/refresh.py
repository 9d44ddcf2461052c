"""Makes sure that an answer is given from what lies on the disk now.

Every source is read and hashed (trust ``content``); where the receipt over all of them differs from
the one in the published index, the index is built anew and published. What cannot be published is
answered from memory all the same.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from yoi_relations.errors import WriteError
from yoi_relations.files.faults import SourceError
from yoi_relations.files.reading import read_source
from yoi_relations.files.scan import Source, scan
from yoi_relations.files.workspace import Workspace
from yoi_relations.index import store
from yoi_relations.index.store import BrokenIndexError, Found, Identity, Stored

Notify = Callable[[str], None]
"""Takes one line for the person who runs the command."""
Progress = Callable[[int, int], None]
"""Takes how many sources are done, and how many there are."""


class Trust(StrEnum):
    """How an index is checked before it answers."""

    STAT = "stat"
    CONTENT = "content"
    INDEX = "index"


@dataclass(frozen=True)
class Index:
    """An index that agrees with the files; close it, or use it in a ``with`` statement.

    Attributes:
        workspace: whose files.
        connection: to query; it lives in memory.
        identity: what it was made from.
        sources: how many files it was made from.
        found: what the published index was when the command started.
        published: what that one was made from, or None where it could not be used.
        trust: how it was made sure that it agrees.
    """

    workspace: Workspace
    connection: sqlite3.Connection
    identity: Identity
    sources: int
    found: Found
    published: Identity | None
    trust: Trust = Trust.CONTENT

    @property
    def tickets(self) -> int:
        """How many folders with an item.md there are."""
        return _count(self.connection, "ticket")

    def close(self) -> None:
        """Give the memory back."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Receipt:
    """Hashes the path and the content of every source, in order of path."""

    def __init__(self) -> None:
        self.sources = 0
        self._hash = hashlib.sha256()

    def add(self, source: Source, content: bytes | SourceError) -> None:
        self.sources += 1
        read = isinstance(content, bytes)
        data = content if isinstance(content, bytes) else content.message.encode()
        for part in (source.path.encode(), b"read" if read else b"not read", data):
            self._hash.update(hashlib.sha256(part).digest())

    def digest(self) -> str:
        return self._hash.hexdigest()


def open_index(
    workspace: Workspace,
    notify: Notify,
    *,
    trust: Trust = Trust.CONTENT,
    publish: bool = True,
    wait: float = store.LOCK_WAIT,
) -> Index:
    """The index of `workspace`, made to agree with its files.

    Args:
        workspace: whose files.
        notify: is told when the index had to be built, or could not be kept.
        trust: `INDEX` answers from a published index without a look at the files; every other
            value reads them all.
        publish: False leaves the cache folder alone.
        wait: seconds to wait for another process that publishes; then this one does not.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    if trust is Trust.INDEX and (index := _unchecked(workspace)) is not None:
        return index
    sources = scan(workspace)
    receipt = _Receipt()
    for source, content in _contents(sources):
        receipt.add(source, content)
    stored, found = _published(workspace, receipt.digest())
    if stored is not None and found is Found.CURRENT:
        return Index(workspace, *stored, receipt.sources, found, stored.identity)
    if stored is not None:
        stored.connection.close()
    index = _build(workspace, sources, stored and stored.identity, found, _silent)
    if publish:
        _keep(index, notify, wait)
    return index


def rebuild_index(workspace: Workspace, progress: Progress) -> Index:
    """Build the index from the files alone and publish it.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
        WriteError: the index cannot be written.
    """
    try:
        with store.locked(workspace):
            stored, found = _published(workspace, None)
            if stored is not None:
                stored.connection.close()
            index = _build(workspace, scan(workspace), stored and stored.identity, found, progress)
            store.publish(workspace, index.connection)
    except OSError as error:
        path = store.index_path(workspace)
        raise WriteError(
            f"{path}: cannot be written: {error.strerror or error}",
            "questions are answered from memory meanwhile; make the folder writable",
        ) from error
    return replace(index, found=Found.CURRENT, published=index.identity)


def _unchecked(workspace: Workspace) -> Index | None:
    """The published index as it is; None where it cannot be used."""
    stored, found = _published(workspace, None)
    if stored is None:
        return None
    sources = _count(stored.connection, "source")
    return Index(workspace, *stored, sources, found, stored.identity, Trust.INDEX)


def _contents(sources: Iterable[Source]) -> Iterator[tuple[Source, bytes | SourceError]]:
    """Each source with its bytes, or with the reason why there are none; those gone left out."""
    for source in sources:
        try:
            content = read_source(source)
        except SourceError as error:
            yield source, error
        else:
            if content is not None:
                yield source, content


def _published(workspace: Workspace, digest: str | None) -> tuple[Stored | None, Found]:
    """The published index, and how it compares with files whose receipt is `digest`."""
    try:
        stored = store.load(workspace)
    except BrokenIndexError as error:
        return None, error.found
    if stored is None:
        return None, Found.MISSING
    if digest is None:
        return stored, Found.UNCHECKED
    return stored, Found.CURRENT if stored.identity.digest == digest else Found.STALE


def _build(
    workspace: Workspace,
    sources: list[Source],
    published: Identity | None,
    found: Found,
    progress: Progress,
) -> Index:
    from yoi_relations.files import parse  # noqa: PLC0415  # its YAML costs start-up
    from yoi_relations.index.rows import insert_source  # noqa: PLC0415  # likewise

    connection = store.new_connection()
    receipt = _Receipt()
    connection.execute("BEGIN")
    for source, content in _contents(sources):
        receipt.add(source, content)
        if isinstance(content, bytes):
            insert_source(connection, source, parse.parse_source(source, content))
        else:
            insert_source(connection, source, parse.unusable(source, content.message))
        progress(receipt.sources, len(sources))
    number = published.number + 1 if published else 1
    identity = store.new_identity(workspace, number, receipt.digest())
    store.write_identity(connection, identity)
    connection.execute("COMMIT")
    return Index(workspace, connection, identity, receipt.sources, found, published)


def _keep(index: Index, notify: Notify, wait: float) -> None:
    """Publish an index that was built for an answer, where that is possible."""
    try:
        with store.locked(index.workspace, wait):
            published, found = _published(index.workspace, index.identity.digest)
            if published is not None:
                published.connection.close()
            if found is not Found.CURRENT:
                store.publish(index.workspace, index.connection)
    except OSError as error:
        path = store.index_path(index.workspace)
        notify(f"{path}: cannot be kept: {error.strerror or error}; answered from memory")
        return
    if index.found is Found.MISSING:
        notify(f"index: built from {index.sources} files; there was none yet")
    elif index.found is not Found.STALE:
        notify(f"index: built anew from {index.sources} files; it was {index.found}")


def _count(connection: sqlite3.Connection, table: str) -> int:
    count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    return count


def _silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""
