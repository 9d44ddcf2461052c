"""Finds the tickets that a target, which is not a ticket's id, was probably meant to name.

Targets are compared exactly, so a misspelled one is recorded for nobody. Where it can only mean one
ticket, whoever asks about that ticket has to know.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache

from yoi_relations.characters import escape, escaped, is_invisible
from yoi_relations.files.ids import MIN_PART, ends_with
from yoi_relations.lean.types import Connection, NamedTuple

_ELSEWHERE = re.compile(r"[a-z0-9][a-z0-9._/-]*:[^\s:/\\]+")
"""A ticket of another workspace."""
_BETWEEN = re.compile(r"[^\w./\\-]+")
"""What can be between several names; the rest may be part of an id, or of a path."""
_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 30
"""Words that are put together to find an id in a text; the time grows with their square."""
_HYPHENS = str.maketrans(dict.fromkeys("_\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_ASCII = {ord("_"): "-"} | {code: None for code in range(128) if is_invisible(chr(code))}
"""What a key has in the place of ASCII characters, but for their case."""
_BEGINNING = MIN_PART - 1
"""Characters of a key that do not depend on what follows it: the next one may, in Unicode."""
_LAST = "\U0010ffff"
"""Sorts behind every character."""
_STEPS = re.compile(r"[/\\]")
_MOST_SHOWN = 200
"""Characters of a target that a message shows."""


class LikelyTarget(NamedTuple):
    """A ticket that was probably meant, and how the target differs from its id."""

    ticket: str
    difference: str


class TargetNames:
    """The ids and slugs of all tickets, by what is left of them when nothing but signs counts."""

    def __init__(self, tickets: Iterable[tuple[str, str | None]]) -> None:
        self._ids: dict[str, set[str]] = {}
        self._slugs: dict[str, set[str]] = {}
        backwards: list[tuple[str, str]] = []
        for id_, slug in tickets:
            key = _key(id_)
            self._ids.setdefault(key, set()).add(id_)
            backwards.append((key[::-1], id_))
            if slug:
                self._slugs.setdefault(_key(slug), set()).add(id_)
        self._beginnings = {key[:_BEGINNING] for key in self._ids}
        self._backwards = sorted(backwards)

    def meant_by(self, target: str) -> list[LikelyTarget]:
        """The tickets that `target` probably means; none where it may mean any of several."""
        if _ELSEWHERE.fullmatch(target):
            return []
        whole = self._one(target)
        if whole is not None:
            return whole
        parts = dict.fromkeys(one.strip(".") for one in _BETWEEN.split(target))
        found = {one.ticket for part in parts if part for one in self._part(part)}
        if not found:
            found = {one.ticket for one in self._on_path(target)}
        said = "several names in one" if len(found) > 1 else "other characters around it"
        return [LikelyTarget(ticket, said) for ticket in sorted(found)]

    def _part(self, part: str) -> list[LikelyTarget]:
        """The tickets that one of several names means, or that are named within it."""
        if part.isalnum():  # one word, which is neither a path nor has names within it
            return self._one(part) or []
        return self._one(part) or self._on_path(part) or self._within(part)

    def _within(self, text: str) -> list[LikelyTarget]:
        """The tickets whose ids are in `text`, between characters of other kinds."""
        words = list(_WORD.finditer(text))[:_MOST_WORDS]
        found: list[LikelyTarget] = []
        at = 0
        while at < len(words):
            start, ends = words[at].start(), range(len(words), at, -1)
            if _key(text[start : words[-1].end()])[:_BEGINNING] not in self._beginnings:
                at += 1
                continue
            keys = ((_key(text[start : words[end - 1].end()]), end) for end in ends)
            ids, end = next(
                ((self._ids[key], end) for key, end in keys if self._is_long_id(key)),
                (set[str](), at + 1),
            )
            found += [LikelyTarget(ticket, "") for ticket in ids if len(ids) == 1]
            at = end
        return found

    def _is_long_id(self, key: str) -> bool:
        return len(key) >= MIN_PART and key in self._ids

    def _on_path(self, path: str) -> list[LikelyTarget]:
        """The tickets whose ids are steps of a path."""
        if "/" not in path and "\\" not in path:
            return []
        steps = [step for step in dict.fromkeys(_STEPS.split(path)) if step.strip()]
        ids = [self._ids.get(_key(step), set()) for step in steps]
        return [LikelyTarget(ticket, "a path") for one in ids if len(one) == 1 for ticket in one]

    def _one(self, name: str) -> list[LikelyTarget] | None:
        """The ticket that one name means; none where it may mean several, None for no ticket."""
        for tickets, difference in self._steps(name):
            if len(tickets) == 1:
                (ticket,) = tickets
                return [LikelyTarget(ticket, difference or _difference(name, ticket))]
            if tickets:
                return []
        return None

    def _steps(self, name: str) -> Iterator[tuple[set[str], str]]:
        key = _key(name)
        yield self._ids.get(key, set()), ""
        yield self._slugs.get(key, set()), "its slug"
        on_path = {one.ticket for one in self._on_path(name)}
        if len(on_path) == 1 and not _BETWEEN.search(name):
            yield on_path, "a path"
        if len(key) >= MIN_PART:
            yield self._ending_with(key), "an ending of its id"

    def _ending_with(self, ending: str) -> set[str]:
        """The tickets of whose ids a key is an ending."""
        backwards = ending[::-1]
        first = bisect_left(self._backwards, (backwards,))
        behind = bisect_left(self._backwards, (backwards + _LAST,))
        found = ((key[::-1], id_) for key, id_ in self._backwards[first:behind])
        return {id_ for key, id_ in found if ends_with(id_, key, ending)}


def load_target_names(connection: Connection) -> TargetNames:
    """The names of all tickets of an index."""
    return TargetNames(
        connection.execute(
            "SELECT source.holder, ticket.slug FROM source"
            " LEFT JOIN ticket ON ticket.source_id = source.id WHERE source.format <> 'stray'"
        )
    )


def say(target: str, meant: list[LikelyTarget]) -> str:
    """What is wrong with a target that does not exist, to be read after the path."""
    alike = any("Unicode" in one.difference or "hyphen" in one.difference for one in meant)
    shown = escaped(target[:_MOST_SHOWN], only_ascii=alike)
    said = f"names the ticket '{shown}', which does not exist"
    if not meant:
        return said
    probably = ", ".join(f"{one.ticket} ({one.difference})" for one in meant)
    return f"{said}; probably meant: {probably}"


def _key(name: str) -> str:
    if name.isascii():
        return name.translate(_ASCII).lower()
    bare = "".join(filter(_is_visible, unicodedata.normalize("NFKC", name)))
    return unicodedata.normalize("NFKC", bare.casefold()).translate(_HYPHENS)


@lru_cache(4096)
def _is_visible(sign: str) -> bool:
    return not is_invisible(sign)


def _difference(name: str, id_: str) -> str:
    """How `name` differs from the id whose key it shares."""
    found = []
    spaces = [sign for sign in name if sign.isspace()]
    hidden = [sign for sign in name if is_invisible(sign) and not sign.isspace()]
    seen = "".join(sign for sign in name if not is_invisible(sign))
    wanted = "".join(sign for sign in id_ if not is_invisible(sign))
    if spaces:
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
