"""All that is found in a workspace, the worst first."""

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
    """What was found.

    Attributes:
        findings: those that were asked for, the worst first, then by path and line.
        counts: of all, by severity.
        hidden: of those that were not asked for, by severity, where there are any.
        more: of those that were asked for and are not among `findings`, by code and severity.
    """

    findings: list[Finding]
    counts: dict[Severity, int]
    hidden: dict[Severity, int]
    more: dict[Group, int]


def diagnose(workspace: Workspace, connection: Connection, least: Severity) -> Diagnosis:
    """Look for everything that somebody may want to correct.

    Args:
        workspace: whose tickets root is walked for what is not read.
        connection: the index.
        least: the least severity to list; what is below is counted.
    """
    counts = dict.fromkeys(Severity, 0)
    groups: dict[Group, _First] = {}
    for finding in chain(_of_files(workspace, connection), _of_relations(connection)):
        counts[finding.severity] += finding.number if isinstance(finding, More) else 1
        if finding.severity.weight >= least.weight:
            groups.setdefault((finding.code, finding.severity), _First()).take(finding)
    listed = [finding for group in groups.values() for finding in group.listed()]
    hidden = {one: n for one, n in counts.items() if n and one.weight < least.weight}
    more = {of: group.total - LISTED for of, group in groups.items() if group.total > LISTED}
    return Diagnosis(sorted(listed, key=Finding.rank), counts, hidden, more)


class _First:
    """The first of the findings that it is given, by rank; it never holds many more."""

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
    """What is wrong with files and folders by themselves."""
    tickets = {ticket.id: ticket for ticket in all_tickets(connection)}
    problems = find_problems(connection, advice=True)
    spanning = frozenset(SpanningCode)
    in_one = (one for one in problems if one.code not in spanning)
    yield from broken_file_findings(connection, in_one, tickets)
    yield from folder_findings(
        workspace, connection, (one.about for one in problems if one.code in _OF_FOLDERS)
    )
    yield from misplaced_findings(workspace)
    yield from contested_slugs(tickets)


def _of_relations(connection: Connection) -> Iterator[Finding | More]:
    """What is wrong with records, or between them."""
    relations = load_relations(connection)
    active = [one for one in relations if one.inactive_reason is None]
    tickets = {ticket.id: ticket for ticket in all_tickets(connection)}
    names = RecordNames.load(connection)
    problems = find_problems(connection)
    dangling = [one for one in problems if one.code == SpanningCode.DANGLING_TARGET]
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
