"""Hints for words that are not kinds or states, by what the words mean.

Letters alone mislead: ``superseded-by`` looks like ``supersedes`` and says the opposite. So a word
is looked up in the vocabulary first, and a misspelled word counts as the word there that it
resembles. Only errors need this module.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

from yoi_relations import synonyms
from yoi_relations.lean.types import NamedTuple, StrEnum

_LONGEST_WORD = 64
"""Characters of a word that are compared with known ones; the comparison is quadratic."""
_ALIKE = 0.8
"""How much of a word must agree with a known one for it to be a misspelling of that."""
_AS_ALIKE = 0.05
"""Known words whose likeness differs by less resemble a word equally."""
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W_a-zA-Z]+")

_FILLERS = frozenset(synonyms.FILLERS.split())
_NEGATIONS = frozenset(synonyms.NEGATIONS.split())

_NO_HIERARCHY = (
    "there is no hierarchy here: record which ticket waits for which, or that the two are related"
)
_NOT_RECORDED = (
    "what does not hold is not recorded; a relation that holds no longer is retired: "
    "relations retire RECORD --reason WHY"
)
_SAYS = {
    "blocked_by": "{ticket} cannot go on until {target} is resolved",
    "depends_on": "{ticket} cannot go on until {target} is resolved",
    "blocks": "{target} cannot go on until {ticket} is resolved",
    "before": "{target} is taken after {ticket}",
    "after": "{ticket} is taken after {target}",
    "supersedes": "{ticket} replaces {target}",
    "duplicate_of": "{ticket} repeats {target}",
}
"""Which ticket is which, for the kinds where that matters."""
_EQUIVALENT = {
    "blocked_by": "depends_on",
    "depends_on": "blocked_by",
    "waiting": "waiting_capacity_note",
}
"""Another kind that says the same from the same side."""
_SELECTORS = {
    ("depends_on", "blocks"): "dependency",
    ("before", "after"): "ordering",
    ("conflicts_with", "do_not_parallelize"): "conflict",
    ("related", "supersedes", "duplicate_of"): "reference",
}
"""The classes that select all of these kinds."""


class Side(StrEnum):
    """From which of two tickets a word is said, compared with its kind."""

    SAME = "same"
    OTHER = "other"
    EITHER = "either"


class Meaning(NamedTuple):
    """What a word says of two tickets.

    Attributes:
        kinds: that say it; more than one where the word leaves open which.
        side: from which they say it.
        instead: what to do where no kind says it.
    """

    kinds: tuple[str, ...]
    side: Side = Side.SAME
    instead: str | None = None


_HIERARCHY = Meaning((), instead=_NO_HIERARCHY)
_NEGATED = Meaning((), instead=_NOT_RECORDED)


def kind_hint(word: str, known: Iterable[str]) -> str:
    """What to say to somebody who wanted to record a relation with `word` as its kind."""
    names = list(known)
    meanings = _meanings(word)
    offers = [
        f"{kind}{_explained(kind, 'TICKET', 'TARGET')}"
        for kind in _offered(meanings, names, but=Side.OTHER)
    ]
    said = [f"did you mean {' or '.join(offers)}?"] if offers else []
    otherwise = "if not, " if said else ""
    said += [
        f"{otherwise}record it from the other side: relations add TARGET {kind} TICKET"
        f"{_explained(kind, 'TARGET', 'TICKET')}"
        for kind in _offered(meanings, names, but=Side.SAME)
    ]
    return _joined(meanings, said, names)


def recorded_kind_hint(word: str, known: Iterable[str]) -> str:
    """What to say of a record, in the folder of some ticket, that has `word` as its kind."""
    names = list(known)
    meanings = _meanings(word)
    offers = [
        f"{kind}{_explained(kind, 'its own ticket', 'the target')}"
        for kind in _offered(meanings, names, but=Side.OTHER)
    ]
    said = [f"did you mean {' or '.join(offers)}?"] if offers else []
    otherwise = "if not, " if said else ""
    said += [
        f"{otherwise}record it from the other side: {kind} in the folder of the target"
        for kind in _offered(meanings, names, but=Side.SAME)
    ]
    return _joined(meanings, said, names)


def selector_hint(word: str, known: Iterable[str]) -> str:
    """What to say to somebody who wanted to select relations by `word`."""
    names = list(known)
    meanings = _meanings(word)
    offers = dict.fromkeys(
        name
        for meaning in meanings
        for name in ([_SELECTORS[meaning.kinds]] if meaning.kinds in _SELECTORS else meaning.kinds)
    )
    return _joined(meanings, [f"did you mean {' or '.join(offers)}?"] if offers else [], names)


def state_hint(word: str, known: Iterable[str]) -> str | None:
    """What to say to somebody who wrote `word` for one of these states; None if nothing is near."""
    by_word = {_squashed(name): [name] for name in known}
    names = list(known)
    for state, words in synonyms.STATES.items():
        for one in words.split():
            if state in names and by_word.get(one) != [one]:
                by_word.setdefault(one, []).append(state)
    said = _squashed(word)[:_LONGEST_WORD]
    near = [said] if said in by_word else get_close_matches(said, by_word, n=1, cutoff=_ALIKE)
    return f"did you mean {' or '.join(by_word[near[0]])}?" if near else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """What to say to somebody who wrote `word`: those of `known` that look like it, else all."""
    names = list(known)
    near = get_close_matches(word[:_LONGEST_WORD], names, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"


def _joined(meanings: list[Meaning], said: list[str], names: list[str]) -> str:
    said += [meaning.instead for meaning in meanings if meaning.instead]
    return "; ".join(said) or f"known: {', '.join(names)}"


def _explained(kind: str, ticket: str, target: str) -> str:
    return f" ({_SAYS[kind].format(ticket=ticket, target=target)})" if kind in _SAYS else ""


def _offered(meanings: list[Meaning], known: list[str], *, but: Side) -> list[str]:
    """The kinds of `known` that say one of `meanings` from a side other than `but`."""
    kinds: list[str] = []
    for meaning in meanings:
        # Of two kinds that are each other's converse, either is said from this side.
        both = meaning.side is Side.EITHER and len(meaning.kinds) > 1
        if meaning.side is not but and not (both and but is Side.SAME):
            kinds += meaning.kinds
    found = [kind if kind in known else _EQUIVALENT.get(kind, kind) for kind in kinds]
    return list(dict.fromkeys(kind for kind in found if kind in known))


def _meanings(word: str) -> list[Meaning]:
    """What `word` may mean; nothing where that cannot be told."""
    parts = [part.casefold() for part in _PART.findall(unicodedata.normalize("NFKC", word))]
    while len(parts) > 1 and parts[0] in _FILLERS:
        parts = parts[1:]
    said = "".join(parts)[:_LONGEST_WORD]
    known = _known_words()
    if said in known:
        return [known[said]]
    if _is_negated(parts, said, known):
        return [_NEGATED]
    # "by" at the end turns a word round, so it is not a letter or two like others.
    candidates = [one for one in known if one.endswith("by") == said.endswith("by")]
    near = get_close_matches(said, candidates, n=8, cutoff=_ALIKE)
    likeness = [SequenceMatcher(None, one, said).ratio() for one in near]
    best = [one for one, like in zip(near, likeness, strict=True) if like > likeness[0] - _AS_ALIKE]
    return list(dict.fromkeys(known[one] for one in best))


def _is_negated(parts: list[str], said: str, known: dict[str, Meaning]) -> bool:
    if not _NEGATIONS.isdisjoint(parts):
        return True
    return any(said.startswith(un) and said.removeprefix(un) in known for un in ("un", "non"))


def _squashed(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def _known_words() -> dict[str, Meaning]:
    """The vocabulary, with the kinds; what is listed overrides the forms of verbs."""
    found: dict[str, Meaning] = {}
    for active, passive, verbs in synonyms.VERBS:
        for verb in verbs.split():
            found |= _forms(verb, active, passive)
    for kinds, words in synonyms.EITHER_SIDE.items():
        found |= dict.fromkeys(words.split(), Meaning(kinds, Side.EITHER))
    for kind, words in synonyms.OTHER_SIDE.items():
        found |= dict.fromkeys(words.split(), Meaning((kind,), Side.OTHER))
    for kind, words in synonyms.SAME_SIDE.items():
        found |= dict.fromkeys((_squashed(kind), *words.split()), Meaning((kind,)))
    found |= dict.fromkeys(synonyms.NEGATED.split(), _NEGATED)
    return found | dict.fromkeys(synonyms.HIERARCHY.split(), _HIERARCHY)


def _forms(verb: str, active: str, passive: str | None) -> dict[str, Meaning]:
    """The forms of a regular verb. ``superseded`` alone may be active or passive."""
    stem = verb.removesuffix("e")
    soft = verb.removesuffix("y") + "i" if verb.endswith("y") else None
    third = f"{soft or verb}{'es' if soft or verb.endswith(('sh', 'x')) else 's'}"
    past = f"{soft or stem}ed"
    found = dict.fromkeys((verb, third, f"{stem}ing"), Meaning((active,)))
    if passive is None:
        found[f"{past}by"] = Meaning((active,), Side.OTHER)
        found[past] = Meaning((active,), Side.EITHER)
    else:
        found[f"{past}by"] = Meaning((passive,))
        found[past] = (
            Meaning((active,)) if active == passive else Meaning((active, passive), Side.EITHER)
        )
    return found


def one_by_one(flag: str, words: str, known: Iterable[str]) -> str | None:
    """A hint for somebody who wrote several of `known` as one value; None if they did not."""
    parts = words.replace(",", " ").split()
    if len(parts) < 2 or not set(parts) <= set(known):  # noqa: PLR2004  # several
        return None
    return f"give each by itself: {' '.join(f'{flag} {part}' for part in parts)}"
