"""Answers as values for JSON: one envelope for every command."""

from __future__ import annotations

from yoi_relations.files.workspace import printable
from yoi_relations.index.handle import Index
from yoi_relations.lean.types import Any
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.show import Answer, Filter
from yoi_relations.render.output import SCHEMA_VERSION

LIST_NOTE_LIMIT = 280
"""Characters of a text in a list; `show TICKET` and `show RECORD` give all of it."""

Value = dict[str, Any]


def envelope(document: str, index: Index) -> Value:
    """What every answer starts with."""
    workspace = index.workspace
    return {
        "schema_version": SCHEMA_VERSION,
        "document": document,
        "workspace": {
            "root": printable(workspace.root),
            "tickets_root": printable(workspace.tickets_root),
            "tickets": index.tickets,
        },
        "freshness": {
            "trust": index.trust,
            "digest": index.generation.digest,
            "sources": index.sources,
        },
    }


def relations_document(index: Index, asked: Filter, answer: Answer) -> Value:
    """The answer of `show`."""
    problems = answer.problems[: asked.limit or None]
    return envelope("relations", index) | {
        "count": answer.total,
        "returned": len(answer.relations),
        "truncated": len(answer.relations) < answer.total,
        "relations": [
            relation_value(one, asked.ticket, whole=asked.whole) for one in answer.relations
        ],
        "problems": [problem_value(one) for one in problems],
        "problems_total": len(answer.problems),
    }


def relation_value(relation: Relation, ticket: str | None, *, whole: bool = True) -> Value:
    """One relation, as seen from `ticket`; texts are cut unless `whole`."""
    latest_record = relation.latest_record
    plan = plan_value(latest_record, whole=whole)
    said = [latest_record.summary, latest_record.role_plan]
    said += [text for one in relation.records for text in (one.note, one.retired_reason)]
    return {
        "class": relation.cls.value,
        "kind": relation.kind,
        "ticket": relation.ticket.id,
        "target": relation.target.id if relation.target else None,
        "active": relation.inactive_reason is None,
        "inactive_reason": relation.inactive_reason,
        "end": _end(relation, ticket),
        "ticket_title": relation.ticket.title,
        "ticket_state": relation.ticket.state,
        "target_title": relation.target.title if relation.target else None,
        "target_state": relation.target.state if relation.target else None,
        "note": shorten(latest_record.note, whole=whole),
        "note_truncated": any(text != shorten(text, whole=whole) for text in said),
        "plan": plan,
        "author": latest_record.author,
        "at": latest_record.at,
        "records": [
            record_value(one, said=latest_record.note, whole=whole) for one in relation.records
        ],
    }


def record_value(record: StoredRecord, *, said: str | None = None, whole: bool = True) -> Value:
    """One record; its note is left out where it equals `said`, the relation's own."""
    note = None if record.note == said else record.note
    reason = shorten(record.retired_reason, whole=whole)
    retired = {"retired_by": record.retired_by, "retired_reason": reason}
    return {
        "id": record.id,
        "format": record.format,
        "kind": record.kind,
        "holder": record.holder,
        "target": record.target,
        "note": shorten(note, whole=whole),
        "author": record.author,
        "at": record.at,
        "path": record.path,
        "line": record.line,
        "retired_at": record.retired_at,
    } | (retired if record.retired_at else {})


def problem_value(problem: Problem) -> Value:
    """One problem."""
    return {"path": problem.path, "line": problem.line, "message": problem.message}


def shorten(text: str | None, *, whole: bool = False) -> str | None:
    """`text` as a list gives it: its first `LIST_NOTE_LIMIT` characters."""
    return text if text is None or whole else text[:LIST_NOTE_LIMIT]


def plan_value(latest_record: StoredRecord, *, whole: bool) -> Value | None:
    """The plan that a record accepts; None where it accepts none."""
    if latest_record.summary is None:
        return None
    return {
        "summary": shorten(latest_record.summary, whole=whole),
        "branch": latest_record.branch,
        "worktree": latest_record.worktree,
        "role_plan": shorten(latest_record.role_plan, whole=whole),
    }


def _end(relation: Relation, ticket: str | None) -> str | None:
    if ticket is None:
        return None
    return "ticket" if relation.ticket.id == ticket else "target"
