"""Draws the answer of `show` for many relations: by ticket, with one line for each relation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple
from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.show import Answer, Filter
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.glyphs import ELLIPSIS, short_ids
from yoi_relations.render.lines import summary_line
from yoi_relations.render.output import terminal_width
from yoi_relations.render.terminal.cells import (
    folded,
    folded_words,
    note_of,
    phrase_of,
    ticket_lines,
    ticket_text,
)
from yoi_relations.render.terminal.empty import nothing_shown
from yoi_relations.render.terminal.folding import cut, fold
from yoi_relations.render.terminal.one_ticket import one_ticket_lines
from yoi_relations.render.terminal.widths import NARROW, WIDE, draw, drawn_glyph, widest

if TYPE_CHECKING:
    from yoi_relations.queries.provenance import Provenance

_INDENT, _GAP = 2, 2
_NOTE_LINES = 2
"""Lines of a note that stands below its relation."""
_TICKET_SHARE = 0.55
"""Of the columns for a ticket and a note, those that the ticket may take."""


def draw_relations(  # noqa: PLR0913  # what was asked for, and how to draw it
    catalog: Catalog,
    answer: Answer,
    criteria: Filter,
    provenance: Mapping[tuple[str, str], Provenance] | None = None,
    *,
    paged: bool,
    more: Sequence[Text] = (),
) -> None:
    """Draw the relations, a first line that counts them, and `more` lines below.

    Only the answer about one ticket or record has room for `provenance`.
    """
    columns = terminal_width()
    if criteria.whole:
        lines = one_ticket_lines(catalog, answer, criteria, columns, provenance)
    elif answer.relations:
        lines = _list(answer, criteria, columns)
    else:
        lines = folded_words(nothing_shown(catalog, answer, criteria), columns)
    draw([*lines, *more], paged=paged)


def _list(answer: Answer, criteria: Filter, columns: int) -> list[Text]:
    groups: dict[str, list[Relation]] = {}
    for relation in answer.relations:
        groups.setdefault(relation.ticket.id, []).append(relation)
    layout = _Layout.of(answer.relations, columns)
    lines = folded_words(summary_line(answer, criteria, tickets=len(groups)), columns)
    for relations in groups.values():
        lines.append(Text())
        lines += _heading(relations[0].ticket, layout)
        lines += [line for relation in relations for line in _relation_lines(relation, layout)]
    return lines


class _Layout(NamedTuple):
    """Where the parts of every relation stand.

    Attributes:
        columns: columns of the terminal.
        shown: by id, the short id of a ticket.
        phrase: columns of a phrase; 0 for its own length.
        other: columns of the other ticket, if there is a column for notes; otherwise 0.
    """

    columns: int
    shown: dict[str, str]
    phrase: int
    other: int

    @classmethod
    def of(cls, relations: list[Relation], columns: int) -> _Layout:
        shown = short_ids(end.id for relation in relations for end in relation.ends)
        if columns < NARROW:
            return cls(columns, shown, 0, 0)
        phrase = widest(phrase_of(relation) for relation in relations)
        if columns < WIDE:
            return cls(columns, shown, phrase, 0)
        targets = {relation.target for relation in relations if relation.target}
        natural = [ticket_text(one, shown[one.id], columns).plain for one in targets]
        free = columns - _INDENT - phrase - 2 * _GAP
        return cls(columns, shown, phrase, min(widest(natural), int(free * _TICKET_SHARE)))


def _heading(ticket: TicketInfo, layout: _Layout) -> list[Text]:
    shown = layout.shown[ticket.id]
    if layout.phrase:
        return [ticket_text(ticket, shown, layout.columns, with_state=True)]
    return ticket_lines(ticket, shown, layout.columns)


def _relation_lines(relation: Relation, layout: _Layout) -> Iterator[Text]:
    phrase = phrase_of(relation)
    line = Text(
        f"{' ' * _INDENT}{phrase.ljust(layout.phrase)}{' ' * (_GAP if layout.phrase else 1)}"
    )
    start = line.cell_len
    below = start if layout.phrase else 2 * _INDENT
    note = note_of(relation, layout.shown)
    if relation.target is not None:
        room = layout.other or layout.columns - start
        line.append_text(
            ticket_text(relation.target, layout.shown[relation.target.id], room, title_style="")
        )
        if layout.other:
            line.append(" " * (start + layout.other + _GAP - line.cell_len))
    elif not layout.other:
        first, *rest = _note_lines(note, layout.columns - below, layout.columns - start)
        yield line.append(first)
        yield from (Text(f"{' ' * below}{one}") for one in rest)
        return
    if layout.other:
        note = cut(note, max(layout.columns - line.cell_len, 1), drawn_glyph(ELLIPSIS))
        line.append(note)
        line.rstrip()
        yield line
        return
    yield from folded(line, layout.columns, hanging=2 * _INDENT, whole_words=True)
    if note:
        yield from (
            Text(f"{' ' * below}{one}") for one in _note_lines(note, layout.columns - below)
        )


def _note_lines(note: str, columns: int, first: int | None = None) -> list[str]:
    """The first lines of a note; an ellipsis ends them if there are more."""
    lines = fold(note[: _NOTE_LINES * 4 * columns], columns, first=first)
    if len(lines) > _NOTE_LINES:
        rest = " ".join(lines[_NOTE_LINES - 1 : _NOTE_LINES + 1])
        lines = [*lines[: _NOTE_LINES - 1], cut(rest, columns, drawn_glyph(ELLIPSIS))]
    return lines
