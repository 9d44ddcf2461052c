"""The arguments of a tool, checked by its schema.

Some clients write lists, numbers and truth values as text, and fill in "" for what is left out.
Where that has one reading, it is taken: only the client could change it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from yoi_relations.errors import UsageError
from yoi_relations.mcp.tools import Schema, Tool
from yoi_relations.mcp.truncation import truncated
from yoi_relations.render.documents import Value


def read_arguments(tool: Tool, arguments: Value) -> Value:
    """The arguments that are given, as the tool takes them.

    Raises:
        UsageError: they are not what the tool takes.
    """
    properties = tool.takes["properties"]
    required = tool.takes.get("required", ())
    given = {name: value for name, value in arguments.items() if not _left_out(value)}
    for name in required:
        if name not in given:
            raise _wrong(tool.name, f"{name!r} is a required property")
    if unknown := ", ".join(repr(name) for name in given if name not in properties):
        raise _wrong(tool.name, f"Additional properties are not allowed ({unknown})")
    return {name: _read(value, properties[name], name) for name, value in given.items()}


def _left_out(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _read(value: Any, schema: Schema, at: str) -> Any:  # noqa: ANN401  # JSON
    """A value as its schema wants it."""
    kind: str = schema["type"]
    wanted, as_meant = _TYPES[kind]
    meant = as_meant(value)
    if meant.__class__ is not wanted:  # to isinstance, True would be a number
        raise _wrong(at, f"{value!r} is not of type {kind!r}")
    if "enum" in schema and meant not in schema["enum"]:
        raise _wrong(at, f"{meant!r} is not one of {schema['enum']}")
    if "minimum" in schema and meant < schema["minimum"]:
        raise _wrong(at, f"{meant!r} is less than the minimum of {schema['minimum']}")
    return _items(meant, schema, at) if kind == "array" else meant


def _items(given: list[Any], schema: Schema, at: str) -> list[Any]:
    if len(given) > schema["maxItems"]:
        raise _wrong(at, f"{given!r} is too long")
    return [_read(item, schema["items"], f"{at}.{place}") for place, item in enumerate(given)]


def _list(value: object) -> object:
    """A list, also where it came as text that holds one, or as its only word."""
    if not isinstance(value, str):
        return value
    found = _parsed(value)
    return found if isinstance(found, list) else [value]


def _whole(value: object) -> object:
    """A whole number, also where it came as text or as a fraction without a remainder."""
    found = _parsed(value) if isinstance(value, str) else value
    return int(found) if isinstance(found, float) and found.is_integer() else found


def _truth(value: object) -> object:
    """A truth value, also where it came as text."""
    words = {"true": True, "false": False}
    return words.get(value.strip().lower(), value) if isinstance(value, str) else value


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _wrong(at: str, what: str) -> UsageError:
    return UsageError(f"{at}: {truncated(what)}", "see the tool's input schema")


_TYPES: dict[str, tuple[type[Any], Callable[[Any], Any]]] = {
    "string": (str, lambda value: value),
    "integer": (int, _whole),
    "boolean": (bool, _truth),
    "array": (list, _list),
}
"""What the types of JSON schemas are in Python, and how what was given is read as one."""
