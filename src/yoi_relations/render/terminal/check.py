"""Checks as Rich draws them: a line a ticket for a queue, every reason for a ticket by name."""

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
from yoi_relations.render.terminal.cells import said_by, ticket_cell, ticket_lines, whole_line
from yoi_relations.render.terminal.widths import console, drawable, longest, room_for, shared_out

_STYLES = {
    Verdict.CLEAR: "bold green",
    Verdict.CAUTION: "bold yellow",
    Verdict.HOLD: "bold red",
    Verdict.UNKNOWN: "bold magenta",
}
_INDENT = 2
_WORD_WIDTH = max(len(verdict.word) for verdict in Verdict)
_LEAST_REASON = 20
"""Columns in which a sentence can be read."""
_SHARES = {"Ticket": 2, "First reason": 3}
_FOR_ALL = "what cannot be read could hold a blocker; it is named below"


def draw_checks(checks: list[Check], *, whole: bool) -> None:
    """Draw checks: a table, or with `whole` each of them with all its reasons."""
    terminal = console()
    drawn: list[RenderableType] = []
    # What cannot be read is a reason for every ticket: of several, it is told once.
    apart = not whole or len(checks) > 1
    gaps = [one for one in checks[0].reasons if _is_gap(one)] if checks and apart else []
    if whole:
        drawn += [part for check in checks for part in _in_full(check, apart=apart)]
    elif checks:
        drawn += _overview(checks, terminal.width)
    if gaps:
        drawn.append(Text("For every ticket", style="bold"))
        drawn += [part for reason in gaps for part in _reason(reason)]
        drawn.append(Text(""))
    if not whole:
        drawn.append(Text(_counting_line(checks), style="dim"))
    # A path is longer than what a narrow terminal is wide, and stays whole to be copied.
    terminal.print(Group(*drawn), crop=False)


def _is_gap(reason: Reason) -> bool:
    return reason.code == "unusable_source"


def _overview(checks: list[Check], columns: int) -> list[RenderableType]:
    """A table with a row a ticket; where it has no room for the ids, a list."""
    checks = sorted(checks, key=lambda one: -one.verdict)
    others = [one.other.id for check in checks for one in _hindering(check)[:1] if one.other]
    least = {"Ticket": longest(check.ticket.id for check in checks)}
    least["First reason"] = max(_LEAST_REASON, longest(others), least["Ticket"])
    widths = shared_out(room_for(3, columns) - _WORD_WIDTH, least, _SHARES)
    if widths is None:
        return [part for check in checks for part in _listed(check)]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Verdict", width=_WORD_WIDTH)
    for name in least:
        table.add_column(name, width=widths[name], overflow="fold")
    for check in checks:
        ticket = ticket_cell(check.ticket, narrow=False)
        table.add_row(_word(check.verdict), ticket, _first_reason(check))
    return [table]


def _listed(check: Check) -> list[RenderableType]:
    reason = Padding(_first_reason(check), (0, 0, 1, _INDENT))
    return [_word(check.verdict), *ticket_lines(check.ticket), reason]


def _hindering(check: Check) -> list[Reason]:
    """The reasons that are worse than clear, but for those that every ticket has."""
    return [one for one in check.reasons if one.verdict > Verdict.CLEAR and not _is_gap(one)]


def _first_reason(check: Check) -> Text:
    """What stands in the way of this ticket; nothing for one that is clear."""
    reasons = _hindering(check)
    if not reasons:
        return Text(_FOR_ALL if check.verdict > Verdict.CLEAR else "")
    more = f" (and {len(reasons) - 1} more)" if reasons[1:] else ""
    return Text(f"{drawable(reasons[0].sentence)}{more}")


def _in_full(check: Check, *, apart: bool) -> list[RenderableType]:
    """A check with all its reasons, without those that are told `apart`."""
    reasons = [one for one in check.reasons if not (apart and _is_gap(one))]
    parts = [part for reason in reasons for part in _reason(reason)]
    if len(reasons) < len(check.reasons):
        parts.insert(0, _row(Verdict.UNKNOWN, Text(_FOR_ALL)))
    if not parts:
        parts.append(Text("  nothing recorded stands in the way"))
    name, *title = ticket_lines(check.ticket)
    head = Text.assemble(_word(check.verdict), "  ", name, no_wrap=True, overflow="ignore")
    held = [part for one in check.holds for part in _held(one)]
    digest = Text(f"  digest {check.digest}", style="dim")
    return [head, *title, *parts, *held, digest, Text("")]


def _held(held: HeldTicket) -> list[RenderableType]:
    """A ticket that this one holds up."""
    ticket = held.ticket
    what = "frees, once done," if held.frees else "holds, with others,"
    named = f"{ticket.name}, which is {ticket.state or 'of unknown state'}"
    return [Padding(Text(drawable(f"{what} {named}")), (0, 0, 0, _INDENT))]


def _reason(reason: Reason) -> list[RenderableType]:
    text = Text(drawable(reason.sentence))
    for line in _said(reason):
        text.append(f"\n{drawable(line)}", style="dim")
    places = [whole_line(f"  {place}") for place in reason.records]
    return [_row(reason.verdict, text), *places]


def _row(verdict: Verdict, text: Text) -> Table:
    """A verdict, and beside it why."""
    row = Table.grid(padding=(0, 0, 0, _INDENT), pad_edge=True)
    row.add_column(no_wrap=True, width=_INDENT + _WORD_WIDTH)
    row.add_column(overflow="fold")
    row.add_row(_word(verdict), text)
    return row


def _said(reason: Reason) -> list[str]:
    relation = reason.relation
    if relation is None:
        return []
    latest_record = relation.latest_record
    said = said_by(latest_record).splitlines()
    if reason.code == "plan":
        said += [
            f"{name}: {value}"
            for name, value in (
                ("branch", latest_record.branch),
                ("worktree", latest_record.worktree),
                ("roles", latest_record.role_plan),
            )
            if value
        ]
    return said


def _word(verdict: Verdict) -> Text:
    return Text(verdict.word, style=_STYLES[verdict])


def _counting_line(checks: list[Check]) -> str:
    counts = Counter(check.verdict for check in checks)
    worst_first = sorted(counts, reverse=True)
    parts = [f"{counts[verdict]} {verdict.word}" for verdict in worst_first]
    counted = f"{len(checks)} ticket{'' if len(checks) == 1 else 's'}"
    return f"{counted}: {', '.join(parts)}" if parts else counted
