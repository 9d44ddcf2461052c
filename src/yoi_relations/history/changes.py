"""What happened to a record between two states of its files."""

from __future__ import annotations

from collections.abc import Container, Sequence

from yoi_relations.history.versions import State, Statement, Version
from yoi_relations.lean.types import NamedTuple, StrEnum


class What(StrEnum):
    """What happened to a record."""

    STATED = "stated"
    """It appeared for the first time."""
    CHANGED = "changed"
    """Its file was edited in place."""
    RETIRED = "retired"
    """A retirement says that it no longer counts."""
    REINSTATED = "reinstated"
    """Its retirement was removed."""
    GONE = "gone"
    """It was removed; no file states it any more."""
    RETURNED = "returned"
    """It appeared again after it was gone."""
    UNUSABLE = "unusable"
    """Its file, or a line of it, could not be used any more."""


class Change(NamedTuple):
    """What happened to a record.

    Attributes:
        what: what happened.
        statement: that says so; of what is gone, as it was.
        record: the record; of one that is gone, as it was. None if no file states it.
        retirement: of a record that was retired or reinstated; otherwise None.
    """

    what: What
    statement: Statement
    record: Version | None
    retirement: Version | None


def changes_between(
    before: Sequence[State], after: State, faulty: Container[str] = ()
) -> list[Change]:
    """What happened to one record.

    Args:
        before: a state for each parent of a commit. If one of them equals `after`, the commit has
            taken it from that parent, and nothing has happened.
        after: the state then.
        faulty: paths of files of which a part, or all, cannot be used any more.
    """
    parts = [_parts(state) for state in before]
    olds = [records for records, _ in parts]
    new, retirements = _parts(after)
    changes = []
    if not any(new.keys() == old.keys() for old in olds):
        if new:
            added = [at for at in new if not any(at in old for old in olds)]
            what, shown = What.CHANGED if any(olds) else What.STATED, new[(added or [*new])[0]]
        else:
            shown = next(iter(olds[0].values()))
            what = What.UNUSABLE if shown.path in faulty else What.GONE
        changes.append(Change(what, shown, shown.version, None))
    was_so = any(bool(retirements) == bool(old) for _, old in parts)
    if not was_so and (retirements or new):
        what = What.RETIRED if retirements else What.REINSTATED
        shown = (retirements or parts[0][1])[0]
        record = next(iter((new or olds[0]).values()), None)
        changes.append(Change(what, shown, record and record.version, shown.version))
    return changes


def _parts(state: State) -> tuple[dict[str, Statement], list[Statement]]:
    """The versions of the record itself, by digest, and its retirements, in the order of files."""
    records, retirements = {}, []
    for at in sorted(state):
        statement = state[at]
        if statement.version.retires is None:
            records[statement.version.digest] = statement
        else:
            retirements.append(statement)
    return records, retirements
