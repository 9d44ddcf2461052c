"""The answer of `show`: the relations of a filter, and the problems that could alter it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.errors import AmbiguousError, NotFoundError, UsageError
from yoi_relations.files.source import Effect
from yoi_relations.index.handle import Notify
from yoi_relations.kinds import ALL_SHOWN, select_shown
from yoi_relations.lean.types import TYPE_CHECKING, Connection, NamedTuple
from yoi_relations.queries.near_relations import load_near_targets
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Problem, find_problems
from yoi_relations.queries.records import (
    Condition,
    StoredRecord,
    either,
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
from yoi_relations.queries.scope import expect, narrow, scope_of
from yoi_relations.queries.show_page import first_page, total_of
from yoi_relations.queries.ticket_lookup import narrow_to_named, resolve_ticket
from yoi_relations.states import select_states

if TYPE_CHECKING:
    from yoi_relations.queries.record_filter import RecordFilter

_MAX_LIMIT = 2**31 - 1
"""More relations than there can be; SQLite takes no integer of more than 64 bits."""


class Filter(NamedTuple):
    """What `show` is asked for.

    Attributes:
        ticket: id of a ticket at either end, which may be elsewhere; None for any.
        kinds: kinds as shown.
        states: states, one of which the ticket must have; empty for any.
        inactive: whether relations that are not active are wanted too.
        limit: the greatest number of relations to return; 0 for all.
        written: author and time that one of its records must match; None for any.
        record: a record that the relation must have; None for any.
    """

    ticket: str | None = None
    kinds: frozenset[str] = ALL_SHOWN
    states: frozenset[str] = frozenset()
    inactive: bool = False
    limit: int = 0
    written: RecordFilter | None = None
    record: StoredRecord | None = None

    @property
    def whole(self) -> bool:
        """Whether texts are shown in full: if one ticket or one record is asked for."""
        return self.ticket is not None or self.record is not None

    @property
    def everywhere(self) -> bool:
        """Whether the filter depends only on the kind, and on whether a relation is active."""
        return not (self.whole or self.states or self.written)

    def has_state(self, relation: Relation) -> bool:
        """Whether the ticket of a relation has one of the states."""
        return not self.states or any(state in self.states for state in relation.filter_states())


class Answer(NamedTuple):
    """The answer of `show`.

    Attributes:
        relations: the relations in order, at most as many as the limit.
        total: their number without the limit.
        hidden: how many more there would be with relations that are not active.
        problems: all problems of the workspace.
        problems_in_answer: problems that could add or alter a row of this answer.
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
    """The filter that a person asks for, and its answer.

    What is not given selects everything.

    Args:
        connection: the index.
        base: what paths are relative to.
        ticket: name of a ticket at either end, or of a record.
        kinds: kinds, classes and aliases.
        states: states, one of which the ticket must have.
        everything: whether relations that are not active are wanted too.
        limit: the greatest number of relations to return; 0 for all.
        since: a time, a day or an age; one record must have been recorded or retired since then.
        author: the author of that record.
        in_part: receives a notice if `ticket` is only a part of a name; None to refuse parts.

    Raises:
        UsageError: a kind or a state does not exist, `since` is not a time, or the limit is
            negative.
        NotFoundError: no ticket or record has that name.
        AmbiguousError: several tickets or records have that name.
    """
    if limit < 0:
        raise UsageError(f"the limit {limit} is below 0", "use 0 for all")
    shown = select_shown(kinds) or ALL_SHOWN
    asked = Filter(None, shown, select_states(states), everything, min(limit, _MAX_LIMIT))
    if since is not None or author is not None:
        from yoi_relations.queries.record_filter import RecordFilter  # noqa: PLC0415  # loads datetime

        asked = asked._replace(written=RecordFilter.parse(author, since))
    narrow_to_named(connection, [] if ticket is None else [ticket])
    expect(connection, find_problems, load_near_targets)
    if ticket is not None:
        asked = _with_name(connection, base, asked, ticket, in_part)
    return asked, find_relations(connection, asked)


def _with_name(
    connection: Connection, base: PathBase, asked: Filter, name: str, in_part: Notify | None
) -> Filter:
    """The filter with the ticket that has this name; if there is none, with the record."""
    try:
        ticket = resolve_ticket(connection, name, base, in_part=in_part)
    except AmbiguousError:
        raise
    except NotFoundError as error:
        if ":" in name and (elsewhere := _named_elsewhere(connection, name, error)):
            return asked._replace(ticket=elsewhere)
        from yoi_relations.queries.record_lookup import find_record  # noqa: PLC0415  # rarely asked

        try:
            record = find_record(connection, name, base)
        except AmbiguousError:
            raise
        except NotFoundError:
            hint = f"{error.hint}; a record by its id, or by PATH:LINE"
            raise NotFoundError(error.message, hint) from None
        narrow(connection, [record.holder])
        return asked._replace(record=record, kinds=asked.kinds & {record.shown}, inactive=True)
    return asked._replace(ticket=ticket.id)


