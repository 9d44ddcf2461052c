"""Stand-ins for `typing` and `enum`, which are slow to import: named tuples, enums, annotations.

The package's docstring has the costs. Modules that a lookup imports take these names from here; a
type checker sees the real ones. The stand-ins have only what this project uses: of the methods of a
named tuple, that is `_replace`.
"""

from __future__ import annotations

TYPE_CHECKING = False
"""True to type checkers, by convention."""

if TYPE_CHECKING:
    from enum import IntEnum, StrEnum
    from sqlite3 import Connection
    from typing import Any, ClassVar, NamedTuple, NoReturn, Protocol, Self, TextIO, assert_never
else:
    # Reads one field of a tuple; `collections` has a substitute where C code is missing.
    from collections import _tuplegetter as _field

    Any = ClassVar = Connection = NoReturn = Protocol = Self = TextIO = object

    def assert_never(value):
        """Mark code that is never reached."""
        raise AssertionError(value)

    class _Fields(type):
        """Turns the annotations of a class body into fields, and its values into defaults."""

        def __new__(cls, name, bases, body):
            fields = tuple(body.get("__annotations__", ()))
            body["_defaults"] = {field: body[field] for field in fields if field in body}
            body["_last"] = tuple(body["_defaults"].values())
            body |= {field: _field(number, None) for number, field in enumerate(fields)}
            body |= {"_fields": fields, "_names": {*fields}, "__slots__": ()}
            return super().__new__(cls, name, bases, body)

    class NamedTuple(tuple, metaclass=_Fields):
        """Base of frozen values."""

        __slots__ = ()

        def __new__(cls, /, *given, **named):
            if named or len(given) != len(cls._fields):
                given = cls._filled(given, named)
            return tuple.__new__(cls, given)

        @classmethod
        def _filled(cls, given, named):
            missing = len(cls._fields) - len(given)
            if not named and 0 < missing <= len(cls._last):
                return given + cls._last[-missing:]
            passed = dict(zip(cls._fields, given))  # noqa: B905  # `strict=` doubles the time
            passed.update(named)
            values = cls._defaults | passed
            if len(passed) != len(given) + len(named) or values.keys() != cls._names:
                raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")
            return [values[field] for field in cls._fields]

        def _replace(self, /, **named):
            return type(self)(**(dict(zip(self._fields, self, strict=True)) | named))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            shown = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({', '.join(shown)})"

    class _Members(type):
        """Turns the values in a class body into its only instances."""

        def __init__(cls, name, bases, body):
            super().__init__(name, bases, body)
            cls._members = {}
            for word, value in body.items():
                if not word.startswith("_") and isinstance(value, str | int):
                    member = cls.__base__.__new__(cls, value)
                    member.name, member.value = word, value
                    cls._members[value] = member
                    setattr(cls, word, member)

        def __call__(cls, value):
            try:
                return cls._members[value]
            except KeyError:
                raise ValueError(f"{value!r} is not a valid {cls.__name__}") from None

        def __iter__(cls):
            return iter(cls._members.values())

    def _reduce_to_value(member, _protocol):
        """Copy or unpickle a member as the member itself."""
        return type(member), (member.value,)

    class StrEnum(str, metaclass=_Members):
        """Base of closed sets of words."""

        __slots__ = ("name", "value")
        __reduce_ex__ = _reduce_to_value

    class IntEnum(int, metaclass=_Members):
        """Base of closed sets of numbers."""

        __reduce_ex__ = _reduce_to_value


__all__ = [
    "TYPE_CHECKING",
    "Any",
    "ClassVar",
    "Connection",
    "IntEnum",
    "NamedTuple",
    "NoReturn",
    "Protocol",
    "Self",
    "StrEnum",
    "TextIO",
    "assert_never",
]
