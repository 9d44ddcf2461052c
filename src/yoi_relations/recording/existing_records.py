"""What a new record finds already recorded: the same again, and the note that it replaces."""

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
from yoi_relations.recording.retire import find_to_retire

_NO_PLAN = (None, None, None, None)


def find_replaced(
    connection: Connection, base: PathBase, holder: TicketInfo, name: str | None
) -> StoredRecord | None:
    """The waiting note that is to be replaced; None where nothing is.

    Raises:
        UsageError: it is not a waiting note of `holder`.
        NotFoundError: no record goes by that name, or several do.
    """
    if name is None:
        return None
    record = find_to_retire(connection, name, base)
    if record.cls != RelationClass.CAPACITY or record.holder != holder.id:
        raise UsageError(
            f"{record.place}: is not a waiting note of {holder.id}",
            "--replaces takes a waiting note of the same ticket",
        )
    return record


def why_no_wait(connection: Connection, holder: TicketInfo) -> str | None:
    """Why no waiting note of `holder` counts now, in words; None where one may."""
    edge = Edge("waiting", holder.id, None)
    return describe_inactive(inactive_if_recorded(connection, edge), holder, None)


def find_same(
    connection: Connection, record: Record, retiring: StoredRecord | None
) -> StoredRecord | None:
    """A record that says what `record` says, word for word, and would count if that would.

    It is not retired, and no later note or plan of the ticket took its place. It may be over
    because a ticket is resolved or inprogress: then `record` would be over as well.

    Args:
        connection: the index.
        record: the new one, which is not written.
        retiring: the note that is about to be retired.
    """
    without = retiring.id if retiring else None
    alike = find_records(
        connection,
        held_by([record.holder]),
        shown_as([record.kind.shown]),
        not_retired(without),
        with_texts(record.target, record.note, *(record.plan or _NO_PLAN)),
    )
    found = [one for one in alike if KINDS[one.kind].written == record.kind.written]
    if found and record.kind.is_note:
        outdated = outdated_notes(connection, record.holder, without)
        found = [one for one in found if one.row not in outdated]
    return found[0] if found else None
