"""The relations that can matter for what some tickets reach, loaded level by level.

In an index, it is faster to load all relations. A shared database has too many of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from yoi_relations.kinds import SEQUENCE_CLASSES
from yoi_relations.lean.types import Connection
from yoi_relations.queries.records import Condition, touching
from yoi_relations.queries.relations import Relation, load_relations


def load_reached(
    connection: Connection, start: Collection[str], *conditions: Condition, inactive: bool
) -> list[Relation]:
    """The relations that touch what `start` reaches along dependencies and orderings, and more.

    A path leads in one direction. The other relations of `start` reach their other end.

    Args:
        connection: to a shared database.
        start: ids of tickets.
        conditions: those of the relations that are wanted; paths lead along these alone.
        inactive: whether relations that are not active are wanted.
    """
    found: dict[object, Relation] = {}

    def load(tickets: Collection[str]) -> list[Relation]:
        relations = load_relations(connection, *conditions, touching(tickets))
        wanted = [relation for relation in relations if inactive or relation.is_active]
        found.update((_identity(relation), relation) for relation in wanted)
        return wanted

    for end in (0, 1):  # to the tickets that wait, and to those that are waited for
        seen = level = set(start)
        while level:
            level = _ends(load(level), end) - seen
            seen = seen | level
    others = {end.id for relation in load(start) for end in relation.ends}
    load(others)
    return list(found.values())


def _ends(relations: Iterable[Relation], end: int) -> set[str]:
    return {r.ends[end].id for r in relations if r.cls in SEQUENCE_CLASSES}


def _identity(relation: Relation) -> object:
    first = relation.records[0]
    return (relation.kind, *(end.id for end in relation.ends), first.path, first.row)
