"""Answers as Rich tables, for people at a terminal: readable at 80 columns, good at 160."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from yoi_relations.kinds import RelationClass
from yoi_relations.queries.answers import Answer, Filter
from yoi_relations.queries.relations import Relation
from yoi_relations.surfaces.cells import folded_cell, phrase_cell, ticket_cell, whole_cell
from yoi_relations.surfaces.output import visible
from yoi_relations.surfaces.plain import counting_line

WIDE = 120
"""Columns from which on there is room for a state beside an id, and for a phrase in one line."""

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
    console = Console(highlight=False)
    narrow = console.width < WIDE
    tables: list[RenderableType] = [
        _class_table(cls, list(relations), narrow=narrow, whole=asked.ticket is not None)
        for cls, relations in groupby(answer.relations, key=lambda one: one.cls)
    ]
    console.print(Group(*tables, Text(counting_line(answer, asked), style="dim")))


def draw_facts(rows: Iterable[tuple[str, str]]) -> None:
    """Draw names and values, for `status`."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, Text(visible(value)))
    Console(highlight=False).print(table)


def _class_table(
    cls: RelationClass, relations: list[Relation], *, narrow: bool, whole: bool
) -> RenderableType:
    table = Table(
        box=SIMPLE_HEAD,
        title=_HEADINGS[cls],
        title_justify="left",
        title_style="bold",
        expand=True,
        pad_edge=False,
        leading=1,
    )
    has_targets = any(one.target for one in relations)
    table.add_column("Ticket", ratio=8, overflow="fold")
    table.add_column("Relation", width=12 if narrow else None, overflow="fold")
    if has_targets:
        table.add_column("Target", ratio=8, overflow="fold")
    table.add_column("Note", ratio=11, overflow="fold")
    for one in relations:
        targets = [ticket_cell(one.target, narrow=narrow)] if has_targets else []
        table.add_row(
            ticket_cell(one.ticket, narrow=narrow),
            phrase_cell(one),
            *targets,
            whole_cell(one) if whole else folded_cell(one),
            style="dim" if one.inactive_reason else "",
        )
    return table
