"""The answer of `show` over several work trees: each relation as each of them has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yoi_relations.errors import AmbiguousError, NotFoundError
from yoi_relations.files.workspace import printable
from yoi_relations.index.handle import Index
from yoi_relations.index.worktrees import OpenWorktree, Worktrees
from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.records import find_records, held_by, with_id
from yoi_relations.queries.show import Answer, Filter, find_relations
from yoi_relations.queries.worktree_sides import (
    Disagreement,
    Found,
    RelationSide,
    complete,
    disagreements,
    keyed,
    sides_of,
)

_NOTHING = Answer([], 0, 0, [], [])


class WorktreeAnswer(NamedTuple):
    """The answer of `show` over several work trees.

    Attributes:
        answer: a relation for each side, so several for a relation about which they disagree;
            problems of all work trees.
        worktrees: for each of these relations, the work trees that have it like this; None if all
            that were read agree.
        here: the answer with the sides of this work tree alone.
        disagreements: what work trees say differently, of these relations and their tickets.
    """

    answer: Answer
    worktrees: list[list[OpenWorktree] | None]
    here: Answer
    disagreements: list[Disagreement]


def first_that_knows(
    trees: Worktrees, ask: Callable[[Index, PathBase], Filter], here: str | None
) -> Filter:
    """What `ask` returns for the first work tree in which a name is found.

    Args:
        trees: the work trees.
        ask: looks for the name in an index.
        here: as in `PathBase`, for this work tree.

    Raises:
        NotFoundError: it is in none of them; the error is that of this work tree.
        AmbiguousError: several tickets or records have that name.
    """
    errors = []
    for tree, index in trees.read:
        try:
            return ask(index, PathBase(index.workspace, here if tree.worktree.here else None))
        except AmbiguousError:
            raise
        except NotFoundError as error:
            errors.append(error)
    raise errors[0]


def find_in_worktrees(trees: Worktrees, asked: Filter) -> WorktreeAnswer:
    """The answer to a filter. A relation belongs to it if it does so in one work tree."""
    answers = [(tree, index, _answer(index, asked)) for tree, index in trees.read]
    found = complete([(tree, keyed(one.relations)) for tree, _, one in answers], trees)
    rows = list(_rows(found, len(answers)))
    shown = _first(rows, asked.limit)
    sides = [side for group in shown for side, _ in group]
    problems, in_answer = _problems(answers)
    own = answers[0][2]
    listed_here = [side.relation for side in sides if _is_here(side)]
    all_here = [side for group in rows for side, _ in group if _is_here(side)]
    keys = {key for group in shown for key in keyed(side.relation for side, _ in group)}
    compared = [
        (tree, {key: one for key, one in relations.items() if key in keys})
        for tree, relations in found
    ]
    return WorktreeAnswer(
        Answer([side.relation for side in sides], sum(map(len, rows)), 0, problems, in_answer),
        [None if agreed else side.worktrees for group in shown for side, agreed in group],
        Answer(
            listed_here,
            len(all_here),
            max(own.hidden + own.total - len(all_here), 0),
            problems,
            in_answer,
        ),
        disagreements(trees, compared, [asked.ticket] if asked.ticket else []),
    )


_Row = list[tuple[RelationSide, bool]]
"""The sides of a relation, each with whether all work trees agree."""


def _answer(index: Index, asked: Filter) -> Answer:
    """The whole answer of one work tree; nothing if it does not have the record asked for."""
    if asked.record is not None:
        same = (with_id(asked.record.id), held_by([asked.record.holder]))
        records = find_records(index.connection, *same)
        if not records:
            return _NOTHING
        asked = asked._replace(record=records[0])
    return find_relations(index.connection, asked._replace(limit=0))


def _rows(found: Found, number: int) -> Iterator[_Row]:
    """The relations in order; `number` work trees were read."""
    for sides in sorted(sides_of(found).values(), key=lambda sides: sides[0].relation.rank()):
        agreed = len(sides) == 1 and len(sides[0].worktrees) == number
        yield [(side, agreed) for side in sides]


def _first(rows: list[_Row], limit: int) -> list[_Row]:
    """The first rows, with at most `limit` sides; the sides of a relation stay together."""
    if not limit:
        return rows
    shown: list[_Row] = []
    size = 0
    for row in rows:
        size += len(row)
        if shown and size > limit:
            break
        shown.append(row)
    return shown


def _is_here(side: RelationSide) -> bool:
    return any(tree.worktree.here for tree in side.worktrees)


def _problems(
    answers: list[tuple[OpenWorktree, Index, Answer]],
) -> tuple[list[Problem], list[Problem]]:
    """All problems, and those that could alter the answer.

    Those of this work tree come first. Those that only another one has have absolute paths.
    """
    (_, _, own), *others = answers
    problems, in_answer = list(own.problems), list(own.problems_in_answer)
    for _, index, answer in others:
        for problem in answer.problems:
            alters = problem in answer.problems_in_answer
            if problem in (own.problems_in_answer if alters else own.problems):
                continue
            problems.append(_absolute(problem, index))
            in_answer += problems[-1:] * alters
    return problems, in_answer


def _absolute(problem: Problem, index: Index) -> Problem:
    """A problem with the absolute path of its file."""
    return problem._replace(path=f"{printable(index.workspace.root)}/{problem.path}")
