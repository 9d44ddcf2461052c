"""Timestamps: reads RFC 3339, and returns UTC as text, also as text that sorts chronologically."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

# RFC 3339, section 5.6: date-time. `datetime` refuses most wrong digits, but accepts minutes of an
# offset above 59, and the hour 24 from Python 3.13 on.
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]((?!24)\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-]\d\d:[0-5]\d))",
    re.ASCII,
)

_SECONDS = len("YYYY-MM-DDTHH:MM:SS")
_DAY = timedelta(days=1)


def parse_instant(text: str) -> tuple[str, str]:
    """`text` as ``YYYY-MM-DDTHH:MM:SS[.fraction]Z``, and as text that sorts chronologically.

    Digits after the ninth of the fraction are dropped.

    Raises:
        ValueError: `text` is not an RFC 3339 timestamp, or is outside the years 1 to 9999 in UTC.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, clock, fraction, offset = match.groups()
    try:
        instant = datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
        instant = instant.astimezone(UTC) if offset else instant
    except OverflowError as error:
        raise ValueError(text) from error
    stamp = instant.isoformat()[:_SECONDS]
    digits = (fraction or "")[:9].rstrip("0")
    return f"{stamp}{'.' if digits else ''}{digits}Z", f"{stamp}.{digits:0<9}"


def second_after(at: str) -> str:
    """The time one second after `at`; both are RFC 3339 in UTC."""
    later = datetime.fromisoformat(at[:_SECONDS]) + timedelta(seconds=1)
    return f"{later.isoformat()}{at[_SECONDS:]}"


def is_ahead(at: str) -> bool:
    """Whether `at`, RFC 3339 in UTC, is at least one second later than now."""
    return at[:_SECONDS] > now()[:_SECONDS]


def is_beyond_a_day(at: str) -> bool:
    """Whether `at`, RFC 3339 in UTC, is more than a day after now."""
    return datetime.fromisoformat(at[:_SECONDS]) - datetime.now(UTC).replace(tzinfo=None) > _DAY


def are_within_a_day(earlier: str, later: str) -> bool:
    """Whether two times, both RFC 3339 in UTC, are less than a day apart."""
    start, end = (datetime.fromisoformat(at[:_SECONDS]) for at in (earlier, later))
    return end - start < _DAY


def now() -> str:
    """The current time, to the second, as RFC 3339 in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
