"""The answer of `check` over several work trees.

Dependencies weigh as in this work tree. A conflict counts if it is recorded and not retired in any
work tree, and weighs by the worst state that the other ticket has in any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from yoi_relations.errors import AmbiguousError, NotFoundError
from yoi_relations.files.workspace import printable
from yoi_relations.index.handle import Index
from yoi_relations.index.worktrees import OpenWorktree, Worktrees
from yoi_relations.kinds import KINDS, Edge, RelationClass
from yoi_relations.lean.types import NamedTuple, NoReturn
from yoi_relations.queries.check import Check, CheckAnswer, check_tickets
from yoi_relations.queries.check_reasons import Reason, Verdict, other_end, reason_from_relation
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.records import RecordPlace, shown_as, touching
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.ticket_lookup import resolve_tickets
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.queries.unknowns import load_unknowns
from yoi_relations.queries.worktree_sides import Key, keyed, places
from yoi_relations.states import RESOLVED, State

_CONFLICTS = frozenset(kind.shown for kind in KINDS.values() if kind.cls is RelationClass.CONFLICT)
_TAKEN_STATES = RESOLVED | {State.INPROGRESS, None}
"""States of the ticket in another work tree that speak against accepting it here."""
_TAKEN, _OTHER = (Verdict.CAUTION, "worktree_taken"), (Verdict.CLEAR, "worktree_state")
"""Verdict and code for a ticket with such a state, and with another one."""


class _View(NamedTuple):
    """What one work tree says about the tickets that are checked.

    Attributes:
        tree: the work tree.
        root: absolute path of the workspace in it.
        tickets: by id, these tickets and the other ends of their conflicts.
        conflicts: all conflicts that touch them, active or not.
        reasons: by ticket id, the reasons from conflicts.
        unusable: problems that could hide a conflict.
    """

    tree: OpenWorktree
    root: str
    tickets: dict[str, TicketInfo]
    conflicts: dict[Key, Relation]
    reasons: dict[str, list[Reason]]
    unusable: list[Problem]


def refuse_ticket_of_another(
    trees: Worktrees, names: Sequence[str], error: NotFoundError
) -> NoReturn:
    """Raise `error` about a ticket that is not in this work tree, with the one that has it.

    Raises:
        NotFoundError: always.
    """
    for tree, index in trees.read:
        if tree.worktree.here or isinstance(error, AmbiguousError):
            continue
        try:
            resolve_tickets(index.connection, names, PathBase(index.workspace))
        except NotFoundError:
            continue
        raise NotFoundError(error.message, f"it is in {tree.place}; check it there") from error
    raise error


def check_in_worktrees(trees: Worktrees, checked: CheckAnswer) -> CheckAnswer:
    """The answer of this work tree, with what the other ones add to it."""
    asked = [check.ticket.id for check in checked.checks]
    ends = _other_ends(trees, asked)
    views = [
        _view(tree, index, ends, checked if tree.worktree.here else _checked(index, asked))
        for tree, index in trees.read
    ]
    existing = {id_ for view in views for id_, one in view.tickets.items() if one.folders}
    common = [*_unknown_trees(trees.unknown), *_unusable_sources(views)]
    return checked._replace(
        checks=[_with_others(check, views, existing, common) for check in checked.checks]
    )


def _other_ends(trees: Worktrees, asked: Iterable[str]) -> set[str]:
    """The ids of all tickets at the ends of conflicts that touch the tickets asked about."""
    conditions = (shown_as(_CONFLICTS), touching(asked))
    return {
        end.id
        for _, index in trees.read
        for relation in load_relations(index.connection, *conditions)
        for end in relation.ends
    }


def _checked(index: Index, ids: list[str]) -> CheckAnswer:
    """The answer of another work tree about the tickets with these ids, which it may not have."""
    tickets = load_tickets(index.connection, ids)
    return check_tickets(index.connection, [tickets[id_] for id_ in ids])


def _view(tree: OpenWorktree, index: Index, ends: set[str], answer: CheckAnswer) -> _View:
    connection = index.connection
    asked = [check.ticket.id for check in answer.checks]
    return _View(
        tree,
        printable(index.workspace.root),
        load_tickets(connection, {*asked, *ends}),
        keyed(load_relations(connection, shown_as(_CONFLICTS), touching(asked))),
        {check.ticket.id: list(filter(_is_conflict, check.reasons)) for check in answer.checks},
        [
            problem
            for problem in load_unknowns(connection, answer.problems).unusable
            if problem.shown & _CONFLICTS
        ],
    )


def _is_conflict(reason: Reason) -> bool:
    return reason.relation is not None and reason.relation.cls is RelationClass.CONFLICT


def _with_others(
    check: Check, views: list[_View], existing: set[str], common: list[Reason]
) -> Check:
    """A check, with what the other work trees add: other conflicts, states, and `common`."""
    worst: dict[tuple[bool, Edge], Reason] = {}
    for reason in _conflicts(check, views, existing):
        fact = _fact(reason)
        if fact not in worst or reason.verdict > worst[fact].verdict:
            worst[fact] = reason
    own = (worst.pop(_fact(one), None) if _is_conflict(one) else one for one in check.reasons)
    reasons = [one for one in own if one is not None]
    reasons += [*worst.values(), *common, *_states(check.ticket, views)]
    reasons.sort(key=lambda reason: -reason.verdict)
    foreign = [one for one in reasons if one.worktree and one.verdict > Verdict.CLEAR]
    if not foreign:
        return check._replace(reasons=reasons)
    branches = {view.tree.path: view.tree.worktree.branch for view in views}
    content = [
        (one.code, one.other and (one.other.id, one.other.state), branches.get(one.worktree))
        for one in foreign
    ]
    return check._replace(reasons=reasons, verdict=reasons[0].verdict, added=content)


def _conflicts(check: Check, views: list[_View], existing: set[str]) -> Iterator[Reason]:
    """Every reason from a conflict in any work tree, those of this one first."""
    own, *others = views
    yield from own.reasons[check.ticket.id]
    for view in others:
        for reason in view.reasons[check.ticket.id]:
            if reason.code == "misspelled_target" or _exists_nowhere(reason, existing):
                yield _in_words(reason, view, view, own)
    for view in views:
        for relation, recording in _standing(check.ticket, view, views):
            found = _reason(check.ticket, relation)
            if found is not None:
                yield _in_words(found, view, recording, own)


def _exists_nowhere(reason: Reason, existing: set[str]) -> bool:
    """Whether the other ticket of a reason exists in no work tree."""
    return reason.other is not None and reason.other.id not in existing


def _fact(reason: Reason) -> tuple[bool, Edge]:
    """The conflict that a reason is about; one with a misspelled target is a fact of its own."""
    relation = reason.relation
    assert relation is not None  # noqa: S101  # it is from a conflict
    edge = Edge(relation.kind, relation.ticket.id, relation.target and relation.target.id)
    return reason.code == "misspelled_target", edge


def _standing(
    ticket: TicketInfo, view: _View, views: list[_View]
) -> Iterator[tuple[Relation, _View]]:
    """The conflicts of `ticket` that are not retired in some work tree, if no end is resolved.

    The other end has the state that it has in `view`. Each comes with a work tree that records it.
    """
    found: dict[Key, tuple[Relation, _View]] = {}
    for recording in (views[0], view, *views):
        for key, relation in recording.conflicts.items():
            if not relation.is_retired and ticket.id in (relation.ticket.id, key[2]):
                found.setdefault(key, (relation, recording))
    for relation, recording in found.values():
        first, second = (
            ticket if end.id == ticket.id else view.tickets[end.id] for end in relation.ends
        )
        if all(end.folders and not end.resolved for end in (first, second)):
            yield relation._replace(ticket=first, target=second, inactive_reason=None), recording


def _reason(ticket: TicketInfo, relation: Relation) -> Reason | None:
    """The reason from an active conflict, also if the state of the other end is not known."""
    other = other_end(ticket, relation)
    if other is not None and other.state is None:
        text = f"{relation.sentence}, and the other ticket has a state that is not known"
        return Reason(Verdict.UNKNOWN, "other_unknown", text, relation, other, relation.places)
    return reason_from_relation(ticket, relation)


def _in_words(reason: Reason, view: _View, recording: _View, own: _View) -> Reason:
    """The reason with the work trees whose state and whose record it rests on.

    `view` has the state, `recording` the record; `own` is this work tree, which may be either.
    """
    parts = [reason.sentence]
    if view is not own:
        parts[0] += f" in the work tree {view.tree.place}"
        here = own.tickets.get(reason.other.id) if reason.other else None
        if here is not None and here.state_words != view.tickets[here.id].state_words:
            parts.append(f"here: {here.state_words}")
    if recording is not view and recording is not own:
        parts.append(f"recorded in the work tree {recording.tree.place}")
    records = reason.records
    if recording is not own:
        records = tuple(_absolute(recording, record) for record in records)
    named = recording if view is own else view
    return reason._replace(sentence="; ".join(parts), records=records, worktree=named.tree.path)


def _absolute(view: _View, place: RecordPlace) -> RecordPlace:
    """The place of a record in another work tree, with the absolute path."""
    return place._replace(path=f"{view.root}/{place.path}")


def _states(ticket: TicketInfo, views: list[_View]) -> Iterator[Reason]:
    """The other states that the ticket has in other work trees."""
    states: dict[str | None, list[OpenWorktree]] = {}
    for view in views:
        found = view.tickets[ticket.id]
        if found.folders and found.state != ticket.state:
            states.setdefault(found.state, []).append(view.tree)
    for state, trees in states.items():
        text = f"{ticket.name} is {state or 'of unknown state'} in the work tree {places(trees)}"
        weight = _TAKEN if state in _TAKEN_STATES else _OTHER
        yield Reason(*weight, text, worktree=trees[0].path)


def _unknown_trees(trees: Iterable[OpenWorktree]) -> Iterator[Reason]:
    for tree in trees:
        text = f"the work tree {tree.place}: {tree.message}; it could hold a conflict"
        yield Reason(Verdict.UNKNOWN, "unusable_source", text, worktree=tree.path)


def _unusable_sources(views: list[_View]) -> Iterator[Reason]:
    """A reason for each other work tree with sources that cannot be used and this one can use."""
    own, *others = views
    for view in others:
        problems = [problem for problem in view.unusable if problem not in own.unusable]
        if problems:
            more = f", and {len(problems) - 1} more" if problems[1:] else ""
            text = (
                f"{problems[0]}{more}, in the work tree {view.tree.place}; it could hold a conflict"
            )
            place = _absolute(view, RecordPlace(problems[0].path, problems[0].line, ""))
            yield Reason(
                Verdict.UNKNOWN,
                "unusable_source",
                text,
                records=(place,),
                worktree=view.tree.path,
            )
