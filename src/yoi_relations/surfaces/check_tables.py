"""Checks as Rich draws them: a line a ticket for a queue, every reason for a ticket by name."""

from __future__ import annotations

from collections import Counter

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from yoi_relations.queries.check import Check
from yoi_relations.queries.reasons import Reason, Verdict
from yoi_relations.surfaces.cells import said_by, ticket_cell
from yoi_relations.surfaces.output import visible

_STYLES = {
    Verdict.CLEAR: "bold green",
    Verdict.CAUTION: "bold yellow",
    Verdict.HOLD: "bold red",
    Verdict.UNKNOWN: "bold magenta",
}


def draw_checks(checks: list[Check], *, whole: bool) -> None:
    """Draw checks: a table, or with `whole` each of them with all its reasons."""
    console = Console(highlight=False)
    drawn: list[RenderableType] = (
        [part for check in checks for part in _in_full(check)] if whole else [_table(checks)]
    )
    if not whole:
        drawn.append(Text(_counting_line(checks), style="dim"))
    console.print(Group(*drawn))


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
    reasons = Table.grid(padding=(0, 0, 0, 2), pad_edge=True)
    reasons.add_column(no_wrap=True)
    reasons.add_column(overflow="fold")
    for reason in check.reasons:
        reasons.add_row(_word(reason.verdict), _reason(reason))
    reasons.add_row("", Text(f"digest {check.digest}", style="dim"))
    return [head, reasons, Text("")]


def _reason(reason: Reason) -> Text:
    text = Text(visible(reason.sentence))
    for line in _evidence(reason):
        text.append(f"\n{visible(line)}", style="dim")
    return text


def _evidence(reason: Reason) -> list[str]:
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
    return [*said, *(str(place) for place in reason.records)]


def _word(verdict: Verdict) -> Text:
    return Text(verdict.word, style=_STYLES[verdict])


def _counting_line(checks: list[Check]) -> str:
    counts = Counter(check.verdict for check in checks)
    parts = [
        f"{counts[verdict]} {verdict.word}" for verdict in reversed(Verdict) if counts[verdict]
    ]
    return f"{len(checks)} ticket{'' if len(checks) == 1 else 's'}: {', '.join(parts) or 'none'}"
