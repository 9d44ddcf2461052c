"""The names of all tickets, to find those that a name, an ending or a part of one means."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from yoi_relations.files.ids import MIN_PART, ends_with, splits_digits
from yoi_relations.files.nfc import composed

_GAP = "\0"
"""Separates names in one text; no name of a folder contains it."""


Named = tuple[str, str | None, str | None]
"""Id, slug and title of a ticket; None if it has no such name."""


class TicketNames:
    """The names of all tickets, prepared for many searches.

    Ids and slugs are joined in one text, and titles in another, so that `str.find` does the search:
    a command can ask for thousands of names in a workspace of ten thousand tickets.

    Args:
        names: names of every ticket, sorted by id; an id of several folders has several entries.
    """

    def __init__(self, names: Iterable[Named]) -> None:
        self._names = list(names)
        plain = [_all_plain(self._column(0)), _all_plain(self._column(1))]
        self._whole, self._slugs = _numbers(plain[0]), _numbers(plain[1])
        self._ids = _all_folded(plain[0])
        self._text = _Text(self._ids, _all_folded(plain[1]))
        self._titles: _Text | None = None

    def find(self, name: str) -> list[str]:
        """The ids that `name` means: as an id, then as a slug, then as an ending of an id.

        The first of these steps that matches decides. A slug that is also the id of another ticket,
        or a long ending of one, means both.
        """
        plain, folded = _plain(name), casefolded(name)
        if not folded or _GAP in folded:
            return []
        found = self._whole.get(plain) or []
        slugged = self._slugs.get(plain) or []
        if not found and (not slugged or len(folded) >= MIN_PART):
            ends = self._text.find(folded + _GAP)
            found = [number for number, start in ends if self._ends(number, start, folded)]
        return self._named({*found, *slugged})

    def find_by_part(self, name: str) -> list[str]:
        """The ids that `name` means as a part of an id or slug, otherwise as a part of a title."""
        folded = casefolded(name)
        if len(folded) < MIN_PART or _GAP in folded:
            return []
        found = self._text.find_part(folded)
        if not found:
            if self._titles is None:
                self._titles = _Text(_all_folded(_all_plain(self._column(2))))
            found = self._titles.find_part(folded)
        return self._named(found)

    def _column(self, index: int) -> list[str]:
        return [names[index] or "" for names in self._names]

    def _named(self, numbers: Iterable[int]) -> list[str]:
        return [*dict.fromkeys(self._names[number][0] for number in sorted(numbers))]

    def _ends(self, number: int, position: int, folded: str) -> bool:
        """Whether the id of a ticket ends with `folded` at a position in the text."""
        id_ = self._ids[number]
        start = len(id_) - len(folded)
        if position != self._text.starts[number] + start:
            return False
        return start == 0 or ends_with(self._names[number][0], id_, folded)


class _Text:
    """The names of all tickets, joined in one text."""

    def __init__(self, *columns: list[str]) -> None:
        parts = [f"{_GAP.join(names)}{_GAP}" for names in zip(*columns, strict=True)]
        self.text = "".join(parts)
        self.starts = list(accumulate(map(len, parts), initial=0))

    def find(self, part: str) -> Iterator[tuple[int, int]]:
        """Each position of `part`, after the number of the ticket whose name it is in."""
        position = self.text.find(part)
        while position >= 0:
            yield bisect_right(self.starts, position) - 1, position
            position = self.text.find(part, position + 1)

    def find_part(self, part: str) -> list[int]:
        """The numbers of the tickets with `part` where it does not split a run of digits."""
        return [
            number
            for number, position in self.find(part)
            if not splits_digits(self.text, position)
            and not splits_digits(self.text, position + len(part))
        ]


def _numbers(names: list[str]) -> dict[str, list[int]]:
    """By name, its positions in a list."""
    found: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        if name:
            found.setdefault(name, []).append(number)
    return found


def _plain(name: str) -> str:
    """A name for comparisons: in NFC, without surrounding white space."""
    return composed(name).strip()


def casefolded(name: str) -> str:
    """A name for comparisons without regard to case."""
    return composed(_plain(name).casefold())


def _all_plain(names: list[str]) -> list[str]:
    if "".join(names).isascii():
        return [name.strip() for name in names]
    return [_plain(name) for name in names]


def _all_folded(plain: list[str]) -> list[str]:
    if "".join(plain).isascii():
        return [name.lower() for name in plain]
    return [casefolded(name) for name in plain]
