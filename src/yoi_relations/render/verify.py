"""``relations verify``: the published index against a fresh reading of every file."""

from __future__ import annotations

import os
import sqlite3
import time
from typing import NamedTuple

from yoi_relations.errors import ExitCode
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.index import store
from yoi_relations.index.build import build
from yoi_relations.index.compare import Difference, source_digests, table_difference
from yoi_relations.index.handle import Index, Progress, Trust
from yoi_relations.index.index_file import read_index_file
from yoi_relations.index.store import IndexState, StoredIndex
from yoi_relations.render.documents import Value, envelope
from yoi_relations.render.lines import tab_separated
from yoi_relations.render.output import Mode, json_line, notice, visible, write_answer

LISTED = 200
"""How many differences are told; the others are counted."""

_BROKEN = {
    IndexState.DAMAGED: "is damaged; the next question builds it anew",
    IndexState.UNREADABLE: "cannot be read; questions are answered from memory meanwhile",
    IndexState.FOREIGN: "was not made here, or was copied; the next question builds it anew",
    IndexState.OTHER_VERSION: "was built for another tickets root or by another version",
}


class Verified(NamedTuple):
    """What the test found.

    Attributes:
        fresh: an index made from the files alone.
        found: what became of the published index when it was looked for.
        differences: where it is not what it should be, by path.
    """

    fresh: Index
    found: IndexState
    differences: list[Difference]

    @property
    def current(self) -> bool:
        """Whether there is an index, and it holds what the files say."""
        return self.found is not IndexState.MISSING and not self.differences


def verify(workspace: Workspace, progress: Progress) -> Verified:
    """Read every file, and compare with the published index; neither is changed.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    start = time.perf_counter()
    held, found = _published(workspace)
    made = build(workspace, 1, progress)
    fresh = Index(
        workspace=workspace,
        connection=made.connection,
        generation=made.generation,
        found=found,
        published=held and held.generation,
        trust=Trust.CONTENT,
        seconds=time.perf_counter() - start,
    )
    if held is None:
        broken = found in _BROKEN
        return Verified(fresh, found, [_of_index(workspace, _BROKEN[found])] if broken else [])
    try:
        differences = _compare(workspace, held, made)
    except sqlite3.Error as error:
        differences = [_of_index(workspace, f"cannot be queried: {error}")]
    finally:
        held.connection.close()
    return Verified(fresh, IndexState.STALE if differences else IndexState.CURRENT, differences)


def write_verified(mode: Mode, verified: Verified) -> ExitCode:
    """Write what was found; the exit status."""
    total = len(verified.differences)
    if mode is Mode.JSON:
        write_answer(json_line(verify_document(verified)))
    elif total:
        rows = verified.differences[:LISTED]
        if mode is Mode.PLAIN:
            write_answer(tab_separated(rows))
        else:
            write_answer("".join(f"{visible(path)}: {visible(what)}\n" for path, what in rows))
        if total > LISTED:
            notice(f"{total - LISTED} more differences; relations rebuild fixes them all", mode)
    elif verified.current:
        said = f"the index holds what all {verified.fresh.sources} files say"
        if mode is Mode.PLAIN:
            notice(said, mode)
        else:
            write_answer(f"{said}\n")
    if verified.found is IndexState.MISSING:
        notice("there is no index yet, so nothing to verify; relations rebuild makes one", mode)
    return ExitCode.FOUND if total else ExitCode.DONE


def verify_document(verified: Verified) -> Value:
    """The answer as a value for JSON."""
    return envelope("verify", verified.fresh) | {
        "current": verified.current,
        "found": verified.found.value,
        "differences": [
            {"path": path, "message": what} for path, what in verified.differences[:LISTED]
        ],
        "differences_total": len(verified.differences),
    }


def _published(workspace: Workspace) -> tuple[StoredIndex | None, IndexState]:
    """The published index, and whether it is the one that was written, to the last byte."""
    stored, found = store.published(workspace)
    if stored is not None and not _is_whole(store.index_path(workspace)):
        stored.connection.close()
        return None, IndexState.DAMAGED
    return stored, found


def _is_whole(path: str) -> bool:
    """Whether the digest at the end of the index file is right; a query may spare itself this."""
    try:
        return read_index_file(path).is_whole
    except OSError:
        return False


def _compare(workspace: Workspace, held: StoredIndex, fresh: StoredIndex) -> list[Difference]:
    found = [_of_index(workspace, what) for what in _unsound(held.connection, fresh.connection)]
    if found:
        return found
    rows = table_difference(held.connection, fresh.connection)
    if held.generation.digest == fresh.generation.digest:
        return [Difference(one.path, _wrong(one.what)) for one in rows]
    changed = _changed_since(held, fresh)
    found = [Difference(path, what) for path, what in changed.items()]
    found += [Difference(path, _wrong(what)) for path, what in rows if path not in changed]
    return sorted(found) or [_of_index(workspace, "was not made from the files it tells of")]


def _unsound(held: sqlite3.Connection, fresh: sqlite3.Connection) -> list[str]:
    """What is wrong with the index as a database."""
    sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    if held.execute(sql).fetchall() != fresh.execute(sql).fetchall():
        return ["has other tables, indexes or views than this version makes"]
    said = [what for (what,) in held.execute("PRAGMA integrity_check")]
    return [] if said == ["ok"] else said


def _changed_since(held: StoredIndex, fresh: StoredIndex) -> dict[str, str]:
    """The files that are not what was read for the index."""
    before, after = source_digests(held.connection), source_digests(fresh.connection)
    found = {}
    for path in before.keys() | after.keys():
        if path not in before:
            found[path] = "the file is new since the index was built"
        elif path not in after:
            found[path] = "the file has gone since the index was built"
        elif before[path] != after[path]:
            found[path] = "the file has changed since the index was built"
    return found


def _wrong(what: str) -> str:
    return f"the index holds something else than the file says: {what}"


def _of_index(workspace: Workspace, what: str) -> Difference:
    path = os.path.relpath(store.index_path(workspace), workspace.root)
    return Difference(printable(path), what)
