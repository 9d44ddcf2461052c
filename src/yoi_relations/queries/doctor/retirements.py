"""Retirements that retire nothing, or at an odd time; and times that the clock has not reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.files.times import is_ahead, is_beyond_a_day, parse_instant
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.command_lines import RecordNames, shell_line
from yoi_relations.queries.doctor.findings import Code, Finding, found_at, found_in
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.retirements import LostRetirement, lost_retirements
from yoi_relations.queries.tickets import TicketInfo


class _Mark(NamedTuple):
    """Where and when a record was retired; `path` is that of the file that says so."""

    path: str
    holder: str
    retires: str
    at: str


def wrong_retirements(
    connection: Connection, relations: Iterable[Relation], tickets: Mapping[str, TicketInfo]
) -> Iterator[Finding]:
    """Retirements without a record, before their record, or ahead of the clock.

    Args:
        connection: the index.
        relations: all of the workspace.
        tickets: by id, those that there are.
    """
    records = {(record.holder, record.id): record for one in relations for record in one.records}
    for lost in lost_retirements(connection):
        yield _lost(lost, history=tickets[lost.holder].resolved)
    for mark in _load_marks(connection):
        if is_ahead(mark.at):
            yield _ahead(mark)
        record = records.get((mark.holder, mark.retires))
        if record is not None and parse_instant(mark.at)[1] < record.at_key:
            yield _early(mark, record, history=tickets[mark.holder].resolved)


def times_ahead(relations: Iterable[Relation], names: RecordNames) -> Iterator[Finding]:
    """Records whose time the clock has not reached.

    Args:
        relations: all of the workspace.
        names: what records are called.
    """
    for relation in relations:
        for record in relation.records:
            if is_ahead(record.at):
                said = f"{relation.sentence}, as recorded at {record.at}, which is ahead of now"
                instead = _instead(relation, record, names)
                hint = f"make sure of this clock; if the time is wrong, {instead}"
                near = bool(record.retired_at) or not is_beyond_a_day(record.at)
                ends = [end.id for end in relation.ends]
                yield found_in(record, Code.TIME_AHEAD, said, hint, ends).graded(history=near)


def _instead(relation: Relation, record: StoredRecord, names: RecordNames) -> str:
    """What to do about a record with a wrong time; notes and plans count by their time."""
    if record.retired_at:
        return "nothing needs to be done, because it is retired"
    if record.shown == "waiting":
        return (
            "record the same note again in its place: relations add TICKET waiting --note NOTE"
            f" --replaces {shell_line(names.of(record)) or 'PATH'}"
        )
    return f"{names.retiring(relation)}, and record it again with the same text"


def _load_marks(connection: Connection) -> list[_Mark]:
    """All retirements, in files of their own and within records."""
    rows = connection.execute(
        "SELECT source.path, retirement.holder, retirement.retires, retirement.retired_at"
        " FROM retirement JOIN source ON source.id = retirement.source_id"
        " UNION ALL SELECT source.path, record.holder, record.record_id, record.retired_at"
        " FROM record JOIN source ON source.id = record.source_id"
        " WHERE record.retired_at IS NOT NULL"
    )
    return [_Mark(*row) for row in rows]


def _lost(lost: LostRetirement, *, history: bool) -> Finding:
    said = f"retires {lost.retires}, which {lost.holder} does not hold"
    if lost.is_retirement:
        said = f"retires {lost.retires}, which is itself a retirement"
        hint = (
            "nothing needs to be retired; if the record holds again, record it with relations add"
        )
    elif lost.elsewhere:
        said += f"; {' and '.join(lost.elsewhere)} {'do' if len(lost.elsewhere) > 1 else 'does'}"
        hint = (
            f"if the record of {lost.elsewhere[0]} is meant, retire that one, by its path:"
            " relations retire PATH --reason WHY"
        )
    else:
        hint = (
            "if a record of this ticket is meant that was edited or renamed since, and is over,"
            " retire it by its present id: relations retire RECORD --reason WHY"
        )
    about = [lost.holder, *lost.elsewhere]
    return found_at(lost.path, Code.LOST_RETIREMENT, said, hint, about).graded(history=history)


def _early(mark: _Mark, record: StoredRecord, *, history: bool) -> Finding:
    said = f"retires {mark.retires} at {mark.at}, before that was recorded at {record.at}"
    hint = "a clock was wrong; it counts as retired, so record it again if it holds"
    found = found_at(mark.path, Code.EARLY_RETIREMENT, said, hint, [mark.holder])
    return found.graded(history=history)


def _ahead(mark: _Mark) -> Finding:
    said = f"retires {mark.retires} at {mark.at}, which is ahead of now"
    hint = "make sure of the clocks; it counts as retired whatever the time is"
    near = not is_beyond_a_day(mark.at)
    return found_at(mark.path, Code.TIME_AHEAD, said, hint, [mark.holder]).graded(history=near)
