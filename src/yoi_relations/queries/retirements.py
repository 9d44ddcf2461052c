"""Retirements as the index holds them, and those whose record does not exist."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.records import where
from yoi_relations.queries.scope import scope_of


class StoredRetirement(NamedTuple):
    """A statement that a record no longer counts.

    Attributes:
        path: path of the file that states it, below the workspace root.
        id: id of the retirement; of one within a record, the id of that record.
        holder: id of the ticket in whose folder the file is.
        retires: id of the record that it names.
        at: time of the retirement, as written.
    """

    path: str
    id: str
    holder: str
    retires: str
    at: str


class LostRetirement(NamedTuple):
    """A retirement file that names a record which its ticket does not hold.

    Attributes:
        retirement: what the file states.
        other_holders: ids of other tickets that hold a record with that id, sorted.
        is_retirement: whether that id is the id of a retirement.
    """

    retirement: StoredRetirement
    other_holders: list[str]
    is_retirement: bool


_SELECT = (
    "SELECT source.path, retirement.record_id, retirement.holder, retirement.retires,"
    " retirement.retired_at FROM retirement JOIN source ON source.id = retirement.source_id"
)


def load_retirements(connection: Connection) -> list[StoredRetirement]:
    """All retirement files, by path."""
    return [StoredRetirement(*row) for row in connection.execute(f"{_SELECT} ORDER BY 1")]


def load_own_retirements(connection: Connection) -> list[StoredRetirement]:
    """The retirements that records state of themselves, by path."""
    rows = connection.execute(
        "SELECT path, record_id, record.holder, record_id, retired_at"
        " FROM record JOIN source ON source.id = source_id WHERE retired_at IS NOT NULL ORDER BY 1"
    )
    return [StoredRetirement(*row) for row in rows]


def find_retirement(
    connection: Connection, name: str, paths: Iterable[str]
) -> StoredRetirement | None:
    """The first retirement file with this id, or at one of these paths; None if there is none."""
    id_, wanted = name.removesuffix(".md"), set(paths)
    # Compared here, because a name may hold what SQLite does not accept as text.
    found = (
        retirement
        for retirement in load_retirements(connection)
        if retirement.id == id_ or retirement.path in wanted
    )
    return next(found, None)


def load_lost_retirements(connection: Connection) -> list[LostRetirement]:
    """All retirement files whose record does not exist, by path."""
    sql, values = where(scope_of(connection).rows)
    rows = connection.execute(
        "SELECT path, record_id, holder, retires, retired_at, is_retirement, other_holder"  # noqa: S608  # fixed text
        f" FROM lost_retirement{sql} ORDER BY path, other_holder",
        values,
    )
    found: dict[StoredRetirement, LostRetirement] = {}
    for *values, is_retirement, other in rows:
        retirement = StoredRetirement(*values)
        lost = found.setdefault(retirement, LostRetirement(retirement, [], bool(is_retirement)))
        if other is not None:
            lost.other_holders.append(other)
    return list(found.values())
