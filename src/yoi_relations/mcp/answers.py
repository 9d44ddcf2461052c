"""The answers of the tools and resources of ``relations mcp``: the documents of the command line.

Each has an additional field `exit_code`: the exit code of the command.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mcp_types import Tool

from yoi_relations.errors import ExitCode, UsageError
from yoi_relations.files.workspace import Workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify, Trust
from yoi_relations.mcp.arguments import read_arguments
from yoi_relations.mcp.tools import ADD, CHECK, LIMIT, RETIRE, SHOW
from yoi_relations.queries.check import CheckAnswer, ask_checks, check_tickets
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.show import ask_relations
from yoi_relations.queries.ticket_lookup import resolve_ticket
from yoi_relations.recording.add import RecordRequest, add_record
from yoi_relations.recording.retire import RetirementRequest, retire_records
from yoi_relations.render import check, documents, receipts
from yoi_relations.render.documents import Value
from yoi_relations.render.first_ticket import no_tickets_message
from yoi_relations.render.show import exit_code_of_relations


class CallContext(NamedTuple):
    """The workspace that a tool call is about, and how to answer."""

    workspace: Workspace
    notify: Notify  # takes what is not part of the answer
    trust: Trust

    def open_index(self) -> Index:
        """The index, up to date with the files."""
        return open_index(self.workspace, self.notify, trust=self.trust)


def answer_tool(context: CallContext, tool: Tool, arguments: Value) -> Value:
    """The answer of `tool` to `arguments`, which are as the client sent them.

    Raises:
        RelationsError: the command would have failed.
    """
    document, code = _ANSWERS[tool.name](context, read_arguments(tool, arguments))
    return document | {"exit_code": int(code)}


def answer_ticket(context: CallContext, name: str) -> Value:
    """All relations of the ticket called `name`, active or not, and its check.

    Raises:
        RelationsError: the command would have failed.
    """
    with context.open_index() as index:
        base = PathBase(context.workspace)
        ticket = resolve_ticket(index.connection, name, base)
        asked, answer = ask_relations(index.connection, base, ticket=ticket.id, everything=True)
        checked = check_tickets(index.connection, [ticket])
        found = documents.relations_document(index, asked, answer)
        worst = max(check.exit_code_of_checks(checked, None), exit_code_of_relations(answer))
        return (
            found
            | documents.problem_fields(answer.problems)
            | {
                "document": "ticket",
                "check": check.check_value(checked.checks[0]),
                "exit_code": int(worst),
            }
        )


_Answer = tuple[Value, ExitCode]


def _show(context: CallContext, arguments: Value) -> _Answer:
    criteria = {"limit": LIMIT, "everything": arguments.pop("all", False)} | arguments
    with context.open_index() as index:
        base = PathBase(context.workspace)
        asked, answer = ask_relations(index.connection, base, **criteria)
        found = documents.relations_document(index, asked, answer)
        hint = _hint(index, found["returned"], found["count"], "ticket, kinds or states")
        return found | {"hint": hint}, exit_code_of_relations(answer)


def _check(context: CallContext, arguments: Value) -> _Answer:
    tickets, expect = arguments.get("tickets", []), arguments.get("expect")
    limit = arguments.get("limit", LIMIT) or None
    if expect is not None and len(tickets) != 1:
        raise UsageError(
            "expect requires exactly one ticket", "name the ticket of the earlier check"
        )
    with context.open_index() as index:
        base, states = PathBase(context.workspace), arguments.get("states", ())
        checked = ask_checks(index.connection, base, tickets=tickets, states=states)
        shown = checked.checks[:limit]
        listed = CheckAnswer(shown, checked.problems)
        found = check.check_document(index, listed, whole=bool(tickets))
        page = {
            "count": len(checked.checks),
            "returned": len(shown),
            "truncated": len(shown) < len(checked.checks),
            "hint": _hint(index, len(shown), len(checked.checks), "tickets or states"),
            "problems": found["problems"][:limit],
        }
        return found | page, check.exit_code_of_checks(checked, expect)


def _hint(index: Index, returned: int, count: int, filters: str) -> str | None:
    if not index.sources:
        return no_tickets_message(index.workspace.tickets_path)
    if returned == count:
        return None
    return f"{returned} of {count}: filter by {filters}, or raise limit (0: all)"


def _add(context: CallContext, arguments: Value) -> _Answer:
    request = RecordRequest(**arguments, base_folder=context.workspace.root)
    with add_record(context.workspace, request, context.notify) as done:
        return receipts.added_document(done), ExitCode.DONE


def _retire(context: CallContext, arguments: Value) -> _Answer:
    records = (arguments.pop("record"),)
    request = RetirementRequest(records, **arguments, base_folder=context.workspace.root)
    with retire_records(context.workspace, request, context.notify) as done:
        return receipts.retired_document(done), ExitCode.DONE


_ANSWERS: dict[str, Callable[[CallContext, Value], _Answer]] = {
    SHOW.name: _show,
    CHECK.name: _check,
    ADD.name: _add,
    RETIRE.name: _retire,
}
