"""By whom and since when: what a question may ask of single records."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from yoi_relations.errors import UsageError
from yoi_relations.files.times import now, parse_instant
from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.records import Condition, StoredRecord

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_AGE = re.compile(r"(\d{1,9})([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SECONDS = len("2026-06-09T10:03:41")


class Written(NamedTuple):
    """What one record of a relation must meet.

    Attributes:
        author: whose it is; None for anybody's.
        since: when it was recorded or retired at the earliest, as text that sorts as the instants
            do; nothing for any time.
    """

    author: str | None
    since: str

    @classmethod
    def of(cls, author: str | None, since: str | None) -> Written:
        """What `author` and `since`, in words, come to.

        Raises:
            UsageError: `since` is not a time.
        """
        return cls(author, _key(since) if since is not None else "")

    @property
    def condition(self) -> Condition:
        """Records of all relations that may have such a record, and of some others."""
        tests, values = ["(at_key >= ? OR retired_at >= ?)"], [self.since, self.since[:_SECONDS]]
        if self.author is not None:
            tests.append("author = ?")
            values.append(self.author)
        where = " AND ".join(tests)
        query = f"edge_ticket IN (SELECT edge_ticket FROM record_now WHERE {where})"  # noqa: S608  # fixed text
        return Condition(query, tuple(values))

    def met_by(self, records: Iterable[StoredRecord]) -> bool:
        """Whether one of `records` meets both."""
        return any(
            (self.author is None or one.author == self.author) and self._is_since(one)
            for one in records
        )

    def _is_since(self, record: StoredRecord) -> bool:
        if record.at_key >= self.since:
            return True
        return bool(record.retired_at) and parse_instant(record.retired_at or "")[1] >= self.since


def _key(when: str) -> str:
    """`when`, a time, a day or an age, as text that sorts as the instants do."""
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
        ) from error


def _before_now(count: int, unit: str) -> str:
    present = datetime.fromisoformat(now())
    try:
        start = present - timedelta(**{_UNITS[unit]: count})
    except OverflowError:  # older than time itself
        start = datetime.min.replace(tzinfo=UTC)
    return parse_instant(start.isoformat())[1]
