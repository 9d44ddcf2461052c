"""The closed set of relation kinds, their classes, and what each of them says.

A kind is a line in ``_KINDS`` and a phrase in ``_PHRASES``; filters and sentences follow from them.
"""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.errors import UsageError
from yoi_relations.lean.types import NamedTuple, StrEnum


class RelationClass(StrEnum):
    """What a relation is about, in the order in which answers list them."""

    DEPENDENCY = "dependency"
    ORDERING = "ordering"
    CONFLICT = "conflict"
    CAPACITY = "capacity"
    PLAN = "plan"
    REFERENCE = "reference"


class Inactive(StrEnum):
    """Why a relation is not active."""

    RETIRED = "retired"
    """All its records are retired."""
    REWRITTEN = "rewritten"
    """A later waiting note in the same orchestration plan took its place."""
    LATER_PLAN = "later_plan"
    """A later plan of the ticket was accepted."""
    TICKET = "ticket"
    """The state of its ticket ended it."""
    TARGET = "target"
    """The state of its target ended it."""
    BOTH = "both"
    """Both tickets are resolved."""


ALIASES = {
    "blocker": RelationClass.DEPENDENCY,
    "blockers": RelationClass.DEPENDENCY,
    "order": RelationClass.ORDERING,
}
"""Other names of classes on the command line. ``waiting`` and ``plan`` need no entry."""


class Direction(StrEnum):
    """How a record's holder and target become an edge's ticket and target."""

    FORWARD = "forward"
    """The holder is the edge's ticket."""
    REVERSE = "reverse"
    """The holder is the edge's target."""
    SYMMETRIC = "symmetric"
    """Both ends are alike; the smaller id is the edge's ticket."""
    NOTE = "note"
    """No edge: a note about the holder. A target is context at most."""


class Kind(NamedTuple):
    """One kind of record.

    Attributes:
        name: as recorded in files.
        shown: the kind under which the relation is shown; kinds that mean the same share it.
        cls: the class it belongs to.
        direction: how holder and target map to the edge.
    """

    name: str
    shown: str
    cls: RelationClass
    direction: Direction

    @property
    def written(self) -> str:
        """The kind under which a new record of this meaning and direction is recorded."""
        return self.shown if self.is_note else self.name

    @property
    def is_note(self) -> bool:
        """Whether it is a note about one ticket instead of an edge between two."""
        return self.direction is Direction.NOTE


_KINDS = (
    Kind("blocked_by", "blocked_by", RelationClass.DEPENDENCY, Direction.FORWARD),
    Kind("blocks", "blocked_by", RelationClass.DEPENDENCY, Direction.REVERSE),
    Kind("depends_on", "blocked_by", RelationClass.DEPENDENCY, Direction.FORWARD),
    Kind("before", "after", RelationClass.ORDERING, Direction.REVERSE),
    Kind("after", "after", RelationClass.ORDERING, Direction.FORWARD),
    Kind("conflicts_with", "conflicts_with", RelationClass.CONFLICT, Direction.SYMMETRIC),
    Kind("do_not_parallelize", "do_not_parallelize", RelationClass.CONFLICT, Direction.SYMMETRIC),
    Kind("waiting", "waiting", RelationClass.CAPACITY, Direction.NOTE),
    Kind("waiting_capacity_note", "waiting", RelationClass.CAPACITY, Direction.NOTE),
    Kind("accepted_plan", "accepted_plan", RelationClass.PLAN, Direction.NOTE),
    Kind("related", "related", RelationClass.REFERENCE, Direction.SYMMETRIC),
    Kind("supersedes", "supersedes", RelationClass.REFERENCE, Direction.FORWARD),
    Kind("duplicate_of", "duplicate_of", RelationClass.REFERENCE, Direction.FORWARD),
)
KINDS = {kind.name: kind for kind in _KINDS}
JSON_KINDS = {
    name: KINDS[name] for name in ("depends_on", "blocks", "related", "supersedes", "duplicate_of")
}
"""Kinds that a relations.json may hold."""
PLAN_KINDS = {
    name: KINDS[name]
    for name in (
        "before",
        "after",
        "blocked_by",
        "blocks",
        "conflicts_with",
        "do_not_parallelize",
        "waiting_capacity_note",
        "accepted_plan",
    )
}
"""Kinds that an orchestration-plan.jsonl may hold."""
SHOWN_KINDS = tuple(dict.fromkeys(kind.shown for kind in _KINDS))
ALL_SHOWN = frozenset(SHOWN_KINDS)
SHOWN_NOTES = frozenset(kind.shown for kind in _KINDS if kind.is_note)
"""Those of the shown kinds that are notes about one ticket."""
CLASS_ORDER = {cls: rank for rank, cls in enumerate(RelationClass)}

