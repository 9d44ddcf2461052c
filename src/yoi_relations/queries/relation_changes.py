"""The relations that came, went or changed in meaning between two indexes.

An edge is the same edge in whichever file, format or direction its records state it. A note is the
same note if all its texts, its author and its time are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.kinds import SHOWN_NOTES, quoted
from yoi_relations.lean.types import Connection, NamedTuple, StrEnum
from yoi_relations.queries.records import StoredRecord, touching
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.sides import Side


class RelationChangeType(StrEnum):
    """What happened to a relation, in the order in which changes are listed."""

    ADDED = "added"
    """It is stated, and was not, or was retired."""
    RETIRED = "retired"
    """All its records are retired, and were not."""
    GONE = "gone"
    """Its records are no longer there, and nothing retired them."""
    CHANGED = "changed"
    """Its text, author, time or set of records is different."""
    UNCERTAIN = "uncertain"
    """A source that cannot be used may hold its records in one of the two indexes."""
    ENDED = "ended"
    """It is still stated, and no longer active."""
    RESUMED = "resumed"
    """It was stated and not active, and is active."""


class RelationChange(NamedTuple):
    """One difference of a relation.

    Attributes:
        what: what happened to it.
        earlier: the relation in the earlier index; None if it was not there.
        later: the relation in the later index; None if it is not there.
        fields: if it has changed, what differs: note, plan, author, at, records.
    """

    what: RelationChangeType
    earlier: Relation | None
    later: Relation | None
    fields: tuple[str, ...] = ()

    @property
    def relation(self) -> Relation:
        """The later relation, or the earlier one if it is not there any more."""
        found = self.later or self.earlier
        assert found is not None  # noqa: S101  # one of them is there
        return found

    @property
    def sentence(self) -> str:
        """The relation in words, and what is to be said about the change."""
        text, relation = self.relation.sentence, self.relation
        if self.what is RelationChangeType.CHANGED:
            return f"{text} ({', '.join(self.fields)})"
        if self.what is RelationChangeType.ENDED:
            return f"{text}: {relation.inactive_reason}"
        if self.what is RelationChangeType.RETIRED:
            return f"{text}: {quoted(relation.latest_record.retired_reason or '')}"
        return text


def find_relation_changes(old: Side, new: Side, touched: Iterable[str]) -> list[RelationChange]:
    """The changes of the relations of `touched` tickets, which are ids, by rank and type."""
    return _sorted(
        change
        for earlier, later in _pairs(old.connection, new.connection, touched)
        for change in _compare(earlier, later, old, new)
    )


def find_ended_relations(
    old: Connection, active: Iterable[Relation], new: Side
) -> list[RelationChange]:
    """Of the active relations of `old`, those that `new` still states, and not as active."""
    remaining = {_meaning(relation) for relation in new.active}
    lost = [relation for relation in active if _meaning(relation) not in remaining]
    touched = {end.id for relation in lost for end in relation.ends}
    changes = (
        change
        for pair in _pairs(old, new.connection, touched)
        if (both := _stated_in_both(*pair)) is not None
        for change in _compare_both(*both)
    )
    return _sorted(change for change in changes if change.what is RelationChangeType.ENDED)


def _pairs(
    old: Connection, new: Connection, touched: Iterable[str]
) -> Iterator[tuple[Relation | None, Relation | None]]:
    """The relations of `touched` tickets in two indexes, by meaning; None where there is none."""
    before, after = _load(old, touched), _load(new, touched)
    _join_edited_notes(before, after)
    for meaning in before.keys() | after.keys():
        yield before.get(meaning), after.get(meaning)


_ORDER = list(RelationChangeType)


def _sorted(changes: Iterable[RelationChange]) -> list[RelationChange]:
    return sorted(changes, key=lambda change: (change.relation.rank(), _ORDER.index(change.what)))


_Meaning = tuple[str | None, ...]
_Relations = dict[_Meaning, Relation]


def _load(connection: Connection, touched: Iterable[str]) -> _Relations:
    """The relations that touch these tickets, by meaning; equal notes are one relation."""
    found: _Relations = {}
    for relation in load_relations(connection, touching(touched)):
        meaning = _meaning(relation)
        same = found.get(meaning)
        found[meaning] = _joined(same, relation) if same else relation
    return found


def _joined(first: Relation, second: Relation) -> Relation:
    """Two relations of the same meaning as one, which is active if one of them is."""
    best = first if first.is_active else second
    return best._replace(records=(*first.records, *second.records))


def _meaning(relation: Relation) -> _Meaning:
    ticket, target = relation.ticket.id, relation.target and relation.target.id
    if relation.kind not in SHOWN_NOTES:
        return relation.kind, ticket, target
    return relation.kind, ticket, target, *_said(relation.records[0])


_SAID = ("note", "summary", "branch", "worktree", "role_plan", "author", "at_key")
"""The fields of a record, apart from its edge."""
_RETIRED = ("retired_at", "retired_by", "retired_reason")
_FIELDS = {
    "note": ("note",),
    "plan": ("summary", "branch", "worktree", "role_plan"),
    "author": ("author",),
    "at": ("at_key",),
}
"""By name of a field in answers, the fields of a record that it is made of."""


def _said(record: StoredRecord) -> tuple[str | None, ...]:
    return tuple(getattr(record, name) for name in _SAID)


def _statements(relation: Relation) -> set[tuple[str | None, ...]]:
    """What its records say, whatever their format, direction and number."""
    return {
        (*_said(record), *(getattr(record, name) for name in _RETIRED))
        for record in relation.records
    }


def _join_edited_notes(before: _Relations, after: _Relations) -> None:
    """Give a note that was edited in its file its later meaning in `before`."""
    gone = {_file(note): meaning for meaning, note in before.items() if meaning not in after}
    for meaning, note in after.items():
        earlier = None if meaning in before else gone.get(_file(note))
        if earlier is not None and note.kind in SHOWN_NOTES and earlier in before:
            before[meaning] = before.pop(earlier)


def _file(relation: Relation) -> tuple[str | None, ...]:
    """The kind, the holder, the id and the target of the first record of a relation."""
    first = relation.records[0]
    return relation.kind, first.holder, first.id, first.target


def _compare(
    earlier: Relation | None, later: Relation | None, old: Side, new: Side
) -> Iterator[RelationChange]:
    if (both := _stated_in_both(earlier, later)) is not None:
        yield from _compare_both(*both)
        return
    what = RelationChangeType.ADDED
    if later is None:
        what = RelationChangeType.GONE
    elif later.is_retired:
        what = RelationChangeType.RETIRED
    # What was not stated earlier may have been hidden there, and what is not stated later, here.
    is_new = later and (earlier is None or not later.is_retired)
    side, stated = (old, later) if is_new else (new, earlier)
    if stated and side.may_hide(stated):
        what = RelationChangeType.UNCERTAIN
    yield RelationChange(what, earlier, later)


def _stated_in_both(
    earlier: Relation | None, later: Relation | None
) -> tuple[Relation, Relation] | None:
    """Both relations, if both indexes state it, or it is retired in both; otherwise None."""
    if earlier and later and earlier.is_retired == later.is_retired:
        return earlier, later
    return None


def _compare_both(earlier: Relation, later: Relation) -> Iterator[RelationChange]:
    """The changes of a relation that both indexes state, or that is retired in both."""
    if fields := _unequal(earlier, later):
        yield RelationChange(RelationChangeType.CHANGED, earlier, later, fields)
    if earlier.is_active != later.is_active:
        what = RelationChangeType.ENDED if earlier.is_active else RelationChangeType.RESUMED
        yield RelationChange(what, earlier, later)


def _unequal(earlier: Relation, later: Relation) -> tuple[str, ...]:
    if _statements(earlier) == _statements(later):
        return ()
    one, other = earlier.latest_record, later.latest_record
    fields = tuple(
        name
        for name, parts in _FIELDS.items()
        if any(getattr(one, part) != getattr(other, part) for part in parts)
    )
    return fields or ("records",)
