"""Writes the answers of the commands that change something: the sentence back, and where it is."""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.recording.recorded import Recorded
from yoi_relations.surfaces import document
from yoi_relations.surfaces.output import Mode, json_line, visible, write_answer


def added(mode: Mode, done: Recorded) -> ExitCode:
    """Write the answer of `add`."""
    lines = [f"{'recorded in' if done.changed else 'already recorded in'} {done.record.place}"]
    if done.relation.inactive_reason:
        lines.append(f"not active: {done.relation.inactive_reason}")
    return _recorded(mode, "add", done, lines)


def retired(mode: Mode, done: Recorded) -> ExitCode:
    """Write the answer of `retire`, which names what else still states the relation."""
    lines = ["retired" if done.changed else f"already retired at {done.record.retired_at}"]
    lines += [
        f"still stated by {other.id} ({other.kind}) in {other.place}"
        for other in done.relation.records
        if not other.retired_at
    ]
    return _recorded(mode, "retire", done, lines)


def _recorded(mode: Mode, command: str, done: Recorded, lines: list[str]) -> ExitCode:
    if mode is Mode.JSON:
        write_answer(json_line(_document(command, done)))
    else:
        said = [done.relation.sentence, *lines]
        write_answer("".join(f"{visible(line)}\n" for line in said))
    return ExitCode.DONE


def _document(command: str, done: Recorded) -> document.Value:
    return document.envelope(command, done.index) | {
        "changed": done.changed,
        "sentence": done.relation.sentence,
        "record": document.record_value(done.record),
        "relation": document.relation_value(done.relation, done.record.holder),
    }
