"""Type checks of the arguments that a Python program passes.

Without them a wrong type would fail in an internal module, and a text would be read as a list of
one-letter words.
"""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.errors import UsageError
from yoi_relations.index.handle import Trust


def check_texts(**arguments: object) -> None:
    """Refuse values that are not a str.

    Raises:
        UsageError: one is not; the message begins with its name.
    """
    for name, value in arguments.items():
        if not isinstance(value, str):
            raise _wrong_type(f"{name}: must be a str", value, "pass a str")


def check_optional_texts(**arguments: object) -> None:
    """Refuse values that are neither a str nor None, as `check_texts` does."""
    check_texts(**{name: value for name, value in arguments.items() if value is not None})


def check_names(tickets: tuple[object, ...]) -> None:
    """Refuse names of tickets that are not a str, such as a list of names, by a UsageError."""
    for ticket in tickets:
        if not isinstance(ticket, str):
            hint = 'name them one by one: check("A", "B"), or check(*names)'
            raise _wrong_type("tickets: each must be a str", ticket, hint)


def check_limit(limit: object) -> None:
    """Refuse a limit that is not an int, or is a bool, by a UsageError."""
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise _wrong_type("limit: must be an int", limit, "pass an int")


def words(name: str, value: str | Iterable[str]) -> tuple[str, ...]:
    """The words of an argument that takes one str or an iterable of str.

    Raises:
        UsageError: it is something else; the message begins with `name`.
    """
    if isinstance(value, str):
        return (value,)
    items = tuple(value) if isinstance(value, Iterable) else (None,)
    if not all(isinstance(item, str) for item in items):
        raise UsageError(
            f"{name}: must be a str or an iterable of str, not {value!r:.60}",
            f"{name}=() means any",
        )
    return items


def trust_named(word: str) -> Trust:
    """The trust with that name.

    Raises:
        UsageError: there is none, or it is not a str.
    """
    check_texts(trust=word)
    if word not in list(Trust):
        from yoi_relations.word_hints import suggestion  # noqa: PLC0415  # only for errors

        raise UsageError(f"unknown trust '{word}'", suggestion(word, Trust))
    return Trust(word)


def _wrong_type(rule: str, value: object, hint: str) -> UsageError:
    return UsageError(f"{rule}, not {type(value).__name__}", hint)
