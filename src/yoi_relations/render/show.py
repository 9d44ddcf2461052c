"""Writes the answer of `show`, and says with which status it ends."""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.index.handle import Index
from yoi_relations.queries.show import Answer, Filter
from yoi_relations.render.documents import relations_document
from yoi_relations.render.output import Mode, json_line, notice, write_answer

LISTED_PROBLEMS = 10
"""How many problems are told beside an answer that is not JSON."""


def write_relations(mode: Mode, index: Index, asked: Filter, answer: Answer) -> ExitCode:
    """Write the answer of `show`."""
    if mode is Mode.JSON:
        write_answer(json_line(relations_document(index, asked, answer)))
    elif mode is Mode.PLAIN:
        from yoi_relations.render.lines import (  # noqa: PLC0415  # for lines only
            counting_line,
            relation_row,
            tab_separated,
        )

        rows = (relation_row(one, whole=asked.whole) for one in answer.relations)
        write_answer(tab_separated(rows))
        if len(answer.relations) < answer.total:
            notice(counting_line(answer, asked), mode)
    else:
        from yoi_relations.render.terminal.show import draw_relations  # noqa: PLC0415  # Rich

        draw_relations(answer, asked)
    _tell_problems(mode, answer)
    return exit_code_of_relations(answer)


def exit_code_of_relations(answer: Answer) -> ExitCode:
    """The exit status of `show` with this answer."""
    return ExitCode.PROBLEM_IN_ANSWER if answer.problems_in_answer else ExitCode.DONE


def _tell_problems(mode: Mode, answer: Answer) -> None:
    if mode is Mode.JSON or not answer.problems:
        return
    doubts = set(answer.problems_in_answer)
    others = [problem for problem in answer.problems if problem not in doubts]
    for problem in (answer.problems_in_answer + others)[:LISTED_PROBLEMS]:
        doubt = " (this could add or alter a row of the answer)" if problem in doubts else ""
        notice(f"problem: {problem}{doubt}", mode)
    more = len(answer.problems) - LISTED_PROBLEMS
    others_too = f"{more} more problems; " if more > 0 else ""
    notice(f"{others_too}relations doctor --severity info tells of all, and what to do", mode)
