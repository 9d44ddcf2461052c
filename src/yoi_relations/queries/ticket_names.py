"""Finds the tickets that a person names by less than an id, among the names of all tickets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from yoi_relations.files.ids import MIN_PART, ends_with, splits_digits
from yoi_relations.files.nfc import composed

_GAP = "\0"
"""Between names in one text; no folder's name holds it."""


Named = tuple[str, str | None, str | None]
"""Id, slug and title of a ticket; None where it has no such name."""


class TicketNames:
    """The names of all tickets, made ready for any number of questions.

    Ids and slugs are in one text, and titles in another, which are searched at the speed of C:
    several thousand names are soon asked for in a workspace of ten thousand tickets.

    Args:
        names: of every ticket, by id; an id that several folders share has several.
    """

    def __init__(self, names: Iterable[Named]) -> None:
        self._names = list(names)
        plain = [_all_plain(self._column(0)), _all_plain(self._column(1))]
        self._whole, self._slugs = _numbers(plain[0]), _numbers(plain[1])
        self._ids = _all_small(plain[0])
        self._text = _Text(self._ids, _all_small(plain[1]))
        self._titles: _Text | None = None

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
                self._titles = _Text(_all_small(_all_plain(self._column(2))))
            found = [*self._titles.found(small, self._titles.is_part(small))]
        return self._named(found)

    def _column(self, place: int) -> list[str]:
        return [one[place] or "" for one in self._names]

    def _named(self, numbers: Iterable[int]) -> list[str]:
        return [*dict.fromkeys(self._names[number][0] for number in sorted(numbers))]

    def _ends(self, small: str) -> _Fits:
        """Whether the id of a ticket ends with `small`, found at a place in the text."""

        def fits(number: int, at: int) -> bool:
            id_ = self._ids[number]
            start = len(id_) - len(small)
            if at != self._text.starts[number] + start:
                return False
            return start == 0 or ends_with(self._names[number][0], id_, small)

        return fits


_Fits = Callable[[int, int], bool]
"""Whether a place in a text is a match: the number of the ticket, and the place."""


class _Text:
    """Names of all tickets, one behind the other."""

    def __init__(self, *columns: list[str]) -> None:
        parts = [f"{_GAP.join(names)}{_GAP}" for names in zip(*columns, strict=True)]
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
            not (splits_digits(self.text, at) or splits_digits(self.text, at + len(part)))
        )


def _numbers(names: list[str]) -> dict[str, list[int]]:
    """The places of each name in a list."""
    found: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        if name:
            found.setdefault(name, []).append(number)
    return found


def _plain(name: str) -> str:
    """`name` as names are compared: in NFC, without white space around it."""
    return composed(name).strip()


def _small(name: str) -> str:
    """The same in any case."""
    return composed(_plain(name).casefold())


def _all_plain(names: list[str]) -> list[str]:
    if "".join(names).isascii():
        return [name.strip() for name in names]
    return [_plain(name) for name in names]


def _all_small(plain: list[str]) -> list[str]:
    if "".join(plain).isascii():
        return [name.lower() for name in plain]
    return [_small(name) for name in plain]
