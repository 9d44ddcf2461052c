"""Filters by author and time: conditions on single records."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from yoi_relations.errors import UsageError
from yoi_relations.files.times import now, parse_instant
from yoi_relations.lean.types import NamedTuple, Self
from yoi_relations.queries.records import Condition, StoredRecord

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_AGE = re.compile(r"(\d{1,9})([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SECONDS = len("2026-06-09T10:03:41")


class RecordFilter(NamedTuple):
    """Author and time that one record of a relation must match.

    Attributes:
        author: the author; None for any.
        since: the earliest time at which it was recorded or retired, as text that sorts like the
            instants; empty for any time.
    """

    author: str | None
    since: str

    @classmethod
    def parse(cls, author: str | None, since: str | None) -> Self:
        """The filter for an author, and for a time, a day or an age as a person writes it.

        Raises:
            UsageError: `since` is not a time.
        """
        return cls(author, instant_key(since) if since is not None else "")

    @property
    def condition(self) -> Condition:
        """Records of all relations that may have such a record; others may meet it too."""
        tests, values = ["(at_key >= ? OR retired_at >= ?)"], [self.since, self.since[:_SECONDS]]
        if self.author is not None:
            tests.append("author = ?")
            values.append(self.author)
        where = " AND ".join(tests)
        query = f"edge_ticket IN (SELECT edge_ticket FROM statement WHERE {where})"  # noqa: S608  # fixed text
        return Condition(query, tuple(values))

    def matches(self, records: Iterable[StoredRecord]) -> bool:
        """Whether one of `records` matches both."""
        return any(
            (self.author is None or record.author == self.author) and self._is_recent(record)
            for record in records
        )

    def _is_recent(self, record: StoredRecord) -> bool:
        if record.at_key >= self.since:
            return True
        return bool(record.retired_at) and parse_instant(record.retired_at or "")[1] >= self.since


def instant_key(when: str) -> str:
    """A time, a day or an age as text that sorts like the instants.

    Raises:
        UsageError: `when` is none of these.
    """
    word = when.strip()
    if age := _AGE.fullmatch(word):
        return _before_now(int(age[1]), age[2])
    try:
        return parse_instant(f"{word}T00:00:00Z" if _DAY.fullmatch(word) else word)[1]
    except ValueError as error:
        raise UsageError(
            f"'{when}' is not a time",
            "give a time such as 2026-06-09T10:03:41Z, a day (2026-06-09, from midnight UTC), or"
            " an age: minutes, hours, days or weeks, such as 90m, 12h, 7d, 2w",
            parameter="since",
        ) from error


def _before_now(count: int, unit: str) -> str:
    present = datetime.fromisoformat(now())
    try:
        start = present - timedelta(**{_UNITS[unit]: count})
    except OverflowError:  # before the first date that Python knows
        start = datetime.min.replace(tzinfo=UTC)
    return parse_instant(start.isoformat())[1]
