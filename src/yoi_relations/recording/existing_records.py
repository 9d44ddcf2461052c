"""The existing records that a new record repeats or replaces."""

from __future__ import annotations

from yoi_relations.errors import UsageError
from yoi_relations.files.record import Record
from yoi_relations.index.activity import inactive_if_recorded, outdated_notes
from yoi_relations.kinds import KINDS, Edge, RelationClass
from yoi_relations.lean.types import Connection
from yoi_relations.queries.inactive_reasons import describe_inactive
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.records import (
    StoredRecord,
    find_records,
    held_by,
    not_retired,
    shown_as,
    with_texts,
)
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.recording.retire import find_record_to_retire

_NO_PLAN = (None, None, None, None)


def find_replaced_note(
    connection: Connection, base: PathBase, holder: TicketInfo, name: str | None
) -> StoredRecord | None:
    """The waiting note of `holder` that a new one is to replace; None if `name` is None.

    Raises:
        UsageError: the record is not a waiting note of `holder`.
        NotFoundError: no record has that name, or several have.
    """
    if name is None:
        return None
    record = find_record_to_retire(connection, name, base)
    if record.cls != RelationClass.CAPACITY or record.holder != holder.id:
        raise UsageError(
            f"{record.place}: is not a waiting note of {holder.id}",
            "--replaces takes a waiting note of the same ticket",
        )
    return record


def why_waiting_is_inactive(connection: Connection, holder: TicketInfo) -> str | None:
    """Why no waiting note of `holder` is active now, in words; None if one can be."""
    edge = Edge("waiting", holder.id, None)
    return describe_inactive(inactive_if_recorded(connection, edge), holder, None)


def find_identical(
    connection: Connection, record: Record, retiring: StoredRecord | None
) -> StoredRecord | None:
    """An existing record with the words of `record` that is active if `record` would be.

    It is not retired, and no later note or plan of the ticket replaces it. The state of a ticket
    may make it inactive: then it makes `record` inactive, too. A note that is to be retired does
    not count.
    """
    excluded = retiring.id if retiring else None
    candidates = find_records(
        connection,
        held_by([record.holder]),
        shown_as([record.kind.shown]),
        not_retired(excluded),
        with_texts(record.target, record.note, *(record.plan or _NO_PLAN)),
    )
    identical = [other for other in candidates if KINDS[other.kind].written == record.kind.written]
    if identical and record.kind.is_note:
        outdated = outdated_notes(connection, record.holder, excluded)
        identical = [other for other in identical if other.row not in outdated]
    return identical[0] if identical else None
