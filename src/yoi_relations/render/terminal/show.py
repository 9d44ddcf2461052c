"""Answers as Rich draws them, for people at a terminal: readable at 40 columns, good at 160."""

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
from yoi_relations.render.lines import counting_line
from yoi_relations.render.terminal.cells import (
    folded_cell,
    phrase_cell,
    ticket_cell,
    ticket_lines,
    whole_cell,
)
from yoi_relations.render.terminal.widths import console, drawable, longest, room_for, shared_out

WIDE = 120
"""Columns from which on there is room for a state beside an id, and for a phrase in one line."""

_NARROW_PHRASE = 12
"""Columns in which a phrase can be read, folded."""
_LEAST_NOTE = 20
"""Columns in which a note can be read."""
_SHARES = {"Ticket": 8, "Target": 8, "Note": 11}
_INDENT = 2

_HEADINGS = {
    RelationClass.DEPENDENCY: "Dependencies: the ticket cannot go on until the target is resolved",
    RelationClass.ORDERING: "Ordering: the ticket should be taken after the target",
    RelationClass.CONFLICT: "Conflicts: not both at the same time",
    RelationClass.CAPACITY: "Waiting: ready, but for capacity, a person or a decision",
    RelationClass.PLAN: "Accepted plans: how the work will be done",
    RelationClass.REFERENCE: "References: worth knowing, never in the way",
}


def draw_relations(answer: Answer, asked: Filter) -> None:
    """Draw the relations, a table a class, and a last line that counts them."""
    terminal = console()
    whole = asked.whole
    drawn: list[RenderableType] = [
        part
        for cls, relations in groupby(answer.relations, key=lambda one: one.cls)
        for part in _class_drawn(cls, list(relations), terminal.width, whole=whole)
    ]
    drawn.append(Text(counting_line(answer, asked), style="dim"))
    terminal.print(Group(*drawn), crop=False)


def draw_facts(rows: Iterable[tuple[str, str]]) -> None:
    """Draw names and values, for `status`."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, Text(drawable(value)))
    console().print(table)


def _class_drawn(
    cls: RelationClass, relations: list[Relation], columns: int, *, whole: bool
) -> list[RenderableType]:
    """A table, in which no id is broken; where it has no room for that, a list."""
    notes = [_LEAST_NOTE]
    if whole:
        notes += [longest(record.id for record in one.records) for one in relations]
    least = {
        "Ticket": longest(one.ticket.id for one in relations),
        "Target": longest(one.target.id for one in relations if one.target),
        "Note": max(notes),
    }
    if not least["Target"]:
        del least["Target"]
    phrases = [len("Relation"), *(len(phrase_cell(one)) for one in relations)]
    for narrow in (False, True) if columns >= WIDE else (True,):
        phrase = _NARROW_PHRASE if narrow else max(phrases)
        widths = shared_out(room_for(len(least) + 1, columns) - phrase, least, _SHARES)
        if widths is not None:
            widths["Relation"] = phrase
            return [_class_table(cls, relations, widths, narrow=narrow, whole=whole)]
    lines = [part for one in relations for part in _listed(one, whole=whole)]
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
    for one in relations:
        targets = [ticket_cell(one.target, narrow=narrow)] if "Target" in widths else []
        table.add_row(
            ticket_cell(one.ticket, narrow=narrow),
            phrase_cell(one),
            *targets,
            whole_cell(one) if whole else folded_cell(one),
            style="dim" if one.inactive_reason else "",
        )
    return table


def _listed(relation: Relation, *, whole: bool) -> Iterator[RenderableType]:
    """A relation from top to bottom."""
    lines: list[RenderableType] = [*ticket_lines(relation.ticket), phrase_cell(relation)]
    lines += ticket_lines(relation.target) if relation.target else []
    note = whole_cell(relation) if whole else folded_cell(relation)
    lines.append(Padding(note, (0, 0, 1, _INDENT)))
    yield from (Styled(line, "dim") if relation.inactive_reason else line for line in lines)
