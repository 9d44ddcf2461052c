"""Format 2, read only: ``artifacts/relations.json``, a list of relations in one document.

One bad entry makes the whole file unusable; still, every bad entry is reported.
"""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.files.json_reader import Walk
from yoi_relations.files.record import Record, check_text
from yoi_relations.files.record_entry import entry_record
from yoi_relations.files.source import Fault, Format, SourceError
from yoi_relations.files.text import decode, refuse_conflict
from yoi_relations.lean.types import Any

_VERSION = 1
_MAX_FAULTS = 100
_MAX_TARGETS = 100
_MAX_ENTRIES = 1 << 16
"""A file within the size limit cannot list more: an entry takes at least 64 bytes."""
_MAX_KEYS = 16
"""Fields of the document; two of them are known."""


def parse_relations(data: bytes, holder: str) -> tuple[list[Record], list[Fault]]:
    """The records of a relations.json, or its faults.

    Raises:
        SourceError: it is not a JSON document of version 1.
    """
    refuse_conflict(data)
    records: list[Record] = []
    faults: list[Fault] = []
    entries = _entries(decode(data))
    for entry, line in entries:
        try:
            records.append(entry_record(entry, Format.RELATIONS_JSON, holder, line))
        except SourceError as error:
            if len(faults) == _MAX_FAULTS:
                faults.append(Fault(f"has more than {_MAX_FAULTS} bad entries", line=line))
                break
            faults.append(Fault(error.message, line=line, code=error.code))
    too_many = len(entries) > _MAX_ENTRIES
    if not faults and too_many:
        raise SourceError(f"lists more than {_MAX_ENTRIES} relations")
    if not faults:
        return records, []
    targets = None if too_many else _targets(entry for entry, _ in entries)
    return [], [fault._replace(targets=targets) for fault in faults]


def _targets(entries: Iterable[Any]) -> tuple[str, ...] | None:
    """The targets of all `entries`; None if one has no readable target, or there are too many."""
    targets: set[str] = set()
    for entry in entries:
        target = entry.get("target") if isinstance(entry, dict) else None
        if not isinstance(target, str):
            return None
        try:
            targets.add(check_text("target", target))
        except SourceError:
            return None
    return tuple(sorted(targets)) if len(targets) <= _MAX_TARGETS else None


def _entries(text: str) -> list[tuple[Any, int]]:
    """The entries of the document with their first lines; at most `_MAX_ENTRIES` and one more."""
    walk = Walk(text.removeprefix("\ufeff"))
    entries: list[tuple[Any, int]] = []
    seen: dict[str, Any] = {}
    for _ in walk.items("{", "}"):
        walk.peek()
        line, key = walk.line, walk.value()
        if not isinstance(key, str) or key in seen:
            raise SourceError("is not usable JSON: a key is not text, or occurs twice", line)
        walk.take(":")
        if key == "relations" and walk.peek() == "[":
            seen[key] = entries
            for _ in walk.items("[", "]"):
                walk.peek()
                start = walk.line
                entries.append((walk.value(), start))
                if len(entries) > _MAX_ENTRIES:
                    return entries  # too many; the others need not be read
        else:
            seen[key] = walk.value()
        if len(seen) > _MAX_KEYS:
            break
    if len(seen) <= _MAX_KEYS and walk.peek():
        raise SourceError("is not valid JSON: there is text after the document", walk.line)
    _check_document(seen)
    return entries


def _check_document(seen: dict[str, Any]) -> None:
    version = seen.get("version")
    if type(version) is not int or version != _VERSION:
        raise SourceError(f"has a version that is not {_VERSION}; this tool reads no other")
    if not isinstance(seen.get("relations"), list):
        raise SourceError("has no list of relations")
    unknown = [key for key in seen if key not in ("version", "relations")]
    if unknown:
        raise SourceError(f"has an unknown field '{unknown[0]}'")
