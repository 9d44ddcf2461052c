"""Finds the tickets that a target which is not a ticket's id probably means.

Targets are compared exactly, so a record with a misspelled target concerns no ticket. Where the
target can mean only one ticket, answers about that ticket list the record.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache

from yoi_relations.characters import escape, escaped, is_invisible
from yoi_relations.files.ids import MIN_PART, ends_with
from yoi_relations.files.source import Format
from yoi_relations.lean.types import Connection, NamedTuple

_ELSEWHERE = re.compile(r"[a-z0-9][a-z0-9._/-]*:[^\s:/\\]+")
"""A ticket of another workspace."""
_BETWEEN = re.compile(r"[^\w./\\-]+")
"""What separates several names. All other characters can be part of an id, or of a path."""
_WORD = re.compile(r"[^\W_]+")
_MAX_WORDS = 30
"""Words of a text that are combined to find an id; the time grows with their square."""
_HYPHENS = str.maketrans(dict.fromkeys("_\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_ASCII = {ord("_"): "-"} | {code: None for code in range(128) if is_invisible(chr(code))}
"""What replaces ASCII characters in a key; letters also become lower case."""
_PREFIX_SIZE = MIN_PART - 1
"""Characters of a key that do not depend on the text after it; in Unicode, the next one may."""
_LAST = "\U0010ffff"
"""Sorts after every other character."""
_SEPARATORS = re.compile(r"[/\\]")
_MAX_SHOWN = 200
"""Characters of a target that a message shows."""


class LikelyTarget(NamedTuple):
    """A ticket that a target probably means, and how the target differs from its id."""

    ticket: str
    difference: str


class TargetNames:
    """The ids and slugs of all tickets, found without regard to case, hyphens and hidden signs.

    Args:
        tickets: id and slug of each.
        numbered: ids of which a tool can change the prefix, and keeps the number.
    """

    def __init__(
        self, tickets: Iterable[tuple[str, str | None]], numbered: Iterable[str] = ()
    ) -> None:
        self._numbers: dict[str, set[str]] = {}
        for id_ in numbered:
            if number := _number(_key(id_)):
                self._numbers.setdefault(number, set()).add(id_)
        self._ids: dict[str, set[str]] = {}
        self._slugs: dict[str, set[str]] = {}
        reversed_keys: list[tuple[str, str]] = []
        for id_, slug in tickets:
            key = _key(id_)
            self._ids.setdefault(key, set()).add(id_)
            reversed_keys.append((key[::-1], id_))
            if slug:
                self._slugs.setdefault(_key(slug), set()).add(id_)
        self._prefixes = {key[:_PREFIX_SIZE] for key in self._ids}
        self._reversed_keys = sorted(reversed_keys)

    def meant_by(self, target: str) -> list[LikelyTarget]:
        """The tickets that `target` probably means; none where it can mean any of several."""
        if _ELSEWHERE.fullmatch(target):
            return []
        whole = self._by_name(target)
        if whole is not None:
            return whole
        parts = dict.fromkeys(part.strip(".") for part in _BETWEEN.split(target))
        found = set().union(*map(self._by_part, filter(None, parts))) or self._on_path(target)
        difference = "several names in one" if len(found) > 1 else "other characters around it"
        return [LikelyTarget(ticket, difference) for ticket in sorted(found)]

    def _by_part(self, part: str) -> set[str]:
        """The tickets that one of several names means, or that it contains."""
        found = {likely.ticket for likely in self._by_name(part) or ()}
        if found or part.isalnum():  # one word is not a path and contains no other name
            return found
        return self._on_path(part) or self._within(part)

    def _within(self, text: str) -> set[str]:
        """The tickets whose ids are in `text`, at the ends of words."""
        words = list(_WORD.finditer(text))[:_MAX_WORDS]
        found: set[str] = set()
        first = 0
        while first < len(words):
            start, ends = words[first].start(), range(len(words), first, -1)
            if _key(text[start : words[-1].end()])[:_PREFIX_SIZE] not in self._prefixes:
                first += 1
                continue
            keys = ((_key(text[start : words[end - 1].end()]), end) for end in ends)
            ids, end = next(
                ((self._ids[key], end) for key, end in keys if self._is_long_id(key)),
                (set[str](), first + 1),
            )
            if len(ids) == 1:
                found |= ids
            first = end
        return found

    def _is_long_id(self, key: str) -> bool:
        return len(key) >= MIN_PART and key in self._ids

    def _on_path(self, path: str) -> set[str]:
        """The tickets whose ids are components of a path."""
        if "/" not in path and "\\" not in path:
            return set()
        names = filter(str.strip, dict.fromkeys(_SEPARATORS.split(path)))
        found = (self._ids.get(_key(name), set()) for name in names)
        return set().union(*(ids for ids in found if len(ids) == 1))

    def _by_name(self, name: str) -> list[LikelyTarget] | None:
        """The ticket that a name means; none where it can mean several, None for no ticket."""
        for tickets, difference in self._candidates(name):
            if len(tickets) == 1:
                (ticket,) = tickets
                return [LikelyTarget(ticket, difference or _difference(name, ticket))]
            if tickets:
                return []
        return None

    def _candidates(self, name: str) -> Iterator[tuple[set[str], str]]:
        """Tickets that a name can mean, and why, in the order in which they count."""
        key = _key(name)
        yield self._ids.get(key, set()), ""
        yield self._slugs.get(key, set()), "its slug"
        on_path = self._on_path(name)
        if len(on_path) == 1 and not _BETWEEN.search(name):
            yield on_path, "a path"
        if len(key) >= MIN_PART:
            yield self._ending_with(key), "an ending of its id"
        yield self._numbers.get(_number(key), set()), "another prefix"

    def _ending_with(self, ending: str) -> set[str]:
        """The tickets whose ids end with a key."""
        reversed_ending = ending[::-1]
        first = bisect_left(self._reversed_keys, (reversed_ending,))
        end = bisect_left(self._reversed_keys, (reversed_ending + _LAST,))
        found = ((key[::-1], id_) for key, id_ in self._reversed_keys[first:end])
        return {id_ for key, id_ in found if ends_with(id_, key, ending)}


def load_target_names(connection: Connection) -> TargetNames:
    """Load the ids and slugs of all tickets of an index.

    Records about a task without a file have no folder, and are no ticket that can be meant.
    """
    numbered = connection.execute(
        "SELECT DISTINCT holder FROM source WHERE format = ?", (Format.BACKLOG,)
    )
    names = connection.execute("SELECT ticket, slug FROM ticket_name WHERE folder <> ''")
    return TargetNames(names, (id_ for (id_,) in numbered))


def dangling_message(target: str, meant: list[LikelyTarget]) -> str:
    """The message of a problem: a target does not exist. It follows the path of the record."""
    differences = [likely.difference for likely in meant]
    look_equal = any("Unicode" in each or "hyphen" in each for each in differences)
    shown = escaped(target[:_MAX_SHOWN], only_ascii=look_equal)
    message = f"names the ticket '{shown}', which does not exist"
    if not meant:
        return message
    probably = ", ".join(f"{ticket} ({difference})" for ticket, difference in meant)
    return f"{message}; probably meant: {probably}"


def _number(key: str) -> str:
    """What follows the letters of an id, if that is a number such as 24.1; otherwise empty."""
    prefix, _, number = key.rpartition("-")
    return number if prefix.isalpha() and number.replace(".", "").isdecimal() else ""


def _key(name: str) -> str:
    if name.isascii():
        return name.translate(_ASCII).lower()
    visible = "".join(filter(_is_visible, unicodedata.normalize("NFKC", name)))
    return unicodedata.normalize("NFKC", visible.casefold()).translate(_HYPHENS)


@lru_cache(4096)
def _is_visible(char: str) -> bool:
    return not is_invisible(char)


def _difference(name: str, id_: str) -> str:
    """How `name` differs from the id whose key it shares."""
    found = []
    hidden = [char for char in name if is_invisible(char) and not char.isspace()]
    seen = "".join(char for char in name if not is_invisible(char))
    wanted = "".join(char for char in id_ if not is_invisible(char))
    if any(char.isspace() for char in name):
        found.append("white space")
    if hidden:
        found.append(f"an invisible character, {escape(hidden[0])}")
    if unicodedata.normalize("NFKC", seen) != seen and seen != wanted:
        found.append("another Unicode form")
        seen = unicodedata.normalize("NFKC", seen)
    if seen.casefold().translate(_HYPHENS) != seen.casefold() and not found:
        found.append("another hyphen")
    elif seen != wanted:
        found.append("another case")
    return " and ".join(found) or "white space"
