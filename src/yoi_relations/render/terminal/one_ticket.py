"""Draws the answer of `show` for one ticket or one record: all that is known, by its meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text

from yoi_relations.kinds import RelationClass
from yoi_relations.lean.types import TYPE_CHECKING
from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.check_reasons import other_end
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.show import Answer, Filter
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.render.lines import summary_line
from yoi_relations.render.output import visible
from yoi_relations.render.terminal.cells import (
    folded_words,
    inactive_words,
    moved,
    phrase_of,
    plan_fields,
    text_of,
    ticket_lines,
)
from yoi_relations.render.terminal.empty import nothing_shown
from yoi_relations.render.terminal.widths import drawable

if TYPE_CHECKING:
    from yoi_relations.queries.provenance import Provenance

_TEXT_COLUMNS = 100
"""Columns of a text that are read easily."""
_INDENT = 2
_PHRASED = ("References", "No longer active")
"""Sections with relations of several kinds."""
_SECTIONS = {
    (RelationClass.DEPENDENCY, True): "Waits for",
    (RelationClass.ORDERING, True): "Comes after",
    (RelationClass.DEPENDENCY, False): "Others wait for it",
    (RelationClass.ORDERING, False): "Others come after it",
    (RelationClass.CONFLICT, True): "Not together with",
    (RelationClass.CONFLICT, False): "Not together with",
    (RelationClass.CAPACITY, True): "Waiting",
    (RelationClass.PLAN, True): "Plan",
}
"""By class, and whether the ticket is the ticket of the relation, in the order of the answer."""


def one_ticket_lines(
    catalog: Catalog,
    answer: Answer,
    criteria: Filter,
    columns: int,
    provenance: Mapping[tuple[str, str], Provenance] | None = None,
) -> list[Text]:
    """The lines of the answer about the ticket or the record of `criteria`."""
    ticket = _ticket(catalog, criteria)
    lines = ticket_lines(ticket, ticket.id, columns)
    if not answer.relations:
        return [*lines, *folded_words(nothing_shown(catalog, answer, criteria), columns)]
    lines += folded_words(summary_line(answer, criteria), columns)
    sections: dict[str, list[Relation]] = {
        name: [] for name in (*dict.fromkeys(_SECTIONS.values()), *_PHRASED)
    }
    for relation in answer.relations:
        sections[_section(ticket, relation)].append(relation)
    for name, relations in sections.items():
        if relations:
            lines += [Text(), Text(name, style="bold")]
            for number, relation in enumerate(relations):
                lines += [Text()] * bool(number)
                phrased = name in _PHRASED
                lines += _relation_lines(ticket, relation, columns, provenance, phrased=phrased)
    return lines


def _ticket(catalog: Catalog, criteria: Filter) -> TicketInfo:
    id_ = criteria.record.edge_ticket if criteria.record else criteria.ticket or ""
    return load_tickets(catalog.connection, [id_])[id_]


def _section(ticket: TicketInfo, relation: Relation) -> str:
    if not relation.is_active:
        return "No longer active"
    return _SECTIONS.get((relation.cls, relation.ticket.id == ticket.id), "References")


def _relation_lines(
    ticket: TicketInfo,
    relation: Relation,
    columns: int,
    provenance: Mapping[tuple[str, str], Provenance] | None,
    *,
    phrased: bool,
) -> Iterator[Text]:
    other = other_end(ticket, relation)
    phrase = phrase_of(relation, seen_from=ticket.id) if phrased else ""
    indent = 0
    if other is not None:
        before = f"{phrase} " if phrase else ""
        yield from moved(_INDENT, ticket_lines(other, other.id, columns - _INDENT, before=before))
        indent = _INDENT
    elif phrase:
        yield Text(f"{' ' * _INDENT}{phrase}")
        indent = _INDENT
    indent += _INDENT
    inactive = inactive_words(relation, {end.id: end.id for end in relation.ends})
    width = min(columns, _TEXT_COLUMNS)
    yield from folded_words(inactive, width, indent=indent)
    for number, record in enumerate(relation.by_time()):
        if number:
            yield Text()
        yield from _record_lines(record, width, indent)
        if provenance is not None:
            from yoi_relations.render.provenance import commit_words  # noqa: PLC0415  # rarely asked

            words = visible(commit_words(*provenance[record.key]))
            yield from folded_words(words, width, indent=indent)


def _record_lines(record: StoredRecord, columns: int, indent: int) -> Iterator[Text]:
    """The whole text of a record, who wrote it and when, its id and its place."""
    yield from folded_words(text_of(record), columns, indent=indent)
    for field in plan_fields(record, whole=True):
        yield from folded_words(field, columns, indent=indent)
    origin = ", ".join(filter(None, (record.recorded_by, record.day)))
    yield from folded_words(f"{origin}, record {record.id}", columns, indent=indent)
    if record.retired_at:
        by, day = record.retired_by, record.retired_at[:10]
        retired = f"retired by {by}, {day}: {record.retired_reason}"
        yield from folded_words(retired, columns, indent=indent)
    # A path stays whole, to be copied, even if it is longer than a line of the terminal.
    yield Text(f"{' ' * indent}{drawable(str(record.place))}")
