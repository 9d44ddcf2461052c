"""Answers as Rich tables, for people at a terminal: readable at 80 columns, good at 160."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from yoi_relations.kinds import RelationClass, phrase
from yoi_relations.queries.relations import Answer, Filter, Relation
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.surfaces.output import visible

FOLDED_NOTE = 240
"""Characters of a note in a list; `show TICKET` draws all of it."""

_STATE_STYLES = {
    "planning": "magenta",
    "ready": "cyan",
    "queued": "yellow",
    "inprogress": "bold blue",
    "done": "green",
    "closed": "dim green",
}
_HEADINGS = {
    RelationClass.DEPENDENCY: "Dependencies: the ticket cannot go on until the target is resolved",
    RelationClass.ORDERING: "Ordering: the ticket should be taken after the target",
    RelationClass.CONFLICT: "Conflicts: not both at the same time",
    RelationClass.CAPACITY: "Waiting: ready, but for capacity, a person or a decision",
    RelationClass.PLAN: "Accepted plans: how the work will be done",
    RelationClass.REFERENCE: "References: worth knowing, never in the way",
}


def draw(what: RenderableType) -> None:
    """Draw on the terminal."""
    Console(highlight=False, soft_wrap=False).print(what)


def relations_table(answer: Answer, asked: Filter) -> RenderableType:
    """The relations, a table a class, and a last line that counts them."""
    whole = asked.ticket is not None
    tables: list[RenderableType] = [
        _class_table(cls, relations, whole=whole)
        for cls, relations in groupby(answer.relations, key=lambda one: one.cls)
    ]
    return Group(*tables, Text(counting_line(answer, asked), style="dim"))


def counting_line(answer: Answer, asked: Filter) -> str:
    """What is shown, and what ``--all`` or ``--limit`` would add."""
    kind = "" if asked.inactive else "active "
    shown = len(answer.relations)
    parts = [f"{shown} {kind}relation{'' if shown == 1 else 's'}"]
    if shown < answer.count:
        parts = [f"{shown} of {answer.count} {kind}relations", "--limit 0 shows all of them"]
    if answer.hidden:
        parts.append(f"--all adds {answer.hidden} that no longer count")
    return "; ".join(parts)


def facts_table(rows: Iterable[tuple[str, str]]) -> RenderableType:
    """Names and values, for `status`."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, Text(visible(value)))
    return table


def _class_table(
    cls: RelationClass, relations: Iterable[Relation], *, whole: bool
) -> RenderableType:
    table = Table(
        box=SIMPLE_HEAD,
        title=_HEADINGS[cls],
        title_justify="left",
        title_style="bold",
        expand=True,
        pad_edge=False,
    )
    rows = list(relations)
    table.add_column("Ticket", ratio=8, overflow="fold")
    table.add_column("Relation", width=12, overflow="fold")
    if any(one.target for one in rows):
        table.add_column("Target", ratio=8, overflow="fold")
    table.add_column("Note", ratio=11, overflow="fold")
    for one in rows:
        cells = [_ticket(one.ticket), _relation(one), _ticket(one.target), _note(one, whole=whole)]
        if len(table.columns) < len(cells):
            del cells[2]
        table.add_row(*cells, style="dim" if one.inactive_reason else "")
    return table


def _ticket(ticket: TicketInfo | None) -> Text:
    if ticket is None:
        return Text("")
    state = ticket.state or ("state unknown" if ticket.folders else "does not exist")
    text = Text.assemble(
        (visible(ticket.id), "bold"), " ", (state, _STATE_STYLES.get(state, "bold red"))
    )
    return text.append(f"\n{visible(ticket.title)}") if ticket.title else text


def _relation(relation: Relation) -> Text:
    return Text(phrase(relation.kind).removeprefix("is ").removeprefix("has an "))


def _note(relation: Relation, *, whole: bool) -> Text:
    voice = relation.voice
    parts = [voice.summary, voice.note, _labelled("roles", voice.role_plan if whole else None)]
    said = "\n".join(part for part in parts if part)
    said = said if whole or len(said) <= FOLDED_NOTE else said[:FOLDED_NOTE].rstrip() + "…"
    text = Text("\n".join(visible(line) for line in said.split("\n")))
    for line in _details(relation):
        text.append(f"\n{visible(line)}" if text else visible(line), style="dim")
    return text


def _details(relation: Relation) -> list[str]:
    voice = relation.voice
    lines = [
        _labelled("branch", voice.branch),
        _labelled("worktree", voice.worktree),
        f"{voice.author}, {voice.at[:10]}",
        f"stated by {len(relation.records)} records" if len(relation.records) > 1 else None,
        _labelled("not active", relation.inactive_reason),
    ]
    return [line for line in lines if line]


def _labelled(label: str, text: str | None) -> str | None:
    return f"{label}: {text}" if text else None
