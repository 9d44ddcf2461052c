"""What a Python program passes: of another type, it is refused at the door, by its name.

Behind the door a wrong type would end in an error about the inside, and a text where several words
are meant would be taken for a word a character.
"""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.errors import UsageError
from yoi_relations.index.handle import Trust


def check_texts(**given: object) -> None:
    """Refuse what is no text.

    Raises:
        UsageError: it names the argument.
    """
    for name, value in given.items():
        if not isinstance(value, str):
            raise UsageError(f"{name}: must be a str, not {_type(value)}", "pass a str")


def check_texts_if_any(**given: object) -> None:
    """Refuse what is neither text nor None, as `check_texts` does."""
    check_texts(**{name: value for name, value in given.items() if value is not None})


def check_names(tickets: tuple[object, ...]) -> None:
    """Refuse tickets that are not named one by one.

    Raises:
        UsageError: one of them is no text.
    """
    for one in tickets:
        if not isinstance(one, str):
            raise UsageError(
                f"tickets: each must be a str, not {_type(one)}",
                'name them one by one: check("A", "B"), or check(*names)',
            )


def check_count(**given: object) -> None:
    """Refuse what is no whole number.

    Raises:
        UsageError: it names the argument.
    """
    for name, value in given.items():
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(f"{name}: must be an int, not {_type(value)}", "pass an int")


def words(name: str, given: str | Iterable[str]) -> tuple[str, ...]:
    """One word, or several.

    Raises:
        UsageError: they are something else; it names the argument.
    """
    if isinstance(given, str):
        return (given,)
    several = tuple(given) if isinstance(given, Iterable) else (None,)
    if not all(isinstance(one, str) for one in several):
        raise UsageError(
            f"{name}: must be a str, or several, not {given!r:.60}", f"{name}=() stands for any"
        )
    return several


def trust_named(word: str) -> Trust:
    """How the index is checked.

    Raises:
        UsageError: there is no such way.
    """
    check_texts(trust=word)
    if word not in list(Trust):
        from yoi_relations.word_hints import suggestion  # noqa: PLC0415  # only errors need it

        raise UsageError(f"unknown trust '{word}'", suggestion(word, Trust))
    return Trust(word)


def _type(value: object) -> str:
    return type(value).__name__
