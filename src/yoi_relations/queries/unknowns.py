"""What cannot be established in a workspace: hidden records, hidden states, unclear targets.

``unknown_reasons`` words what this means for a ticket.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from yoi_relations.files.source import Effect
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.near_relations import NearRelation, load_near_relations
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.records import where
from yoi_relations.queries.replacements import Replacements
from yoi_relations.queries.retirements import LostRetirement, load_lost_retirements
from yoi_relations.queries.scope import scope_of
from yoi_relations.queries.tickets import load_tickets
from yoi_relations.states import State

_DIGEST_OF_NONE = "4f53cda18c2baa0c"
"""The digest of an empty list, as `digest_of` has it."""


class HiddenReplacement(NamedTuple):
    """A problem that matters only by the replacements it could hide, once its holder is resolved.

    Attributes:
        problem: the problem, in the folder of the holder.
        named: ids of the tickets that the hidden records name as targets; None for any ticket.
        may_replace: whether a hidden record could state that one ticket supersedes another.
        is_closed: whether the holder is closed, so that a blocker that it recorded may continue
            in another ticket.
    """

    problem: Problem
    named: frozenset[str] | None
    may_replace: bool
    is_closed: bool

    def may_supersede(self, ticket: str) -> bool:
        """Whether a hidden record could state that `ticket`, an id, is superseded."""
        return self.may_replace and self._may_name(ticket)

    def concerns(self, ticket: str, closed: AbstractSet[str], replacements: Replacements) -> bool:
        """Whether a hidden record could be a reason for `ticket`, an id, which is not resolved.

        `closed` are the ids of the closed tickets in the chains from its blockers; `replacements`
        are at least those of the holder and of `closed`.
        """
        holder = self.problem.about
        if self.may_supersede(ticket):
            return True
        if not self.is_closed:
            return False
        if self._may_name(ticket) and replacements.unresolved(holder):
            return True
        return self.may_replace and not closed.isdisjoint({holder, *(self.named or ())})

    def _may_name(self, ticket: str) -> bool:
        return self.named is None or ticket in self.named


class Unknowns(NamedTuple):
    """What is not known in a workspace.

    Attributes:
        unusable: problems that could hide an active record about any ticket.
        digest: digest of `unusable`, in hexadecimal.
        history: problems in the folders of resolved tickets.
        held: by id of a ticket that is not resolved, what would be `history` if it were.
        states: by ticket id, problems that could hide the state of the ticket.
        near: by ticket id, relations that records with a misspelled target probably state.
        lost: by ticket id, retirements that may have been meant for a record of the ticket.
    """

    unusable: list[Problem]
    digest: str
    history: list[HiddenReplacement]
    held: dict[str, list[HiddenReplacement]]
    states: dict[str, list[Problem]]
    near: dict[str, list[NearRelation]]
    lost: dict[str, list[LostRetirement]]

    def remain_without(self, holder: str, ticket: str) -> bool:
        """Whether unusable sources would concern `ticket` even if `holder` were resolved."""
        return any(problem.about != holder for problem in self.unusable) or any(
            hidden.may_supersede(ticket) for hidden in self.held.get(holder, ())
        )


def load_unknowns(connection: Connection, problems: list[Problem]) -> Unknowns:
    """All unknowns of a workspace with these problems."""
    hiding = [problem for problem in problems if problem.effect is Effect.RECORD]
    holders = load_tickets(connection, {problem.about for problem in hiding})
    history: list[HiddenReplacement] = []
    held: dict[str, list[HiddenReplacement]] = {}
    for problem in hiding:
        holder = holders[problem.about]
        hidden = HiddenReplacement(
            problem,
            named=_named_tickets(connection, problem),
            may_replace="supersedes" in problem.shown,
            is_closed=holder.state == State.CLOSED,
        )
        (history if holder.resolved else held.setdefault(holder.id, [])).append(hidden)
    states: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.effect is Effect.TICKET:
            states.setdefault(problem.about, []).append(problem)
    near: dict[str, list[NearRelation]] = {}
    for relation in load_near_relations(connection):
        near.setdefault(relation.meant, []).append(relation)
    lost: dict[str, list[LostRetirement]] = {}
    for retirement in load_lost_retirements(connection):
        for id_ in (retirement.retirement.holder, *retirement.other_holders):
            lost.setdefault(id_, []).append(retirement)
    unusable = [problem for problem in hiding if not holders[problem.about].resolved]
    return Unknowns(unusable, _digest(unusable), history, held, states, near, lost)


def _digest(unusable: list[Problem]) -> str:
    if not unusable:
        return _DIGEST_OF_NONE
    from yoi_relations.lean.digest import digest_of  # noqa: PLC0415  # few workspaces have such problems

    return digest_of([digest_content(problem) for problem in unusable])


def digest_content(problem: Problem) -> tuple[str, int | None, str]:
    """The parts of a problem that a digest covers."""
    return problem.path, problem.line, problem.message


def _named_tickets(connection: Connection, problem: Problem) -> frozenset[str] | None:
    """Ids of the tickets that hidden records name as their targets; None for any ticket."""
    if problem.targets is None:
        return None
    targets = load_tickets(connection, problem.targets)
    found = {id_ for id_, ticket in targets.items() if ticket.folders}
    if len(found) < len(targets):
        from yoi_relations.index.near_targets import TargetNames  # noqa: PLC0415  # a rare mistake

        scope = scope_of(connection)
        sql, values = where(scope.rows)
        rows = connection.execute(f"SELECT ticket, slug FROM ticket_name{sql}", values)  # noqa: S608  # fixed text
        before = scope.before_names
        names = TargetNames((ticket.removeprefix(before), slug) for ticket, slug in rows)
        missing = (id_.removeprefix(before) for id_ in targets.keys() - found)
        found |= {f"{before}{match.ticket}" for id_ in missing for match in names.meant_by(id_)}
    return frozenset(found)
