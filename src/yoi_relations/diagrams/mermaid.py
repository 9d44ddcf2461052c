"""A drawing as a Mermaid flowchart, which GitHub and GitLab render in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from yoi_relations.diagrams.drawing import (
    CYCLE_COLOUR,
    Drawing,
    edge_label,
    name_line,
    title_lines,
)
from yoi_relations.errors import RelationsError
from yoi_relations.kinds import RelationClass
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.states import State

MAX_EDGES = 150
"""Mermaid draws at most 500, and 200 of them take seconds (https://mermaid.js.org/config)."""
MAX_CHARACTERS = 45_000
"""Mermaid's `maxTextSize` is 50,000; neither limit can be raised inside a diagram."""
_TITLE_COLUMNS = 60
_PLAIN = frozenset(" .,/_-·")
"""Characters, other than letters and digits, that have no meaning in a quoted Mermaid label.

A colon has one: after the word ``style`` and before an entity, it ends that entity.
"""
_ALWAYS_READ = (":fa-", "\\n", "$$")
"""Mermaid reads icons, line breaks and formulas in a label, escaped or not."""
_JOINER = "\u2060"
"""An invisible character, which divides them."""
_SHAPES = {
    State.PLANNING: ("(", ")"),
    State.READY: ("[", "]"),
    State.QUEUED: ("[/", "/]"),
    State.INPROGRESS: ("[[", "]]"),
    State.DONE: ("([", "])"),
    State.CLOSED: ("([", "])"),
}
_UNKNOWN_SHAPE = ("{{", "}}")
_ARROWS = {
    RelationClass.DEPENDENCY: "-->",
    RelationClass.ORDERING: "-.->",
    RelationClass.CONFLICT: "x-.-x",
    RelationClass.REFERENCE: "---",
}


def mermaid_text(drawing: Drawing) -> str:
    """The flowchart.

    Raises:
        RelationsError: it is larger than Mermaid accepts; the hint says what would fit.
    """
    if len(drawing.edges) > MAX_EDGES:
        raise _too_large(drawing, f"{len(drawing.edges)} edges are more than {MAX_EDGES}")
    text = "".join(f"{line}\n" for line in _lines(drawing))
    characters = len(text.encode("utf-16-le")) // 2  # as Mermaid counts them
    if characters > MAX_CHARACTERS:
        raise _too_large(drawing, f"{characters} characters are more than {MAX_CHARACTERS}")
    return text


def _too_large(drawing: Drawing, problem: str) -> RelationsError:
    classes = Counter(edge.relation.cls for edge in drawing.edges)
    smaller = [
        f"--kind {cls} ({number} edges)"
        for cls, number in classes.items()
        if number <= MAX_EDGES and len(classes) > 1
    ]
    active = sum(edge.relation.is_active for edge in drawing.edges)
    if active < len(drawing.edges) and active <= MAX_EDGES:
        smaller.insert(0, f"no --all ({active} edges)")
    smaller.append(
        "fewer tickets or a smaller --depth" if drawing.named else "a ticket, with --depth 1 or 2"
    )
    return RelationsError(
        f"mermaid: {problem}, the most that Mermaid draws",
        f"narrow it by {', by '.join(smaller)}; or use another --format",
    )


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "flowchart LR"
    yield "  %% --> must be done first; -.-> should be done first; x-.-x not together"
    if drawing.left_out:
        yield f"  %% tickets without an edge, not drawn: {drawing.left_out}"
    for key, ticket in drawing.nodes.items():
        yield f"  {key}{_node(ticket)}"
    for edge in drawing.edges:
        label = edge_label(edge.relation)
        arrow = _ARROWS[edge.relation.cls]
        yield f"  {edge.start} {arrow}{f'|{_label(label)}|' if label else ''} {edge.end}"
    yield from _styles(drawing)


def _node(ticket: TicketInfo) -> str:
    opening, closing = _UNKNOWN_SHAPE if ticket.state is None else _SHAPES[State(ticket.state)]
    lines = [*title_lines(ticket, _TITLE_COLUMNS, 1), name_line(ticket)]
    return f"{opening}{_quoted(lines)}{closing}"


def _quoted(lines: list[str]) -> str:
    escaped = "<br>".join(_label(line) for line in lines)
    return f'"{escaped}"'


def _label(text: str) -> str:
    """`text` with each character that could have a meaning as a numeric entity."""
    for part in _ALWAYS_READ:
        while part in text:
            text = text.replace(part, f"{part[0]}{_JOINER}{part[1:]}")
    return "".join(
        character if character.isalnum() or character in _PLAIN else f"#{ord(character)};"
        for character in text
    )


def _styles(drawing: Drawing) -> Iterator[str]:
    """Only strokes are styled, so that the diagram is readable on light and dark grounds."""
    dashed = [
        key
        for key, ticket in drawing.nodes.items()
        if ticket.state is None or ticket.state == State.PLANNING
    ]
    if dashed:
        yield "  classDef dashed stroke-dasharray:4 3"
        yield f"  class {','.join(dashed)} dashed"
    if drawing.named:
        yield "  classDef named stroke-width:3px"
        yield f"  class {','.join(key for key in drawing.nodes if key in drawing.named)} named"
    ended = [str(n) for n, e in enumerate(drawing.edges) if e.relation.inactive_reason]
    if ended:
        yield f"  linkStyle {','.join(ended)} opacity:0.5"
    cycle = [str(n) for n, e in enumerate(drawing.edges) if e.on_cycle]
    if cycle:
        yield f"  linkStyle {','.join(cycle)} stroke:{CYCLE_COLOUR}"
