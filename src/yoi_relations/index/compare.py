"""Compares two indexes, row by row.

Row ids are ignored, because an updated index numbers its rows differently from a new one. Rows are
compared by their source and their values.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

COMPARED = ("source", "ticket", "record", "retirement", "problem")
"""Tables whose rows depend on one file each."""
DERIVED = ("spanning_problem", "near_target", "activity", "tally")
"""Tables that are derived from those. The other tables say how and when an index was built."""

_ALL_FILES = "."
"""The path of a difference that concerns all files."""
_MAX_QUOTED = 60
"""Characters of a value that a message quotes."""
_KEYS = {"record": "record_id", "problem": "message"}
"""The column that identifies a row within its source; a source has one row of each other table."""

Row = tuple[Any, ...]


class Difference(NamedTuple):
    """What differs between the index and the files; the path is below the workspace root."""

    path: str
    message: str


def compare_indexes(stored: sqlite3.Connection, fresh: sqlite3.Connection) -> list[Difference]:
    """The differences between `stored` and `fresh`, an index built from the files, by path."""
    found = [
        difference for table in COMPARED for difference in _source_differences(table, stored, fresh)
    ]
    if not found:  # otherwise derived rows differ too, which says nothing new
        found = [
            difference
            for table in DERIVED
            for difference in _derived_differences(table, stored, fresh)
        ]
    return sorted(found)


def source_digests(connection: sqlite3.Connection) -> dict[str, Counter[bytes]]:
    """The digests of the sources at each path; two names can be printed as one path."""
    found: dict[str, Counter[bytes]] = defaultdict(Counter)
    for path, digest in connection.execute("SELECT path, digest FROM source"):
        found[path][digest] += 1
    return found


def _source_differences(
    table: str, stored: sqlite3.Connection, fresh: sqlite3.Connection
) -> Iterator[Difference]:
    columns = _columns(fresh, table)
    before, now = _rows(stored, table, columns), _rows(fresh, table, columns)
    for path in before.keys() | now.keys():
        if before[path] != now[path]:
            for message in _row_differences(table, columns, before[path], now[path]):
                yield Difference(path, message)


def _derived_differences(
    table: str, stored: sqlite3.Connection, fresh: sqlite3.Connection
) -> Iterator[Difference]:
    columns = _columns(fresh, table)
    query = f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608  # names of the schema
    before, now = Counter(stored.execute(query)), Counter(fresh.execute(query))
    for verb, rows in (("holds", before - now), ("lacks", now - before)):
        for row in rows:
            values = dict(zip(columns, row, strict=True))
            path = values.pop("path", _ALL_FILES)
            listed = ", ".join(f"{name} {_quoted(value)}" for name, value in values.items())
            yield Difference(path, f"the index {verb} the {table}: {listed}")


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return [name for (name,) in rows if name not in ("id", "source_id")]


def _rows(
    connection: sqlite3.Connection, table: str, columns: list[str]
) -> defaultdict[str, list[Row]]:
    """The rows of each source, in their order in the source."""
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


def _row_differences(
    table: str, columns: list[str], stored: list[Row], fresh: list[Row]
) -> Iterator[str]:
    extra = list((Counter(stored) - Counter(fresh)).elements())
    missing = list((Counter(fresh) - Counter(stored)).elements())
    if not extra and not missing:
        yield f"the index holds every {table}, but in another order"
    for row in extra:
        name = _name(table, columns, row)
        match = next((other for other in missing if _name(table, columns, other) == name), None)
        if match is None:
            yield f"the index holds {name}, which does not exist"
        else:
            missing.remove(match)
            yield f"{name}: {_unequal_columns(columns, row, match)}"
    for row in missing:
        yield f"the index lacks {_name(table, columns, row)}"


def _name(table: str, columns: list[str], row: Row) -> str:
    if table not in _KEYS:
        return f"the {table}"
    return f"the {table} {_quoted(row[columns.index(_KEYS[table])])}"


def _unequal_columns(columns: list[str], stored: Row, fresh: Row) -> str:
    return "; ".join(
        f"{name} is {_quoted(value)} in the index, and should be {_quoted(expected)}"
        for name, value, expected in zip(columns, stored, fresh, strict=True)
        if value != expected
    )


def _quoted(value: object) -> str:
    if value is None:
        return "nothing"
    text = value.hex() if isinstance(value, bytes) else str(value)
    return f"'{text}'" if len(text) <= _MAX_QUOTED else f"'{text[:_MAX_QUOTED]}…'"
