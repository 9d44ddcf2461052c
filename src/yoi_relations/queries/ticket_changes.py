"""The tickets and problems that came, went or changed between two indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from yoi_relations.files.source import SpanningCode
from yoi_relations.kinds import quoted
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.change_types import ChangeType
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.tickets import TicketInfo, load_tickets


class TicketChange(NamedTuple):
    """One difference of a ticket.

    Attributes:
        what: ticket added or gone, state or title changed.
        ticket: the ticket as it is later; one that is gone, as it was.
        before: the earlier state, or title if that changed; None if there was none.
        after: the later one.
        sentence: the change in words.
    """

    what: ChangeType
    ticket: TicketInfo
    before: str | None
    after: str | None
    sentence: str


def touched_tickets(old: Connection, new: Connection) -> list[str]:
    """The ids of the tickets with a source that differs; no other can have changed.

    What the words of another tool mean decides what every source of it says.
    """
    sources, tool = "SELECT holder, path, digest FROM source", "SELECT tool FROM generation"
    before, after = set(old.execute(sources)), set(new.execute(sources))
    is_same_tool = old.execute(tool).fetchone() == new.execute(tool).fetchone()
    differing = before ^ after if is_same_tool else before | after
    return sorted({holder for holder, _, _ in differing})


def find_ticket_changes(
    old: Connection, new: Connection, touched: Iterable[str]
) -> Iterator[TicketChange]:
    """The changes of `touched` tickets; a ticket is what has an item.md or a task file."""
    before, after = _tickets(old, touched), _tickets(new, touched)
    for id_, ticket in before.items():
        if id_ not in after:
            text = f"is gone, it was {_state(ticket)}"
            yield _change(ChangeType.TICKET_GONE, ticket, ticket.state, None, text)
    for id_, ticket in after.items():
        earlier = before.get(id_)
        if earlier is None:
            title = f": {quoted(ticket.title)}" if ticket.title else ", without a known title"
            text = f"is new, {_state(ticket)}{title}"
            yield _change(ChangeType.TICKET_ADDED, ticket, None, ticket.state, text)
            continue
        if earlier.state != ticket.state:
            text = f"was {_state(earlier)}, is {_state(ticket)}"
            yield _change(ChangeType.STATE_CHANGED, ticket, earlier.state, ticket.state, text)
        if earlier.title != ticket.title:
            now = f"is called {quoted(ticket.title)}" if ticket.title else "has no known title"
            then = f"was called {quoted(earlier.title)}" if earlier.title else "had no known title"
            text = f"{now}, {then}"
            yield _change(ChangeType.TITLE_CHANGED, ticket, earlier.title, ticket.title, text)


def _change(
    what: ChangeType, ticket: TicketInfo, before: str | None, after: str | None, text: str
) -> TicketChange:
    return TicketChange(what, ticket, before, after, f"{ticket.name} {text}")


def _tickets(connection: Connection, ids: Iterable[str]) -> dict[str, TicketInfo]:
    """The tickets that have an item.md or a task file, by id."""
    found = load_tickets(connection, ids)
    return {id_: ticket for id_, ticket in found.items() if ticket.folder is not None}


def _state(ticket: TicketInfo) -> str:
    return ticket.state or "of unknown state"


class ProblemChange(NamedTuple):
    """A problem that appeared or was solved."""

    what: ChangeType
    problem: Problem


def find_problem_changes(old: Iterable[Problem], new: Iterable[Problem]) -> Iterator[ProblemChange]:
    """The problems that appeared or were solved; moving to another line or folder is neither."""
    before, after = _by_meaning(old), _by_meaning(new)
    for meaning in before.keys() | after.keys():
        earlier, later = before[meaning], after[meaning]
        for problem in earlier[len(later) :]:
            yield ProblemChange(ChangeType.PROBLEM_SOLVED, problem)
        for problem in later[len(earlier) :]:
            yield ProblemChange(ChangeType.PROBLEM_APPEARED, problem)


_Meaning = tuple[str, str, str]


def _by_meaning(problems: Iterable[Problem]) -> defaultdict[_Meaning, list[Problem]]:
    """Problems by ticket, name of the file, and message.

    A target that does not exist is the same problem in whichever file it is named.
    """
    found: defaultdict[_Meaning, list[Problem]] = defaultdict(list)
    for problem in problems:
        is_fault = problem.code != SpanningCode.DANGLING_TARGET
        name = problem.path.rpartition("/")[2] if is_fault else ""
        found[problem.about, name, problem.message].append(problem)
    return found