def _named_elsewhere(connection: Connection, name: str, error: NotFoundError) -> str | None:
    """The id that `name` is, if that is one of another workspace; otherwise None.

    Raises:
        NotFoundError: it is one that no record names; in a database, that is `error`.
    """
    from yoi_relations.ticket_ids import is_elsewhere  # noqa: PLC0415  # rarely asked

    scope = scope_of(connection)
    id_ = scope.whole_id(name) or name
    if is_elsewhere(id_) and not find_records(connection, touching([id_])):
        if scope.shared:
            raise error
        hint = "give its whole name, as the records write it"
        raise NotFoundError(f"no record of this workspace names '{name}'", hint)
    return id_ if is_elsewhere(id_) else None


def find_relations(connection: Connection, asked: Filter) -> Answer:
    """The answer to a filter."""
    problems = find_problems(connection)
    if asked.limit and asked.everywhere and not scope_of(connection).shared:
        return _first_page(connection, asked, problems)
    relations = sorted(_candidates(connection, asked), key=Relation.rank)
    wanted = _without_inactive(relations, asked)
    matching = [relation for relation in wanted if asked.has_state(relation)]
    if asked.everywhere:
        total = total_of(connection, asked.kinds).relations
    else:
        total = sum(map(asked.has_state, relations))
    return Answer(
        relations=matching[: asked.limit or None],
        total=len(matching),
        hidden=total - len(matching),
        problems=problems,
        problems_in_answer=_problems_in_answer(connection, asked, wanted, problems),
    )


def _first_page(connection: Connection, asked: Filter, problems: list[Problem]) -> Answer:
    """The answer to a filter with a limit, without loading the relations after it."""
    parts = first_page(connection, asked.kinds, asked.limit, inactive=asked.inactive)
    records = [record for part in parts for record in find_records(connection, *part)]
    relations = sorted(relations_of(connection, records), key=Relation.rank)
    total = total_of(connection, asked.kinds)
    # The state of a ticket may be unknown after the page, too.
    unclear = {problem.about for problem in problems if problem.effect is Effect.TICKET}
    uncertain = (
        load_relations(connection, shown_as(asked.kinds), touching(unclear)) if unclear else []
    )
    return Answer(
        relations=_without_inactive(relations, asked)[: asked.limit],
        total=total.relations if asked.inactive else total.active,
        hidden=0 if asked.inactive else total.relations - total.active,
        problems=problems,
        problems_in_answer=_problems_in_answer(
            connection, asked, _without_inactive(uncertain, asked), problems
        ),
    )


def _without_inactive(relations: list[Relation], asked: Filter) -> list[Relation]:
    """The relations without those that are not active, unless they are asked for."""
    if asked.inactive:
        return relations
    return [relation for relation in relations if relation.is_active]


def _candidates(connection: Connection, asked: Filter) -> list[Relation]:
    """All relations that may belong to the answer.

    Relations that are not active are not loaded if nobody asks for them and their number is known
    without loading them.
    """
    if asked.record is not None:
        relation = relation_of(connection, asked.record)
        found = [relation] if relation.kind in asked.kinds else []
    else:
        found = load_relations(connection, *_conditions(connection, asked))
    written = asked.written
    if written is None:
        return found
    return [relation for relation in found if written.matches(relation.records)]


def _conditions(connection: Connection, asked: Filter) -> Iterator[Condition]:
    if asked.kinds != ALL_SHOWN:
        yield shown_as(asked.kinds)
    scope = scope_of(connection)
    if asked.written is not None:
        written = asked.written.condition
        # Records of an edge between workspaces may name its ticket by an alias, or not.
        yield either(written, Condition("crosses", ())) if scope.shared else written
    if asked.ticket is not None:
        yield touching([asked.ticket])
        return
    yield from scope.relations
    if not asked.inactive and asked.everywhere:
        yield scope.at_active_tickets(asked.kinds)


def _problems_in_answer(
    connection: Connection, asked: Filter, relations: list[Relation], problems: list[Problem]
) -> list[Problem]:
    if not problems:
        return []
    from yoi_relations.queries.answer_problems import problems_in_answer  # noqa: PLC0415  # rarely any

    ends = {
        end.id
        for relation in relations
        if asked.has_state(relation) or None in relation.filter_states()
        for end in relation.ends
    }
    return problems_in_answer(
        connection,
        problems,
        kinds=asked.kinds,
        inactive=asked.inactive,
        tickets=ends,
        meant={asked.ticket} if asked.ticket else (),
        # One end of an edge holds each of its records.
        holders=None if asked.record is None else ends,
    )
