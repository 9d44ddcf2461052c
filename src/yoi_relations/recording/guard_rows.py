"""What the guard's tables are made of: one row per thing that is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing that is refused.

    Attributes:
        what: its name, with an article.
        instead: how to say it durably.
        shape: a pattern that finds it; the match is what may be shown of it.
        field: the only field it is looked for in; None is every field.
    """

    what: str
    instead: str
    shape: str
    field: str | None = None


def row_of(what: str, instead: str, *shapes: str, field: str | None = None) -> Row:
    """A row that any of `shapes` finds."""
    return Row(what, instead, "|".join(shapes), field)
