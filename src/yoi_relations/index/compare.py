"""What differs between two indexes, row by row: the proof that one of them is right.

Row ids count for nothing: an index that grew step by step numbers its rows otherwise than a new
one. Rows are told apart by the source that states them and by what they say.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

COMPARED = ("source", "ticket", "record", "retirement", "problem")
"""Tables whose rows single files decide."""
DERIVED = ("spanning_problem", "near_target", "activity", "tally")
"""Tables that follow from those; what is left tells how and when an index was made."""

_EVERYWHERE = "."
"""The path of what is said of all files."""
_QUOTED = 60
"""Characters of a value that a difference quotes."""
_KEYS = {"record": "record_id", "problem": "message"}
"""The column by which rows of one source are told apart; without one, it has one row at most."""

Row = tuple[Any, ...]


class Difference(NamedTuple):
    """Something that an index does not hold as it should.

    Attributes:
        path: of the source, below the workspace root.
        what: a sentence about the index.
    """

    path: str
    what: str


def table_difference(held: sqlite3.Connection, fresh: sqlite3.Connection) -> list[Difference]:
    """Where `held`, the index, does not hold what `fresh`, read from the files, does; by path."""
    found = [one for table in COMPARED for one in _differences(table, held, fresh)]
    # What follows from rows that differ differs with them, and would only repeat it.
    return sorted(
        found or (one for table in DERIVED for one in _derived_differences(table, held, fresh))
    )


def source_digests(connection: sqlite3.Connection) -> dict[str, Counter[bytes]]:
    """What was read of the sources at each path; two names may print as one path."""
    found: dict[str, Counter[bytes]] = defaultdict(Counter)
    for path, digest in connection.execute("SELECT path, digest FROM source"):
        found[path][digest] += 1
    return found


def _differences(
    table: str, held: sqlite3.Connection, fresh: sqlite3.Connection
) -> Iterator[Difference]:
    columns = _columns(fresh, table)
    ours, theirs = _rows(held, table, columns), _rows(fresh, table, columns)
    for path in ours.keys() | theirs.keys():
        if ours[path] != theirs[path]:
            for what in _in_one_source(table, columns, ours[path], theirs[path]):
                yield Difference(path, what)


def _derived_differences(
    table: str, held: sqlite3.Connection, fresh: sqlite3.Connection
) -> Iterator[Difference]:
    columns = _columns(fresh, table)
    query = f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608  # names of the schema
    ours, theirs = Counter(held.execute(query)), Counter(fresh.execute(query))
    for said, rows in (("holds", ours - theirs), ("lacks", theirs - ours)):
        for row in rows:
            values = dict(zip(columns, row, strict=True))
            path = values.pop("path", _EVERYWHERE)
            listed = ", ".join(f"{name} {_quoted(value)}" for name, value in values.items())
            yield Difference(path, f"the index {said} the {table}: {listed}")


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return [name for (name,) in rows if name not in ("id", "source_id")]


def _rows(
    connection: sqlite3.Connection, table: str, columns: list[str]
) -> defaultdict[str, list[Row]]:
    """The rows of each source, in the order in which it states them."""
    key = "id" if table == "source" else "source_id"
    named = ", ".join(f'stated."{name}"' for name in columns)
    rows = connection.execute(
        f"SELECT source.path, {named} FROM {table} AS stated"  # noqa: S608  # names of the schema
        f" JOIN source ON source.id = stated.{key}"
        " ORDER BY source.path, source.digest, stated.rowid"
    )
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for path, *values in rows:
        found[path].append(tuple(values))
    return found


def _in_one_source(
    table: str, columns: list[str], held: list[Row], fresh: list[Row]
) -> Iterator[str]:
    surplus = list((Counter(held) - Counter(fresh)).elements())
    lacking = list((Counter(fresh) - Counter(held)).elements())
    if not surplus and not lacking:
        yield f"the index holds every {table}, but in another order"
    for row in surplus:
        name = _name(table, columns, row)
        twin = next((one for one in lacking if _name(table, columns, one) == name), None)
        if twin is None:
            yield f"the index holds {name}, which is not there"
        else:
            lacking.remove(twin)
            yield f"{name}: {_unequal(columns, row, twin)}"
    for row in lacking:
        yield f"the index lacks {_name(table, columns, row)}"


def _name(table: str, columns: list[str], row: Row) -> str:
    if table not in _KEYS:
        return f"the {table}"
    return f"the {table} {_quoted(row[columns.index(_KEYS[table])])}"


def _unequal(columns: list[str], held: Row, fresh: Row) -> str:
    pairs = zip(columns, held, fresh, strict=True)
    unequal = [(name, one, other) for name, one, other in pairs if one != other]
    return "; ".join(
        f"{name} is {_quoted(one)} in the index, and should be {_quoted(other)}"
        for name, one, other in unequal
    )


def _quoted(value: object) -> str:
    if value is None:
        return "nothing"
    text = value.hex() if isinstance(value, bytes) else str(value)
    return f"'{text}'" if len(text) <= _QUOTED else f"'{text[:_QUOTED]}…'"
