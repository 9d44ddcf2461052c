"""The file of a new record: its id, which names it, and the check that it can be read."""

from __future__ import annotations

import os
import time
from typing import TypeVar

from ulid import ULID

from yoi_relations.errors import UsageError
from yoi_relations.files.read_source import RECORD_LIMIT
from yoi_relations.files.record import Record, Retirement
from yoi_relations.files.record_md import parse_record
from yoi_relations.files.source import SourceError

_TIME_BYTES, _RANDOM_BYTES = 6, 10
"""The two parts of a ULID."""

_Parsed = TypeVar("_Parsed", Record, Retirement)


def new_record_id() -> str:
    """A new ULID; ids sort by time, and a clock before 1970 counts as 1970."""
    milliseconds = max(time.time_ns() // 1_000_000, 0)
    chance = os.urandom(_RANDOM_BYTES)
    return str(ULID.from_bytes(milliseconds.to_bytes(_TIME_BYTES, "big") + chance))


def check_readable(data: bytes, name: str, holder: str, expected: type[_Parsed]) -> _Parsed:
    """Parse the file before it is written, so that only readable files are written.

    `name` is the name of the file, and `holder` the id of the ticket whose folder it goes into.

    Raises:
        UsageError: it cannot be read, it has a fault, or it is not what is `expected`.
    """
    try:
        parsed, faults = parse_record(data, name, holder)
    except SourceError as error:
        raise UsageError(f"the record {error.message}", "nothing was written") from error
    if len(data) > RECORD_LIMIT:
        raise UsageError(
            f"the record takes {len(data)} bytes; at most {RECORD_LIMIT} are read",
            "shorten its texts; nothing was written",
        )
    if faults:
        raise UsageError(f"the record {faults[0].message}", "nothing was written")
    if not isinstance(parsed, expected):
        raise UsageError("the record would be read as something else", "nothing was written")
    return parsed
