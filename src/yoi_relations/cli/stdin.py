"""Reads a note or a reason from standard input."""

from __future__ import annotations

import sys

from yoi_relations.errors import UsageError
from yoi_relations.files.record import NOTE_LIMIT

_SLACK = 1024
"""Bytes of white space around a note that do not count towards its size."""


def read_note() -> str:
    """All of standard input as text.

    Raises:
        UsageError: it cannot be read, is not UTF-8 text, or is longer than `NOTE_LIMIT`.
    """
    try:
        data = sys.stdin.buffer.read(NOTE_LIMIT + _SLACK + 1)
    except (AttributeError, OSError) as error:  # it is None if the caller has closed it
        raise UsageError("the note cannot be read from standard input") from error
    if len(data) > NOTE_LIMIT + _SLACK:
        raise UsageError(f"the note is longer than {NOTE_LIMIT} bytes", "shorten it")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UsageError("the note on standard input is not UTF-8 text") from error
