"""The JSON document of `graph`: tickets in groups, edges, notes and cycles.

The page embeds this document, `serve` sends it, and agents read it.
"""

from __future__ import annotations

from yoi_relations.index.handle import Index
from yoi_relations.queries.check import Check
from yoi_relations.queries.cycles import Cycle
from yoi_relations.queries.overview import Group, Overview, Selection, group_of, waits_for
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.check import check_value
from yoi_relations.render.documents import (
    Value,
    envelope,
    place_value,
    plan_value,
    problem_value,
    shorten,
)

GRAPH_PROBLEM_LIMIT = 200
"""Problems in the document; `problems_total` counts all of them."""


def graph_document(index: Index, overview: Overview) -> Value:
    """An overview as a JSON value; texts are cut as in lists."""
    return envelope("graph", index) | {
        "selection": _selection_value(overview.selection),
        "unresolved": overview.unresolved,
        "nodes": [_node_value(t, overview.checks.get(t.id)) for t in overview.tickets],
        "edges": [_relation_value(edge) for edge in overview.edges],
        "notes": [_relation_value(note) for note in overview.notes],
        "groups": [_group_value(group, held) for group, held in overview.groups().items()],
        "cycles": [_cycle_value(cycle) for cycle in overview.cycles],
        "problems": [problem_value(p) for p in overview.problems[:GRAPH_PROBLEM_LIMIT]],
        "problems_total": len(overview.problems),
    }


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
        "folder": ticket.folder,
        "elsewhere": ticket.elsewhere,
        "group": group_of(check) if check else None,
        "waits_for": waits_for(check) if check else [],
    } | checked


def _relation_value(relation: Relation) -> Value:
    """An edge or a note, without what the nodes of its ends say."""
    latest = relation.latest_record
    note = shorten(latest.note)
    plan = plan_value(latest, whole=False)
    return {
        "class": relation.cls,
        "kind": relation.kind,
        "ticket": relation.ticket.id,
        "target": relation.target.id if relation.target else None,
        "active": relation.is_active,
        "inactive_reason": relation.inactive_reason,
        "note": note,
        "note_truncated": note != latest.note or (plan or {}).get("summary") != latest.summary,
        "plan": plan,
        "author": latest.author,
        "at": latest.at,
        "records": [place_value(record.place) for record in relation.records],
    }


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
