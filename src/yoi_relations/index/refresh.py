"""Makes sure that an answer is given from what lies on the disk now.

The published index remembers what the disk looked like. Folders whose stamps differ, or prove
nothing, are listed and read again; where that gives other sources, their rows are made anew and a
new index is published. What cannot be published is answered from memory all the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from yoi_relations.errors import RelationsError, WriteError
from yoi_relations.files.workspace import Workspace
from yoi_relations.index import store
from yoi_relations.index.freshness import Known, Suspects, load_known, suspects
from yoi_relations.index.store import BrokenIndexError, Found, Identity, SqliteError, Stored
from yoi_relations.typed import Connection, NamedTuple, Self, StrEnum

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
        identity: what it was made from.
        found: what the published index was when the command started.
        published: what that one was made from, or None where it could not be used.
        trust: how it was made sure that it agrees.
        seconds: how long that took.
    """

    workspace: Workspace
    connection: Connection
    identity: Identity
    found: Found
    published: Identity | None
    trust: Trust
    seconds: float

    @property
    def tickets(self) -> int:
        """How many folders with an item.md there are."""
        return _count(self.connection, "ticket")

    @property
    def records(self) -> int:
        """How many records state something."""
        return _count(self.connection, "record")

    @property
    def sources(self) -> int:
        """How many files it was made from."""
        return _count(self.connection, "source")

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


class _Call(NamedTuple):
    """What one call of `open_index` was asked for, and when it started."""

    workspace: Workspace
    notify: Notify
    trust: Trust
    publish: bool
    wait: float | None
    start: float

    def answer(self, stored: Stored, found: Found, published: Identity | None) -> Index:
        seconds = time.perf_counter() - self.start
        (trusted,) = stored.connection.execute("SELECT trusted FROM freshness").fetchone()
        trust = Trust.CONTENT if self.trust is Trust.STAT and not trusted else self.trust
        return Index(self.workspace, *stored, found, published, trust, seconds)


