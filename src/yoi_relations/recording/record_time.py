"""The time of a new record: later than what it ends or replaces, even if another clock was fast.

It is a simple hybrid logical clock (Kulkarni and others, "Logical Physical Clocks", 2014): the time
of this machine, unless a record that must be earlier has a later one.
"""

from __future__ import annotations

from yoi_relations.errors import UsageError
from yoi_relations.files.times import is_beyond_a_day, now, parse_instant, second_after
from yoi_relations.kinds import SHOWN_NOTES, Kind
from yoi_relations.lean.types import Connection
from yoi_relations.queries.command_lines import RecordNames, retire_template
from yoi_relations.queries.records import (
    StoredRecord,
    find_latest_record,
    held_by,
    not_retired,
    shown_as,
)


def time_of_record(
    connection: Connection, kind: Kind, holder: str, replaced: StoredRecord | None
) -> str:
    """The time of a new record about `holder`, the id of a ticket: RFC 3339 in UTC.

    For an edge it is now. For a note or a plan it is at least one second after the latest note or
    plan of the ticket that is not retired; one that is to be replaced does not count.

    Raises:
        UsageError: the latest note or plan is more than a day ahead of the clock.
    """
    present = now()
    if not kind.is_note:
        return present
    latest = find_latest_record(
        connection,
        shown_as(SHOWN_NOTES),
        held_by([holder]),
        not_retired(replaced.id if replaced else None),
    )
    if latest is None or latest.at is None:
        return present
    if is_beyond_a_day(latest.at):
        name = RecordNames.load(connection).of(latest)
        raise UsageError(
            f"{latest.place}: is dated {latest.at}, more than a day ahead of this clock",
            f"if that is wrong, retire it first: {retire_template(name)}",
        )
    return max(present, second_after(latest.at), key=lambda at: parse_instant(at)[1])
