"""All that is found in a workspace, the worst first."""

from __future__ import annotations

from yoi_relations.queries.doctor.contradictions import contradictions
from yoi_relations.queries.doctor.cycles import cycles
from yoi_relations.queries.doctor.expired import expired
from yoi_relations.queries.doctor.files import wrong_files
from yoi_relations.queries.doctor.findings import Finding
from yoi_relations.queries.doctor.texts import mentioned, repeated
from yoi_relations.queries.problems import Severity, find_problems
from yoi_relations.queries.relations import load_relations
from yoi_relations.queries.tickets import all_tickets
from yoi_relations.typed import Connection, NamedTuple


class Diagnosis(NamedTuple):
    """What was found.

    Attributes:
        findings: those that were asked for, the worst first, then by path and line.
        counts: of all, by severity.
        hidden: of those that were not asked for, by severity, where there are any.
    """

    findings: list[Finding]
    counts: dict[Severity, int]
    hidden: dict[Severity, int]


def diagnose(connection: Connection, least: Severity) -> Diagnosis:
    """Look for everything that somebody may want to mend.

    Args:
        connection: the index.
        least: the least severity to list; what is below is counted.
    """
    relations = load_relations(connection)
    active = [one for one in relations if one.inactive_reason is None]
    tickets = {ticket.id: ticket for ticket in all_tickets(connection)}
    findings = [
        *wrong_files(find_problems(connection, advice=True), relations, tickets),
        *cycles(active),
        *contradictions(active),
        *expired(relations),
        *repeated(active),
        *mentioned(relations, tickets),
    ]
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    listed = [finding for finding in findings if finding.severity.weight >= least.weight]
    hidden = {one: n for one, n in counts.items() if n and one.weight < least.weight}
    return Diagnosis(sorted(listed, key=Finding.rank), counts, hidden)
