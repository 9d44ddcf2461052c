"""Finds the strays in a ticket folder: `check` answers unknown while one exists.

Files that are certainly not records, and leftovers next to their originals, are skipped; `doctor`
lists them (``misplaced``).
"""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterator

from yoi_relations.files.record_md import named_targets
from yoi_relations.files.source import Fault
from yoi_relations.files.stat_collector import StatCollector
from yoi_relations.files.stray.contents import may_state, starts_frontmatter
from yoi_relations.files.stray.names import (
    PLAN_JSONL,
    RELATIONS,
    RELATIONS_JSON,
    is_nearly_artifacts,
    names_a_record,
    nearly_place,
    original_of,
    ulid_of,
)

StrayFault = tuple[bytes, Fault]
"""The path of a stray, appended to that of the ticket folder, and its fault."""

ARTIFACTS = b"/artifacts"
_PLACES = (RELATIONS, RELATIONS_JSON, PLAN_JSONL)
_DEPTH = 2
"""Levels of folders that are searched for nested tickets."""
_MAX_FOLDERS = 1000
"""Folders that are searched for tickets or for records. If there are more, some may hold them."""

_ENDING = Fault(
    "could be a record and is not read, because its name does not end in .md; rename it, unless"
    " that name is taken, or move it elsewhere if it is not a record"
)
_FOLDER = Fault(
    "is a folder among the records, and records in it are not read; move them into the folder"
    " above, unless their names are taken there, or this folder elsewhere if it holds none"
)
_LIST = Fault(
    "could hold records and is not read here; it is read from the folder above, so move it there,"
    " unless that name is taken"
)
_LEFTOVER = Fault(
    "could hold a record, and the file that it is left over from is gone; rename it to that file's"
    " name, unless that is taken, or move it elsewhere if it is not needed"
)
_OUTSIDE = Fault(
    "has the name of a record and is not read; records are read from artifacts/relations, so move"
    " it there, unless that name is taken, or rename it if it is not a record"
)
_NEARLY_FOLDER = Fault(
    "holds what could be records that are not read; records are read from artifacts/relations, so"
    " move them there, unless their names are taken"
)
_NEARLY_FILE = Fault(
    "could hold records and is not read, because its name is not quite relations.json or"
    " orchestration-plan.jsonl, and that file is missing; rename it, unless that name is"
    " taken by now, or choose another one"
)
_NEARLY_ARTIFACTS = Fault(
    "could hold records and is not read, because its name is not quite artifacts; rename it, unless"
    " that name is taken"
)
_TICKETS = Fault(
    "holds ticket folders that are not read; move them into the tickets root, unless their names"
    " are taken there"
)
LOOSE = Fault(
    "could hold a record and is not read; records are read from a ticket's artifacts/relations, so"
    " move it there, unless that name is taken, or elsewhere if it is not a record"
)


def among_records(
    collector: StatCollector, folder: bytes, name: bytes, present: Collection[bytes]
) -> Fault | None:
    """The fault of a file or folder whose name does not end in .md, or None.

    It is in `folder`, the folder of records, which holds the names `present`.
    """
    path = b"%s/%s" % (folder, name)
    mode = collector.mode(path)
    if not mode:
        return None
    if stat.S_ISDIR(mode):
        collector.add_mode(path)  # its stamp changes when an empty one gets an entry
        return _FOLDER if collector.names(path) else None
    if stat.S_ISREG(mode) and nearly_place(name):
        return _LIST
    original = original_of(name)
    ulid = ulid_of(original or name)
    if original is not None:
        if ulid:
            is_kept = _is_among(ulid, present)
        else:
            is_kept = original in present or original + b".md" in present
        if is_kept:
            return None
    heads: list[bytes] = []

    def could_be(data: bytes) -> bool:
        heads.append(data)
        return starts_frontmatter(data)

    if not collector.may_hold(path, could_be) and not ulid:
        return None
    fault = _ENDING if original is None else _LEFTOVER
    return fault._replace(targets=named_targets(heads[0]) if heads else None)


