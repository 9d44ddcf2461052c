"""Hints for words that are not kinds or states, by the meaning of the words.

Letters alone mislead: ``superseded-by`` resembles ``supersedes`` and means the opposite. So a word
is first searched in the vocabulary (``synonyms``), and a misspelled word counts as the word there
that it resembles. Only error messages need this module.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

from yoi_relations import synonyms
from yoi_relations.lean.types import NamedTuple, StrEnum

_MAX_WORD = 64
"""Characters of a word that are compared; the comparison takes quadratic time."""
_MIN_RATIO = 0.8
"""Least similarity, 0 to 1, of a misspelled word and the word that is meant."""
_SAME_RATIO = 0.05
"""Words of the vocabulary whose similarity differs by less than this are equally likely."""
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W_a-zA-Z]+")

_LEADING_WORDS = frozenset(synonyms.LEADING_WORDS.split())
_NEGATIONS = frozenset(synonyms.NEGATIONS.split())

_NO_HIERARCHY = (
    "there is no hierarchy here: record which ticket waits for which, or that the two are related"
)
_NOT_RECORDED = (
    "what does not hold is not recorded; a relation that holds no longer is retired: "
    "relations retire RECORD --reason WHY"
)
_STATEMENTS = {
    "blocked_by": "{ticket} cannot go on until {target} is resolved",
    "depends_on": "{ticket} cannot go on until {target} is resolved",
    "blocks": "{target} cannot go on until {ticket} is resolved",
    "before": "{target} is taken after {ticket}",
    "after": "{ticket} is taken after {target}",
    "supersedes": "{ticket} replaces {target}",
    "duplicate_of": "{ticket} repeats {target}",
}
"""What a kind states, for the kinds where the order of the two tickets matters."""
_EQUIVALENT = {
    "blocked_by": "depends_on",
    "depends_on": "blocked_by",
    "waiting": "waiting_capacity_note",
}
"""Another kind that means the same from the same side."""


class Side(StrEnum):
    """The ticket that is the subject of a word, compared with the subject of its kind."""

    SAME = "same"
    OTHER = "other"
    EITHER = "either"


class Meaning(NamedTuple):
    """What a word means between two tickets.

    Attributes:
        kinds: those with that meaning; several if the word is ambiguous.
        side: which ticket is the subject of the word.
        instead: what to do if no kind has that meaning, or None.
    """

    kinds: tuple[str, ...]
    side: Side = Side.SAME
    instead: str | None = None


_HIERARCHY = Meaning((), instead=_NO_HIERARCHY)
_NEGATED = Meaning((), instead=_NOT_RECORDED)


def kind_hint(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown kind on the command line."""
    converse = "relations add TARGET {kind} TICKET"
    return _kind_hint(word, list(known), "TICKET", "TARGET", converse + "{statement}")


