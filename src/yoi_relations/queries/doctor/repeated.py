"""What records say in their texts: again what another says, or of tickets without a relation."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from yoi_relations.queries.command_lines import (
    RecordNames,
    is_argument,
    is_plain_id,
    shell_line,
)
from yoi_relations.queries.doctor.findings import LISTED, RULES, Code, Finding, More, found_in
from yoi_relations.queries.records import Order, StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo

_NAMES = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:[0-9A-HJKMNP-TV-Z]{13}(?![0-9A-Za-z])|\d{8}-\d{6}-[0-9a-z]+(?:-[0-9a-z]+)*)"
)
"""What looks like the id of a ticket; in some languages no space stands around it."""
_NOBODY = array("I")


def repeated_records(active: Iterable[Relation], names: RecordNames) -> Iterator[Finding]:
    """Records that say the same of the same in the same folder, word for word.

    Both ends recording an edge, or a dependency in either older format, is how work is done.

    Args:
        active: the relations that count.
        names: what records are called.
    """
    for relation in active:
        first: dict[tuple[str | None, ...], StoredRecord] = {}
        for record in sorted(_standing(relation), key=_age):
            same = first.setdefault((record.kind, record.holder, record.note), record)
            if same is not record:
                said = f"{relation.sentence}: {same.place} says so in the same words"
                line = _without(record, same, names)
                hint = line or "nothing needs to be done: they count as one"
                found = found_in(record, Code.REPEATED_RECORD, said, hint, _ids(relation))
                yield found.with_commands(line)


def _age(record: StoredRecord) -> tuple[str, bool, Order]:
    """The eldest first; of equal age, a copy of a file, whose name is not its id, last."""
    return record.at_key, not is_plain_id(record.id), record.order


def _without(record: StoredRecord, same: StoredRecord, names: RecordNames) -> str | None:
    """The line that retires a record of two; None where they share an id, and both would be."""
    if record.id == same.id:
        return None
    return names.retire_line(record, f"repeats {same.id}")


def unrelated_mentions(
    relations: Iterable[Relation], tickets: Mapping[str, TicketInfo]
) -> Iterator[Finding | More]:
    """Tickets that a text of an active relation names, and that no relation links to its holder.

    Args:
        relations: all that there are.
        tickets: by id, those that there are.
    """
    more = 0
    for number, (record, other) in enumerate(_mentions(list(relations), tickets)):
        if number < LISTED:
            yield _mention(record, other)
        else:
            more += 1
    if more:
        code = Code.UNRELATED_MENTION
        yield More(code, RULES[code].severity, more)


def _mentions(
    relations: list[Relation], tickets: Mapping[str, TicketInfo]
) -> Iterator[tuple[StoredRecord, str]]:
    """The first record, by path and line, that names a ticket, and that; each pair of tickets once.

    What was named before takes four bytes a name: there may be as many as texts have room for.
    """
    linked = {frozenset(_ids(one)) for one in relations if one.target is not None}
    numbers = {id_: at for at, id_ in enumerate(tickets) if not tickets[id_].resolved}
    records = [
        record
        for one in relations
        if one.inactive_reason is None
        for record in _standing(one)
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
                told = _is_among(numbers[holder], named.get(other, _NOBODY))
                if not told and frozenset((holder, other)) not in linked:
                    yield record, other
        named[holder] = array("I", sorted(seen))


def _is_among(number: int, numbers: array[int]) -> bool:
    """Whether a number is one of `numbers`, which are sorted."""
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number


def _mention(record: StoredRecord, other: str) -> Finding:
    said = f"the text names {other}, and no relation links it to {record.holder}"
    can_add = is_argument(record.holder) and is_argument(other)
    line = shell_line("relations", "add", record.holder, "related", other) if can_add else None
    hint = line or f"record how {record.holder} and {other} are related: relations add"
    found = found_in(record, Code.UNRELATED_MENTION, said, hint, (record.holder, other))
    return found.with_commands(line)


def _named(record: StoredRecord) -> list[str]:
    texts = (record.note, record.summary, record.role_plan)
    names = {name for text in texts for name in _NAMES.findall(text or "")}
    return sorted(names - {record.holder})


def _standing(relation: Relation) -> list[StoredRecord]:
    return [record for record in relation.by_time()[::-1] if not record.is_retired]


def _ids(relation: Relation) -> list[str]:
    return [end.id for end in relation.ends]
