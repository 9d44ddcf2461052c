"""The answer of `show`: which relations are asked for, and what could be wrong about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.errors import AmbiguousError, NotFoundError, UsageError
from yoi_relations.files.source import Effect
from yoi_relations.index.handle import Notify
from yoi_relations.kinds import ALL_SHOWN, KINDS, RelationClass, select_shown
from yoi_relations.lean.types import TYPE_CHECKING, Connection, NamedTuple
from yoi_relations.queries.near_relations import load_near_relations
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Problem, find_problems
from yoi_relations.queries.records import (
    Condition,
    StoredRecord,
    at_active_tickets,
    find_records,
    shown_as,
    touching,
)
from yoi_relations.queries.relations import (
    Relation,
    load_relations,
    relation_of,
    relations_of,
)
from yoi_relations.queries.show_page import first_page, total_of
from yoi_relations.queries.ticket_lookup import resolve_ticket
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.states import State, select_states

if TYPE_CHECKING:
    from yoi_relations.queries.record_filter import Written

_MAX_LIMIT = 2**31 - 1
"""More relations than there can be; SQLite takes no integer of more than 64 bits."""


class Filter(NamedTuple):
    """Which relations are asked for.

    Attributes:
        ticket: id of a ticket that must stand at either end, or None for any.
        kinds: the kinds as shown.
        states: states of which the ticket must be in one; empty for any.
        inactive: whether those that do not count now are wanted too.
        limit: the most to return; 0 for all.
        written: what one of its records must meet, or None for any.
        record: a record that must be one of its own, or None for any.
    """

    ticket: str | None = None
    kinds: frozenset[str] = ALL_SHOWN
    states: frozenset[str] = frozenset()
    inactive: bool = False
    limit: int = 0
    written: Written | None = None
    record: StoredRecord | None = None

    @property
    def whole(self) -> bool:
        """Whether texts are wanted whole: where it is about one ticket or one record."""
        return self.ticket is not None or self.record is not None

    @property
    def everywhere(self) -> bool:
        """Whether nothing but the kind, and being active, decides what belongs to the answer."""
        return not (self.whole or self.states or self.written)


class Answer(NamedTuple):
    """What a filter found.

    Attributes:
        relations: in order, at most as many as the limit allows.
        total: how many there are without the limit.
        hidden: how many more there would be with those that do not count now.
        problems: everything wrong with the files.
        problems_in_answer: those of the problems that could add or alter a row of this answer.
    """

    relations: list[Relation]
    total: int
    hidden: int
    problems: list[Problem]
    problems_in_answer: list[Problem]


def ask_relations(  # noqa: PLR0913  # as many as there are options
    connection: Connection,
    base: PathBase,
    *,
    ticket: str | None = None,
    kinds: Iterable[str] = (),
    states: Iterable[str] = (),
    everything: bool = False,
    limit: int = 0,
    since: str | None = None,
    author: str | None = None,
    in_part: Notify | None = None,
) -> tuple[Filter, Answer]:
    """The relations that are asked for, and the filter that the words came to.

    Args:
        connection: the index.
        base: what paths are relative to.
        ticket: what the ticket at either end is called, or a record; None for any.
        kinds: kinds, classes and aliases; none for all.
        states: the ticket must be in one of them; none for any.
        everything: whether those that no longer count are wanted too.
        limit: the most to answer with; 0 for all.
        since: one record must have been recorded or retired since then; None for any time.
        author: that record must be by this author; None for anybody.
        in_part: is told which ticket was taken for a mere part of its names; None to take no parts.

    Raises:
        UsageError: there is no such kind or state, `since` is not a time, or the limit is below 0.
        NotFoundError: no ticket or record is called that; `AmbiguousError` where several are.
    """
    if limit < 0:
        raise UsageError(f"the limit {limit} is below 0", "0 stands for all")
    shown = select_shown(kinds) or ALL_SHOWN
    wanted = select_states(states)
    asked = Filter(None, shown, frozenset(wanted), everything, min(limit, _MAX_LIMIT))
    if since is not None or author is not None:
        from yoi_relations.queries.record_filter import Written  # noqa: PLC0415  # times cost start-up

        asked = asked._replace(written=Written.of(author, since))
    if ticket is not None:
        asked = _about(connection, base, asked, ticket, in_part)
    return asked, find_relations(connection, asked)


def _about(
    connection: Connection, base: PathBase, asked: Filter, name: str, in_part: Notify | None
) -> Filter:
    """`asked` of the ticket that is called `name`; where none is, of the record."""
    try:
        ticket = resolve_ticket(connection, name, base, in_part=in_part)
    except AmbiguousError:
        raise
    except NotFoundError as error:
        from yoi_relations.queries.record_lookup import find_record  # noqa: PLC0415  # rarely asked

        try:
            record = find_record(connection, name, base)
        except AmbiguousError:
            raise
        except NotFoundError:
            hint = f"{error.hint}; a record by its id, or by PATH:LINE"
            raise NotFoundError(error.message, hint) from None
        return asked._replace(record=record, kinds=asked.kinds & {record.shown}, inactive=True)
    return asked._replace(ticket=ticket.id)


def find_relations(connection: Connection, asked: Filter) -> Answer:
    """The relations that `asked` describes, with what could be wrong about them."""
    problems = find_problems(connection)
    if asked.limit and asked.everywhere:
        return _first(connection, asked, problems)
    relations = sorted(_candidates(connection, asked), key=Relation.rank)
    counting = _counting(relations, asked)
    matching = [one for one in counting if _in_states(one, asked)]
    if asked.everywhere:
        total = total_of(connection, asked.kinds).relations
    else:
        total = sum(_in_states(one, asked) for one in relations)
    return Answer(
        relations=matching[: asked.limit or None],
        total=len(matching),
        hidden=total - len(matching),
        problems=problems,
        problems_in_answer=_problems_in_answer(connection, asked, counting, problems),
    )


def _first(connection: Connection, asked: Filter, problems: list[Problem]) -> Answer:
    """The first page, found without the relations behind it."""
    parts = first_page(connection, asked.kinds, asked.limit, inactive=asked.inactive)
    statements = [one for part in parts for one in find_records(connection, *part)]
    relations = _counting(sorted(relations_of(connection, statements), key=Relation.rank), asked)
    total = total_of(connection, asked.kinds)
    # Behind the page, too, a ticket may be one whose state is in doubt.
    about = {problem.about for problem in problems if problem.effect is Effect.TICKET}
    uncertain = load_relations(connection, shown_as(asked.kinds), touching(about)) if about else []
    return Answer(
        relations=relations[: asked.limit],
        total=total.relations if asked.inactive else total.active,
        hidden=0 if asked.inactive else total.relations - total.active,
        problems=problems,
        problems_in_answer=_problems_in_answer(
            connection, asked, _counting(uncertain, asked), problems
        ),
    )


def _counting(relations: list[Relation], asked: Filter) -> list[Relation]:
    """Those that belong to the answer, unless a ticket's state takes them out."""
    return [one for one in relations if asked.inactive or one.inactive_reason is None]


