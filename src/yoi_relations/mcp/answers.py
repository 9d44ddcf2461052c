"""The answers of the tools and resources of ``relations mcp``: the documents of the command line.

Each has an additional field `exit_code`: the exit code of the command.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from mcp_types import Tool

from yoi_relations.errors import ExitCode, UsageError
from yoi_relations.files.workspace import Workspace
from yoi_relations.index.handle import Notify
from yoi_relations.mcp.arguments import read_arguments
from yoi_relations.mcp.tools import ADD, CHECK, LIMIT, RETIRE, SHOW
from yoi_relations.queries.catalog import Catalog
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
    """What a tool call is about, and how to answer.

    Attributes:
        open_catalog: opens what the tools that read ask.
        workspace: what the tools that write change; None if the server asks a database.
        notify: takes what is not part of the answer.
    """

    open_catalog: Callable[[], AbstractContextManager[Catalog]]
    workspace: Workspace | None
    notify: Notify

    @property
    def files(self) -> Workspace:
        """The workspace that a tool writes to.

        Raises:
            UsageError: there is none.
        """
        if self.workspace is None:
            raise UsageError("a database is read-only", "start another server without --from")
        return self.workspace


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
    with context.open_catalog() as catalog:
        base = PathBase(catalog.workspace)
        ticket = resolve_ticket(catalog.connection, name, base)
        asked, answer = ask_relations(catalog.connection, base, ticket=ticket.id, everything=True)
        checked = check_tickets(catalog.connection, [ticket])
        found = documents.relations_document(catalog, asked, answer)
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
    with context.open_catalog() as catalog:
        base = PathBase(catalog.workspace)
        asked, answer = ask_relations(catalog.connection, base, **criteria)
        found = documents.relations_document(catalog, asked, answer)
        hint = _hint(catalog, found["returned"], found["count"], "ticket, kinds or states")
        return found | {"hint": hint}, exit_code_of_relations(answer)


def _check(context: CallContext, arguments: Value) -> _Answer:
    tickets, expect = arguments.get("tickets", []), arguments.get("expect")
    limit = arguments.get("limit", LIMIT) or None
    if expect is not None and len(tickets) != 1:
        raise UsageError(
            "expect requires exactly one ticket", "name the ticket of the earlier check"
        )
    with context.open_catalog() as catalog:
        base, states = PathBase(catalog.workspace), arguments.get("states", ())
        checked = ask_checks(catalog.connection, base, tickets=tickets, states=states)
        shown = checked.checks[:limit]
        listed = CheckAnswer(shown, checked.problems)
        found = check.check_document(catalog, listed, whole=bool(tickets))
        page = {
            "count": len(checked.checks),
            "returned": len(shown),
            "truncated": len(shown) < len(checked.checks),
            "hint": _hint(catalog, len(shown), len(checked.checks), "tickets or states"),
            "problems": found["problems"][:limit],
        }
        return found | page, check.exit_code_of_checks(checked, expect)


def _hint(catalog: Catalog, returned: int, count: int, filters: str) -> str | None:
    if catalog.is_empty and catalog.workspace is not None:
        return no_tickets_message(catalog.workspace.tickets_path)
    if returned == count:
        return None
    return f"{returned} of {count}: filter by {filters}, or raise limit (0: all)"


def _add(context: CallContext, arguments: Value) -> _Answer:
    request = RecordRequest(**arguments, base_folder=context.files.root)
    with add_record(context.files, request, context.notify) as done:
        return receipts.added_document(done), ExitCode.DONE


def _retire(context: CallContext, arguments: Value) -> _Answer:
    records = (arguments.pop("record"),)
    request = RetirementRequest(records, **arguments, base_folder=context.files.root)
    with retire_records(context.files, request, context.notify) as done:
        return receipts.retired_document(done), ExitCode.DONE


_ANSWERS: dict[str, Callable[[CallContext, Value], _Answer]] = {
    SHOW.name: _show,
    CHECK.name: _check,
    ADD.name: _add,
    RETIRE.name: _retire,
}