def open_index(
    workspace: Workspace,
    notify: Notify,
    *,
    trust: Trust = Trust.STAT,
    publish: bool = True,
    wait: float | None = None,
) -> Index:
    """The index of `workspace`, made to agree with its files.

    Args:
        workspace: whose files.
        notify: is told when the index had to be built, or could not be kept.
        trust: `STAT` reads what its stamp does not vouch for, `CONTENT` reads everything, `INDEX`
            answers from a published index without a look at the files.
        publish: False leaves the cache folder alone.
        wait: seconds to wait for another process that publishes; then this one does not. None is
            as long as usual.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    call = _Call(workspace, notify, trust, publish, wait, time.perf_counter())
    stored, found = _published(workspace, prove=publish)
    if stored is None:
        return _renewed(call, found, None, None)
    try:
        if trust is Trust.INDEX:
            return call.answer(stored, Found.UNCHECKED, stored.identity)
        known = load_known(stored.connection)
        suspected = suspects(known, workspace.tickets_path, everything=trust is Trust.CONTENT)
        if not suspected.changed and _holds(call, stored, known, suspected):
            return call.answer(stored, Found.CURRENT, stored.identity)
    except SqliteError:
        stored.connection.close()
        return _renewed(call, Found.DAMAGED, None, None)
    stored.connection.close()
    return _renewed(call, Found.STALE, stored.identity, suspected)


def rebuild_index(workspace: Workspace, progress: Progress) -> Index:
    """Build the index from the files alone and publish it.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
        WriteError: the index cannot be written.
    """
    from yoi_relations.index import cache  # noqa: PLC0415  # a lookup writes nothing
    from yoi_relations.index.build import build  # noqa: PLC0415  # its YAML costs start-up

    start = time.perf_counter()
    try:
        with cache.locked(workspace):
            before, _ = _published(workspace, prove=False)
            number = 1
            if before is not None:
                number = before.identity.number + 1
                before.connection.close()
            stored = build(workspace, number, progress)
            store.publish(workspace, stored.connection)
    except OSError as error:
        path = store.index_path(workspace)
        raise WriteError(
            f"{path}: cannot be written: {error.strerror or error}",
            "questions are answered from memory meanwhile; make the folder writable",
        ) from error
    seconds = time.perf_counter() - start
    return Index(workspace, *stored, Found.CURRENT, stored.identity, Trust.CONTENT, seconds)


def _published(workspace: Workspace, *, prove: bool) -> tuple[Stored | None, Found]:
    """The published index, and what to say where there is none that can be used."""
    try:
        return store.load(workspace, prove=prove), Found.MISSING
    except BrokenIndexError as error:
        return None, error.found


def _holds(call: _Call, stored: Stored, known: Known, suspected: Suspects) -> bool:
    """Whether an index whose stamps are all equal holds what the disk holds."""
    if not suspected.unsettled:
        return True
    from yoi_relations.index.build import look_again, updated  # noqa: PLC0415  # its YAML

    update = look_again(call.workspace, stored, known, suspected)
    if update.changes:
        return False
    if call.publish and update.worth_keeping:
        from contextlib import suppress  # noqa: PLC0415  # a lookup writes nothing

        from yoi_relations.index.cache import locked  # noqa: PLC0415  # likewise

        # One try: where another process is at it, or nothing can be written, it can wait.
        with suppress(OSError), locked(call.workspace, 0.0):
            _publish_if_still(call.workspace, stored, updated(call.workspace, stored, update))
    return True


def _publish_if_still(workspace: Workspace, before: Stored, after: Stored) -> None:
    """Publish `after`, unless `before` is not the published index any more."""
    published, _ = _published(workspace, prove=False)
    if published is not None:
        published.connection.close()
        if published.identity == before.identity:
            store.publish(workspace, after.connection)
    after.connection.close()


def _renewed(
    call: _Call, found: Found, published: Identity | None, suspected: Suspects | None
) -> Index:
    """An index that agrees with the files, where the published one does not."""
    from contextlib import ExitStack  # noqa: PLC0415  # a lookup writes nothing

    from yoi_relations.index.cache import locked  # noqa: PLC0415  # likewise

    notify, publish = call.notify, call.publish
    with ExitStack() as stack:
        try:
            if publish:
                stack.enter_context(locked(call.workspace, call.wait))
        except OSError as error:
            _tell(notify, call.workspace, error)
            publish = False
        stored, is_new = _made(call, published, suspected)
        try:
            if publish and is_new:
                store.publish(call.workspace, stored.connection)
                _tell_found(notify, found, stored)
        except OSError as error:
            _tell(notify, call.workspace, error)
    return call.answer(stored, found, published)


def _made(
    call: _Call, published: Identity | None, suspected: Suspects | None
) -> tuple[Stored, bool]:
    """An index that agrees with the files, and whether it is another than the published one.

    What was suspected outside the lock holds inside it only while the index is the one that it was
    held against; else it may be older than what another process has published meanwhile, and the
    disk is looked at once more.
    """
    from yoi_relations.index.build import build  # noqa: PLC0415  # its YAML costs start-up

    workspace = call.workspace
    before, _ = _published(workspace, prove=False)
    if before is not None:
        try:
            return _updated(call, before, published, suspected)
        except SqliteError:
            before.connection.close()
    return build(workspace, 1, lambda _done, _total: None), True


def _updated(
    call: _Call, before: Stored, published: Identity | None, suspected: Suspects | None
) -> tuple[Stored, bool]:
    """The same out of the index `before`, which is the published one now."""
    from yoi_relations.index.build import look_again, updated  # noqa: PLC0415  # its YAML

    workspace = call.workspace
    known = load_known(before.connection)
    if suspected is None or before.identity != published:
        everything = call.trust is Trust.CONTENT
        suspected = suspects(known, workspace.tickets_path, everything=everything)
    update = look_again(workspace, before, known, suspected)
    if not update.worth_keeping:
        return before, False
    after = updated(workspace, before, update)
    before.connection.close()
    return after, True


def _tell(notify: Notify, workspace: Workspace, error: OSError) -> None:
    path, said = store.index_path(workspace), error.strerror or error
    notify(f"{path}: cannot be kept: {said}; answered from memory")


def _tell_found(notify: Notify, found: Found, stored: Stored) -> None:
    files = _count(stored.connection, "source")
    if found is Found.MISSING:
        notify(f"index: built from {files} files; there was none yet")
    elif found is not Found.STALE:
        notify(f"index: built anew from {files} files; it was {found}")


def _count(connection: Connection, table: str) -> int:
    (count,) = connection.execute("SELECT count FROM tally WHERE name = ?", (table,)).fetchone()
    return int(count)
