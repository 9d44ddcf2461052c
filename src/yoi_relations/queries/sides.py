"""An index that is compared with another one, and what follows from its records and states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.files.source import Effect, SpanningCode
from yoi_relations.kinds import KINDS, SEQUENCE_CLASSES, SHOWN_NOTES, Edge, edge_of
from yoi_relations.lean.types import Connection, NamedTuple, Self
from yoi_relations.queries.check import Check, CheckAnswer, check_tickets
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.contradictions import find_contradictions
from yoi_relations.queries.cycles import find_cycle_groups
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.records import RecordPlace, shown_as
from yoi_relations.queries.relations import Relation, load_active_relations, load_relations
from yoi_relations.queries.replacements import REPLACING, find_replacement_loops
from yoi_relations.queries.tickets import load_tickets
from yoi_relations.states import RESOLVED


class Clash(NamedTuple):
    """A cycle or a contradiction.

    Attributes:
        code: the code of the finding of `doctor`.
        tickets: ids of the tickets that it is about, sorted.
        sentence: what is wrong.
        place: a record that states a part of it.
    """

    code: str
    tickets: tuple[str, ...]
    sentence: str
    place: RecordPlace

    @property
    def meaning(self) -> tuple[str, tuple[str, ...]]:
        """What makes it the same clash in another index."""
        return self.code, self.tickets


class Side(NamedTuple):
    """An index, with what follows from it.

    Attributes:
        connection: to the index.
        checks: by id, the check of each ticket that is not resolved.
        active: the active relations, in no order.
        clashes: the cycles and contradictions, by meaning.
        problems: the problems of its files.
    """

    connection: Connection
    checks: dict[str, Check]
    active: list[Relation]
    clashes: dict[tuple[str, tuple[str, ...]], Clash]
    problems: list[Problem]

    @classmethod
    def load(cls, connection: Connection) -> Self:
        """The side that an index makes."""
        answer = check_open(connection, _open_ids(connection))
        checks = {check.ticket.id: check for check in answer.checks}
        active = load_active_relations(connection)
        clashes = {clash.meaning: clash for clash in find_clashes(connection, active)}
        return cls(connection, checks, active, clashes, answer.problems)

    def verdict(self, ticket: str) -> Verdict | None:
        """The verdict of a ticket; None if it is resolved or does not exist."""
        check = self.checks.get(ticket)
        return check and check.verdict

    def may_hide(self, relation: Relation) -> bool:
        """Whether a source that cannot be used may state a relation of another side."""
        return any(
            problem.effect is Effect.RECORD
            and problem.about == holder
            and relation.kind in problem.shown
            and (problem.targets is None or target in problem.targets)
            for holder, target in _possible_records(relation)
            for problem in self.problems
        )


def _possible_records(relation: Relation) -> Iterator[tuple[str, str | None]]:
    """Holder and target of the records that may state a relation; an edge may have two holders."""
    if relation.target is None or relation.kind in SHOWN_NOTES:
        yield from ((record.holder, record.target) for record in relation.records)
        return
    first, second = relation.ticket.id, relation.target.id
    edge = Edge(relation.kind, first, second)
    for holder, target in ((first, second), (second, first)):
        if any(edge_of(kind, holder, target) == edge for kind in KINDS.values()):
            yield holder, target


def check_open(connection: Connection, ids: Iterable[str]) -> CheckAnswer:
    """Check those of these tickets that exist and are not resolved, by id."""
    found = load_tickets(connection, ids).values()
    return check_tickets(
        connection, [ticket for ticket in found if ticket.folders and not ticket.resolved]
    )


def _open_ids(connection: Connection) -> list[str]:
    """Ids of the tickets that may not be resolved; few of them, so the others are not loaded."""
    rows = connection.execute(
        "SELECT ticket_id FROM ticket WHERE state IS NULL OR state NOT IN (?, ?)"
        " UNION SELECT about FROM spanning_problem WHERE code <> ?",
        (*RESOLVED, SpanningCode.DANGLING_TARGET),
    )
    return [id_ for (id_,) in rows]


def find_clashes(connection: Connection, active: list[Relation]) -> Iterator[Clash]:
    """The cycles and contradictions of an index with these active relations."""
    replacing = load_relations(connection, shown_as(REPLACING))
    edges = (relation for relation in active if relation.cls in SEQUENCE_CLASSES)
    for cycle in (*find_cycle_groups(edges), *find_replacement_loops(replacing)):
        if not cycle.is_opposed_pair:
            place = cycle.steps[0].latest_record.place
            yield Clash(cycle.kind.code, tuple(sorted(cycle.tickets)), str(cycle), place)
    for found in find_contradictions(active):
        place = found.latest_record.place
        yield Clash(found.code.value, found.tickets, found.sentence, place)
