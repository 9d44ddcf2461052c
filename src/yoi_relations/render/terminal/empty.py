"""Why an answer of `show` is empty, and what to try."""

from __future__ import annotations

from yoi_relations.kinds import ALL_SHOWN
from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.show import Answer, Filter
from yoi_relations.queries.show_page import Total, total_of
from yoi_relations.queries.tickets import count_in
from yoi_relations.render.lines import counted
from yoi_relations.states import RESOLVED, UNRESOLVED


def nothing_shown(catalog: Catalog, answer: Answer, criteria: Filter) -> str:
    """The lines in place of an answer without relations."""
    if criteria.record is not None:
        return "The record states a relation of another kind than --kind asks for."
    if criteria.ticket is not None:
        return _nothing_about(criteria.ticket, answer, criteria)
    total = total_of(catalog.connection, ALL_SHOWN)
    filters = _filters(criteria)
    if total.relations and filters:
        return _nothing_matches(answer, criteria, filters, total)
    return _nothing_at_all(catalog, total)


def _nothing_at_all(catalog: Catalog, total: Total) -> str:
    """Why there is no relation, though all active ones were asked for."""
    if not catalog.tickets:
        return "No relations, because there are no tickets."
    number = count_in(catalog.connection, UNRESOLVED)
    lines = [f"Nothing is recorded yet for {counted(number, 'open ticket')}."]
    if total.relations:
        lines[0] = f"No active relations on {counted(number, 'open ticket')}."
        lines.append(f"--all shows {counted(total.relations, 'inactive relation')}.")
    if number:
        lines.append(_add_line("TICKET"))
    else:
        lines[0] = "Every ticket is done or closed, so nothing waits."
    return "\n".join(lines)


def _nothing_matches(answer: Answer, criteria: Filter, filters: list[str], total: Total) -> str:
    """Why no relation matches `filters`, the options that narrow the answer."""
    kind = "" if criteria.inactive else "active "
    lines = [f"No {kind}relation matches {' and '.join(filters)}."]
    if criteria.states and criteria.states <= RESOLVED and not criteria.inactive:
        lines.append("Tickets that are done or closed no longer wait for anything.")
    if answer.hidden:
        lines.append(f"--all adds {counted(answer.hidden, 'inactive relation')}.")
    else:
        left = total.relations if criteria.inactive else total.active
        without = counted(left, f"{kind}relation")
        lines.append(f"Without {'them' if filters[1:] else 'it'}, there would be {without}.")
    return "\n".join(lines)


def _nothing_about(ticket: str, answer: Answer, criteria: Filter) -> str:
    of_kind = "" if criteria.kinds == ALL_SHOWN else " of this kind"
    if answer.hidden:
        return (
            f"Nothing{of_kind} that still counts is recorded about it.\n"
            f"--all adds {counted(answer.hidden, 'inactive relation')}."
        )
    return f"Nothing{of_kind} is recorded about it.\n{_add_line(ticket)}"


def _filters(criteria: Filter) -> list[str]:
    """The options that narrow the answer."""
    given = {
        "--kind": criteria.kinds != ALL_SHOWN,
        "--state": bool(criteria.states),
        "--since or --author": criteria.written is not None,
    }
    return [option for option, is_given in given.items() if is_given]


def _add_line(ticket: str) -> str:
    return f'To record one: relations add {ticket} blocked-by OTHER --note "why"'
