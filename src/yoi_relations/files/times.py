"""Instants: RFC 3339 text in, UTC text and UTC text that sorts out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

# RFC 3339, section 5.6: date-time. Python from 3.13 on would read the hour 24, too.
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]((?!24)\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))",
    re.ASCII,
)


_SECONDS = len("YYYY-MM-DDTHH:MM:SS")
_DAY = timedelta(days=1)


def parse_instant(text: str) -> tuple[str, str]:
    """`text` as ``YYYY-MM-DDTHH:MM:SS[.fraction]Z``, and as text that sorts as the instants do.

    Digits behind the ninth of the fraction are dropped.

    Raises:
        ValueError: `text` is no RFC 3339 time, or its instant lies outside the years 1 to 9999.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, clock, fraction, sign, hours, minutes = match.groups()
    instant = datetime.fromisoformat(f"{day}T{clock}")
    if sign:
        instant = _to_utc(instant, sign, int(hours), int(minutes))
    stamp = instant.isoformat()
    digits = (fraction or "")[:9].rstrip("0")
    return f"{stamp}{'.' if digits else ''}{digits}Z", f"{stamp}.{digits:0<9}"


def _to_utc(instant: datetime, sign: str, hours: int, minutes: int) -> datetime:
    clock = time(hours, minutes)  # raises ValueError where it is none
    offset = timedelta(hours=clock.hour, minutes=clock.minute)
    try:
        return instant - offset if sign == "+" else instant + offset
    except OverflowError as error:
        raise ValueError(sign) from error


def second_after(at: str) -> str:
    """The instant one second after `at`, which is RFC 3339 in UTC, in the same form."""
    later = datetime.fromisoformat(at[:_SECONDS]) + timedelta(seconds=1)
    return f"{later.isoformat()}{at[_SECONDS:]}"


def is_ahead(at: str) -> bool:
    """Whether `at`, RFC 3339 in UTC, is in a later second than now."""
    return at[:_SECONDS] > now()[:_SECONDS]


def is_beyond_a_day(at: str) -> bool:
    """Whether `at`, RFC 3339 in UTC, is more than a day after now."""
    return datetime.fromisoformat(at[:_SECONDS]) - datetime.now(UTC).replace(tzinfo=None) > _DAY


def are_within_a_day(earlier: str, later: str) -> bool:
    """Whether less than a day lies between two instants, both RFC 3339 in UTC."""
    start, end = (datetime.fromisoformat(at[:_SECONDS]) for at in (earlier, later))
    return end - start < _DAY


def now() -> str:
    """This instant, to the second, as RFC 3339 in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
