"""The JSON document of `graph`: tickets in groups, edges, notes and cycles.

The page embeds this document, `serve` sends it, and agents read it.
"""

from __future__ import annotations

from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.check import Check
from yoi_relations.queries.cycles import Cycle
from yoi_relations.queries.overview import Group, Overview, Selection, group_of, waits_for
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.check import check_value
from yoi_relations.render.documents import (
    Value,
    edge_fields,
    envelope,
    place_value,
    problem_fields,
    text_fields,
    word_field,
)


def graph_document(catalog: Catalog, overview: Overview) -> Value:
    """An overview as a JSON value; texts are cut as in lists."""
    return (
        envelope("graph", catalog)
        | {
            "selection": _selection_value(overview.selection),
            "unresolved": overview.unresolved,
            "nodes": catalog.placed(
                [_node_value(t, overview.checks.get(t.id)) for t in overview.tickets]
            ),
            "edges": catalog.placed([_relation_value(edge) for edge in overview.edges]),
            "notes": catalog.placed([_relation_value(note) for note in overview.notes]),
            "groups": [_group_value(group, held) for group, held in overview.groups().items()],
            "cycles": [_cycle_value(cycle) for cycle in overview.cycles],
        }
        | problem_fields(overview.problems)
    )


def _selection_value(selection: Selection) -> Value:
    return {
        "tickets": list(selection.tickets),
        "kinds": sorted(selection.kinds),
        "states": sorted(selection.states),
        "depth": selection.depth,
        "all": selection.inactive,
    }


def _node_value(ticket: TicketInfo, check: Check | None) -> Value:
    """A ticket; the fields of its check are null or empty if it has none."""
    checked: Value = (
        check_value(check, whole=False)
        if check
        else {"verdict": None, "digest": None, "plan": None, "reasons": [], "holds": []}
    )
    return {
        "ticket": ticket.id,
        "title": ticket.title,
        "state": ticket.state,
        **word_field(ticket),
        "folder": ticket.folder,
        "elsewhere": ticket.elsewhere,
        "group": group_of(check) if check else None,
        "waits_for": waits_for(check) if check else [],
    } | checked


def _relation_value(relation: Relation) -> Value:
    """An edge or a note, without what the nodes of its ends say."""
    records = {"records": [place_value(record.place) for record in relation.records]}
    return edge_fields(relation) | text_fields(relation, whole=False) | records


def _group_value(group: Group, checks: list[Check]) -> Value:
    """A group; that of held tickets says which tickets are held by the same others."""
    value: Value = {"name": group, "tickets": [check.ticket.id for check in checks]}
    if group is Group.HELD:
        by: dict[tuple[str, ...], list[str]] = {}
        for check in checks:
            by.setdefault(tuple(waits_for(check)), []).append(check.ticket.id)
        value["by"] = [{"waits_for": list(key), "tickets": ids} for key, ids in by.items()]
    return value


def _cycle_value(cycle: Cycle) -> Value:
    """A cycle; `tickets` are the tickets of its steps, in order."""
    return {
        "mixed": cycle.mixed,
        "tickets": [step.ticket.id for step in cycle.steps],
        "component": cycle.tickets,
    }
