"""Compares what several work trees say: the sides of a relation or a state, and disagreements.

No side wins. Titles and the paths of records are not compared, so a move between layouts or another
title does not count as a disagreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.git.worktrees import may_be_sparse
from yoi_relations.index.worktrees import OpenWorktree, Worktrees
from yoi_relations.kinds import SHOWN_NOTES, named
from yoi_relations.lean.types import NamedTuple, StrEnum
from yoi_relations.queries.records import StoredRecord, at_tickets, touching
from yoi_relations.queries.relations import Relation, load_active_relations, load_relations
from yoi_relations.queries.tickets import TicketInfo, load_tickets

Key = tuple[str, str, str | None, str | None]
"""Kind, ticket and target of a relation; of a note, also the id of its record."""
Found = list[tuple[OpenWorktree, dict[Key, Relation]]]
"""Relations in each work tree that was read."""
_NAMED = 3
"""Work trees that a sentence names; JSON has all of them."""
_NOT_CHECKED_OUT = "not checked out"
_NOT_COMPARED = ("row", "path", "line", "at_key", "inactive")
_COMPARED = tuple(name for name in StoredRecord._fields if name not in _NOT_COMPARED)


class Subject(StrEnum):
    """What work trees can disagree about."""

    STATE = "state"
    RELATION = "relation"


def places(trees: list[OpenWorktree]) -> str:
    """Work trees for a sentence: the first ones, and the number of all others."""
    named = [tree.place for tree in trees[:_NAMED]]
    more = len(trees) - len(named)
    return ", ".join([*named, *([f"{more} more"] if more else [])])


class RelationSide(NamedTuple):
    """A relation, and the work trees that have it like this."""

    relation: Relation
    worktrees: list[OpenWorktree]


class Side(NamedTuple):
    """One answer to what a disagreement is about, and the work trees that give it."""

    value: str
    worktrees: list[OpenWorktree]

    def __str__(self) -> str:
        others = [tree for tree in self.worktrees if not tree.worktree.here]
        here = ["here"] if len(others) < len(self.worktrees) else []
        return (
            f"{self.value} {' and '.join([*here, *([f'in {places(others)}'] if others else [])])}"
        )


class Disagreement(NamedTuple):
    """Something about which work trees that were read say different things.

    Attributes:
        subject: what it is about.
        ticket: id of the ticket.
        kind: kind of the relation, as shown; None for a state.
        target: id of the target of the relation, or None.
        what: the ticket or the relation in words.
        sides: at least two; this work tree is in the first one.
    """

    subject: Subject
    ticket: str
    kind: str | None
    target: str | None
    what: str
    sides: list[Side]

    @property
    def sentence(self) -> str:
        """The disagreement in words."""
        return f"{self.what}: {'; '.join(map(str, self.sides))}"


def keyed(relations: Iterable[Relation]) -> dict[Key, Relation]:
    """Relations by what they say; equal entries of one file are one."""
    return {_key(relation): relation for relation in relations}


def complete(found: Found, trees: Worktrees) -> Found:
    """`found`, and in each work tree also the relations that another one has in `found`."""
    wanted = {key for _, relations in found for key in relations}
    completed = []
    for (tree, relations), (_, index) in zip(found, trees.read, strict=True):
        missing = wanted - relations.keys()
        tickets = {ticket for _, ticket, _, _ in missing}
        more = keyed(load_relations(index.connection, at_tickets(tickets))) if missing else {}
        completed.append((tree, relations | {key: more[key] for key in missing & more.keys()}))
    return completed


def sides_of(found: Found) -> dict[Key, list[RelationSide]]:
    """For each relation, what it is like in the work trees that have it."""
    sides: dict[Key, dict[object, RelationSide]] = {}
    for tree, relations in found:
        for key, relation in relations.items():
            states = tuple(end.state_words for end in relation.ends)
            content = (states, relation.inactive_reason, _content(relation))
            side = sides.setdefault(key, {}).setdefault(content, RelationSide(relation, []))
            side.worktrees.append(tree)
    return {key: list(of_key.values()) for key, of_key in sides.items()}


def disagreements(
    trees: Worktrees, found: Found, tickets: Iterable[str] = ()
) -> list[Disagreement]:
    """What work trees say differently about the relations in `found`, their ends and `tickets`."""
    ends = {end.id for _, relations in found for one in relations.values() for end in one.ends}
    loaded = [
        (tree, load_tickets(index.connection, {*ends, *tickets})) for tree, index in trees.read
    ]
    absent = {
        tree.path: {id_ for id_, one in known.items() if not one.folders}
        for tree, known in loaded
        if may_be_sparse(tree.worktree.path)
    }
    keys = sorted(
        {key for _, relations in found for key in relations},
        key=lambda key: tuple(part or "" for part in key[1:]) + key[:1],
    )
    relations = (_of_relation(key, found, absent) for key in keys)
    return [*_of_states(loaded, absent), *(one for one in relations if one is not None)]


def disagreements_about(trees: Worktrees, tickets: list[str]) -> list[Disagreement]:
    """What work trees say differently about these tickets, and about their active relations."""
    touching_them = [
        (tree, keyed(load_active_relations(index.connection, touching(tickets))))
        for tree, index in trees.read
    ]
    return disagreements(trees, complete(touching_them, trees), tickets)


def _key(relation: Relation) -> Key:
    target = relation.target and relation.target.id
    note = relation.records[0].id if relation.kind in SHOWN_NOTES else None
    return relation.kind, relation.ticket.id, target, note


def _content(relation: Relation) -> tuple[tuple[object, ...], ...]:
    records = (tuple(getattr(one, name) for name in _COMPARED) for one in relation.records)
    return tuple(sorted(records, key=repr))


def _of_states(
    loaded: list[tuple[OpenWorktree, dict[str, TicketInfo]]], absent: dict[str, set[str]]
) -> Iterator[Disagreement]:
    """The tickets with several states; `absent` are those that sparse work trees lack, by path."""
    for id_ in loaded[0][1]:
        sides: dict[str, Side] = {}
        for tree, tickets in loaded:
            left_out = id_ in absent.get(tree.path, ())
            state = _NOT_CHECKED_OUT if left_out else tickets[id_].state_words
            sides.setdefault(state, Side(state, [])).worktrees.append(tree)
        if len(sides) > 1:
            listed = list(sides.values())
            yield Disagreement(Subject.STATE, id_, None, None, named(id_), listed)


def _of_relation(key: Key, found: Found, absent: dict[str, set[str]]) -> Disagreement | None:
    """The disagreement about one relation, if there is one; states of its ends do not count."""
    kind, ticket, target, _ = key
    groups: dict[object, tuple[str, Relation | None, list[OpenWorktree]]] = {}
    for tree, relations in found:
        one = relations.get(key)
        value = _activity(one)
        if one is None and absent.get(tree.path, set()) & {ticket, target}:
            value = _NOT_CHECKED_OUT
        content = one and (one.is_active, _content(one))
        groups.setdefault(content or value, (value, one, []))[2].append(tree)
    if len(groups) == 1:
        return None
    values = [value for value, _, _ in groups.values()]
    sides = [
        Side(value if values.count(value) == 1 else f"{value} by {_ids(one)}", worktrees)
        for value, one, worktrees in groups.values()
    ]
    relation = next(one for _, one, _ in groups.values() if one is not None)
    return Disagreement(Subject.RELATION, ticket, kind, target, relation.sentence, sides)


def _activity(relation: Relation | None) -> str:
    if relation is None:
        return "not recorded"
    return "active" if relation.is_active else f"not active ({relation.inactive_reason})"


def _ids(relation: Relation | None) -> str:
    return ", ".join(record.id for record in relation.records) if relation else ""
