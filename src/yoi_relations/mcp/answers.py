"""What the tools and resources of ``relations mcp`` answer: the documents of the command line.

Each has one field more, `exit_code`: what the command would have ended with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from yoi_relations.errors import ExitCode, UsageError
from yoi_relations.files.workspace import Workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify, Trust
from yoi_relations.mcp.arguments import read_arguments
from yoi_relations.mcp.tools import ADD, CHECK, LIMIT, RETIRE, SHOW, Tool
from yoi_relations.queries.check import CheckAnswer, ask_checks, check_tickets
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.show import ask_relations
from yoi_relations.queries.ticket_lookup import resolve_ticket
from yoi_relations.recording.add import Draft, add_record
from yoi_relations.recording.retire import RetirementRequest, retire_records
from yoi_relations.render import check, documents, receipts
from yoi_relations.render.documents import Value
from yoi_relations.render.first_ticket import no_tickets
from yoi_relations.render.show import exit_code_of_relations


class CallContext(NamedTuple):
    """Where a question is asked.

    Attributes:
        workspace: whose files.
        notify: is told what stands beside the answer.
        trust: how the index is checked.
    """

    workspace: Workspace
    notify: Notify
    trust: Trust

    def opened(self) -> Index:
        """The index, made to agree with the files now."""
        return open_index(self.workspace, self.notify, trust=self.trust)


def answer_tool(place: CallContext, tool: Tool, arguments: Value) -> Value:
    """The answer of `tool`, in this thread from beginning to end.

    Args:
        place: where to ask.
        tool: one of those in `tools`.
        arguments: as the client gave them.

    Raises:
        RelationsError: there is no answer.
    """
    found, code = _ANSWERS[tool.name](place, read_arguments(tool, arguments))
    return found | {"exit_code": int(code)}


def answer_ticket(place: CallContext, name: str) -> Value:
    """All relations of the ticket called `name`, with those that no longer count, and its check.

    Raises:
        RelationsError: there is no answer.
    """
    with place.opened() as index:
        base = PathBase(place.workspace)
        ticket = resolve_ticket(index.connection, name, base)
        asked, answer = ask_relations(index.connection, base, ticket=ticket.id, everything=True)
        checked = check_tickets(index.connection, [ticket])
        found = documents.relations_document(index, asked, answer)
        worst = max(check.exit_code_of_checks(checked, None), exit_code_of_relations(answer))
        return found | {
            "document": "ticket",
            "problems": found["problems"][: check.LISTED_PROBLEMS],
            "check": check.check_value(checked.checks[0]),
            "exit_code": int(worst),
        }


_Made = tuple[Value, ExitCode]


def _show(place: CallContext, given: Value) -> _Made:
    limit = given.get("limit", LIMIT)
    with place.opened() as index:
        asked, answer = ask_relations(
            index.connection,
            PathBase(place.workspace),
            ticket=given.get("ticket"),
            kinds=given.get("kinds", ()),
            states=given.get("states", ()),
            everything=given.get("all", False),
            limit=limit,
            since=given.get("since"),
            author=given.get("author"),
        )
        found = documents.relations_document(index, asked, answer)
        hint = _hint(index, found["returned"], found["count"], "ticket, kinds or states")
        return found | {"hint": hint}, exit_code_of_relations(answer)


def _check(place: CallContext, given: Value) -> _Made:
    tickets, expect = given.get("tickets", []), given.get("expect")
    limit = given.get("limit", LIMIT) or None
    if expect is not None and len(tickets) != 1:
        raise UsageError("expect is about one ticket", "name the ticket that was checked before")
    with place.opened() as index:
        base, states = PathBase(place.workspace), given.get("states", ())
        checked = ask_checks(index.connection, base, tickets=tickets, states=states)
        some = checked.checks[:limit]
        found = check.check_document(
            index, CheckAnswer(some, checked.problems), whole=bool(tickets)
        )
        page = {
            "count": len(checked.checks),
            "returned": len(some),
            "truncated": len(some) < len(checked.checks),
            "hint": _hint(index, len(some), len(checked.checks), "tickets or states"),
            "problems": found["problems"][:limit],
        }
        return found | page, check.exit_code_of_checks(checked, expect)


def _hint(index: Index, returned: int, count: int, by: str) -> str | None:
    if not index.sources:
        return no_tickets(index.workspace.tickets_path)
    if returned == count:
        return None
    return f"{returned} of {count}: narrow the question by {by}, or raise limit (0: all)"


def _add(place: CallContext, given: Value) -> _Made:
    draft = Draft(**given, here=place.workspace.root)
    with add_record(place.workspace, draft, place.notify) as done:
        return receipts.added_document(done), ExitCode.DONE


def _retire(place: CallContext, given: Value) -> _Made:
    records = (given.pop("record"),)
    request = RetirementRequest(records, **given, here=place.workspace.root)
    with retire_records(place.workspace, request, place.notify) as done:
        return receipts.retired_document(done), ExitCode.DONE


_ANSWERS: dict[str, Callable[[CallContext, Value], _Made]] = {
    SHOW.name: _show,
    CHECK.name: _check,
    ADD.name: _add,
    RETIRE.name: _retire,
}
