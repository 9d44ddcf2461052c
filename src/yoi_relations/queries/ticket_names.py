"""Finds the tickets that a person calls by less than an id, among the names of all tickets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate

MIN_PART = 4
"""Characters that a part of an id or slug must have to name a ticket."""
_GAP = "\0"
"""Between names in one text; no folder's name holds it."""

_Fits = Callable[[str, str], bool]


class Names:
    """The ids and slugs of all tickets, made ready for any number of questions.

    They stand in one text, which is searched at the speed of C: several thousand names are soon
    asked for in a workspace of ten thousand tickets.

    Args:
        names: id and slug of every ticket, by id.
    """

    def __init__(self, names: list[tuple[str, str]]) -> None:
        self._ids = [id_ for id_, _ in names]
        self._slugs: dict[str, list[str]] = {}
        for id_, slug in names:
            self._slugs.setdefault(slug, []).append(id_)
        self._small = [(id_.lower(), slug.lower()) for id_, slug in names]
        parts = [f"{id_}{_GAP}{slug}{_GAP}" for id_, slug in self._small]
        self._text = "".join(parts)
        self._starts = list(accumulate(map(len, parts), initial=0))

    def called(self, name: str) -> list[str]:
        """The ids that `name` stands for.

        By slug, then ending of the id, then part of id or slug; the first of these steps that
        matches decides.
        """
        small = name.lower()
        if not small:
            return []
        ids = self._slugs.get(name) or [
            *self._found(small + _GAP, lambda id_, _: id_.endswith(small))
        ]
        if ids or len(small) < MIN_PART:
            return ids
        return [*self._found(small, lambda id_, slug: small in id_ or small in slug)]

    def _found(self, part: str, fits: _Fits) -> Iterator[str]:
        """The ids of tickets whose names hold `part` in the text, and fit."""
        at = self._text.find(part)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            fitting = fits(*self._small[number])
            if fitting:
                yield self._ids[number]
            at = self._text.find(part, self._starts[number + 1] if fitting else at + 1)
