"""Draws the answer of `doctor`: findings by code, the worst first, with their place and advice."""

from __future__ import annotations

from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from yoi_relations.queries.doctor.diagnosis import Diagnosis
from yoi_relations.queries.doctor.findings import RULES, Code, Finding
from yoi_relations.queries.problems import Severity
from yoi_relations.render.lines import severity_counts
from yoi_relations.render.terminal.cells import whole_line
from yoi_relations.render.terminal.widths import console, drawable

DRAWN_FINDINGS_LIMIT = 20
"""Findings of one code that are drawn; lines and JSON have more of them."""

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}


def draw_findings(diagnosis: Diagnosis, hidden: str | None) -> None:
    """Draw findings, a line that counts them, and `hidden`, the line about lower severities."""
    drawn: list[RenderableType] = []
    groups = groupby(sorted(diagnosis.findings, key=_group), key=_group)
    for _, findings in groups:
        drawn += _group_drawn(list(findings), diagnosis)
    drawn += [Text(line, style="dim") for line in (_summary_line(diagnosis), hidden) if line]
    # A path stays whole, to be copied, even if it is longer than a line of the terminal.
    console().print(Group(*drawn), crop=False)


def _group(finding: Finding) -> tuple[int, int]:
    return -finding.severity.weight, list(Code).index(finding.code)


def _group_drawn(findings: list[Finding], diagnosis: Diagnosis) -> list[RenderableType]:
    severity, code = findings[0].severity, findings[0].code
    head = Text.assemble((severity, _STYLES[severity]), f" {code}: {RULES[code].meaning}")
    lines = [part for finding in findings[:DRAWN_FINDINGS_LIMIT] for part in _finding(finding)]
    more = len(findings) - DRAWN_FINDINGS_LIMIT + diagnosis.more.get((code, severity), 0)
    rest = [Text(f"  and {more} more; --plain lists more", style="dim")] if more > 0 else []
    return [head, *lines, *rest, Text("")]


def _finding(finding: Finding) -> list[RenderableType]:
    return [
        whole_line(f"  {finding.place}", "bold"),
        _indented(4, Text(drawable(finding.sentence))),
        _indented(4, Text(drawable(finding.hint), style="dim")),
    ]


def _indented(columns: int, text: Text) -> Padding:
    return Padding(text, (0, 0, 0, columns))


def _summary_line(diagnosis: Diagnosis) -> str:
    """The number of findings of each severity that was asked for, zeros included."""
    return severity_counts({s: n for s, n in diagnosis.counts.items() if s not in diagnosis.hidden})
