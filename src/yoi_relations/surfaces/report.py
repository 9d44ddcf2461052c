"""Writes the answers of the commands that read, and says with which status they end."""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.files.scan import printable
from yoi_relations.index import store
from yoi_relations.index.refresh import Index, Trust
from yoi_relations.queries.check import Checked
from yoi_relations.queries.counts import Counts, count_all
from yoi_relations.queries.reasons import Verdict
from yoi_relations.queries.relations import Answer, Filter
from yoi_relations.surfaces import document, plain
from yoi_relations.surfaces.output import Mode, json_line, notice, write_answer
from yoi_relations.surfaces.watch_lock import alive

LISTED_PROBLEMS = 10
"""How many problems are told beside an answer that is not JSON."""


def relations(mode: Mode, index: Index, asked: Filter, answer: Answer) -> ExitCode:
    """Write the answer of `show`."""
    if mode is Mode.JSON:
        write_answer(json_line(document.relations_document(index, asked, answer)))
    elif mode is Mode.PLAIN:
        rows = (plain.relation_row(one, whole=asked.ticket is not None) for one in answer.relations)
        write_answer(plain.lines(rows))
        if len(answer.relations) < answer.total:
            notice(plain.counting_line(answer, asked), mode)
    else:
        from yoi_relations.surfaces import tables  # noqa: PLC0415  # Rich, for a terminal only

        tables.draw_relations(answer, asked)
    _tell_problems(mode, answer)
    return relations_code(answer)


def relations_code(answer: Answer) -> ExitCode:
    """The exit status of `show` with this answer."""
    return ExitCode.PROBLEM_IN_ANSWER if answer.doubts else ExitCode.DONE


def checks(
    mode: Mode, index: Index, checked: Checked, expect: str | None, *, named: bool
) -> ExitCode:
    """Write the answer of `check`: of tickets that were named, every reason."""
    if mode is Mode.JSON:
        write_answer(json_line(document.check_document(index, checked)))
    elif mode is Mode.PLAIN:
        write_answer(plain.lines(row for one in checked.checks for row in plain.check_rows(one)))
    else:
        from yoi_relations.surfaces import check_tables  # noqa: PLC0415  # Rich

        check_tables.draw_checks(checked.checks, whole=named)
    code = checks_code(checked, expect)
    if code is ExitCode.NOT_AS_EXPECTED:
        notice("the expected digest no longer holds; this is the new answer", mode)
    return code


def checks_code(checked: Checked, expect: str | None) -> ExitCode:
    """The exit status of `check` with this answer, and with this digest expected."""
    if expect is not None and any(one.digest != expect for one in checked.checks):
        return ExitCode.NOT_AS_EXPECTED
    return _EXIT_CODES[max((one.verdict for one in checked.checks), default=Verdict.CLEAR)]


_EXIT_CODES = {
    Verdict.CLEAR: ExitCode.DONE,
    Verdict.CAUTION: ExitCode.CAUTION,
    Verdict.HOLD: ExitCode.HOLD,
    Verdict.UNKNOWN: ExitCode.UNKNOWN,
}


def status(mode: Mode, index: Index) -> ExitCode:
    """Write the answer of `status`."""
    counts = count_all(index.connection)
    if mode is Mode.JSON:
        here = {
            "check_seconds": round(index.seconds, 6),
            "watcher": alive(index.workspace),
            "hooks": list(_hooks(index)),
        }
        write_answer(json_line(document.status_document("status", index, counts) | here))
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
        ("checked by", f"{index.trust}, {_WHY[index.trust]}"),
        ("check took", f"{index.seconds * 1000:.1f} ms for {index.sources} files"),
        ("watcher", "running" if alive(index.workspace) else "not running"),
        ("hooks", ", ".join(_hooks(index)) or "not installed"),
        ("tickets", _listed(counts.tickets)),
        ("records", _listed(counts.records)),
        ("relations", _listed(counts.relations)),
        ("active", _listed(counts.active)),
        ("problems", f"{counts.problems}; relations show lists them" if counts.problems else "0"),
    ]


_WHY = {
    Trust.STAT: "as stamps can be believed on this file system",
    Trust.CONTENT: "as asked, or as stamps cannot be believed on this file system",
    Trust.INDEX: "as asked: without a look at the files",
}


def _hooks(index: Index) -> tuple[str, ...]:
    from yoi_relations.surfaces import hooks  # noqa: PLC0415  # starts git, for status alone

    return hooks.installed(index.workspace)


def _generation(index: Index) -> str:
    if index.published is None:
        return ""
    return f", generation {index.published.number} of {index.published.built_at}"


def _listed(counts: dict[str, int]) -> str:
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    return f"{sum(counts.values())}{': ' if parts else ''}{', '.join(parts)}"


def _tell_problems(mode: Mode, answer: Answer) -> None:
    if mode is Mode.JSON:
        return
    others = [problem for problem in answer.problems if problem not in answer.doubts]
    for problem in (answer.doubts + others)[:LISTED_PROBLEMS]:
        doubt = " (this could add or alter a row of the answer)" if problem in answer.doubts else ""
        notice(f"problem: {plain.problem_line(problem)}{doubt}", mode)
    if len(answer.problems) > LISTED_PROBLEMS:
        notice(f"{len(answer.problems) - LISTED_PROBLEMS} more problems; --json lists them", mode)
