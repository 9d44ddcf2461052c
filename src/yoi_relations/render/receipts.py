"""Writes the answers of the commands that record: what it comes to, and where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.errors import ExitCode
from yoi_relations.kinds import Edge, sentence
from yoi_relations.queries.command_lines import RecordNames, unique_by_id
from yoi_relations.queries.records import RecordPlace, StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.recording.outcome import Outcome, RecordingResult
from yoi_relations.render import documents
from yoi_relations.render.documents import Value
from yoi_relations.render.output import Mode, json_line, notice, visible, write_answer

_LISTED = 50
"""Records that a line each tells of."""
_MOST_WARNINGS = 5
"""Warnings that an answer holds; of more, it says how many there are."""


def added(mode: Mode, done: RecordingResult) -> ExitCode:
    """Write the answer of `add`."""
    (entry,) = done.outcomes
    if mode is Mode.JSON:
        write_answer(json_line(added_document(done)))
        return ExitCode.DONE
    lines = [entry.relation.sentence]
    lines.append(f"{'recorded' if entry.is_new else 'already recorded'} in {entry.record.place}")
    if entry.retirement:
        lines.append(f"the note that it replaces is retired in {entry.retirement}")
    if entry.relation.inactive_reason:
        lines.append(f"not active: {entry.relation.inactive_reason}")
    _write(lines)
    more = len(entry.warnings) - _MOST_WARNINGS
    for warning in (*entry.warnings[:_MOST_WARNINGS], *([f"and {more} more"] if more > 0 else ())):
        notice(f"warning: {warning}", mode)
    return ExitCode.DONE


def retired(mode: Mode, done: RecordingResult) -> ExitCode:
    """Write the answer of `retire`."""
    if mode is Mode.JSON:
        write_answer(json_line(retired_document(done)))
    else:
        names = RecordNames.load(done.index.connection)
        _write(line for entry in done.outcomes for line in _retired_lines(entry, names))
    return ExitCode.DONE


def added_document(done: RecordingResult) -> Value:
    """The answer of `add` as a value."""
    (entry,) = done.outcomes
    return documents.envelope("add", done.index) | {
        "changed": entry.changed,
        "sentence": entry.relation.sentence,
        **_standing(entry.relation),
        "record": documents.record_value(entry.record),
        "plan": documents.plan_value(entry.record, whole=True),
        "retirement": _place(entry.retirement) if entry.retirement else None,
        "warnings": list(entry.warnings[:_MOST_WARNINGS]),
        "warnings_total": len(entry.warnings),
    }


def retired_document(done: RecordingResult) -> Value:
    """The answer of `retire` as a value: of the first record, and in `also` of the others."""
    first, *others = map(_retired_value, done.outcomes)
    return documents.envelope("retire", done.index) | first | {"also": others}


def _retired_value(entry: Outcome) -> Value:
    still = [_place(record.place) for record in _still_stating(entry)]
    also = [{"sentence": _said_by(one), "record": _place(one.place)} for one in entry.also_retired]
    again = [
        {"sentence": one.sentence, "record": _place(one.latest_record.place)}
        for one in entry.counts_again
    ]
    return {
        "changed": entry.changed,
        "sentence": _outcome(entry),
        **_standing(entry.relation),
        "record": documents.record_value(entry.record),
        "retirement": _place(entry.retirement) if entry.retirement else None,
        "also_retired": also,
        "still_stated_by": still,
        "counts_again": again,
    }


def _retired_lines(entry: Outcome, names: RecordNames) -> Iterator[str]:
    yield entry.relation.sentence
    at = entry.record.retired_at
    yield f"retired in {entry.retirement}" if entry.retirement else f"already retired at {at}"
    for record in entry.also_retired:
        yield f"also retired: {_said_by(record)}, in {record.place}"
    still = unique_by_id(entry.relation.records)
    for record in still[:_LISTED]:
        yield f"still stated by {names.with_place(record, f' ({record.kind})')}"
    if len(still) > _LISTED:
        yield f"still stated by {len(still) - _LISTED} more; --json lists all of them"
    for one in entry.counts_again:
        yield f"counts again: {one.sentence}, {names.with_place(one.latest_record)}"


def _outcome(entry: Outcome) -> str:
    """What became of the relation, in a sentence."""
    if _still_stating(entry):
        return f"{entry.relation.sentence}: this record is retired, others state it still"
    return f"retired: {entry.relation.sentence}"


def _still_stating(entry: Outcome) -> list[StoredRecord]:
    return [record for record in entry.relation.records if not record.retired_at]


def _said_by(record: StoredRecord) -> str:
    """What one record says, as a sentence."""
    return sentence(Edge(record.shown, record.edge_ticket, record.edge_target))


def _standing(relation: Relation) -> Value:
    reason = relation.inactive_reason
    return {"active": reason is None, "inactive_reason": reason}


def _place(place: RecordPlace) -> Value:
    return {"id": place.id, "path": place.path, "line": place.line}


def _write(lines: Iterable[str]) -> None:
    write_answer("".join(f"{visible(line)}\n" for line in lines))
