"""All findings of a workspace, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.doctor.broken_files import broken_file_findings
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.contradictions import contradiction_findings
from yoi_relations.queries.doctor.cycles import cycle_findings, replacement_loops
from yoi_relations.queries.doctor.expired import expired_findings
from yoi_relations.queries.doctor.findings import LISTED, Code, Finding, More
from yoi_relations.queries.doctor.folders import folder_findings
from yoi_relations.queries.doctor.misplaced import misplaced_findings
from yoi_relations.queries.doctor.names import contested_slugs, copied_records
from yoi_relations.queries.doctor.repeated import repeated_records, unrelated_mentions
from yoi_relations.queries.doctor.retirements import times_ahead, wrong_retirements
from yoi_relations.queries.doctor.targets import dangling_targets
from yoi_relations.queries.problems import Severity

Group = tuple[Code, Severity]
_FAMILIES: tuple[Callable[[Contents], Iterator[Finding | More]], ...] = (
    broken_file_findings,
    folder_findings,
    misplaced_findings,
    contested_slugs,
    dangling_targets,
    copied_records,
    wrong_retirements,
    times_ahead,
    cycle_findings,
    replacement_loops,
    contradiction_findings,
    expired_findings,
    repeated_records,
    unrelated_mentions,
)


class Diagnosis(NamedTuple):
    """The answer of `doctor`.

    Attributes:
        findings: the findings that were asked for, the worst first, then by path and line.
        counts: by severity, the number of all findings.
        hidden: by severity, the number of findings that were not asked for, if there are any.
        more: by code and severity, the number of findings that were asked for but not listed.
    """

    findings: list[Finding]
    counts: dict[Severity, int]
    hidden: dict[Severity, int]
    more: dict[Group, int]


def diagnose(workspace: Workspace, connection: Connection, least: Severity) -> Diagnosis:
    """All findings of a workspace; those less severe than `least` are only counted."""
    counts = dict.fromkeys(Severity, 0)
    groups: dict[Group, _FindingGroup] = {}
    contents = Contents.load(workspace, connection)
    for finding in chain.from_iterable(family(contents) for family in _FAMILIES):
        counts[finding.severity] += finding.number if isinstance(finding, More) else 1
        if finding.severity.weight >= least.weight:
            groups.setdefault((finding.code, finding.severity), _FindingGroup()).take(finding)
    listed = [finding for group in groups.values() for finding in group.listed()]
    hidden = {
        severity: number
        for severity, number in counts.items()
        if number and severity.weight < least.weight
    }
    more = {of: group.total - LISTED for of, group in groups.items() if group.total > LISTED}
    return Diagnosis(sorted(listed, key=Finding.rank), counts, hidden, more)


class _FindingGroup:
    """Keeps the first `LISTED` findings by rank, and counts all; it never holds many more."""

    def __init__(self) -> None:
        self.total = 0
        self._held: list[Finding] = []

    def take(self, finding: Finding | More) -> None:
        if isinstance(finding, More):
            self.total += finding.number
            return
        self.total += 1
        self._held.append(finding)
        if len(self._held) > 2 * LISTED:
            self._held = self.listed()

    def listed(self) -> list[Finding]:
        return sorted(self._held, key=Finding.rank)[:LISTED]
