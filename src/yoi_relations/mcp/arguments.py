"""Reads the arguments of a tool call, and checks them against the schema of the tool.

Some clients send lists, numbers and booleans as strings, and "" for a missing argument. A value
that can only mean one thing is accepted, because the user of a client cannot change it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mcp_types import Tool

from yoi_relations.errors import UsageError
from yoi_relations.mcp.tools import Schema
from yoi_relations.mcp.truncation import truncated
from yoi_relations.render.documents import Value


def read_arguments(tool: Tool, arguments: Value) -> Value:
    """The arguments without missing ones, with the types of the schema.

    Raises:
        UsageError: they do not match the schema.
    """
    properties = tool.input_schema["properties"]
    required = tool.input_schema.get("required", ())
    given = {name: value for name, value in arguments.items() if not _is_missing(value)}
    for name in required:
        if name not in given:
            raise _error(tool.name, f"{name!r} is a required property")
    if unknown := ", ".join(repr(name) for name in given if name not in properties):
        raise _error(tool.name, f"Additional properties are not allowed ({unknown})")
    return {name: _read(value, properties[name], name) for name, value in given.items()}


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _read(value: Any, schema: Schema, at: str) -> Any:  # noqa: ANN401  # JSON
    """A value with the type of its schema."""
    name: str = schema["type"]
    expected, convert = _TYPES[name]
    converted = convert(value)
    if converted.__class__ is not expected:  # for isinstance, True is an int
        raise _error(at, f"{value!r} is not of type {name!r}")
    if "enum" in schema and converted not in schema["enum"]:
        raise _error(at, f"{converted!r} is not one of {schema['enum']}")
    if "minimum" in schema and converted < schema["minimum"]:
        raise _error(at, f"{converted!r} is less than the minimum of {schema['minimum']}")
    return _items(converted, schema, at) if name == "array" else converted


def _items(given: list[Any], schema: Schema, at: str) -> list[Any]:
    if len(given) > schema["maxItems"]:
        raise _error(at, f"{given!r} is too long")
    return [_read(item, schema["items"], f"{at}.{position}") for position, item in enumerate(given)]


def _list(value: object) -> object:
    """A list; a string is parsed as a JSON list, or is the only item."""
    if not isinstance(value, str):
        return value
    found = _parsed(value)
    return found if isinstance(found, list) else [value]


def _integer(value: object) -> object:
    """An integer; a string is parsed, and 5.0 becomes 5."""
    found = _parsed(value) if isinstance(value, str) else value
    return int(found) if isinstance(found, float) and found.is_integer() else found


def _boolean(value: object) -> object:
    """A boolean; the strings "true" and "false" are converted."""
    words = {"true": True, "false": False}
    return words.get(value.strip().lower(), value) if isinstance(value, str) else value


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _error(at: str, what: str) -> UsageError:
    return UsageError(f"{at}: {truncated(what)}", "see the tool's input schema")


_TYPES: dict[str, tuple[type[Any], Callable[[Any], Any]]] = {
    "string": (str, lambda value: value),
    "integer": (int, _integer),
    "boolean": (bool, _boolean),
    "array": (list, _list),
}
"""For each type of a JSON schema: the type in Python, and the conversion to it."""
