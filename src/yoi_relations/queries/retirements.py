"""Retirements by name, and those whose record does not exist: what was meant still counts."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.lean.types import Connection, NamedTuple


class LostRetirement(NamedTuple):
    """A file that retires what the same ticket does not hold.

    Attributes:
        path: of the file, below the workspace root.
        id: its own id.
        holder: id of the ticket in whose folder it is.
        retires: the id that it names.
        elsewhere: the ids of other tickets that hold a record of that id.
        is_retirement: whether that id is a retirement's.
    """

    path: str
    id: str
    holder: str
    retires: str
    elsewhere: list[str]
    is_retirement: bool


class RetirementInfo(NamedTuple):
    """A file that retires a record: its path below the workspace root, and the record's id."""

    path: str
    retires: str


def find_retirement(
    connection: Connection, name: str, paths: Iterable[str]
) -> RetirementInfo | None:
    """The retirement with this id, or at one of these paths; None where there is none."""
    rows = connection.execute(
        "SELECT source.path, retirement.record_id, retirement.retires FROM retirement"
        " JOIN source ON source.id = retirement.source_id ORDER BY source.path"
    )
    id_, at = name.removesuffix(".md"), set(paths)
    # Compared here: a name may hold what SQLite does not take for text.
    found = (
        RetirementInfo(path, retires) for path, own, retires in rows if own == id_ or path in at
    )
    return next(found, None)


def lost_retirements(connection: Connection) -> list[LostRetirement]:
    """All retirements whose record does not exist, by path."""
    rows = connection.execute(
        "SELECT source.path, lost.record_id, lost.holder, lost.retires,"
        " EXISTS (SELECT 1 FROM retirement WHERE record_id = lost.retires)"
        " FROM retirement AS lost JOIN source ON source.id = lost.source_id"
        " WHERE NOT EXISTS (SELECT 1 FROM record"
        "  WHERE record.holder = lost.holder AND record.record_id = lost.retires)"
        " ORDER BY source.path"
    ).fetchall()
    return [
        LostRetirement(path, id_, holder, retires, _holders(connection, retires), bool(is_one))
        for path, id_, holder, retires, is_one in rows
    ]


def _holders(connection: Connection, record_id: str) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT holder FROM record WHERE record_id = ? ORDER BY holder", (record_id,)
    )
    return [holder for (holder,) in rows]
