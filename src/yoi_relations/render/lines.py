"""Answers as tab-separated lines, for scripts; and the lines that count what is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yoi_relations.kinds import shown_name
from yoi_relations.lean.types import TYPE_CHECKING
from yoi_relations.queries.problems import Severity
from yoi_relations.queries.relations import Relation
from yoi_relations.render.documents import marked
from yoi_relations.render.output import plain_field

if TYPE_CHECKING:
    from yoi_relations.queries.provenance import Provenance
    from yoi_relations.queries.show import Answer, Filter


def tab_separated(rows: Iterable[Iterable[object]]) -> str:
    """One line per row; `plain_field` escapes each field, and None is an empty field."""
    return "".join("\t".join(map(_field, row)) + "\n" for row in rows)


def relation_row(
    relation: Relation,
    provenance: Mapping[tuple[str, str], Provenance] | None = None,
    *,
    whole: bool,
) -> list[object]:
    """The fields: class, kind, ticket, state, target, state, at, note, author, records, reason.

    The note of a plan is its summary. The records are ids separated by commas. The reason says why
    the relation is not active. With `provenance` there is one field more: for each record the id of
    its commit, or why there is none.
    """
    latest_record, target = relation.latest_record, relation.target
    row: list[object] = [
        relation.cls,
        relation.kind,
        shown_name(relation.ticket.id),
        relation.ticket.state,
        target and shown_name(target.id),
        target and target.state,
        latest_record.at,
        marked(latest_record.summary or latest_record.note, whole=whole),
        latest_record.author,
        ",".join(record.id for record in relation.records),
        relation.inactive_reason,
    ]
    if provenance is not None:
        row.append(",".join(provenance[record.key].field for record in relation.records))
    return row


def summary_line(answer: Answer, criteria: Filter, *, tickets: int = 0) -> str:
    """How many relations are shown, and what ``--all`` and ``--limit`` would add.

    Args:
        answer: the answer.
        criteria: what was asked for.
        tickets: the number of tickets that the shown relations are listed under; 0 to leave it out.
    """
    kind = "" if criteria.inactive else "active "
    shown = len(answer.relations)
    parts = [counted(shown, f"{kind}relation")]
    if shown < answer.total:
        parts = [f"{shown} of {answer.total} {kind}relations", "--limit 0 shows all"]
    if tickets:
        parts[0] += f" on {counted(tickets, 'ticket')}"
    if answer.hidden:
        parts.append(f"--all adds {counted(answer.hidden, 'inactive relation')}")
    return "; ".join(parts)


def severity_counts(numbers: Mapping[Severity, int]) -> str:
    """The number of each severity in words: ``1 error, 2 warnings``."""
    return ", ".join(counted(number, severity) for severity, number in numbers.items())


def counted(number: int, noun: str) -> str:
    """A number and its noun: ``1 ticket``, ``2 tickets``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _field(field: object) -> str:
    return "" if field is None else plain_field(str(field))
