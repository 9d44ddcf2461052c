"""All findings of a workspace, the worst first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from yoi_relations.files.source import SpanningCode
from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.command_lines import RecordNames
from yoi_relations.queries.doctor.broken_files import broken_file_findings
from yoi_relations.queries.doctor.contradictions import contradiction_findings
from yoi_relations.queries.doctor.cycles import cycle_findings, replacement_loops
from yoi_relations.queries.doctor.expired import expired_findings
from yoi_relations.queries.doctor.findings import LISTED, Code, Finding, More
from yoi_relations.queries.doctor.folders import folder_findings
from yoi_relations.queries.doctor.misplaced import misplaced_findings
from yoi_relations.queries.doctor.names import contested_slugs, copied_records, load_copies
from yoi_relations.queries.doctor.repeated import repeated_records, unrelated_mentions
from yoi_relations.queries.doctor.retirements import times_ahead, wrong_retirements
from yoi_relations.queries.doctor.targets import dangling_targets
from yoi_relations.queries.problems import Severity, find_problems
from yoi_relations.queries.relations import load_relations
from yoi_relations.queries.tickets import all_tickets

Group = tuple[Code, Severity]
_OF_FOLDERS = frozenset((SpanningCode.NO_ITEM, SpanningCode.SHARED_ID))


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
    """All findings of a workspace.

    Args:
        workspace: the workspace; its tickets root is searched for files that are not read.
        connection: the index.
        least: the least severity to list; less severe findings are counted.
    """
    counts = dict.fromkeys(Severity, 0)
    groups: dict[Group, _FindingGroup] = {}
    for finding in chain(_of_files(workspace, connection), _of_relations(connection)):
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


def _of_files(workspace: Workspace, connection: Connection) -> Iterator[Finding]:
    """Findings about files and folders."""
    tickets = {ticket.id: ticket for ticket in all_tickets(connection)}
    problems = find_problems(connection, advice=True)
    spanning = frozenset(SpanningCode)
    single = (problem for problem in problems if problem.code not in spanning)
    yield from broken_file_findings(connection, single, tickets)
    ids = (problem.about for problem in problems if problem.code in _OF_FOLDERS)
    yield from folder_findings(workspace, connection, ids)
    yield from misplaced_findings(workspace)
    yield from contested_slugs(tickets)


def _of_relations(connection: Connection) -> Iterator[Finding | More]:
    """Findings about records and relations."""
    relations = load_relations(connection)
    active = [relation for relation in relations if relation.inactive_reason is None]
    tickets = {ticket.id: ticket for ticket in all_tickets(connection)}
    names = RecordNames.load(connection)
    problems = find_problems(connection)
    dangling = [problem for problem in problems if problem.code == SpanningCode.DANGLING_TARGET]
    yield from dangling_targets(connection, dangling, relations, names)
    yield from copied_records(load_copies(connection))
    yield from wrong_retirements(connection, relations, tickets)
    yield from times_ahead(relations, names)
    yield from cycle_findings(active, names)
    yield from replacement_loops(relations, names)
    yield from contradiction_findings(active, names)
    yield from expired_findings(relations, names)
    yield from repeated_records(active, names)
    yield from unrelated_mentions(relations, tickets)
