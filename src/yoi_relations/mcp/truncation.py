"""Limits the length of error messages: a model reads all of it, and the quoted input may be huge.

Sizes are bytes of the text when it is written as a JSON string within a JSON string, because that
is how it reaches the client.
"""

from __future__ import annotations

from yoi_relations.lean.json_encoder import json_text

MAX_ERROR = 1500
"""Bytes of the message and the hint of one error."""
_MAX_MESSAGE = 900
"""Bytes of its message: enough for ten tickets with their titles."""
_MAX_PROTOCOL_MESSAGE = 300
"""Bytes of the message of a protocol error, whose data may contain more."""


def truncated(text: str, limit: int = _MAX_PROTOCOL_MESSAGE) -> str:
    """`text`, without its middle if it is longer than `limit`: quoted input is in the middle."""
    kept, result = limit, _without_middle(text, limit)
    while (size := _size(result)) > limit:
        kept = kept * limit // size
        result = _without_middle(text, kept)
    return result


def truncated_error(message: str, hint: str | None) -> tuple[str, str | None]:
    """The message and the hint of an error, `MAX_ERROR` bytes together at most."""
    message = truncated(message, _MAX_MESSAGE)
    return message, hint and truncated(hint, MAX_ERROR - _size(message))


def _without_middle(text: str, limit: int) -> str:
    half = limit // 2
    return text if len(text) <= limit else f"{text[:half]} ... {text[len(text) - half :]}"


def _size(text: str) -> int:
    return len(json_text(json_text(text)).encode())
