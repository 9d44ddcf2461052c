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
            raise UsageError(f"{name}: must be a str, not {_type(value)}", "pass a str")


def check_optional_texts(**arguments: object) -> None:
    """Refuse values that are neither a str nor None, as `check_texts` does."""
    check_texts(**{name: value for name, value in arguments.items() if value is not None})


def check_names(tickets: tuple[object, ...]) -> None:
    """Refuse names of tickets that are not a str.

    Raises:
        UsageError: one is not, such as a list of names.
    """
    for ticket in tickets:
        if not isinstance(ticket, str):
            raise UsageError(
                f"tickets: each must be a str, not {_type(ticket)}",
                'name them one by one: check("A", "B"), or check(*names)',
            )


def check_count(**arguments: object) -> None:
    """Refuse values that are not an int, and bools.

    Raises:
        UsageError: one is not; the message begins with its name.
    """
    for name, value in arguments.items():
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(f"{name}: must be an int, not {_type(value)}", "pass an int")


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


def _type(value: object) -> str:
    return type(value).__name__
