"""The program's queries on PostgreSQL: the same text, with its placeholders and its functions.

The text is written for SQLite. What differs is `_WRITTEN`; the tables and views of the database
have the names of the index's views.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import psycopg

_LIST = "IN (SELECT value FROM json_each(?))"
_WRITTEN = re.compile(
    r"IN \(SELECT value FROM json_each\(\?\)\)|IN \((?:\?, )*\?\)|IS NOT \?|IS \?|\?|%"
)


class Adapter:
    """A connection that the queries can use in place of the index's.

    Args:
        connection: to the database, in a transaction.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> psycopg.Cursor[Any]:
        """Run a query of the program; the cursor yields its rows."""
        text, sizes = _translated(sql)
        given = iter(values)
        arguments = [_argument(size, given) for size in sizes]
        return self._connection.execute(text, arguments, prepare=False)


def _argument(size: int, given: Iterable[Any]) -> Any:  # noqa: ANN401  # as the query has it
    """The value of one placeholder; `size` is 0 for one value as it is, -1 for a list in JSON."""
    values = iter(given)
    if size == 0:
        return next(values)
    if size < 0:
        return json.loads(next(values))
    return [next(values) for _ in range(size)]


@lru_cache(256)
def _translated(sql: str) -> tuple[bytes, tuple[int, ...]]:
    """The text for PostgreSQL, and for each placeholder how many values it takes."""
    sizes: list[int] = []

    def translate(match: re.Match[str]) -> str:
        written = match[0]
        if written == "%":
            return "%%"
        if written.startswith("IN"):
            sizes.append(-1 if written == _LIST else written.count("?"))
            return "= ANY(%s)"
        sizes.append(0)
        return {
            "IS ?": "IS NOT DISTINCT FROM %s",
            "IS NOT ?": "IS DISTINCT FROM %s",
        }.get(written, "%s")

    return _WRITTEN.sub(translate, sql).encode(), tuple(sizes)
