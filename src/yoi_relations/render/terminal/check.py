"""Draws the answer of `check`: one row per ticket, or every reason of named tickets."""

from __future__ import annotations

from collections import Counter

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from yoi_relations.queries.check import Check
from yoi_relations.queries.check_reasons import Reason, Verdict
from yoi_relations.queries.holds import HeldTicket
from yoi_relations.render.lines import counted
from yoi_relations.render.terminal.cells import text_of, ticket_cell, ticket_lines, whole_line
from yoi_relations.render.terminal.widths import (
    console,
    drawable,
    longest,
    share_columns,
    text_width,
)

_STYLES = {
    Verdict.CLEAR: "bold green",
    Verdict.CAUTION: "bold yellow",
    Verdict.HOLD: "bold red",
    Verdict.UNKNOWN: "bold magenta",
}
_INDENT = 2
_WORD_WIDTH = max(len(verdict.word) for verdict in Verdict)
_MIN_REASON_WIDTH = 20
"""Columns that a sentence needs to be readable."""
_SHARES = {"Ticket": 2, "First reason": 3}
REFERENCE_TO_COMMON = "a source that cannot be read could hold a blocker; see below"
"""The first reason of a ticket that has no other than the common ones."""


def draw_checks(checks: list[Check], *, whole: bool) -> None:
    """Draw `checks` as a table; if `whole`, each of them with all its reasons."""
    terminal = console()
    drawn: list[RenderableType] = []
    # A source that cannot be read is a reason for every ticket: it is drawn once for all of them.
    once = not whole or len(checks) > 1
    common = (
        [reason for reason in checks[0].reasons if _is_common(reason)] if checks and once else []
    )
    if whole:
        drawn += [part for check in checks for part in _whole_check(check, without_common=once)]
    elif checks:
        drawn += _overview(checks, terminal.width)
    if common:
        drawn.append(Text("For every ticket", style="bold"))
        drawn += [part for reason in common for part in _reason(reason)]
        drawn.append(Text(""))
    if not whole:
        drawn.append(Text(_summary_line(checks), style="dim"))
    # A path stays whole, to be copied, even if it is longer than a line of the terminal.
    terminal.print(Group(*drawn), crop=False)


def _is_common(reason: Reason) -> bool:
    return reason.code == "unusable_source"


def _overview(checks: list[Check], columns: int) -> list[RenderableType]:
    """A table with one row per ticket; if the ids do not fit in, a list."""
    checks = sorted(checks, key=lambda check: -check.verdict)
    first_reasons = [reason for check in checks for reason in _own_reasons(check)[:1]]
    others = [reason.other.id for reason in first_reasons if reason.other]
    least = {"Ticket": longest(check.ticket.id for check in checks)}
    least["First reason"] = max(_MIN_REASON_WIDTH, longest(others), least["Ticket"])
    widths = share_columns(text_width(3, columns) - _WORD_WIDTH, least, _SHARES)
    if widths is None:
        return [part for check in checks for part in _check_lines(check)]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Verdict", width=_WORD_WIDTH)
    for name in least:
        table.add_column(name, width=widths[name], overflow="fold")
    for check in checks:
        ticket = ticket_cell(check.ticket, narrow=False)
        table.add_row(_word(check.verdict), ticket, _first_reason(check))
    return [table]


def _check_lines(check: Check) -> list[RenderableType]:
    reason = Padding(_first_reason(check), (0, 0, 1, _INDENT))
    return [_word(check.verdict), *ticket_lines(check.ticket), reason]


def _own_reasons(check: Check) -> list[Reason]:
    """The reasons that are worse than clear, without those that every ticket has."""
    return [
        reason
        for reason in check.reasons
        if reason.verdict > Verdict.CLEAR and not _is_common(reason)
    ]


def _first_reason(check: Check) -> Text:
    """The first reason of this ticket, and how many more; empty if it is clear."""
    reasons = _own_reasons(check)
    if not reasons:
        return Text(REFERENCE_TO_COMMON if check.verdict > Verdict.CLEAR else "")
    more = f" (and {len(reasons) - 1} more)" if reasons[1:] else ""
    return Text(f"{drawable(reasons[0].sentence)}{more}")


def _whole_check(check: Check, *, without_common: bool) -> list[RenderableType]:
    """A check with all its reasons; those that every ticket has can be left out."""
    reasons = [r for r in check.reasons if not (without_common and _is_common(r))]
    parts = [part for reason in reasons for part in _reason(reason)]
    if len(reasons) < len(check.reasons):
        parts.insert(0, _row(Verdict.UNKNOWN, Text(REFERENCE_TO_COMMON)))
    if not parts:
        parts.append(Text("  no recorded relation speaks against it"))
    name, *title = ticket_lines(check.ticket)
    head = Text.assemble(_word(check.verdict), "  ", name, no_wrap=True, overflow="ignore")
    holds = [_held_line(held) for held in check.holds]
    digest = Text(f"  digest {check.digest}", style="dim")
    return [head, *title, *parts, *holds, digest, Text("")]


def _held_line(held: HeldTicket) -> RenderableType:
    """A ticket that this one holds up."""
    ticket = held.ticket
    verb = "frees, once done," if held.frees else "holds, with others,"
    name = f"{ticket.name}, which is {ticket.state or 'of unknown state'}"
    return Padding(Text(drawable(f"{verb} {name}")), (0, 0, 0, _INDENT))


def _reason(reason: Reason) -> list[RenderableType]:
    text = Text(drawable(reason.sentence))
    for line in _detail_lines(reason):
        text.append(f"\n{drawable(line)}", style="dim")
    places = [whole_line(f"  {place}") for place in reason.records]
    return [_row(reason.verdict, text), *places]


def _row(verdict: Verdict, text: Text) -> Table:
    """A verdict, and its reason in the next column."""
    row = Table.grid(padding=(0, 0, 0, _INDENT), pad_edge=True)
    row.add_column(no_wrap=True, width=_INDENT + _WORD_WIDTH)
    row.add_column(overflow="fold")
    row.add_row(_word(verdict), text)
    return row


def _detail_lines(reason: Reason) -> list[str]:
    """The text of the latest record that states the reason's relation."""
    relation = reason.relation
    if relation is None:
        return []
    record = relation.latest_record
    lines = text_of(record).splitlines()
    if reason.code == "plan":
        fields = {"branch": record.branch, "worktree": record.worktree, "roles": record.role_plan}
        lines += [f"{name}: {value}" for name, value in fields.items() if value]
    return lines


def _word(verdict: Verdict) -> Text:
    return Text(verdict.word, style=_STYLES[verdict])


def _summary_line(checks: list[Check]) -> str:
    counts = Counter(check.verdict for check in checks)
    worst_first = sorted(counts, reverse=True)
    parts = [f"{counts[verdict]} {verdict.word}" for verdict in worst_first]
    total = counted(len(checks), "ticket")
    return f"{total}: {', '.join(parts)}" if parts else total
