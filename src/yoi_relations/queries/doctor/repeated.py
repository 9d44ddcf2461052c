"""Findings about texts of records: repeated records, and mentions of unrelated tickets."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import groupby

from yoi_relations.queries.command_lines import (
    is_argument,
    is_plain_id,
    shell_line,
)
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import LISTED, RULES, Code, Finding, More, found_in
from yoi_relations.queries.records import Order, StoredRecord
from yoi_relations.queries.relations import Relation

_NAMES = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:[0-9A-HJKMNP-TV-Z]{13}(?![0-9A-Za-z])|\d{8}-\d{6}-[0-9a-z]+(?:-[0-9a-z]+)*)"
)
"""Text that looks like the id of a ticket; in some languages no space is around it."""
_NO_NUMBERS = array("I")


def repeated_records(contents: Contents) -> Iterator[Finding]:
    """Records that repeat another record of the same folder, word for word.

    It is normal to record an edge from both ends, or a dependency in both older formats.
    """
    for relation in contents.active:
        first: dict[tuple[str | None, ...], StoredRecord] = {}
        for record in sorted(_not_retired(relation), key=_age):
            original = first.setdefault((record.kind, record.holder, record.note), record)
            if original is not record:
                text = f"{relation.sentence}: {original.place} says so in the same words"
                # A line would retire both if they share an id.
                same_id = record.id == original.id
                reason = f"repeats {original.id}"
                line = None if same_id else contents.names.retire_line(record, reason)
                hint = line or "nothing to do: they count as one record"
                found = found_in(record, Code.REPEATED_RECORD, text, hint, _ids(relation))
                yield found.with_commands(line)


def _age(record: StoredRecord) -> tuple[str, bool, Order]:
    """Sorts the oldest record first; of the same age, a copy whose id is not a plain id last."""
    return record.at_key, not is_plain_id(record.id), record.order


def unrelated_mentions(contents: Contents) -> Iterator[Finding | More]:
    """Tickets that a text of an active relation names without a relation to the holder."""
    more = 0
    for number, (record, other) in enumerate(_mentions(contents)):
        if number < LISTED:
            yield _mention(record, other)
        else:
            more += 1
    if more:
        code = Code.UNRELATED_MENTION
        yield More(code, RULES[code].severity, more)


def _mentions(contents: Contents) -> Iterator[tuple[StoredRecord, str]]:
    """Each pair of tickets once: the first record, by path and line, and the id that it names.

    A name takes four bytes of memory, because texts may hold very many names.
    """
    linked = {frozenset(_ids(relation)) for relation in contents.relations if relation.target}
    unresolved = (ticket.id for ticket in contents.tickets.values() if not ticket.resolved)
    numbers = {id_: number for number, id_ in enumerate(unresolved)}
    records = [
        record
        for relation in contents.active
        for record in _not_retired(relation)
        if record.holder in numbers
    ]
    records.sort(key=lambda record: (record.path, record.line or 0, record.row))
    named: dict[str, array[int]] = {}
    for holder, of_holder in groupby(records, key=lambda record: record.holder):
        seen = set(named.get(holder, ()))
        for record in of_holder:
            for other in _named(record):
                number = numbers.get(other)
                if number is None or number in seen:
                    continue
                seen.add(number)
                reported = _is_among(numbers[holder], named.get(other, _NO_NUMBERS))
                if not reported and frozenset((holder, other)) not in linked:
                    yield record, other
        named[holder] = array("I", sorted(seen))


def _is_among(number: int, numbers: array[int]) -> bool:
    """Whether a number is in `numbers`, which must be sorted."""
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number


def _mention(record: StoredRecord, other: str) -> Finding:
    text = f"the text names {other}, and no relation links it to {record.holder}"
    can_add = is_argument(record.holder) and is_argument(other)
    line = shell_line("relations", "add", record.holder, "related", other) if can_add else None
    hint = line or f"record how {record.holder} and {other} are related: relations add"
    found = found_in(record, Code.UNRELATED_MENTION, text, hint, (record.holder, other))
    return found.with_commands(line)


def _named(record: StoredRecord) -> list[str]:
    texts = (record.note, record.summary, record.role_plan)
    names = {name for text in texts for name in _NAMES.findall(text or "")}
    return sorted(names - {record.holder})


def _not_retired(relation: Relation) -> list[StoredRecord]:
    return [record for record in relation.by_time()[::-1] if not record.is_retired]


def _ids(relation: Relation) -> list[str]:
    return [end.id for end in relation.ends]
