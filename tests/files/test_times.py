from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoi_relations.files.times import now, parse_instant

# A year from either end, so that no offset leads outside.
INSTANTS = st.builds(
    lambda at, minutes: at.replace(tzinfo=timezone(timedelta(minutes=minutes))),
    st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)),  # noqa: DTZ001  # the offset follows
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-06-09T10:03:41Z", "2026-06-09T10:03:41Z"),
        ("2026-06-09t10:03:41z", "2026-06-09T10:03:41Z"),
        ("2026-06-09 10:03:41Z", "2026-06-09T10:03:41Z"),
        ("2026-06-09T10:03:41+00:00", "2026-06-09T10:03:41Z"),
        ("2026-06-09T10:03:41-00:00", "2026-06-09T10:03:41Z"),
        ("2026-06-09T01:03:41+09:00", "2026-06-08T16:03:41Z"),
        ("2026-12-31T23:03:41-05:30", "2027-01-01T04:33:41Z"),
        ("2024-02-29T23:59:59+23:59", "2024-02-29T00:00:59Z"),
        ("2026-06-09T10:03:41.5Z", "2026-06-09T10:03:41.5Z"),
        ("2026-06-09T10:03:41.500000Z", "2026-06-09T10:03:41.5Z"),
        ("2026-06-09T10:03:41.000Z", "2026-06-09T10:03:41Z"),
        ("2026-06-09T12:03:41.123456789+02:00", "2026-06-09T10:03:41.123456789Z"),
        ("2026-06-09T10:03:41.1234567891Z", "2026-06-09T10:03:41.123456789Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_rfc_3339_is_converted_to_utc(text: str, utc: str) -> None:
    assert parse_instant(text)[0] == utc


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-06-09",
        "2026-06-09T10:03:41",
        "2026-06-09T10:03Z",
        "2026-06-09T10:03:41.Z",
        "2026-06-09T10:03:41,5Z",
        "2026-06-09T10:03:41+0200",
        "2026-06-09T10:03:41+02",
        "2026-06-09T10:03:41+24:00",
        "2026-06-09T10:03:41+02:60",
        "2026-06-09T24:00:00Z",
        "2026-06-09T10:60:00Z",
        "2026-13-09T10:03:41Z",
        "2026-02-29T10:03:41Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "20260609T100341Z",
        "2026-W24-2T10:03:41Z",
        "2026-06-09T10:03:41Z\n",
        " 2026-06-09T10:03:41Z",
        "٢٠٢٦-06-09T10:03:41Z",
        "2026-06-09T10:03:41.\N{ARABIC-INDIC DIGIT FIVE}Z",
        "1781000000",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # some are raised by datetime
        parse_instant(text)


def test_sort_key_distinguishes_nanoseconds() -> None:
    texts = ["41Z", "41.000000001Z", "41.01Z", "41.1Z", "41.10000001Z", "41.9Z", "42Z"]
    keys = [parse_instant(f"2026-06-09T10:03:{text}")[1] for text in texts]
    assert keys == sorted(set(keys))


@given(INSTANTS)
def test_conversion_keeps_the_instant(at: datetime) -> None:
    text, _ = parse_instant(at.isoformat())
    assert text.endswith("Z")
    assert datetime.fromisoformat(text[:26].removesuffix("Z") + "+00:00") == at


@given(INSTANTS, INSTANTS | st.timedeltas(timedelta(seconds=-2), timedelta(seconds=2)))
def test_sort_key_is_chronological(one: datetime, other: datetime | timedelta) -> None:
    if isinstance(other, timedelta):
        other = one + other
    first, second = (parse_instant(at.isoformat())[1] for at in (one, other))
    assert (first < second, first == second) == (one < other, one == other)


def test_now_is_the_current_second_in_utc() -> None:
    text = now()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    assert abs(datetime.fromisoformat(text) - datetime.now(UTC)) < timedelta(minutes=1)
