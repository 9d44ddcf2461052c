"""Finds what could hold records where none are read, so that no misplaced record goes unnoticed.

Each such thing is a source that cannot be used: it is told with a fault, and `check` answers
unknown while it is there. What is certainly something else, and leftovers beside their originals,
are passed over here; ``misplaced`` lists them for doctor.
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
"""Where something lies, below the folder that is looked at, and what is wrong with it."""

ARTIFACTS = b"/artifacts"
_PLACES = (RELATIONS, RELATIONS_JSON, PLAN_JSONL)
_DEPTH = 2
"""Levels of folders in which tickets are looked for that are not in the tickets root."""
_MOST = 1000
"""Folders that are looked at for that, or for records. Where there are more, some may hold them."""

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
    prober: StatCollector, folder: bytes, name: bytes, present: Collection[bytes]
) -> Fault | None:
    """What is wrong with something in a folder of records whose name does not end in .md.

    Args:
        prober: looks at the ticket's folder.
        folder: of the records.
        name: in it.
        present: all names in it.
    """
    path = b"%s/%s" % (folder, name)
    mode = prober.mode(path)
    if not mode:
        return None
    if stat.S_ISDIR(mode):
        prober.look(path)  # tells when something comes into an empty one
        return _FOLDER if prober.names(path) else None
    if stat.S_ISREG(mode) and nearly_place(name):
        return _LIST
    original, ulid = original_of(name), ulid_of(original_of(name) or name)
    if original is None:
        found = _ENDING if ulid or prober.may_hold(path, starts_frontmatter) else None
    elif ulid:
        found = None if _is_among(ulid, present) else _LEFTOVER
    else:
        is_gone = original not in present and original + b".md" not in present
        found = _LEFTOVER if is_gone and prober.may_hold(path, starts_frontmatter) else None
    return found and _with_targets(prober, path, found)


def _with_targets(prober: StatCollector, path: bytes, fault: Fault) -> Fault:
    """`fault` with the target that the file names, where it names one."""
    targets: list[tuple[str, ...] | None] = []

    def read(data: bytes) -> bool:
        targets.append(named_targets(data))
        return True

    prober.may_hold(path, read)
    return fault._replace(targets=targets[0]) if targets else fault


def in_artifacts(
    prober: StatCollector, present: Collection[bytes], records: Collection[bytes]
) -> Iterator[StrayFault]:
    """What could hold records in ``artifacts/``, beside the places from which they are read.

    Args:
        prober: looks at the ticket's folder.
        present: the names in ``artifacts/``.
        records: the names in its folder of records.
    """
    for name in sorted(present):
        if name in _PLACES or name.startswith(b"."):
            continue
        path = b"%s/%s" % (ARTIFACTS, name)
        if names_a_record(name):
            is_copy = _is_among(ulid_of(name) or b"", records)
            if not is_copy and not stat.S_ISDIR(prober.mode(path)):
                yield path, _OUTSIDE
        elif place := nearly_place(name):
            fault = _nearly(prober, path, place, present, records)
            if fault:
                yield path, fault


def _nearly(
    prober: StatCollector,
    path: bytes,
    place: bytes,
    present: Collection[bytes],
    records: Collection[bytes],
) -> Fault | None:
    """What is wrong with something whose name is nearly that of a place for records."""
    mode = prober.mode(path)
    if stat.S_ISDIR(mode):
        holds = place == RELATIONS and _holds_others(prober, path, records)
        return _NEARLY_FOLDER if holds else None
    if stat.S_ISLNK(mode) and RELATIONS in present:
        return None
    original = RELATIONS_JSON if place == RELATIONS else PLAN_JSONL
    return _NEARLY_FILE if mode and original not in present else None


def _holds_others(prober: StatCollector, folder: bytes, records: Collection[bytes]) -> bool:
    """Whether a folder, or one in it, holds what could be records, and not copies of `records`."""
    left, budget = [folder], iter(range(_MOST))
    while left:
        if next(budget, None) is None:
            return True
        inner = left.pop()
        prober.look(inner)
        for name in sorted(prober.names(inner)):
            path = b"%s/%s" % (inner, name)
            if _is_other(prober, path, name, records):
                return True
            if not name.startswith(b".") and stat.S_ISDIR(prober.mode(path)):
                left.append(path)
    return False


def _is_other(prober: StatCollector, path: bytes, name: bytes, records: Collection[bytes]) -> bool:
    """Whether something could be a record, and not a copy of one of `records`."""
    if ulid := ulid_of(name):
        return not _is_among(ulid, records)
    hides = name.startswith(b".") or name in records
    return not hides and prober.may_hold(path, may_state)


def without_artifacts(prober: StatCollector) -> Iterator[StrayFault]:
    """What could be the folder for records of a ticket that has none."""
    for name in sorted(filter(is_nearly_artifacts, prober.names(b""))):
        path = b"/" + name
        if stat.S_ISDIR(prober.look(path)):
            inner = prober.names(path)
            if any(nearly_place(one) or names_a_record(one) for one in inner):
                yield path, _NEARLY_ARTIFACTS


def without_item(prober: StatCollector) -> Iterator[StrayFault]:
    """A folder that is not a ticket's, where it holds folders that are."""
    if _holds_tickets(prober, b"", iter(range(_MOST)), _DEPTH):
        yield b"", _TICKETS


def _holds_tickets(prober: StatCollector, folder: bytes, budget: Iterator[int], depth: int) -> bool:
    """Whether a folder, whose stamp is kept, holds tickets' folders, or may do so."""
    for path in prober.folders(folder):
        if path == ARTIFACTS:
            continue
        if next(budget, None) is None:
            return True
        prober.look(path)
        if prober.mode(path + b"/item.md") or prober.mode(path + ARTIFACTS):
            return True
        if depth > 1 and _holds_tickets(prober, path, budget, depth - 1):
            return True
    return False


def _is_among(ulid: bytes, names: Collection[bytes]) -> bool:
    return ulid + b".md" in names or ulid.upper() + b".md" in names
