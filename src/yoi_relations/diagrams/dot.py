"""A drawing in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.diagrams.drawing import (
    CYCLE_COLOUR,
    Drawing,
    DrawnEdge,
    edge_label,
    name_line,
    title_lines,
)
from yoi_relations.kinds import RelationClass
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.output import visible
from yoi_relations.states import State

_TITLE_COLUMNS, _TITLE_LINES = 32, 3
_STYLES = {
    State.PLANNING: "rounded,dashed",
    State.INPROGRESS: "bold",
    State.DONE: "rounded",
    State.CLOSED: "rounded",
}
_UNKNOWN_STYLE = "dashed"
_EDGES = {
    RelationClass.DEPENDENCY: {},
    RelationClass.ORDERING: {"style": "dashed"},
    RelationClass.CONFLICT: {"style": "dotted", "dir": "none", "constraint": "false"},
    RelationClass.REFERENCE: {"color": "gray50", "arrowhead": "open", "constraint": "false"},
}
"""Attributes by class. Conflicts and references do not decide what is drawn first."""


def dot_text(drawing: Drawing) -> str:
    """The drawing as a directed graph, from left to right."""
    return "".join(f"{line}\n" for line in _lines(drawing))


def edge_lines(edges: Iterable[DrawnEdge]) -> Iterator[str]:
    """The lines of these edges within a graph."""
    for edge in edges:
        yield f"  {edge.start} -> {edge.end}{_attributes(_edge(edge))};"


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "digraph relations {"
    yield "  // solid: must be done first; dashed: should be done first; dotted: not together"
    if drawing.left_out:
        yield f"  // tickets without an edge, not drawn: {drawing.left_out}"
    yield "  rankdir=LR;"
    yield '  node [shape=box, fontname="sans-serif"];'
    yield '  edge [fontname="sans-serif", fontsize=10];'
    for key, ticket in drawing.nodes.items():
        yield f"  {key}{_attributes(_node(ticket, is_named=key in drawing.named))};"
    yield from edge_lines(drawing.edges)
    yield "}"


def _node(ticket: TicketInfo, *, is_named: bool) -> dict[str, str]:
    lines = [*title_lines(ticket, _TITLE_COLUMNS, _TITLE_LINES), name_line(ticket)]
    attributes = {"label": "\n".join(lines), "tooltip": visible(ticket.title or ticket.id)}
    style = _UNKNOWN_STYLE if ticket.state is None else _STYLES.get(State(ticket.state))
    if style:
        attributes["style"] = style
    if is_named:
        attributes["penwidth"] = "2"
    return attributes


def _edge(edge: DrawnEdge) -> dict[str, str]:
    attributes = dict(_EDGES[edge.relation.cls])
    label = edge_label(edge.relation)
    if label:
        attributes["label"] = label
    if not edge.relation.is_active:
        attributes |= {"color": "gray50", "fontcolor": "gray30"}
    if edge.on_cycle:
        attributes["color"] = CYCLE_COLOUR
    return attributes


def _attributes(attributes: dict[str, str]) -> str:
    """An attribute list, with a space before it; empty if there are none."""
    listed = ", ".join(f"{name}={_quoted(value)}" for name, value in attributes.items())
    return f" [{listed}]" if listed else ""


def _quoted(text: str) -> str:
    r"""`text` as a quoted string.

    Graphviz reads ``\n`` and other escapes in labels, and HTML entities. What SVG cannot hold is
    shown as an escape.
    """
    text = text.replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
    for character, escaped in (("\\", "\\\\"), ('"', '\\"'), ("&", "&amp;"), ("\n", "\\n")):
        text = text.replace(character, escaped)
    return f'"{text}"'
