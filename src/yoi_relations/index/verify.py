"""Compares the published index with one that is built from every file, and trusts no stamp."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import NamedTuple

from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index import store
from yoi_relations.index.build import build_index
from yoi_relations.index.compare import Difference, compare_indexes, source_digests
from yoi_relations.index.handle import Index, Progress, Trust
from yoi_relations.index.index_file import read_index_file
from yoi_relations.index.store import IndexState, StoredIndex

_UNUSABLE = {
    IndexState.DAMAGED: "is damaged; the next question rebuilds it",
    IndexState.UNREADABLE: "cannot be read; questions are answered from memory meanwhile",
    IndexState.FOREIGN: "was not made here, or was copied; the next question rebuilds it",
    IndexState.OTHER_VERSION: "was built for another tickets root or by another version",
}


class Verification(NamedTuple):
    """The result of a comparison.

    Attributes:
        fresh: the index that was built from the files; the caller closes it.
        found: the state of the published index.
        differences: between the published index and the files, by path.
    """

    fresh: Index
    found: IndexState
    differences: list[Difference]

    @property
    def current(self) -> bool:
        """Whether there is an index, and it agrees with the files."""
        return self.found is not IndexState.MISSING and not self.differences


def verify_index(workspace: Workspace, progress: Progress) -> Verification:
    """Read every file and compare it with the published index; neither is changed.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    start = time.perf_counter()
    stored, state = _load_whole(workspace)
    built = build_index(workspace, 1, progress)
    published, seconds = stored and stored.generation, time.perf_counter() - start
    fresh = Index(workspace, *built, state, published, Trust.CONTENT, seconds)
    if stored is None:
        message = _UNUSABLE.get(state)
        return Verification(fresh, state, [_of_index(workspace, message)] if message else [])
    try:
        differences = _differences(workspace, stored, built)
    except sqlite3.Error as error:
        differences = [_of_index(workspace, f"cannot be queried: {error}")]
    finally:
        stored.connection.close()
    state = IndexState.STALE if differences else IndexState.CURRENT
    return Verification(fresh, state, differences)


def _load_whole(workspace: Workspace) -> tuple[StoredIndex | None, IndexState]:
    """The published index and its state, with its digest checked in any case."""
    stored, state = store.load_published(workspace)
    if stored is None:
        return None, state
    with contextlib.suppress(OSError):
        if read_index_file(store.index_path(workspace)).is_whole:
            return stored, state
    stored.connection.close()
    return None, IndexState.DAMAGED


def _differences(workspace: Workspace, stored: StoredIndex, fresh: StoredIndex) -> list[Difference]:
    messages = _database_faults(stored.connection, fresh.connection)
    if messages:
        return [_of_index(workspace, message) for message in messages]
    rows = compare_indexes(stored.connection, fresh.connection)
    is_stale = stored.generation.digest != fresh.generation.digest
    changed = _changed_files(stored, fresh) if is_stale else {}
    found = [Difference(path, message) for path, message in changed.items()]
    found += [
        Difference(path, f"the index differs from the file: {message}")
        for path, message in rows
        if path not in changed
    ]
    if is_stale and not found:
        return [_of_index(workspace, "was not built from the files that it names")]
    return sorted(found)


def _database_faults(stored: sqlite3.Connection, fresh: sqlite3.Connection) -> list[str]:
    """What is wrong with an index as a database."""
    sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    if stored.execute(sql).fetchall() != fresh.execute(sql).fetchall():
        return ["has other tables, indexes or views than this version makes"]
    messages = [message for (message,) in stored.execute("PRAGMA integrity_check")]
    return [] if messages == ["ok"] else messages


def _changed_files(stored: StoredIndex, fresh: StoredIndex) -> dict[str, str]:
    """By path, the change of a file since the index was built."""
    before, after = source_digests(stored.connection), source_digests(fresh.connection)
    found = {}
    for path in before.keys() | after.keys():
        if path not in before:
            found[path] = "the file is new since the index was built"
        elif path not in after:
            found[path] = "the file has gone since the index was built"
        elif before[path] != after[path]:
            found[path] = "the file has changed since the index was built"
    return found


def _of_index(workspace: Workspace, message: str) -> Difference:
    path = os.path.relpath(store.index_path(workspace), workspace.root)
    return Difference(printable(path), message)
