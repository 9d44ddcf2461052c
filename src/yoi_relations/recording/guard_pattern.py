"""One pattern of the guard: what it finds, and how the refusal names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GuardPattern:
    """One kind of text that no record may hold.

    Attributes:
        name: what is refused, with an article.
        advice: what to write instead.
        regex: finds it; messages may show the match.
        field: the only field that is searched; None for every field.
    """

    name: str
    advice: str
    regex: str
    field: str | None = None


def guard_pattern(
    advice: str, name: str, *alternatives: str, field: str | None = None
) -> GuardPattern:
    """A pattern that finds any of `alternatives`."""
    return GuardPattern(name, advice, "|".join(alternatives), field)
