"""Answers as lines of tab-separated fields, for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yoi_relations.kinds import shown_name
from yoi_relations.queries.problems import Severity
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.show import Answer, Filter
from yoi_relations.render.documents import shorten
from yoi_relations.render.output import plain_field


def tab_separated(rows: Iterable[Iterable[object]]) -> str:
    """One line a row; tab, newline, backslash and control characters in a field are escaped."""
    return "".join("\t".join(_field(field) for field in row) + "\n" for row in rows)


def relation_row(relation: Relation, *, whole: bool) -> list[object]:
    """Its fields: class, kind, ticket, state, target, state, at, note, author, records, reason.

    Of a plan, the note is its summary. The records are their ids, with commas; the reason is why
    it is not active.
    """
    latest_record, target = relation.latest_record, relation.target
    text = latest_record.summary or latest_record.note
    short = shorten(text, whole=whole)
    return [
        relation.cls,
        relation.kind,
        shown_name(relation.ticket.id),
        relation.ticket.state,
        target and shown_name(target.id),
        target and target.state,
        latest_record.at,
        short if short == text else f"{short}…",
        latest_record.author,
        ",".join(record.id for record in relation.records),
        relation.inactive_reason,
    ]


def counting_line(answer: Answer, asked: Filter) -> str:
    """What is shown, and what ``--all`` or ``--limit`` would add."""
    kind = "" if asked.inactive else "active "
    shown = len(answer.relations)
    parts = [f"{shown} {kind}relation{'' if shown == 1 else 's'}"]
    if shown < answer.total:
        parts = [f"{shown} of {answer.total} {kind}relations", "--limit 0 shows all of them"]
    if answer.hidden:
        parts.append(f"--all adds {answer.hidden} that no longer count")
    return "; ".join(parts)


def counted(numbers: Mapping[Severity, int]) -> str:
    """How many there are of each: ``1 error, 2 warnings``."""
    return ", ".join(f"{n} {severity}{'' if n == 1 else 's'}" for severity, n in numbers.items())


def _field(field: object) -> str:
    return "" if field is None else plain_field(str(field))
