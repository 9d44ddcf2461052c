"""The id of a new record: a ULID, whatever the clock says."""

from __future__ import annotations

import os
import time

from ulid import ULID

_TIME, _CHANCE = 6, 10
"""Bytes of a ULID."""


def new_record_id() -> str:
    """An id that nobody else makes; ids sort by time, and all from before 1970 come first."""
    milliseconds = max(time.time_ns() // 1_000_000, 0)
    return str(ULID.from_bytes(milliseconds.to_bytes(_TIME, "big") + os.urandom(_CHANCE)))
