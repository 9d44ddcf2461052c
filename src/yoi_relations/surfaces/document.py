"""Answers as values for JSON: one envelope for every command."""

from __future__ import annotations

import os

from yoi_relations.files.scan import printable
from yoi_relations.index import store
from yoi_relations.index.refresh import Index
from yoi_relations.queries.check import Check, Checked
from yoi_relations.queries.counts import Counts
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.reasons import Reason
from yoi_relations.queries.relations import Answer, Filter, Relation
from yoi_relations.queries.statements import Statement
from yoi_relations.typed import Any

SCHEMA_VERSION = 1
LIST_NOTE_LIMIT = 2048
"""UTF-8 bytes of a text in a list; `show TICKET` gives all of it."""
LISTED_PROBLEMS = 200
"""Problems that an answer without a limit of its own lists."""

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
            "digest": index.identity.digest,
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
        "relations": [relation_value(one, asked.ticket) for one in answer.relations],
        "problems": [problem_value(one) for one in problems],
        "problems_total": len(answer.problems),
    }


def relation_value(relation: Relation, ticket: str | None) -> Value:
    """One relation; texts are cut in a list, and whole where `ticket` was asked for."""
    voice, whole = relation.voice, ticket is not None
    plan = _plan_value(voice, whole=whole)
    said = [voice.note, voice.summary, voice.role_plan]
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
        "note": shorten(voice.note, whole=whole),
        "note_truncated": any(text != shorten(text, whole=whole) for text in said),
        "plan": plan,
        "author": voice.author,
        "at": voice.at,
        "records": [record_value(one, said=voice.note, whole=whole) for one in relation.records],
    }


def record_value(record: Statement, *, said: str | None = None, whole: bool = True) -> Value:
    """One record; its note is left out where it equals `said`, the relation's own."""
    note = None if record.note == said else record.note
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
        "retired_by": record.retired_by,
        "retired_reason": record.retired_reason,
    }


def check_document(index: Index, checked: Checked) -> Value:
    """The answer of `check`."""
    problems = checked.problems[:LISTED_PROBLEMS]
    return envelope("check", index) | {
        "checks": [check_value(one) for one in checked.checks],
        "problems": [problem_value(one) for one in problems],
        "problems_total": len(checked.problems),
    }


def check_value(check: Check) -> Value:
    """The check of one ticket."""
    return {
        "ticket": check.ticket.id,
        "title": check.ticket.title,
        "state": check.ticket.state,
        "verdict": check.verdict.word,
        "digest": check.digest,
        "plan": _plan_value(check.plan.voice, whole=True) if check.plan else None,
        "reasons": [_reason_value(reason) for reason in check.reasons],
    }


def _reason_value(reason: Reason) -> Value:
    relation, other = reason.relation, reason.other
    return {
        "verdict": reason.verdict.word,
        "code": reason.code,
        "class": relation.cls if relation else None,
        "kind": relation.kind if relation else None,
        "sentence": reason.sentence,
        "ticket": other.id if other else None,
        "title": other.title if other else None,
        "state": other.state if other else None,
        "note": relation.voice.note if relation else None,
        "records": [
            {"id": place.id, "path": place.path, "line": place.line} for place in reason.records
        ],
    }


def problem_value(problem: Problem) -> Value:
    """One problem."""
    return {"path": problem.path, "line": problem.line, "message": problem.message}


def shorten(text: str | None, *, whole: bool = False) -> str | None:
    """`text` as a list gives it: its first `LIST_NOTE_LIMIT` bytes."""
    if text is None or whole or len(data := text.encode()) <= LIST_NOTE_LIMIT:
        return text
    return data[:LIST_NOTE_LIMIT].decode("utf-8", "ignore")


def _plan_value(voice: Statement, *, whole: bool) -> Value | None:
    if voice.summary is None:
        return None
    return {
        "summary": shorten(voice.summary, whole=whole),
        "branch": voice.branch,
        "worktree": voice.worktree,
        "role_plan": shorten(voice.role_plan, whole=whole),
    }


def _end(relation: Relation, ticket: str | None) -> str | None:
    if ticket is None:
        return None
    return "ticket" if relation.ticket.id == ticket else "target"


def status_document(document: str, index: Index, counts: Counts) -> Value:
    """The answer of `status` and of `rebuild`: the index as it was found, the files as they are."""
    workspace = index.workspace
    return envelope(document, index) | {
        "index": {
            "path": os.path.relpath(store.index_path(workspace), workspace.root),
            "found": index.found,
            "schema_version": store.SCHEMA_VERSION,
            "parser_version": store.PARSER_VERSION,
            "generation": index.published.number if index.published else None,
            "built_at": index.published.built_at if index.published else None,
        },
        "tickets": counts.tickets,
        "records": counts.records,
        "relations": counts.relations,
        "active": counts.active,
        "problems_total": counts.problems,
    }
