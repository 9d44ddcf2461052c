"""Values as JSON text, without importing `json`.

That package compiles regular expressions when it is imported, which costs more than most answers
take to be written. Its encoder is a C function that can be had alone; where an interpreter has
none, `json` does the work.
"""

from __future__ import annotations

from collections.abc import Callable

from yoi_relations.lean.types import Any


def json_text(value: object) -> str:
    """`value` as JSON on one line, without spaces; characters beyond ASCII stand as they are.

    Raises:
        TypeError: it holds something that is neither text, number, truth value, None, list, tuple
            nor mapping.
        ValueError: it holds a number that JSON does not know.
    """
    return "".join(_encode(value, 0))


def _refuse(value: object) -> Any:  # noqa: ANN401  # what the encoder expects
    raise TypeError(f"{type(value).__name__} cannot stand in JSON")


def _encoder() -> Callable[[object, int], Any]:
    try:
        from _json import encode_basestring, make_encoder  # noqa: PLC0415  # may be missing

        # As json.JSONEncoder calls it: no check for circles, no indent; keys as they come, all of
        # them text; no NaN.
        flags = (False, False, False)
        return make_encoder(None, _refuse, encode_basestring, None, ":", ",", *flags)
    except (ImportError, TypeError):
        import json  # noqa: PLC0415  # costs start-up

        return lambda value, _: json.dumps(
            value, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        )


_encode = _encoder()
