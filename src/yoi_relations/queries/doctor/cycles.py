"""Work that waits for itself: each set of tickets once, however many it binds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.kinds import RelationClass
from yoi_relations.queries.cycles import find_knots, in_words
from yoi_relations.queries.doctor.findings import Code, Finding, found_in, retiring
from yoi_relations.queries.relations import Relation

_PAIR = 2
_EDGES = (RelationClass.DEPENDENCY, RelationClass.ORDERING)


def cycles(active: Iterable[Relation]) -> Iterator[Finding]:
    """The cycles of active dependencies and orderings.

    Two tickets bound by an ordering are left to `contradictions`, which says it better.
    """
    for cycle in find_knots(one for one in active if one.cls in _EDGES):
        if cycle.mixed and len(cycle.tickets) == _PAIR:
            continue
        code = Code.MIXED_CYCLE if cycle.mixed else Code.DEPENDENCY_CYCLE
        first = cycle.steps[0]
        hint = f"end one of them that does not hold, for example: {retiring(first)}"
        yield found_in(first.voice, code, in_words(cycle), hint, cycle.tickets)
