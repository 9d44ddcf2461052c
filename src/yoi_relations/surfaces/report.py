"""Writes answers in the mode that was asked for, and says with which status the command ends."""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.files.scan import printable
from yoi_relations.index import store
from yoi_relations.index.refresh import Index
from yoi_relations.queries.counts import Counts, count_all
from yoi_relations.queries.relations import Answer, Filter
from yoi_relations.recording.recorded import Recorded
from yoi_relations.surfaces import document, plain
from yoi_relations.surfaces.output import Mode, json_line, notice, visible, write_answer

LISTED_PROBLEMS = 10
"""How many problems are told beside an answer that is not JSON."""


def relations(mode: Mode, index: Index, asked: Filter, answer: Answer) -> ExitCode:
    """Write the answer of `show`."""
    if mode is Mode.JSON:
        write_answer(json_line(document.relations_document(index, asked, answer)))
    elif mode is Mode.PLAIN:
        rows = (plain.relation_row(one, whole=asked.ticket is not None) for one in answer.relations)
        write_answer(plain.lines(rows))
        if len(answer.relations) < answer.count:
            notice(plain.counting_line(answer, asked), mode)
    else:
        from yoi_relations.surfaces import tables  # noqa: PLC0415  # Rich, for a terminal only

        tables.draw_relations(answer, asked)
    _tell_problems(mode, answer)
    return ExitCode.PROBLEM_IN_ANSWER if answer.doubts else ExitCode.DONE


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


def rebuilt(mode: Mode, index: Index, seconds: float) -> ExitCode:
    """Write the answer of `rebuild`."""
    counts = count_all(index.connection)
    if mode is Mode.JSON:
        write_answer(json_line(document.status_document("rebuild", index, counts)))
        return ExitCode.DONE
    records = sum(counts.records.values())
    write_answer(
        f"rebuilt from {index.sources} files in {seconds:.2f} s: {sum(counts.tickets.values())}"
        f" tickets, {records} records, {counts.problems} problems\n"
    )
    return ExitCode.DONE


def status(mode: Mode, index: Index) -> ExitCode:
    """Write the answer of `status`."""
    counts = count_all(index.connection)
    if mode is Mode.JSON:
        write_answer(json_line(document.status_document("status", index, counts)))
    elif mode is Mode.PLAIN:
        write_answer(plain.lines(_status_rows(index, counts)))
    else:
        from yoi_relations.surfaces import tables  # noqa: PLC0415  # Rich, for a terminal only

        tables.draw_facts(_status_rows(index, counts))
    return ExitCode.DONE


def _status_rows(index: Index, counts: Counts) -> list[tuple[str, str]]:
    return [
        ("root", printable(index.workspace.root)),
        ("tickets root", printable(index.workspace.tickets_root)),
        ("index", printable(store.index_path(index.workspace))),
        ("index was", f"{index.found}{_generation(index)}"),
        ("schema, parser", f"{store.SCHEMA_VERSION}, {store.PARSER_VERSION}"),
        ("checked by", f"{index.trust}: {index.sources} files"),
        ("tickets", _listed(counts.tickets)),
        ("records", _listed(counts.records)),
        ("relations", _listed(counts.relations)),
        ("active", _listed(counts.active)),
        ("problems", f"{counts.problems}; relations show lists them" if counts.problems else "0"),
    ]


def _generation(index: Index) -> str:
    if index.published is None:
        return ""
    return f", generation {index.published.number} of {index.published.built_at}"


def _listed(counts: dict[str, int]) -> str:
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    return f"{sum(counts.values())}{': ' if parts else ''}{', '.join(parts)}"


def _recorded(mode: Mode, command: str, done: Recorded, lines: list[str]) -> ExitCode:
    if mode is Mode.JSON:
        write_answer(json_line(document.recorded_document(command, done)))
    else:
        said = [document.relation_sentence(done.relation), *lines]
        write_answer("".join(f"{visible(line)}\n" for line in said))
    return ExitCode.DONE


def _tell_problems(mode: Mode, answer: Answer) -> None:
    if mode is Mode.JSON:
        return
    others = [problem for problem in answer.problems if problem not in answer.doubts]
    for problem in (answer.doubts + others)[:LISTED_PROBLEMS]:
        doubt = " (this could add or alter a row of the answer)" if problem in answer.doubts else ""
        notice(f"problem: {plain.problem_line(problem)}{doubt}", mode)
    if len(answer.problems) > LISTED_PROBLEMS:
        notice(f"{len(answer.problems) - LISTED_PROBLEMS} more problems; --json lists them", mode)
