"""Makes the index agree with the files where stamps alone do not prove that it does.

It takes the lock, rescans, and publishes a new generation. Where that cannot be written, the answer
is given from memory.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, closing, suppress

from yoi_relations.errors import WriteError
from yoi_relations.files.workspace import Workspace
from yoi_relations.index import build, index_file, rescan, store
from yoi_relations.index.build import closed_on_failure
from yoi_relations.index.cache_folder import LOCK, locked
from yoi_relations.index.handle import Index, OpenRequest, Progress, Trust, count_of
from yoi_relations.index.snapshot import (
    StampChanges,
    UnprovenIndex,
    compare_stamps,
    load_snapshot,
)
from yoi_relations.index.store import Generation, IndexState, StoredIndex
from yoi_relations.lean.sqlite import SqliteError


def reconcile(request: OpenRequest, state: IndexState, unproven: UnprovenIndex | None) -> Index:
    """An index that agrees with the files; it is published if `request` says so and it can be.

    The published index is `unproven`, or has a `state` in which it cannot be used.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    if unproven is None:
        return _update_published(request, state, None, None)
    stored = unproven.stored
    # On an error the connection would stay open for as long as the error is referenced.
    with closed_on_failure(stored.connection):
        try:
            if not unproven.changes.changed and _has_same_sources(request, unproven):
                return request.answer(stored, IndexState.CURRENT, stored.generation)
            state, published, changes = IndexState.STALE, stored.generation, unproven.changes
        except SqliteError:
            state, published, changes = IndexState.DAMAGED, None, None
    stored.connection.close()
    return _update_published(request, state, published, changes)


def rebuild_index(workspace: Workspace, progress: Progress) -> Index:
    """Build the index from the files alone and publish it.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
        WriteError: the index cannot be written.
    """
    start = time.perf_counter()
    if not workspace.has_yoi:
        raise WriteError(
            f"{workspace.root}: there is no .yoi folder to keep an index in",
            "the first relations add makes it; until then, questions are answered from memory",
        )
    try:
        with locked(workspace) as folder:
            before, found = store.load_published(workspace)
            number = 1
            if before is not None:
                number = before.generation.number + 1
                before.connection.close()
            stored = build.build_index(workspace, number, progress)
            with closed_on_failure(stored.connection):
                _publish(workspace, folder, stored)
    except OSError as error:
        raise WriteError(
            _write_failure(workspace, error),
            "fix this and run the command again; until then, questions are answered from memory",
        ) from error
    seconds = time.perf_counter() - start
    return Index(workspace, *stored, found, stored.generation, Trust.CONTENT, seconds)


def _has_same_sources(request: OpenRequest, unproven: UnprovenIndex) -> bool:
    """Whether an index with equal but racy stamps holds the sources that are on the disk.

    If so, the new stamps are published, so that fewer of them are racy next time.
    """
    workspace, stored = request.workspace, unproven.stored
    update = rescan.rescan_folders(workspace, *unproven)
    if update.changes_rows:
        return False
    if request.publish and update.is_worth_publishing:
        # If the lock is taken, or nothing can be written, a later command publishes the stamps.
        with suppress(OSError), locked(workspace, 0.0) as folder:
            published, _ = store.load_published(workspace)
            if published is not None:
                published.connection.close()
                if published.generation == stored.generation:
                    updated = build.apply_update(workspace, stored, update)
                    with closing(updated.connection):
                        _publish(workspace, folder, updated)
    return True


def _update_published(
    request: OpenRequest,
    state: IndexState,
    published: Generation | None,
    changes: StampChanges | None,
) -> Index:
    """Update the published index, or build one where there is none that can be used."""
    workspace, notify = request.workspace, request.notify
    folder = None
    with ExitStack() as stack:
        try:
            if request.publish:
                folder = stack.enter_context(locked(workspace, request.wait))
        except OSError as error:
            notify(f"{_write_failure(workspace, error)}; answering from memory")
        stored, is_new = _current_index(request, published, changes)
        try:
            if folder is not None and is_new:
                _publish(workspace, folder, stored)
                _notify_of_build(request, state, stored)
        except OSError as error:
            notify(f"{_write_failure(workspace, error)}; answering from memory")
    return request.answer(stored, state, published)


def _current_index(
    request: OpenRequest, published: Generation | None, changes: StampChanges | None
) -> tuple[StoredIndex, bool]:
    """An index that agrees with the files, and whether it is a new one.

    Another process may have published since `changes` were found, before this one had the lock.
    Then they are found again, so that an older view never replaces a newer one.
    """
    workspace, updated = request.workspace, None
    before, _ = store.load_published(workspace)
    if before is not None:
        with closed_on_failure(before.connection), suppress(SqliteError):
            snapshot = load_snapshot(before.connection)
            if changes is None or before.generation != published:
                everything = request.trust is Trust.CONTENT
                changes = compare_stamps(snapshot, workspace.base, everything=everything)
            update = rescan.rescan_folders(workspace, before, snapshot, changes)
            if not update.is_worth_publishing:
                return before, False
            updated = build.apply_update(workspace, before, update)
        before.connection.close()
    return updated or build.build_index(workspace, 1, lambda _done, _total: None), True


def _publish(workspace: Workspace, folder: int, stored: StoredIndex) -> None:
    name = os.path.basename(store.index_path(workspace))
    index_file.publish(folder, name, stored.connection)


def _write_failure(workspace: Workspace, error: OSError) -> str:
    """The message that the index cannot be written, or the lock file cannot be used."""
    path, what = store.index_path(workspace), "cannot write the index"
    if error.filename == LOCK:
        path, what = os.path.join(workspace.cache_path, LOCK), "cannot use the lock file"
    return f"{path}: {what}: {error.strerror or error}"


def _notify_of_build(request: OpenRequest, state: IndexState, stored: StoredIndex) -> None:
    number = count_of(stored.connection, "source")
    files = f"{number} file{'' if number == 1 else 's'}"
    if state is IndexState.MISSING:
        request.notify(f"index: built from {files}; there was none of this version")
    elif state is not IndexState.STALE:
        request.notify(f"index: rebuilt from {files}; it was {state}")
