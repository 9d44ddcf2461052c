"""Findings about targets that do not exist: what was probably meant, and how to record that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from yoi_relations.characters import escaped
from yoi_relations.files.source import SpanningCode
from yoi_relations.kinds import KINDS
from yoi_relations.queries.command_lines import (
    RecordNames,
    is_argument,
    shell_chain,
    shell_line,
)
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_problem
from yoi_relations.queries.near_relations import load_near_targets
from yoi_relations.queries.records import RecordPlace, StoredRecord
from yoi_relations.queries.relations import Relation

_MAX_REPEATED = 300
"""Characters of a command that a hint repeats."""

_Key = tuple[str, int | None, str | None]
"""Path, line and target: several records of one line can share them."""


def dangling_targets(contents: Contents) -> Iterator[Finding]:
    """A finding for each record that is not retired and whose target is not a ticket."""
    names = contents.names
    naming: Mapping[_Key, list[tuple[Relation, StoredRecord]]] = defaultdict(list)
    for relation in contents.relations:
        for record in relation.records:
            if not record.is_retired:
                naming[record.path, record.line, record.target].append((relation, record))
    meant: dict[RecordPlace, list[str]] = {}
    for target in load_near_targets(contents.connection):
        meant.setdefault(target.place, []).append(target.meant)
    for problem in contents.problems:
        if problem.code != SpanningCode.DANGLING_TARGET:
            continue
        relation, record = naming[problem.path, problem.line, problem.about].pop()
        holder = next(end for end in relation.ends if end.id != problem.about)
        history = not relation.is_active or holder.resolved
        ids = meant.get(record.place, [])
        line = None if history or record.holder in ids else _corrected(record, ids, names)
        hint = _hint(relation, record, ids, line, names)
        found = found_problem(problem, Code.DANGLING_TARGET, hint, history=history)
        about = sorted({holder.id, problem.about, *ids})
        yield found._replace(tickets=about).with_commands(line)


def _hint(
    relation: Relation,
    record: StoredRecord,
    meant: list[str],
    line: str | None,
    names: RecordNames,
) -> str:
    if not meant:
        target = escaped(record.target or "")
        return f"restore {target}, or retire the record: {names.retiring(relation)}"
    tickets = " and ".join(meant)
    text = f"if {tickets} {'are' if len(meant) > 1 else 'is'} meant, record that first"
    kind = KINDS[record.kind].written.replace("_", "-")
    if line is None or len(line) > _MAX_REPEATED:
        end = names.ending(record)
        return f"{text}, as {kind} of {record.holder} and with the same note, and then: {end}"
    return f"{text}, and then retire this record: {line}"


def _corrected(record: StoredRecord, meant: list[str], names: RecordNames) -> str | None:
    """The line that records the same for the meant tickets, and then retires the record."""
    if not meant:
        return None
    reason = f"its target was meant to be {' and '.join(meant)}, which is recorded again"
    lines = [_recorded_again(record, ticket) for ticket in meant]
    return shell_chain(*lines, names.retire_line(record, reason))


def _recorded_again(record: StoredRecord, target: str) -> str | None:
    if not (is_argument(record.holder) and is_argument(target)):
        return None
    kind = KINDS[record.kind].written.replace("_", "-")
    words = ["relations", "add", record.holder, kind, target]
    if record.note is None:
        return shell_line(*words)
    if record.note != "-" and "\n" not in record.note:
        return shell_line(*words, "--note", record.note)
    printed = shell_line("printf", "%s\\n", *record.note.split("\n"))
    recorded = shell_line(*words, "--note", "-")
    return f"{printed} | {recorded}" if printed and recorded else None