def recorded_kind_hint(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown kind in a record file."""
    converse = "{kind} in the folder of the target"
    return _kind_hint(word, list(known), "its own ticket", "the target", converse)


def _kind_hint(word: str, known: list[str], ticket: str, target: str, converse: str) -> str:
    """The hint for an unknown kind, with these names for the holder and the other ticket.

    `converse` says how to record a ``{kind}`` from the other side, and its ``{statement}``.
    """
    meanings = _meanings(word)
    offers = [
        f"{kind}{_statement(kind, ticket, target)}"
        for kind in _offered(meanings, known, but=Side.OTHER)
    ]
    hints = [f"did you mean {' or '.join(offers)}?"] if offers else []
    start = f"{'if not, ' if hints else ''}record it from the other side: {converse}"
    hints += [
        start.format(kind=kind, statement=_statement(kind, target, ticket))
        for kind in _offered(meanings, known, but=Side.SAME)
    ]
    return _joined(meanings, hints, known)


def selector_hint(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown word that should select relations."""
    names = list(known)
    meanings = _meanings(word)
    # The first word of an ambiguous list is a class.
    either = synonyms.EITHER_SIDE.items()
    classes = {kinds: words.split()[:1] for kinds, words in either if len(kinds) > 1}
    offers = dict.fromkeys(
        name for meaning in meanings for name in classes.get(meaning.kinds) or meaning.kinds
    )
    return _joined(meanings, [f"did you mean {' or '.join(offers)}?"] if offers else [], names)


def state_hint(word: str, known: Iterable[str]) -> str | None:
    """The hint for an unknown state: those of `known` that resemble `word`; None if none does."""
    by_word = {_squashed(name): [name] for name in known}
    names = list(known)
    for state, words in synonyms.STATES.items():
        for synonym in words.split():
            if state in names and by_word.get(synonym) != [synonym]:
                by_word.setdefault(synonym, []).append(state)
    bare = _squashed(word)[:_MAX_WORD]
    near = [bare] if bare in by_word else get_close_matches(bare, by_word, n=1, cutoff=_MIN_RATIO)
    return f"did you mean {' or '.join(by_word[near[0]])}?" if near else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown word: the words of `known` that resemble it, or all of them."""
    names = list(known)
    near = get_close_matches(word[:_MAX_WORD], names, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"


def _joined(meanings: list[Meaning], hints: list[str], names: list[str]) -> str:
    hints += [meaning.instead for meaning in meanings if meaning.instead]
    return "; ".join(hints) or f"known: {', '.join(names)}"


def _statement(kind: str, ticket: str, target: str) -> str:
    return (
        f" ({_STATEMENTS[kind].format(ticket=ticket, target=target)})"
        if kind in _STATEMENTS
        else ""
    )


def _offered(meanings: list[Meaning], known: list[str], *, but: Side) -> list[str]:
    """The kinds of `known` that have one of `meanings` from a side other than `but`."""
    kinds: list[str] = []
    for meaning in meanings:
        # If two kinds are the converse of each other, one of them fits this side.
        both = meaning.side is Side.EITHER and len(meaning.kinds) > 1
        if meaning.side is not but and not (both and but is Side.SAME):
            kinds += meaning.kinds
    usable = [kind if kind in known else _EQUIVALENT.get(kind, kind) for kind in kinds]
    return list(dict.fromkeys(kind for kind in usable if kind in known))


def _meanings(word: str) -> list[Meaning]:
    """The possible meanings of `word`; empty if it resembles no word of the vocabulary."""
    parts = [part.casefold() for part in _PART.findall(unicodedata.normalize("NFKC", word))]
    while len(parts) > 1 and parts[0] in _LEADING_WORDS:
        parts = parts[1:]
    bare = "".join(parts)[:_MAX_WORD]
    vocabulary = _vocabulary()
    if bare in vocabulary:
        return [vocabulary[bare]]
    if _is_negated(parts, bare, vocabulary):
        return [_NEGATED]
    # "by" at the end reverses the meaning, so it is not a mere difference of two letters.
    candidates = [known for known in vocabulary if known.endswith("by") == bare.endswith("by")]
    near = get_close_matches(bare, candidates, n=8, cutoff=_MIN_RATIO)
    ratios = [SequenceMatcher(None, known, bare).ratio() for known in near]
    best = [
        known for known, ratio in zip(near, ratios, strict=True) if ratio > ratios[0] - _SAME_RATIO
    ]
    return list(dict.fromkeys(vocabulary[known] for known in best))


def _is_negated(parts: list[str], bare: str, vocabulary: dict[str, Meaning]) -> bool:
    if not _NEGATIONS.isdisjoint(parts):
        return True
    return any(bare.startswith(un) and bare.removeprefix(un) in vocabulary for un in ("un", "non"))


def _squashed(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def _vocabulary() -> dict[str, Meaning]:
    """The meaning of each word of `synonyms` and each kind; listed words override verb forms."""
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


def separate_options_hint(flag: str, words: str, known: Iterable[str]) -> str | None:
    """The hint for one word that joins several of `known`; None if `words` is not such a word."""
    parts = words.replace(",", " ").split()
    if len(parts) < 2 or not set(parts) <= set(known):  # noqa: PLR2004  # one word is correct
        return None
    return f"give each by itself: {' '.join(f'{flag} {part}' for part in parts)}"
