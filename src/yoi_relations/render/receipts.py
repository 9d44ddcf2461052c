"""Writes the answers of `add` and `retire`: what a record means now, and where its file is."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.errors import ExitCode
from yoi_relations.kinds import Edge, sentence
from yoi_relations.queries.command_lines import RecordNames, unique_by_id
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.recording.outcome import Outcome, RecordingResult
from yoi_relations.render.documents import Value, envelope, place_value, plan_value, record_value
from yoi_relations.render.output import Mode, json_line, notice, visible_lines, write_answer

_STILL_STATED_LIMIT = 50
"""Records that still state a retired relation, of which each has a line."""
_WARNING_LIMIT = 5
"""Warnings in an answer; further ones are counted."""


def write_added(mode: Mode, done: RecordingResult) -> ExitCode:
    """Write the answer of `add`."""
    (entry,) = done.outcomes
    if mode is Mode.JSON:
        write_answer(json_line(added_document(done)))
        return ExitCode.DONE
    verb = "recorded" if entry.is_new else "already recorded"
    lines = [entry.relation.sentence, f"{verb} in {entry.record.place}"]
    if entry.retirement:
        lines.append(f"the note that it replaces is retired in {entry.retirement}")
    if entry.relation.inactive_reason:
        lines.append(f"not active: {entry.relation.inactive_reason}")
    write_answer(visible_lines(lines))
    for warning in entry.warnings[:_WARNING_LIMIT]:
        notice(f"warning: {warning}", mode)
    more = len(entry.warnings) - _WARNING_LIMIT
    if more > 0:
        notice(f"warning: and {more} more", mode)
    return ExitCode.DONE


def write_retired(mode: Mode, done: RecordingResult) -> ExitCode:
    """Write the answer of `retire`."""
    if mode is Mode.JSON:
        write_answer(json_line(retired_document(done)))
    else:
        names = RecordNames.load(done.index.connection)
        lines = (line for entry in done.outcomes for line in _retired_lines(entry, names))
        write_answer(visible_lines(lines))
    return ExitCode.DONE


def added_document(done: RecordingResult) -> Value:
    """The answer of `add` as a JSON value."""
    (entry,) = done.outcomes
    return envelope("add", done.index) | {
        "changed": entry.changed,
        "sentence": entry.relation.sentence,
        **_activity(entry.relation),
        "record": record_value(entry.record),
        "plan": plan_value(entry.record, whole=True),
        "retirement": place_value(entry.retirement) if entry.retirement else None,
        "warnings": list(entry.warnings[:_WARNING_LIMIT]),
        "warnings_total": len(entry.warnings),
    }


def retired_document(done: RecordingResult) -> Value:
    """The answer of `retire` as a JSON value: that of the first record; `also` has the others."""
    first, *others = map(_retired_value, done.outcomes)
    return envelope("retire", done.index) | first | {"also": others}


def _retired_value(entry: Outcome) -> Value:
    stated = entry.relation.sentence
    still = [record for record in entry.relation.records if not record.retired_at]
    also_retired = [
        {"sentence": _sentence_of(record), "record": place_value(record.place)}
        for record in entry.also_retired
    ]
    counts_again = [
        {"sentence": relation.sentence, "record": place_value(relation.latest_record.place)}
        for relation in entry.counts_again
    ]
    return {
        "changed": entry.changed,
        "sentence": f"{stated}: this record is retired, other records still state it"
        if still
        else f"retired: {stated}",
        **_activity(entry.relation),
        "record": record_value(entry.record),
        "retirement": place_value(entry.retirement) if entry.retirement else None,
        "also_retired": also_retired,
        "still_stated_by": [place_value(record.place) for record in still],
        "counts_again": counts_again,
    }


def _retired_lines(entry: Outcome, names: RecordNames) -> Iterator[str]:
    yield entry.relation.sentence
    at = entry.record.retired_at
    yield f"retired in {entry.retirement}" if entry.retirement else f"already retired at {at}"
    for record in entry.also_retired:
        yield f"also retired: {_sentence_of(record)}, in {record.place}"
    still = unique_by_id(entry.relation.records)
    for record in still[:_STILL_STATED_LIMIT]:
        yield f"still stated by {names.with_place(record, f' ({record.kind})')}"
    if len(still) > _STILL_STATED_LIMIT:
        yield f"still stated by {len(still) - _STILL_STATED_LIMIT} more; --json lists all of them"
    for relation in entry.counts_again:
        yield f"counts again: {relation.sentence}, {names.with_place(relation.latest_record)}"


def _sentence_of(record: StoredRecord) -> str:
    """What one record states, as a sentence."""
    return sentence(Edge(record.shown, record.edge_ticket, record.edge_target))


def _activity(relation: Relation) -> Value:
    reason = relation.inactive_reason
    return {"active": reason is None, "inactive_reason": reason}
