"""The answers of the tools and resources of ``relations mcp``: the documents of the command line.

Each has an additional field `exit_code`: the exit code of the command.
"""

from __future__ import annotations

from collections.abc import Callable

from mcp_types import Tool

from yoi_relations.errors import ExitCode, NotFoundError, UsageError
from yoi_relations.index.compared import open_compared
from yoi_relations.index.handle import Index
from yoi_relations.index.merge_preview import open_merge
from yoi_relations.mcp.arguments import read_arguments
from yoi_relations.mcp.call_context import CallContext
from yoi_relations.mcp.tools import ADD, CHECK, DIFF, LIMIT, RETIRE, SHOW
from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.check import CheckAnswer, ask_checks, check_tickets
from yoi_relations.queries.difference import find_difference
from yoi_relations.queries.merge_outcome import find_outcome
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.show import Filter, ask_relations
from yoi_relations.queries.sides import Side
from yoi_relations.queries.ticket_lookup import resolve_ticket
from yoi_relations.queries.worktree_check import check_in_worktrees, refuse_ticket_of_another
from yoi_relations.queries.worktree_show import find_in_worktrees, first_that_knows
from yoi_relations.queries.worktree_sides import disagreements_about
from yoi_relations.recording.add import RecordRequest, add_record
from yoi_relations.recording.retire import RetirementRequest, retire_records
from yoi_relations.render import check, diff, documents, merge, receipts, worktrees
from yoi_relations.render.documents import Value
from yoi_relations.render.first_ticket import no_tickets_message
from yoi_relations.render.show import exit_code_of_relations


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
    at, everywhere = arguments.pop("at", None), arguments.pop("worktrees", False)
    criteria = {"limit": LIMIT, "everything": arguments.pop("all", False)} | arguments
    if everywhere:
        return _show_worktrees(context, at, criteria)
    with context.open_catalog(at) as catalog:
        base = PathBase(catalog.workspace)
        asked, answer = ask_relations(catalog.connection, base, **criteria)
        found = documents.relations_document(catalog, asked, answer)
        return _with_hint(catalog, found), exit_code_of_relations(answer)


def _show_worktrees(context: CallContext, at: str | None, criteria: Value) -> _Answer:
    def criteria_in(one: Index, base: PathBase) -> Filter:
        return ask_relations(one.connection, base, **criteria)[0]

    with context.open_worktrees(at) as (index, trees):
        asked = first_that_knows(trees, criteria_in, None)
        answer = find_in_worktrees(trees, asked)
        found = worktrees.relations_document(index, trees, asked, answer)
        return _with_hint(index, found), worktrees.exit_code_of_worktrees(trees, answer.answer)


def _with_hint(catalog: Catalog, found: Value) -> Value:
    hint = _hint(catalog, found["returned"], found["count"], "ticket, kinds or states")
    return found | {"hint": hint}


def _check(context: CallContext, arguments: Value) -> _Answer:
    at, everywhere = arguments.get("at"), arguments.get("worktrees", False)
    tickets, expect = arguments.get("tickets", []), arguments.get("expect")
    if expect is not None and len(tickets) != 1:
        raise UsageError(
            "expect requires exactly one ticket", "name the ticket of the earlier check"
        )
    if everywhere:
        return _check_worktrees(context, at, arguments)
    with context.open_catalog(at) as catalog:
        checked = _ask_checks(catalog, arguments)
        found = check.check_document(catalog, _listed(checked, arguments), whole=bool(tickets))
        page = _page(catalog, found, checked, arguments)
        return found | page, check.exit_code_of_checks(checked, expect)


