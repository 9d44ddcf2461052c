"""Checks as Rich draws them: a line a ticket for a queue, every reason for a ticket by name."""

from __future__ import annotations

from collections import Counter

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from yoi_relations.queries.check import Check
from yoi_relations.queries.reasons import Reason, Verdict
from yoi_relations.surfaces.cells import said_by, ticket_cell, whole_line
from yoi_relations.surfaces.output import visible

_STYLES = {
    Verdict.CLEAR: "bold green",
    Verdict.CAUTION: "bold yellow",
    Verdict.HOLD: "bold red",
    Verdict.UNKNOWN: "bold magenta",
}
_INDENT = 2
_WORD_WIDTH = max(len(verdict.word) for verdict in Verdict)


def draw_checks(checks: list[Check], *, whole: bool) -> None:
    """Draw checks: a table, or with `whole` each of them with all its reasons."""
    drawn: list[RenderableType] = []
    if whole:
        drawn += [part for check in checks for part in _in_full(check)]
    else:
        drawn += [_table(checks)] if checks else []
        drawn.append(Text(_counting_line(checks), style="dim"))
    # A path is longer than what a narrow terminal is wide, and stays whole to be copied.
    Console(highlight=False).print(Group(*drawn), crop=False)


def _table(checks: list[Check]) -> Table:
    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Ticket", ratio=2, overflow="fold")
    table.add_column("First reason", ratio=3, overflow="fold")
    for check in sorted(checks, key=lambda one: -one.verdict):
        more = len(check.reasons) - 1
        first = visible(check.reasons[0].sentence) if check.reasons else ""
        table.add_row(
            _word(check.verdict),
            ticket_cell(check.ticket, narrow=False),
            Text(f"{first} (and {more} more)" if more > 0 else first),
        )
    return table


def _in_full(check: Check) -> list[RenderableType]:
    head = Text.assemble(_word(check.verdict), "  ", ticket_cell(check.ticket, narrow=False))
    parts = [part for reason in check.reasons for part in _reason(reason)]
    if not parts:
        parts.append(Text("  nothing recorded stands in the way"))
    return [head, *parts, Text(f"  digest {check.digest}", style="dim"), Text("")]


def _reason(reason: Reason) -> list[RenderableType]:
    text = Text(visible(reason.sentence))
    for line in _said(reason):
        text.append(f"\n{visible(line)}", style="dim")
    row = Table.grid(padding=(0, 0, 0, _INDENT), pad_edge=True)
    row.add_column(no_wrap=True, width=_INDENT + _WORD_WIDTH)
    row.add_column(overflow="fold")
    row.add_row(_word(reason.verdict), text)
    return [row, *(whole_line(f"  {place}") for place in reason.records)]


def _said(reason: Reason) -> list[str]:
    relation = reason.relation
    if relation is None:
        return []
    voice = relation.voice
    said = said_by(voice).splitlines()
    if reason.code == "plan":
        said += [
            f"{name}: {value}"
            for name, value in (
                ("branch", voice.branch),
                ("worktree", voice.worktree),
                ("roles", voice.role_plan),
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
