"""JSON values that several answers share; the value of each answer starts with one envelope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yoi_relations.lean.types import TYPE_CHECKING, Any
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.records import RecordPlace, StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.output import JSON_VERSION

if TYPE_CHECKING:
    from yoi_relations.history.lives import Commit
    from yoi_relations.queries.catalog import Catalog
    from yoi_relations.queries.provenance import Provenance
    from yoi_relations.queries.show import Answer, Filter

LIST_NOTE_LIMIT = 280
"""Characters of a text in a list; `show TICKET` and `show RECORD` give the whole text."""

PROBLEM_LIMIT = 200
"""Problems of an answer that has no limit of its own; `problems_total` counts all of them."""

Value = dict[str, Any]


def bare_document(name: str) -> Value:
    """The fields that every answer starts with, also without a workspace."""
    return {"schema_version": JSON_VERSION, "document": name}


def envelope(document: str, catalog: Catalog) -> Value:
    """The fields that every answer from a catalog starts with; `document` is its name."""
    return bare_document(document) | catalog.origin()


def relations_document(
    catalog: Catalog,
    criteria: Filter,
    answer: Answer,
    provenance: Mapping[tuple[str, str], Provenance] | None = None,
) -> Value:
    """The answer of `show`; with `provenance`, also where each record comes from."""
    return (
        envelope("relations", catalog)
        | {
            "count": answer.total,
            "returned": len(answer.relations),
            "truncated": len(answer.relations) < answer.total,
            "relations": catalog.placed(
                [
                    relation_value(relation, criteria.ticket, provenance, whole=criteria.whole)
                    for relation in answer.relations
                ]
            ),
        }
        | problem_fields(answer.problems, criteria.limit)
    )


def relation_value(
    relation: Relation,
    ticket: str | None,
    provenance: Mapping[tuple[str, str], Provenance] | None = None,
    *,
    whole: bool = True,
) -> Value:
    """One relation, as seen from the ticket with the id `ticket`; texts are cut unless `whole`."""
    texts = [text for record in relation.records for text in (record.note, record.retired_reason)]
    note = relation.latest_record.note
    return (
        edge_fields(relation)
        | {
            "elsewhere": _end_elsewhere(relation),
            "end": ticket and ("ticket" if relation.ticket.id == ticket else "target"),
            "ticket_title": relation.ticket.title,
            "ticket_state": relation.ticket.state,
            "target_title": relation.target.title if relation.target else None,
            "target_state": relation.target.state if relation.target else None,
        }
        | word_field(relation.ticket, "ticket_word")
        | word_field(relation.target, "target_word")
        | text_fields(relation, texts, whole=whole)
        | {
            "records": [
                record_value(record, relation_note=note, whole=whole)
                | ({} if provenance is None else _provenance_fields(provenance[record.key]))
                for record in relation.records
            ],
        }
    )


def edge_fields(relation: Relation) -> Value:
    """What a relation links, and whether it is active."""
    return {
        "class": relation.cls.value,
        "kind": relation.kind,
        "ticket": relation.ticket.id,
        "target": relation.target.id if relation.target else None,
        "active": relation.is_active,
        "inactive_reason": relation.inactive_reason,
    }


def word_field(ticket: TicketInfo | None, key: str = "word") -> Value:
    """The word of another tool for the state of a ticket; empty for a ticket of yoi."""
    return {} if ticket is None or ticket.word is None else {key: ticket.word}


def text_fields(relation: Relation, more: Iterable[str | None] = (), *, whole: bool) -> Value:
    """What the latest record of a relation says; its texts and `more` may be cut."""
    latest = relation.latest_record
    texts = (latest.note, latest.summary, latest.role_plan, *more)
    return {
        "note": shorten(latest.note, whole=whole),
        "note_truncated": any(text != shorten(text, whole=whole) for text in texts),
        "plan": plan_value(latest, whole=whole),
        "author": latest.author,
        "at": latest.at,
    }


def _end_elsewhere(relation: Relation) -> str | None:
    """The end that is a ticket of another workspace; one end at least holds a record here."""
    if relation.ticket.elsewhere:
        return "ticket"
    return "target" if relation.target and relation.target.elsewhere else None


def record_value(
    record: StoredRecord, *, relation_note: str | None = None, whole: bool = True
) -> Value:
    """One record; its note is null if it equals `relation_note`. Texts are cut unless `whole`."""
    note = None if record.note == relation_note else record.note
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


def _provenance_fields(found: Provenance) -> Value:
    return {"commit": commit_value(found.commit), "how": found.how_word}


def commit_value(commit: Commit | None) -> Value | None:
    """A commit; None if there is none."""
    if commit is None:
        return None
    return {"id": commit.id, "time": commit.time, "author": commit.author}


def problem_fields(problems: Sequence[Problem], limit: int = PROBLEM_LIMIT) -> Value:
    """The first `limit` problems, or all if it is 0; and their number."""
    return {
        "problems": [problem_value(problem) for problem in problems[: limit or None]],
        "problems_total": len(problems),
    }


def problem_value(problem: Problem) -> Value:
    """One problem."""
    return {"path": problem.path, "line": problem.line, "message": problem.message}


def place_value(place: RecordPlace) -> Value:
    """Where a record is; the id is null if only the file is known."""
    return {"id": place.id or None, "path": place.path, "line": place.line}


def shorten(text: str | None, *, whole: bool = False) -> str | None:
    """The first `LIST_NOTE_LIMIT` characters of `text`; all of it if `whole`."""
    return text if text is None or whole else text[:LIST_NOTE_LIMIT]


def marked(text: str | None, *, whole: bool = False) -> str | None:
    """`text` as `shorten` cuts it, with an ellipsis if it is cut."""
    short = shorten(text, whole=whole)
    return short if short == text else f"{short}…"


def plan_value(record: StoredRecord, *, whole: bool) -> Value | None:
    """The plan that a record accepts; None if it is not an accepted plan."""
    if record.summary is None:
        return None
    return {
        "summary": shorten(record.summary, whole=whole),
        "branch": record.branch,
        "worktree": record.worktree,
        "role_plan": shorten(record.role_plan, whole=whole),
    }
