"""Draws the answer of `doctor`: findings by code, the worst first, with their place and advice."""

from __future__ import annotations

from itertools import groupby

from rich.text import Text

from yoi_relations.index.handle import Index
from yoi_relations.queries.doctor.diagnosis import Diagnosis
from yoi_relations.queries.doctor.findings import RULES, Code, Finding
from yoi_relations.queries.problems import Severity
from yoi_relations.render.lines import counted, severity_counts
from yoi_relations.render.output import terminal_width
from yoi_relations.render.terminal.cells import FIXED, folded, folded_words
from yoi_relations.render.terminal.widths import draw, drawable, drawn_glyph

DRAWN_FINDINGS_LIMIT = 20
"""Findings of one code that are drawn; lines and JSON have more of them."""

_MARKS = {
    Severity.ERROR: ("\u2715", FIXED["red"]),
    Severity.WARNING: ("!", FIXED["amber"]),
    Severity.INFO: ("i", FIXED["blue"]),
}
"""By severity: glyph and colour."""


def draw_findings(index: Index, diagnosis: Diagnosis, hidden: str | None, *, paged: bool) -> None:
    """Draw a line that counts findings, `hidden`, the line about lower severities, and findings."""
    columns = terminal_width()
    first = severity_counts(
        {s: n for s, n in diagnosis.counts.items() if s not in diagnosis.hidden}
    )
    if not diagnosis.findings:
        sought = (
            "problems"
            if not hidden
            else " or ".join(f"{s}s" for s in diagnosis.counts if s not in diagnosis.hidden)
        )
        read = f"{counted(index.tickets, 'ticket')} and {counted(index.records, 'record')}"
        first = f"No {sought} found in {read}."
    lines = folded_words("\n".join(line for line in (first, hidden) if line), columns)
    groups = groupby(sorted(diagnosis.findings, key=_group), key=_group)
    for _, findings in groups:
        lines += _group_drawn(list(findings), diagnosis, columns)
    draw(lines, paged=paged)


def _group(finding: Finding) -> tuple[int, int]:
    return -finding.severity.weight, list(Code).index(finding.code)


def _group_drawn(findings: list[Finding], diagnosis: Diagnosis, columns: int) -> list[Text]:
    severity, code = findings[0].severity, findings[0].code
    glyph, colour = _MARKS[severity]
    head = Text.assemble((drawn_glyph(glyph), colour), " ", (severity, "bold"))
    head.append(f" {code}: {RULES[code].meaning}")
    lines = [
        line for finding in findings[:DRAWN_FINDINGS_LIMIT] for line in _finding(finding, columns)
    ]
    more = len(findings) - DRAWN_FINDINGS_LIMIT + diagnosis.more.get((code, severity), 0)
    rest = [Text(f"  and {more} more; --plain lists more")] if more > 0 else []
    return [Text(), *folded(head, columns), *lines, *rest]


def _finding(finding: Finding, columns: int) -> list[Text]:
    return [
        # A path stays whole, to be copied, even if it is longer than a line of the terminal.
        Text(drawable(f"  {finding.place}"), style="bold"),
        *folded_words(finding.sentence, columns, indent=4),
        *folded_words(finding.hint, columns, indent=4),
    ]
