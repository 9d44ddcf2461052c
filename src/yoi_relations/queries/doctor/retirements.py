"""Retirements without a record or with a wrong time, and records with a time in the future."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.files.times import is_ahead, is_beyond_a_day, parse_instant
from yoi_relations.queries.command_lines import RecordNames, shell_line
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_at, found_in
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.retirements import (
    LostRetirement,
    StoredRetirement,
    load_lost_retirements,
    load_own_retirements,
    load_retirements,
)


def wrong_retirements(contents: Contents) -> Iterator[Finding]:
    """Retirements without a record, before their record, or in the future."""
    connection, tickets = contents.connection, contents.tickets
    records = {
        (record.holder, record.id): record
        for relation in contents.relations
        for record in relation.records
    }
    for lost in load_lost_retirements(connection):
        yield _lost(lost, history=tickets[lost.retirement.holder].resolved)
    for retirement in (*load_retirements(connection), *load_own_retirements(connection)):
        if is_ahead(retirement.at):
            yield _ahead(retirement)
        record = records.get((retirement.holder, retirement.retires))
        if record is not None and parse_instant(retirement.at)[1] < record.at_key:
            yield _early(retirement, record, history=tickets[retirement.holder].resolved)


def times_ahead(contents: Contents) -> Iterator[Finding]:
    """Records whose time is in the future."""
    for relation in contents.relations:
        for record in relation.records:
            if record.at and is_ahead(record.at):
                text = f"{relation.sentence}, as recorded at {record.at}, which is in the future"
                advice = _advice_for_wrong_time(relation, record, contents.names)
                hint = f"check this clock; if the time is wrong, {advice}"
                near = record.is_retired or not is_beyond_a_day(record.at)
                ends = [end.id for end in relation.ends]
                yield found_in(record, Code.TIME_AHEAD, text, hint, ends).graded(history=near)


def _advice_for_wrong_time(relation: Relation, record: StoredRecord, names: RecordNames) -> str:
    """What to do about a record with a wrong time; the time of notes and plans matters."""
    if record.is_retired:
        return "do nothing, because the record is retired"
    if record.shown == "waiting":
        return (
            "record the same note again in its place: relations add TICKET waiting --note NOTE"
            f" --replaces {shell_line(names.of(record)) or 'PATH'}"
        )
    return f"{names.retiring(relation)}, and record it again with the same text"


def _lost(lost: LostRetirement, *, history: bool) -> Finding:
    path, _, holder, retires, _ = lost.retirement
    others = lost.other_holders
    text = f"retires {retires}, which {holder} does not hold"
    if lost.is_retirement:
        text = f"retires {retires}, which is itself a retirement"
        hint = "nothing to retire; if the record holds again, record it again with relations add"
    elif others:
        text += f"; {' and '.join(others)} {'do' if len(others) > 1 else 'does'}"
        hint = (
            f"if the record of {others[0]} is meant, retire that record by its path:"
            " relations retire PATH --reason WHY"
        )
    else:
        hint = (
            "if it was meant for a record of this ticket that was edited or renamed since, retire"
            " that record by its present id: relations retire RECORD --reason WHY"
        )
    finding = found_at(path, Code.LOST_RETIREMENT, text, hint, [holder, *others])
    return finding.graded(history=history)


def _early(retirement: StoredRetirement, record: StoredRecord, *, history: bool) -> Finding:
    path, _, holder, retires, at = retirement
    text = f"retires {retires} at {at}, which was recorded later, at {record.at}"
    hint = "a clock was wrong; the record counts as retired, so record it again if it holds"
    finding = found_at(path, Code.EARLY_RETIREMENT, text, hint, [holder])
    return finding.graded(history=history)


def _ahead(retirement: StoredRetirement) -> Finding:
    path, _, holder, retires, at = retirement
    text = f"retires {retires} at {at}, which is in the future"
    hint = "check the clocks; the record counts as retired whatever the time is"
    finding = found_at(path, Code.TIME_AHEAD, text, hint, [holder])
    return finding.graded(history=not is_beyond_a_day(at))