def _candidates(connection: Connection, asked: Filter) -> list[Relation]:
    """All relations that may belong to the answer.

    Those that no longer count are left out where nobody asks for them, and where their number is
    known without them.
    """
    if asked.record is not None:
        only = relation_of(connection, asked.record)
        found = [only] if only.kind in asked.kinds else []
    else:
        found = load_relations(connection, *_conditions(asked))
    written = asked.written
    return found if written is None else [one for one in found if written.met_by(one.records)]


def _conditions(asked: Filter) -> Iterator[Condition]:
    if asked.kinds != ALL_SHOWN:
        yield shown_as(asked.kinds)
    if asked.written is not None:
        yield asked.written.condition
    if asked.ticket is not None:
        yield touching([asked.ticket])
    elif not asked.inactive and asked.everywhere:
        yield at_active_tickets()


def _in_states(relation: Relation, asked: Filter) -> bool:
    return not asked.states or any(state in asked.states for state in relation.filter_states())


def _problems_in_answer(
    connection: Connection,
    asked: Filter,
    counting: list[Relation],
    problems: list[Problem],
) -> list[Problem]:
    """The problems that could add or alter a row."""
    open_to_doubt = {
        end.id
        for one in counting
        if _in_states(one, asked) or None in one.filter_states()
        for end in one.ends
    }
    holders = load_tickets(connection, {problem.about for problem in problems})
    misspelled = _misspelled(connection, asked) if problems and asked.ticket else set()
    return [
        problem
        for problem in problems
        if (problem.effect is Effect.TICKET and problem.about in open_to_doubt)
        or (problem.path, problem.line) in misspelled
        or (
            problem.effect is Effect.RECORD
            # Each record of an edge is held by one of its ends.
            and (asked.record is None or problem.about in open_to_doubt)
            and asked.kinds & _could_add(problem, holders[problem.about], asked)
        )
    ]


def _misspelled(connection: Connection, asked: Filter) -> set[tuple[str, int | None]]:
    """Where records are whose target probably means the ticket that is asked for."""
    return {
        (record.path, record.line)
        for one in load_near_relations(connection)
        if one.meant == asked.ticket
        and one.relation.kind in asked.kinds
        and (asked.inactive or one.relation.inactive_reason is None or _may_go_on(one.relation))
        for record in one.relation.records
    }


def _may_go_on(relation: Relation) -> bool:
    """Whether it is a dependency on a closed ticket, whose work another one may have taken over."""
    target = relation.target
    is_closed = target is not None and target.state == State.CLOSED
    return relation.cls is RelationClass.DEPENDENCY and is_closed


def _could_add(problem: Problem, holder: TicketInfo, asked: Filter) -> frozenset[str]:
    """The kinds that a record hidden by `problem` could add to the answer."""
    if asked.inactive or not holder.resolved:
        return problem.shown
    # With its holder resolved, only a reference could still count.
    return frozenset(
        shown for shown in problem.shown if KINDS[shown].cls is RelationClass.REFERENCE
    )
