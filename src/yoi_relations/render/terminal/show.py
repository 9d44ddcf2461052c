"""Draws the answers of `show` and `status`: readable at 40 columns, good at 160."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.styled import Styled
from rich.table import Table
from rich.text import Text

from yoi_relations.kinds import RelationClass
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.show import Answer, Filter
from yoi_relations.render.lines import summary_line
from yoi_relations.render.terminal.cells import (
    folded_cell,
    phrase_cell,
    ticket_cell,
    ticket_lines,
    whole_cell,
)
from yoi_relations.render.terminal.widths import (
    console,
    drawable,
    longest,
    share_columns,
    text_width,
)

WIDE = 120
"""Columns that fit a state next to an id, and a phrase on one line."""

_NARROW_PHRASE_WIDTH = 12
"""Columns that a folded phrase needs to be readable."""
_MIN_NOTE_WIDTH = 20
"""Columns that a note needs to be readable."""
_SHARES = {"Ticket": 8, "Target": 8, "Note": 11}
_INDENT = 2

_HEADINGS = {
    RelationClass.DEPENDENCY: "Dependencies: the ticket cannot go on until the target is resolved",
    RelationClass.ORDERING: "Ordering: the ticket should be taken after the target",
    RelationClass.CONFLICT: "Conflicts: not both at the same time",
    RelationClass.CAPACITY: "Waiting: ready, except for capacity, a person or a decision",
    RelationClass.PLAN: "Accepted plans: how the work will be done",
    RelationClass.REFERENCE: "References: worth knowing, never a reason to wait",
}


def draw_relations(answer: Answer, criteria: Filter) -> None:
    """Draw the relations, one table per class, and a last line that counts them."""
    terminal = console()
    drawn: list[RenderableType] = [
        part
        for cls, relations in groupby(answer.relations, key=lambda relation: relation.cls)
        for part in _class_drawn(cls, list(relations), terminal.width, whole=criteria.whole)
    ]
    drawn.append(Text(summary_line(answer, criteria), style="dim"))
    terminal.print(Group(*drawn), crop=False)


def draw_fields(rows: Iterable[tuple[str, str]]) -> None:
    """Draw names and values in two columns, for `status`."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, Text(drawable(value)))
    console().print(table)


def _class_drawn(
    cls: RelationClass, relations: list[Relation], columns: int, *, whole: bool
) -> list[RenderableType]:
    """A table in which no id is broken; if the ids do not fit in, a list."""
    note_widths = [_MIN_NOTE_WIDTH]
    if whole:
        note_widths.append(longest(r.id for relation in relations for r in relation.records))
    least = {
        "Ticket": longest(relation.ticket.id for relation in relations),
        "Target": longest(relation.target.id for relation in relations if relation.target),
        "Note": max(note_widths),
    }
    if not least["Target"]:
        del least["Target"]
    phrase_widths = [len("Relation"), *(len(phrase_cell(relation)) for relation in relations)]
    for narrow in (False, True) if columns >= WIDE else (True,):
        phrase_width = _NARROW_PHRASE_WIDTH if narrow else max(phrase_widths)
        free = text_width(len(least) + 1, columns) - phrase_width
        widths = share_columns(free, least, _SHARES)
        if widths is not None:
            widths["Relation"] = phrase_width
            return [_class_table(cls, relations, widths, narrow=narrow, whole=whole)]
    lines = [part for relation in relations for part in _relation_lines(relation, whole=whole)]
    return [Text(_HEADINGS[cls], style="bold"), Text(""), *lines]


def _class_table(
    cls: RelationClass,
    relations: list[Relation],
    widths: dict[str, int],
    *,
    narrow: bool,
    whole: bool,
) -> RenderableType:
    table = Table(
        box=SIMPLE_HEAD,
        title=_HEADINGS[cls],
        title_justify="left",
        title_style="bold",
        pad_edge=False,
        leading=1,
    )
    for name in ("Ticket", "Relation", "Target", "Note"):
        if name in widths:
            table.add_column(name, width=widths[name], overflow="fold")
    for relation in relations:
        targets = [ticket_cell(relation.target, narrow=narrow)] if "Target" in widths else []
        table.add_row(
            ticket_cell(relation.ticket, narrow=narrow),
            phrase_cell(relation),
            *targets,
            whole_cell(relation) if whole else folded_cell(relation),
            style="dim" if relation.inactive_reason else "",
        )
    return table


def _relation_lines(relation: Relation, *, whole: bool) -> Iterator[RenderableType]:
    """A relation, one part below the other."""
    lines: list[RenderableType] = [*ticket_lines(relation.ticket), phrase_cell(relation)]
    lines += ticket_lines(relation.target) if relation.target else []
    note = whole_cell(relation) if whole else folded_cell(relation)
    lines.append(Padding(note, (0, 0, 1, _INDENT)))
    yield from (Styled(line, "dim") if relation.inactive_reason else line for line in lines)
