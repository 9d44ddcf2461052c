"""Findings as Rich draws them: by code, the worst first, each with its place and what to do."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from yoi_relations.queries.doctor.diagnosis import Diagnosis
from yoi_relations.queries.doctor.findings import RULES, Code, Finding
from yoi_relations.queries.problems import Severity
from yoi_relations.surfaces.output import visible

LISTED = 20
"""Findings of one code that are drawn; lines and JSON have all of them."""

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}


def draw_findings(diagnosis: Diagnosis, hidden: str | None) -> None:
    """Draw findings, and as the last line how many there are and what is `hidden`."""
    drawn: list[RenderableType] = []
    groups = groupby(sorted(diagnosis.findings, key=_group), key=_group)
    for _, findings in groups:
        drawn += _drawn(list(findings))
    drawn += [Text(line, style="dim") for line in (_counting_line(diagnosis), hidden) if line]
    Console(highlight=False).print(Group(*drawn))


def _group(finding: Finding) -> tuple[int, int]:
    return -finding.severity.weight, list(Code).index(finding.code)


def _drawn(findings: list[Finding]) -> list[RenderableType]:
    severity, code = findings[0].severity, findings[0].code
    head = Text.assemble((severity, _STYLES[severity]), f" {code}: {RULES[code].meaning}")
    lines = [Padding(_finding(finding), (0, 0, 0, 2)) for finding in findings[:LISTED]]
    more = len(findings) - LISTED
    rest = [Text(f"  and {more} more; --plain lists them", style="dim")] if more > 0 else []
    return [head, *lines, *rest, Text("")]


def _finding(finding: Finding) -> Text:
    return Text.assemble(
        (visible(finding.place), "bold"),
        f"\n  {visible(finding.sentence)}\n  ",
        (visible(finding.hint), "dim"),
    )


def _counting_line(diagnosis: Diagnosis) -> str:
    total = len(diagnosis.findings)
    return f"{total or 'no'} finding{'' if total == 1 else 's'}"
