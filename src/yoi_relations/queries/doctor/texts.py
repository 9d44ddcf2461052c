"""What records say in their texts: again what another says, or of tickets without a relation."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.queries.doctor.findings import Code, Finding, found_in
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.statements import Statement
from yoi_relations.queries.tickets import TicketInfo

_NAMES = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:[0-9A-HJKMNP-TV-Z]{13}(?![0-9A-Za-z])|\d{8}-\d{6}-[0-9a-z]+(?:-[0-9a-z]+)*)"
)
"""What looks like the id of a ticket; in some languages no space stands around it."""


def repeated(active: Iterable[Relation]) -> Iterator[Finding]:
    """Records that say the same of the same in the same folder, word for word.

    Both ends recording an edge, or a dependency in either older format, is how work is done.
    """
    for relation in active:
        first: dict[tuple[str | None, ...], Statement] = {}
        for record in _standing(relation):
            same = first.setdefault((record.kind, record.holder, record.note), record)
            if same is not record:
                said = f"{relation.sentence}: {same.place} says so in the same words"
                hint = _without(record, same)
                yield found_in(record, Code.REPEATED_RECORD, said, hint, _ids(relation))


def _without(record: Statement, same: Statement) -> str:
    if record.id == same.id and record.path == same.path:
        return "delete one of the two entries"
    reason = shlex.quote(f"repeats {same.id}")
    return f"relations retire {shlex.quote(record.id)} --reason {reason}"


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
    hint = f"relations add {shlex.quote(record.holder)} related {shlex.quote(other)}"
    return found_in(record, Code.UNRELATED_MENTION, said, hint, (record.holder, other))


def _named(record: Statement) -> list[str]:
    texts = (record.note, record.summary, record.role_plan)
    names = {name for text in texts for name in _NAMES.findall(text or "")}
    return sorted(names - {record.holder})


def _standing(relation: Relation) -> list[Statement]:
    return [record for record in relation.by_time()[::-1] if not record.retired_at]


def _ids(relation: Relation) -> list[str]:
    return [end.id for end in relation.ends]
