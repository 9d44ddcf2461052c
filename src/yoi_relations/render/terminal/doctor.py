"""Findings as Rich draws them: by code, the worst first, each with its place and what to do."""

from __future__ import annotations

from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from yoi_relations.queries.doctor.diagnosis import Diagnosis
from yoi_relations.queries.doctor.findings import RULES, Code, Finding
from yoi_relations.queries.problems import Severity
from yoi_relations.render.lines import counted
from yoi_relations.render.terminal.cells import whole_line
from yoi_relations.render.terminal.widths import console, drawable

LISTED = 20
"""Findings of one code that are drawn; lines and JSON have more of them."""

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}


def draw_findings(diagnosis: Diagnosis, hidden: str | None) -> None:
    """Draw findings, and as the last line how many there are and what is `hidden`."""
    drawn: list[RenderableType] = []
    groups = groupby(sorted(diagnosis.findings, key=_group), key=_group)
    for _, findings in groups:
        drawn += _drawn(list(findings), diagnosis)
    drawn += [Text(line, style="dim") for line in (_counting_line(diagnosis), hidden) if line]
    # A path is longer than what a narrow terminal is wide, and stays whole to be copied.
    console().print(Group(*drawn), crop=False)


def _group(finding: Finding) -> tuple[int, int]:
    return -finding.severity.weight, list(Code).index(finding.code)


def _drawn(findings: list[Finding], diagnosis: Diagnosis) -> list[RenderableType]:
    severity, code = findings[0].severity, findings[0].code
    head = Text.assemble((severity, _STYLES[severity]), f" {code}: {RULES[code].meaning}")
    lines = [part for finding in findings[:LISTED] for part in _finding(finding)]
    more = len(findings) - LISTED + diagnosis.more.get((code, severity), 0)
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


def _counting_line(diagnosis: Diagnosis) -> str:
    """How many of each severity were asked for and found; zeros say that all was looked at."""
    return counted({s: n for s, n in diagnosis.counts.items() if s not in diagnosis.hidden})
