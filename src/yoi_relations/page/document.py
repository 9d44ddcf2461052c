"""The JSON value that the page shows: the document of `graph`, limited in size, and its maps."""

from __future__ import annotations

from yoi_relations.kinds import SEQUENCE_CLASSES, RelationClass
from yoi_relations.page.links import Link
from yoi_relations.page.map import Line, draw_map
from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.overview import Overview, group_of
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.documents import Value
from yoi_relations.render.glyphs import short_ids
from yoi_relations.render.graph import graph_document
from yoi_relations.render.phrases import (
    GROUP_TITLES,
    PHRASES,
    REASON_PHRASES,
    SAID_IN_WORDS,
    WHOLE_SENTENCES,
)

MAX_TICKETS, MAX_RELATIONS = 2_000, 4_000
"""What a page shows; beyond, a browser takes seconds."""
_GROUPS = list(GROUP_TITLES)
_WORDS: Value = {
    "groups": GROUP_TITLES,
    "relations": {kind: list(phrases) for kind, phrases in PHRASES.items()},
    "reasons": REASON_PHRASES,
    "whole_sentences": list(WHOLE_SENTENCES),
    "said_in_words": list(SAID_IN_WORDS),
}
"""What the script says in the words of a terminal."""


def page_value(catalog: Catalog, overview: Overview) -> Value:
    """An overview as the page shows it.

    No path of the machine is in it: the workspace's root is the name of its folder.

    Args:
        catalog: what was asked.
        overview: asked with relations that are not active, which the page can show and hide.
    """
    shown = _limited(overview)
    value = graph_document(catalog, shown)
    value["workspace"] = {"root": catalog.title, "tickets": catalog.tickets}
    short = short_ids(ticket.id for ticket in overview.tickets)
    for node in value["nodes"]:
        node["short_id"] = short[node["ticket"]]
    return value | {"left_out": _left_out(overview, shown), "map": _maps(shown), "words": _WORDS}


def _limited(overview: Overview) -> Overview:
    """The first tickets, by what can be done with them, and the first relations between these."""
    total = len(overview.edges) + len(overview.notes)
    if len(overview.tickets) <= MAX_TICKETS and total <= MAX_RELATIONS:
        return overview

    def position(ticket: TicketInfo) -> int:
        check = overview.checks.get(ticket.id)
        return _GROUPS.index(group_of(check)) if check else len(_GROUPS)

    tickets = sorted(sorted(overview.tickets, key=position)[:MAX_TICKETS])
    ids = {ticket.id for ticket in tickets}
    edges = [edge for edge in overview.edges if all(end.id in ids for end in edge.ends)]
    notes = [note for note in overview.notes if note.ticket.id in ids]
    first = sorted([*edges, *notes], key=lambda relation: not relation.is_active)
    kept = {id(relation) for relation in first[:MAX_RELATIONS]}
    return overview._replace(
        tickets=tickets,
        checks={id_: check for id_, check in overview.checks.items() if id_ in ids},
        edges=[edge for edge in edges if id(edge) in kept],
        notes=[note for note in notes if id(note) in kept],
        cycles=[c for c in overview.cycles if all(step.ticket.id in ids for step in c.steps)],
    )


def _left_out(overview: Overview, shown: Overview) -> Value:
    """How many tickets, relations and cycles of an overview are not shown."""
    relations = len(overview.edges) + len(overview.notes)
    groups = shown.groups()
    return {
        "tickets": len(overview.tickets) - len(shown.tickets),
        "relations": relations - len(shown.edges) - len(shown.notes),
        "cycles": len(overview.cycles) - len(shown.cycles),
        "groups": {
            group: len(checks) - len(groups[group]) for group, checks in overview.groups().items()
        },
    }


def _maps(overview: Overview) -> Value:
    """The map of the active edges, and the map of all."""
    return {
        "active": _map_value(overview.edges, inactive=False),
        "all": _map_value(overview.edges, inactive=True),
    }


def _map_value(edges: list[Relation], *, inactive: bool) -> Value:
    ranked: list[Link] = []
    conflicts: list[Link] = []
    for number, edge in enumerate(edges):
        if edge.target is None or (not edge.is_active and not inactive):
            continue
        # The target of a dependency or an ordering comes first.
        link = Link(number, edge.target.id, edge.ticket.id)
        if edge.cls in SEQUENCE_CLASSES:
            ranked.append(link)
        elif edge.cls is RelationClass.CONFLICT:
            conflicts.append(link)
    drawn = draw_map(ranked, conflicts)
    return {
        "missing": drawn.missing,
        "steps": drawn.steps,
        "width": drawn.width,
        "height": drawn.height,
        "cards": [{"ticket": id_, "x": x, "y": y} for id_, (x, y) in drawn.cards.items()],
        "lines": [dict(zip(Line._fields, line, strict=True)) for line in drawn.lines],
    }