_PHRASES = {
    "blocked_by": "is blocked by",
    "after": "comes after",
    "conflicts_with": "conflicts with",
    "do_not_parallelize": "must not run in parallel with",
    "waiting": "is waiting",
    "accepted_plan": "has an accepted plan",
    "related": "is related to",
    "supersedes": "supersedes",
    "duplicate_of": "is a duplicate of",
}


class Edge(NamedTuple):
    """The meaning of a record, the same in whichever direction it was written down."""

    shown: str
    ticket: str
    target: str | None


def edge_of(kind: Kind, holder: str, target: str | None) -> Edge:
    """The edge that a record of `kind` in `holder`'s folder states."""
    if target is None or kind.direction in (Direction.FORWARD, Direction.NOTE):
        return Edge(kind.shown, holder, target)
    if kind.direction is Direction.REVERSE:
        return Edge(kind.shown, target, holder)
    first, second = sorted((holder, target))
    return Edge(kind.shown, first, second)


def phrase(shown: str) -> str:
    """What stands between ticket and target in a sentence: ``is blocked by``."""
    return _PHRASES[shown]


def sentence(edge: Edge) -> str:
    """The edge as a person would say it: ``A is blocked by B``."""
    said = f"{named(edge.ticket)} {_PHRASES[edge.shown]}"
    if edge.target is None:
        return said
    target = named(edge.target)
    return f"{said} (see {target})" if KINDS[edge.shown].is_note else f"{said} {target}"


def named(id_: str) -> str:
    """An id as it appears in a sentence: quoted where it could pass for more than a word."""
    if id_.replace("-", "").replace("_", "").replace(".", "").isalnum():
        return id_
    return shown_name(quoted(id_))


def shown_name(id_: str) -> str:
    """An id with each character that nobody would see as an escape."""
    if id_.isascii() and id_.isprintable():
        return id_
    from yoi_relations.characters import escaped  # noqa: PLC0415  # few ids need it

    return escaped(id_)


def quoted(text: str) -> str:
    """Text of a ticket as it appears in a sentence, so that it cannot pass for part of that."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def kind_named(word: str) -> Kind:
    """The kind that `word` names, written with ``-`` or ``_``.

    Raises:
        UsageError: there is none; the hint says which kind means that, and from which side.
    """
    name = _normal(word)
    if name not in KINDS:
        from yoi_relations.word_hints import kind_hint  # noqa: PLC0415  # only errors need it

        raise UsageError(f"unknown kind '{word}'", _dashed(kind_hint(word, KINDS)))
    return KINDS[name]


def is_kind(word: str) -> bool:
    """Whether `kind_named` knows the word."""
    return _normal(word) in KINDS


def select_shown(words: Iterable[str]) -> frozenset[str]:
    """The shown kinds that any of `words` selects: kinds, classes and aliases.

    Raises:
        UsageError: a word is none of these; the hint says what selects what it means.
    """
    chosen: set[str] = set()
    for word in words:
        name = _normal(word)
        cls = ALIASES.get(name, name)
        by_class = {kind.shown for kind in _KINDS if kind.cls == cls}
        if name in KINDS:
            chosen.add(KINDS[name].shown)
        elif by_class:
            chosen |= by_class
        else:
            from yoi_relations.word_hints import (  # noqa: PLC0415  # only errors need it
                one_by_one,
                selector_hint,
            )

            known = (*KINDS, *RelationClass, *ALIASES)
            hint = one_by_one("--kind", name, known) or selector_hint(word, known)
            raise UsageError(f"unknown kind '{word}'", _dashed(hint))
    return frozenset(chosen)


def _normal(word: str) -> str:
    return word.replace("-", "_").lower()


def _dashed(text: str) -> str:
    return text.replace("_", "-")
