"""Finds the tickets that a person names by less than an id, among the names of all tickets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from yoi_relations.files.composing import composed
from yoi_relations.typed import NamedTuple

MIN_PART = 4
"""Characters that a part must have to name a ticket; of an ending, to contest a slug."""
_GAP = "\0"
"""Between names in one text; no folder's name holds it."""
_BASE32 = frozenset("0123456789abcdefghjkmnpqrstvwxyz")
_BASE32_LENGTH = 13


class Named(NamedTuple):
    """The names of one ticket; None where it has no such name."""

    id: str
    slug: str | None
    title: str | None


class Names:
    """The names of all tickets, made ready for any number of questions.

    Ids and slugs are in one text, and titles in another, which are searched at the speed of C:
    several thousand names are soon asked for in a workspace of ten thousand tickets.

    Args:
        names: of every ticket, by id; an id that several folders share has several.
    """

    def __init__(self, names: Iterable[Named]) -> None:
        self._names = list(names)
        self._ids = [_small(one.id) for one in self._names]
        self._text = _Text((id_, _small(one.slug)) for id_, one in self._each())
        self._titles: _Text | None = None
        self._whole: dict[str, list[int]] = {}
        self._slugs: dict[str, list[int]] = {}
        for number, one in enumerate(self._names):
            self._whole.setdefault(_plain(one.id), []).append(number)
            if one.slug:
                self._slugs.setdefault(_plain(one.slug), []).append(number)

    def called(self, name: str) -> list[str]:
        """The ids that `name` stands for: by id, then slug, then ending of the id.

        The first of these steps that matches decides. A slug that is the id of another ticket as
        well, or a long ending of one, stands for both.
        """
        plain, small = _plain(name), _small(name)
        if not small or _GAP in small:
            return []
        found = self._whole.get(plain) or []
        slugged = self._slugs.get(plain) or []
        if not found and (not slugged or len(small) >= MIN_PART):
            found = [*self._text.found(small + _GAP, self._ends(small))]
        return self._named({*found, *slugged})

    def called_in_part(self, name: str) -> list[str]:
        """The ids that `name` stands for as a part of an id or slug, or else of a title."""
        small = _small(name)
        if len(small) < MIN_PART or _GAP in small:
            return []
        found = [*self._text.found(small, self._text.is_part(small))]
        if not found:
            if self._titles is None:
                self._titles = _Text((_small(one.title),) for one in self._names)
            found = [*self._titles.found(small, self._titles.is_part(small))]
        return self._named(found)

    def _each(self) -> Iterator[tuple[str, Named]]:
        return zip(self._ids, self._names, strict=True)

    def _named(self, numbers: Iterable[int]) -> list[str]:
        return [*dict.fromkeys(self._names[number].id for number in sorted(numbers))]

    def _ends(self, small: str) -> _Fits:
        """Whether the id of a ticket ends with `small`, found at a place in the text."""

        def fits(number: int, at: int) -> bool:
            id_ = self._ids[number]
            start = len(id_) - len(small)
            if at != self._text.starts[number] + start:
                return False
            return _is_base32(id_) or not _splits_digits(id_, start)

        return fits


_Fits = Callable[[int, int], bool]
"""Whether a place in a text is a match: the number of the ticket, and the place."""


class _Text:
    """Names of all tickets, one behind the other."""

    def __init__(self, names: Iterable[Iterable[str]]) -> None:
        parts = ["".join(f"{name}{_GAP}" for name in each) for each in names]
        self.text = "".join(parts)
        self.starts = list(accumulate(map(len, parts), initial=0))

    def found(self, part: str, fits: _Fits) -> Iterator[int]:
        """The numbers of the tickets whose names hold `part` at a place that fits."""
        at = self.text.find(part)
        while at >= 0:
            number = bisect_right(self.starts, at) - 1
            fitting = fits(number, at)
            if fitting:
                yield number
            at = self.text.find(part, self.starts[number + 1] if fitting else at + 1)

    def is_part(self, part: str) -> _Fits:
        """Whether `part`, found at a place, splits no run of digits there."""
        return lambda _, at: (
            not (_splits_digits(self.text, at) or _splits_digits(self.text, at + len(part)))
        )


def _splits_digits(text: str, at: int) -> bool:
    """Whether there are digits on both sides of a place."""
    return 0 < at < len(text) and text[at - 1].isdigit() and text[at].isdigit()


def _is_base32(small: str) -> bool:
    return len(small) == _BASE32_LENGTH and _BASE32.issuperset(small)


def _plain(name: str) -> str:
    """`name` as names are compared: in NFC, without white space around it."""
    return composed(name).strip()


def _small(name: str | None) -> str:
    """The same in any case; nothing for no name."""
    return composed(_plain(name).casefold()) if name else ""
