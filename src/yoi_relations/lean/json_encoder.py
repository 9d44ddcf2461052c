"""Writes JSON without importing `json`.

That package compiles regular expressions on import, which takes longer than to write most answers.
Its encoder is a C function that can be imported alone; an interpreter without it uses `json`.
"""

from __future__ import annotations

from collections.abc import Callable

from yoi_relations.lean.types import Any


def json_text(value: object) -> str:
    """`value` as JSON on one line, without spaces and without escapes for non-ASCII characters.

    Raises:
        TypeError: it contains anything but text, numbers, booleans, None, lists, tuples or
            mappings.
        ValueError: it contains a number that JSON does not have, such as NaN.
    """
    return "".join(_encode(value, 0))


def _refuse(value: object) -> Any:  # noqa: ANN401  # the encoder's signature
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _encoder() -> Callable[[object, int], Any]:
    try:
        from _json import encode_basestring, make_encoder  # noqa: PLC0415  # not in every interpreter

        # As json.JSONEncoder calls it: no check for cycles, no indentation, keys unsorted and all
        # of them text, no NaN.
        flags = (False, False, False)
        return make_encoder(None, _refuse, encode_basestring, None, ":", ",", *flags)
    except (ImportError, TypeError):
        import json  # noqa: PLC0415  # slow to import

        return lambda value, _: json.dumps(
            value, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        )


_encode = _encoder()