def _check_worktrees(context: CallContext, at: str | None, arguments: Value) -> _Answer:
    tickets, expect = arguments.get("tickets", []), arguments.get("expect")
    with context.open_worktrees(at) as (index, trees):
        try:
            own = _ask_checks(index, arguments)
        except NotFoundError as error:
            refuse_ticket_of_another(trees, tickets, error)
        checked = check_in_worktrees(trees, own)
        listed = _listed(checked, arguments)
        about = disagreements_about(trees, [one.ticket.id for one in listed.checks])
        found = worktrees.checks_document(index, trees, listed, about, whole=bool(tickets))
        page = _page(index, found, checked, arguments)
        return found | page, check.exit_code_of_checks(checked, expect)


def _ask_checks(catalog: Catalog, arguments: Value) -> CheckAnswer:
    tickets, states = arguments.get("tickets", []), arguments.get("states", ())
    base = PathBase(catalog.workspace)
    return ask_checks(catalog.connection, base, tickets=tickets, states=states)


def _listed(checked: CheckAnswer, arguments: Value) -> CheckAnswer:
    """The checks in the answer."""
    return checked._replace(checks=checked.checks[: _limit(arguments)])


def _page(catalog: Catalog, found: Value, checked: CheckAnswer, arguments: Value) -> Value:
    """How many checks there are, and how many the document `found` has."""
    returned, count = len(found["checks"]), len(checked.checks)
    return {
        "count": count,
        "returned": returned,
        "truncated": returned < count,
        "hint": _hint(catalog, returned, count, "tickets or states"),
        "problems": found["problems"][: _limit(arguments)],
    }


def _limit(arguments: Value) -> int | None:
    return arguments.get("limit", LIMIT) or None


def _diff(context: CallContext, arguments: Value) -> _Answer:
    earlier, later, branch = map(arguments.get, ("earlier", "later", "merge"))
    if branch is None:
        old, new = open_compared(context.folder, earlier, later, context.notify, context.open_index)
        with old, new:
            changes = find_difference(Side.load(old.connection), Side.load(new.connection))
            found = diff.diff_document(diff.DiffAnswer(old, new, changes))
            return _cut(found, arguments), ExitCode.DONE
    if earlier is not None or later is not None:
        raise UsageError("merge takes no revision: it merges into HEAD", "leave the others out")
    with open_merge(context.folder, branch, context.notify) as preview:
        outcome = find_outcome(preview, Side.load(preview.ours.connection))
        found = merge.merge_document(merge.MergeAnswer(preview, outcome))
        return _cut(found, arguments), ExitCode.FOUND if outcome.breaks else ExitCode.DONE


def _cut(found: Value, arguments: Value) -> Value:
    """The differences with at most the limit of changes in each list."""
    limit = _limit(arguments)
    lists = {name: found[name][:limit] for name in diff.LISTS}
    count, returned = (sum(len(of[name]) for name in diff.LISTS) for of in (found, lists))
    hint = None if returned == count else f"{returned} of {count}: raise limit (0: all)"
    page = {"count": count, "returned": returned, "truncated": returned < count, "hint": hint}
    return found | lists | page


def _hint(catalog: Catalog, returned: int, count: int, filters: str) -> str | None:
    if catalog.is_empty and catalog.workspace is not None:
        return no_tickets_message(catalog.workspace.tickets_path)
    if returned == count:
        return None
    return f"{returned} of {count}: filter by {filters}, or raise limit (0: all)"


def _add(context: CallContext, arguments: Value) -> _Answer:
    workspace = context.workspace
    request = RecordRequest(**arguments, base_folder=workspace.root)
    with add_record(workspace, request, context.notify) as done:
        return receipts.added_document(done), ExitCode.DONE


def _retire(context: CallContext, arguments: Value) -> _Answer:
    workspace, records = context.workspace, (arguments.pop("record"),)
    request = RetirementRequest(records, **arguments, base_folder=workspace.root)
    with retire_records(workspace, request, context.notify) as done:
        return receipts.retired_document(done), ExitCode.DONE


_ANSWERS: dict[str, Callable[[CallContext, Value], _Answer]] = {
    SHOW.name: _show,
    CHECK.name: _check,
    DIFF.name: _diff,
    ADD.name: _add,
    RETIRE.name: _retire,
}
