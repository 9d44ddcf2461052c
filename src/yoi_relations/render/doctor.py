"""Writes the answer of `doctor` and chooses its exit status."""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.index.handle import Index
from yoi_relations.queries.doctor.diagnosis import Diagnosis
from yoi_relations.queries.doctor.findings import Finding
from yoi_relations.render.documents import Value, envelope
from yoi_relations.render.lines import severity_counts, tab_separated
from yoi_relations.render.output import Mode, json_line, notice, write_answer


def write_findings(mode: Mode, index: Index, diagnosis: Diagnosis, *, paged: bool) -> ExitCode:
    """Write the findings; if `paged`, a long table to a pager.

    Returns:
        `FOUND` if there is a finding, otherwise `DONE`.
    """
    if mode is Mode.JSON:
        write_answer(json_line(doctor_document(index, diagnosis)))
    elif mode is Mode.PLAIN:
        rows = ([f.severity, f.code, f.place, f.sentence, f.hint] for f in diagnosis.findings)
        write_answer(tab_separated(rows))
        for line in (*unlisted_lines(diagnosis), lower_severity_line(diagnosis)):
            if line:
                notice(line, mode)
    else:
        from yoi_relations.render.terminal.doctor import draw_findings  # noqa: PLC0415  # Rich

        draw_findings(index, diagnosis, lower_severity_line(diagnosis), paged=paged)
    return ExitCode.FOUND if diagnosis.findings else ExitCode.DONE


def doctor_document(index: Index, diagnosis: Diagnosis) -> Value:
    """The answer of `doctor` as a JSON value."""
    return envelope("doctor", index) | {
        "findings": [_finding_value(finding) for finding in diagnosis.findings],
        "more": [
            {"code": code.value, "severity": severity.value, "count": count}
            for (code, severity), count in diagnosis.more.items()
        ],
        "counts": {severity.value: count for severity, count in diagnosis.counts.items()},
    }


def unlisted_lines(diagnosis: Diagnosis) -> list[str]:
    """One line per code with findings that are not listed, with their number."""
    return [f"{count} more of {code} (not listed)" for (code, _), count in diagnosis.more.items()]


def lower_severity_line(diagnosis: Diagnosis) -> str | None:
    """How many findings have a lower severity, and the option that lists them; None if none."""
    if not diagnosis.hidden:
        return None
    *_, least = diagnosis.hidden
    return f"{severity_counts(diagnosis.hidden)}; --severity {least} lists them"


def _finding_value(finding: Finding) -> Value:
    return {
        "code": finding.code.value,
        "severity": finding.severity.value,
        "path": finding.path,
        "line": finding.line,
        "sentence": finding.sentence,
        "hint": finding.hint,
        "tickets": finding.tickets,
        "commands": finding.commands,
    }
