"""The closed set of relation kinds, their classes and their meaning.

A kind is one entry of ``_KINDS`` and one of ``_PHRASES``; filters and sentences follow from them.
"""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.errors import UsageError
from yoi_relations.lean.types import NamedTuple, StrEnum


class RelationClass(StrEnum):
    """The class of a relation, in the order in which answers list them."""

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
    """A later waiting note in the same orchestration plan replaces it."""
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
    """Both tickets have the same role; the smaller id is the edge's ticket."""
    NOTE = "note"
    """No edge: a note about the holder. A target is only context."""


class Kind(NamedTuple):
    """One kind of record.

    Attributes:
        name: as recorded in files.
        shown: the kind of the relation in answers; kinds with the same meaning share it.
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
        """Whether it is a note about one ticket, not an edge between two."""
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
SEQUENCE_CLASSES = (RelationClass.DEPENDENCY, RelationClass.ORDERING)
"""The classes of the edges whose ticket waits for the target."""
SHOWN_SEQUENCE = frozenset(kind.shown for kind in _KINDS if kind.cls in SEQUENCE_CLASSES)
"""The shown kinds of these classes."""
SHOWN_NOTES = frozenset(kind.shown for kind in _KINDS if kind.is_note)
"""The shown kinds that are notes about one ticket."""
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
    """The meaning of a record, whichever direction it was recorded in."""

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
    """The words between ticket and target in a sentence: ``is blocked by``."""
    return _PHRASES[shown]


def sentence(edge: Edge) -> str:
    """The edge as a sentence: ``A is blocked by B``."""
    text = f"{named(edge.ticket)} {_PHRASES[edge.shown]}"
    if edge.target is None:
        return text
    target = named(edge.target)
    return f"{text} (see {target})" if KINDS[edge.shown].is_note else f"{text} {target}"


def named(id_: str) -> str:
    """An id in a sentence: quoted if it could be read as more than one word."""
    if id_.replace("-", "").replace("_", "").replace(".", "").isalnum():
        return id_
    if ":" in id_:
        from yoi_relations.ticket_ids import is_elsewhere  # noqa: PLC0415  # few ids have a colon

        if is_elsewhere(id_):
            return id_
    return shown_name(quoted(id_))


def shown_name(id_: str) -> str:
    """An id in which each invisible character is an escape."""
    if id_.isascii() and id_.isprintable():
        return id_
    from yoi_relations.characters import escaped  # noqa: PLC0415  # few ids need it

    return escaped(id_)


def quoted(text: str) -> str:
    """Text of a ticket in a sentence, in quotes, so that it cannot be read as part of it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def kind_named(word: str) -> Kind:
    """The kind of that name, written with ``-`` or ``_``.

    Raises:
        UsageError: there is none; the hint names the kind with that meaning, and the side.
    """
    name = _normal(word)
    if name not in KINDS:
        from yoi_relations.word_hints import kind_hint  # noqa: PLC0415  # only errors need it

        raise UsageError(f"unknown kind '{word}'", dashed(kind_hint(word, KINDS)))
    return KINDS[name]


def is_kind(word: str) -> bool:
    """Whether `kind_named` accepts the word."""
    return _normal(word) in KINDS


def select_shown(words: Iterable[str]) -> frozenset[str]:
    """The shown kinds that `words`, which are kinds, classes or aliases, select.

    Raises:
        UsageError: a word is none of these; the hint names what selects its meaning.
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
                selector_hint,
                separate_options_hint,
            )

            known = (*KINDS, *RelationClass, *ALIASES)
            hint = separate_options_hint("--kind", name, known) or selector_hint(word, known)
            raise UsageError(f"unknown kind '{word}'", dashed(hint), parameter="kinds")
    return frozenset(chosen)


def _normal(word: str) -> str:
    return word.replace("-", "_").lower()


def dashed(text: str) -> str:
    """Words of the command line: with ``-`` in place of ``_``."""
    return text.replace("_", "-")
