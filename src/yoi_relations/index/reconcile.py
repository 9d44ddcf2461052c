"""Makes an index that agrees with the files, where the published one may not.

Folders whose stamps differ, or prove nothing, are listed and read again; where that gives other
sources, their rows are made anew and a new index is published. What cannot be published is
answered from memory all the same.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress

from yoi_relations.errors import WriteError
from yoi_relations.files.workspace import Workspace
from yoi_relations.index import build, database, store
from yoi_relations.index.cache_folder import LOCK, lock_path, locked
from yoi_relations.index.handle import Index, Notify, OpenRequest, Progress, Trust, count_of
from yoi_relations.index.snapshot import Snapshot, StampChanges, load_snapshot, suspects
from yoi_relations.index.store import Generation, IndexState, StoredIndex
from yoi_relations.lean.sqlite import SqliteError

Doubt = tuple[StoredIndex, Snapshot, StampChanges]
"""An index that stamps alone do not prove, what it knows of the disk, and what is suspected."""


def renewed(request: OpenRequest, found: IndexState, doubt: Doubt | None) -> Index:
    """An index that agrees with the files, published where that was asked for and can be.

    Args:
        request: what was asked for.
        found: what became of the published index.
        doubt: what there is of it; None where it cannot be used.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    if doubt is None:
        return _made_anew(request, found, None, None)
    stored, _, suspected = doubt
    try:
        if not suspected.changed and _holds(request, doubt):
            return request.answer(stored, IndexState.CURRENT, stored.generation)
    except SqliteError:
        stored.connection.close()
        return _made_anew(request, IndexState.DAMAGED, None, None)
    except BaseException:
        stored.connection.close()  # else it stays open for as long as the error is kept
        raise
    stored.connection.close()
    return _made_anew(request, IndexState.STALE, stored.generation, suspected)


def rebuild_index(workspace: Workspace, progress: Progress) -> Index:
    """Build the index from the files alone and publish it.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
        WriteError: the index cannot be written.
    """
    start = time.perf_counter()
    try:
        with locked(workspace) as folder:
            before, _ = store.published(workspace)
            number = 1
            if before is not None:
                number = before.generation.number + 1
                before.connection.close()
            stored = build.build(workspace, number, progress)
            with database.closed_on_failure(stored.connection):
                database.publish(workspace, folder, stored.connection)
    except OSError as error:
        raise WriteError(
            _said(workspace, error, "cannot be written"),
            "questions are answered from memory meanwhile; make the folder writable",
        ) from error
    seconds = time.perf_counter() - start
    return Index(workspace, *stored, IndexState.CURRENT, stored.generation, Trust.CONTENT, seconds)


def _holds(request: OpenRequest, doubt: Doubt) -> bool:
    """Whether an index whose stamps are all equal holds what the disk holds."""
    workspace, (stored, _, _) = request.workspace, doubt
    update = build.rescan(workspace, *doubt)
    if update.changes_rows:
        return False
    if request.publish and update.is_worth_publishing:
        # One try: where another process is at it, or nothing can be written, it can wait.
        with suppress(OSError), locked(workspace, 0.0) as folder:
            _publish_if_still(workspace, folder, stored, build.updated(workspace, stored, update))
    return True


def _publish_if_still(
    workspace: Workspace, folder: int, before: StoredIndex, after: StoredIndex
) -> None:
    """Publish `after`, unless `before` is not the published index any more."""
    published, _ = store.published(workspace)
    if published is not None:
        published.connection.close()
        if published.generation == before.generation:
            database.publish(workspace, folder, after.connection)
    after.connection.close()


def _made_anew(
    request: OpenRequest,
    found: IndexState,
    published: Generation | None,
    suspected: StampChanges | None,
) -> Index:
    """An index that agrees with the files, where the published one does not."""
    workspace, notify = request.workspace, request.notify
    folder = None
    with ExitStack() as stack:
        try:
            if request.publish:
                folder = stack.enter_context(locked(workspace, request.wait))
        except OSError as error:
            _tell(notify, workspace, error)
        stored, is_new = _made(request, published, suspected)
        try:
            if folder is not None and is_new:
                database.publish(workspace, folder, stored.connection)
                _tell_found(notify, found, stored)
        except OSError as error:
            _tell(notify, workspace, error)
    return request.answer(stored, found, published)


def _made(
    request: OpenRequest, published: Generation | None, suspected: StampChanges | None
) -> tuple[StoredIndex, bool]:
    """An index that agrees with the files, and whether it is another than the published one.

    What was suspected outside the lock holds inside it only while the index is the one that it was
    held against; else it may be older than what another process has published meanwhile, and the
    disk is looked at once more.
    """
    workspace = request.workspace
    before, _ = store.published(workspace)
    if before is not None:
        try:
            return _updated(request, before, published, suspected)
        except SqliteError:
            before.connection.close()
        except BaseException:
            before.connection.close()  # as above
            raise
    return build.build(workspace, 1, lambda _done, _total: None), True


def _updated(
    request: OpenRequest,
    before: StoredIndex,
    published: Generation | None,
    suspected: StampChanges | None,
) -> tuple[StoredIndex, bool]:
    """The same out of the index `before`, which is the published one now."""
    workspace = request.workspace
    known = load_snapshot(before.connection)
    if suspected is None or before.generation != published:
        everything = request.trust is Trust.CONTENT
        suspected = suspects(known, workspace.tickets_path, everything=everything)
    update = build.rescan(workspace, before, known, suspected)
    if not update.is_worth_publishing:
        return before, False
    after = build.updated(workspace, before, update)
    before.connection.close()
    return after, True


def _tell(notify: Notify, workspace: Workspace, error: OSError) -> None:
    notify(f"{_said(workspace, error, 'cannot be kept')}; answered from memory")


def _said(workspace: Workspace, error: OSError, what: str) -> str:
    """The sentence that the index, or the lock file, cannot be used."""
    path = store.index_path(workspace)
    if error.filename == LOCK:
        path, what = lock_path(workspace), "cannot be used as a lock"
    return f"{path}: {what}: {error.strerror or error}"


def _tell_found(notify: Notify, found: IndexState, stored: StoredIndex) -> None:
    files = count_of(stored.connection, "source")
    if found is IndexState.MISSING:
        notify(f"index: built from {files} files; there was none yet")
    elif found is not IndexState.STALE:
        notify(f"index: built anew from {files} files; it was {found}")
