"""Bounds what errors quote: a client's model reads all of it, and what was wrong may be huge.

Sizes are bytes as JSON writes the text within a text of JSON: so it reaches the client.
"""

from __future__ import annotations

from typing import Any

from yoi_relations.lean.json_encoder import json_text

MOST = 1500
"""Bytes of the texts of one error."""
_MOST_MESSAGE = 900
"""Those of its message: ten tickets with their titles."""
_MOST_SHORT = 300
"""Those of an error of the protocol, whose data may say more."""


def truncated(text: str, most: int = _MOST_SHORT) -> str:
    """`text` without its middle where it is long: what is quoted stands there."""
    kept, shown = most, _without_middle(text, most)
    while (size := _size(shown)) > most:
        kept = kept * most // size
        shown = _without_middle(text, kept)
    return shown


def truncated_error(message: str, hint: str | None) -> tuple[str, str | None]:
    """The texts of an error, both of them `MOST` bytes at most."""
    message = truncated(message, _MOST_MESSAGE)
    return message, hint and truncated(hint, MOST - _size(message))


def truncated_data(data: Any) -> Any:  # noqa: ANN401  # JSON
    """The data of an error of the protocol; where it is a text, a short one."""
    return truncated(data) if isinstance(data, str) else data


def _without_middle(text: str, most: int) -> str:
    half = most // 2
    return text if len(text) <= most else f"{text[:half]} ... {text[len(text) - half :]}"


def _size(text: str) -> int:
    return len(json_text(json_text(text)).encode())
