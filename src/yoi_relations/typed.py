"""What annotations and value types need of `typing`, without importing it.

`typing` alone costs a third of what a bare interpreter takes to start, and a lookup costs little
more than that start. So modules on the way of a read take these names from here; a type checker
sees the real ones.
"""

from __future__ import annotations

TYPE_CHECKING = False
"""True to type checkers, by convention."""

if TYPE_CHECKING:
    from sqlite3 import Connection
    from typing import Any, ClassVar, NamedTuple, NoReturn, Self, TextIO, assert_never
else:
    from collections import namedtuple

    Any = ClassVar = Connection = NoReturn = Self = TextIO = object

    def assert_never(value):
        """Stand where nothing can come."""
        raise AssertionError(value)

    class _Fields(type):
        """Makes a named tuple of a class body, with its methods."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = [body.pop(field) for field in fields if field in body]
            values = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            return type(name, (values,), {"__slots__": (), **body})

    class NamedTuple(metaclass=_Fields):
        """Base of frozen values."""


__all__ = [
    "Any",
    "ClassVar",
    "Connection",
    "NamedTuple",
    "NoReturn",
    "Self",
    "TextIO",
    "assert_never",
]