def in_artifacts(
    collector: StatCollector, present: Collection[bytes], records: Collection[bytes]
) -> Iterator[StrayFault]:
    """The strays in ``artifacts/``, which holds the names `present`.

    `records` are the names in the folder of records.
    """
    for name in sorted(present):
        if name in _PLACES or name.startswith(b"."):
            continue
        path = b"%s/%s" % (ARTIFACTS, name)
        if names_a_record(name):
            is_copy = _is_among(ulid_of(name) or b"", records)
            if not is_copy and not stat.S_ISDIR(collector.mode(path)):
                yield path, _OUTSIDE
        elif place := nearly_place(name):
            fault = _nearly(collector, path, place, present, records)
            if fault:
                yield path, fault


def _nearly(
    collector: StatCollector,
    path: bytes,
    place: bytes,
    present: Collection[bytes],
    records: Collection[bytes],
) -> Fault | None:
    """The fault of a file or folder whose name resembles that of a place for records; or None."""
    mode = collector.mode(path)
    if stat.S_ISDIR(mode):
        holds = place == RELATIONS and _holds_others(collector, path, records)
        return _NEARLY_FOLDER if holds else None
    if stat.S_ISLNK(mode) and RELATIONS in present:
        return None
    original = RELATIONS_JSON if place == RELATIONS else PLAN_JSONL
    return _NEARLY_FILE if mode and original not in present else None


def _holds_others(collector: StatCollector, folder: bytes, records: Collection[bytes]) -> bool:
    """Whether a folder, or a folder in it, could hold records other than copies of `records`."""
    pending, budget = [folder], iter(range(_MAX_FOLDERS))
    while pending:
        if next(budget, None) is None:
            return True
        inner = pending.pop()
        collector.add_mode(inner)
        for name in sorted(collector.names(inner)):
            path = b"%s/%s" % (inner, name)
            if ulid := ulid_of(name):
                is_other = not _is_among(ulid, records)
            else:
                is_skipped = name.startswith(b".") or name in records
                is_other = not is_skipped and collector.may_hold(path, may_state)
            if is_other:
                return True
            if not name.startswith(b".") and stat.S_ISDIR(collector.mode(path)):
                pending.append(path)
    return False


def without_artifacts(collector: StatCollector) -> Iterator[StrayFault]:
    """The strays of a ticket folder without ``artifacts/``: folders of nearly that name."""
    for name in sorted(filter(is_nearly_artifacts, collector.names(b""))):
        path = b"/" + name
        if stat.S_ISDIR(collector.add_mode(path)):
            inner = collector.names(path)
            if any(nearly_place(entry) or names_a_record(entry) for entry in inner):
                yield path, _NEARLY_ARTIFACTS


def without_item(collector: StatCollector) -> Iterator[StrayFault]:
    """The folder itself, if it may contain ticket folders and is not one itself."""
    pending, budget = [(b"", _DEPTH)], iter(range(_MAX_FOLDERS))
    while pending:
        folder, depth = pending.pop()
        for name in sorted(collector.names(folder)):
            path = b"%s/%s" % (folder, name)
            is_folder = not name.startswith(b".") and stat.S_ISDIR(collector.mode(path))
            if not is_folder or path == ARTIFACTS:
                continue
            if next(budget, None) is None or _is_ticket(collector, path):
                yield b"", _TICKETS
                return
            if depth > 1:
                pending.append((path, depth - 1))


def _is_ticket(collector: StatCollector, folder: bytes) -> bool:
    collector.add_mode(folder)
    return any(collector.mode(folder + name) for name in (b"/item.md", ARTIFACTS))


def _is_among(ulid: bytes, names: Collection[bytes]) -> bool:
    return ulid + b".md" in names or ulid.upper() + b".md" in names
