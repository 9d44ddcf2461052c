"""What records say in their texts: again what another says, or of tickets without a relation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.queries.doctor.commands import (
    RecordNames,
    is_argument,
    is_plain_id,
    shell_line,
)
from yoi_relations.queries.doctor.findings import Code, Finding, found_in
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.statements import Order, Statement
from yoi_relations.queries.tickets import TicketInfo

_NAMES = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:[0-9A-HJKMNP-TV-Z]{13}(?![0-9A-Za-z])|\d{8}-\d{6}-[0-9a-z]+(?:-[0-9a-z]+)*)"
)
"""What looks like the id of a ticket; in some languages no space stands around it."""


def repeated(active: Iterable[Relation], names: RecordNames) -> Iterator[Finding]:
    """Records that say the same of the same in the same folder, word for word.

    Both ends recording an edge, or a dependency in either older format, is how work is done.

    Args:
        active: the relations that count.
        names: what records are called.
    """
    for relation in active:
        first: dict[tuple[str | None, ...], Statement] = {}
        for record in sorted(_standing(relation), key=_age):
            same = first.setdefault((record.kind, record.holder, record.note), record)
            if same is not record:
                said = f"{relation.sentence}: {same.place} says so in the same words"
                line = _without(record, same, names)
                hint = line or "nothing needs to be done: they count as one"
                found = found_in(record, Code.REPEATED_RECORD, said, hint, _ids(relation))
                yield found.with_commands(line)


def _age(record: Statement) -> tuple[str, bool, Order]:
    """The eldest first; of equal age, a copy of a file, whose name is not its id, last."""
    return record.at_key, not is_plain_id(record.id), record.order


def _without(record: Statement, same: Statement, names: RecordNames) -> str | None:
    """The line that retires a record of two; None where they share an id, and both would be."""
    if record.id == same.id:
        return None
    return names.retire_line(record, f"repeats {same.id}")


def mentioned(
    relations: Iterable[Relation], tickets: Mapping[str, TicketInfo]
) -> Iterator[Finding]:
    """Tickets that a text of an active relation names, and that no relation links to its holder.

    Args:
        relations: all that there are.
        tickets: by id, those that there are.
    """
    relations = list(relations)
    told = {frozenset(_ids(one)) for one in relations}
    for relation in relations:
        records = [] if relation.inactive_reason is not None else _standing(relation)
        for record in records:
            if tickets[record.holder].resolved:
                continue
            for other in _named(record):
                pair = frozenset((record.holder, other))
                if other in tickets and not tickets[other].resolved and pair not in told:
                    told.add(pair)
                    yield _mention(record, other)


def _mention(record: Statement, other: str) -> Finding:
    said = f"the text names {other}, and no relation links it to {record.holder}"
    can_add = is_argument(record.holder) and is_argument(other)
    line = shell_line("relations", "add", record.holder, "related", other) if can_add else None
    hint = line or f"record how {record.holder} and {other} are related: relations add"
    found = found_in(record, Code.UNRELATED_MENTION, said, hint, (record.holder, other))
    return found.with_commands(line)


def _named(record: Statement) -> list[str]:
    texts = (record.note, record.summary, record.role_plan)
    names = {name for text in texts for name in _NAMES.findall(text or "")}
    return sorted(names - {record.holder})


def _standing(relation: Relation) -> list[Statement]:
    return [record for record in relation.by_time()[::-1] if not record.retired_at]


def _ids(relation: Relation) -> list[str]:
    return [end.id for end in relation.ends]
