"""The notices about problems below an answer about relations."""

from __future__ import annotations

from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.problems import Problem
from yoi_relations.render.output import Mode, notice

PROBLEM_NOTICE_LIMIT = 10
"""Problems that are written to stderr, unless the answer is JSON."""


def notify_of_problems(
    mode: Mode, catalog: Catalog, problems: list[Problem], in_answer: list[Problem]
) -> None:
    """Write the first of `problems` to stderr, those `in_answer` first; nothing with JSON."""
    if mode is Mode.JSON or not problems:
        return
    from yoi_relations.render.lines import counted  # noqa: PLC0415  # for problems only

    could_alter = set(in_answer)
    others = [problem for problem in problems if problem not in could_alter]
    for problem in (in_answer + others)[:PROBLEM_NOTICE_LIMIT]:
        effect = " (it could add or change a row of this answer)" if problem in could_alter else ""
        notice(f"problem: {problem}{effect}", mode)
    more = len(problems) - PROBLEM_NOTICE_LIMIT
    unlisted = f"{counted(more, 'more problem')}; " if more > 0 else ""
    doctor = "run relations doctor --severity info for the full list and fixes"
    if catalog.workspace is None:
        doctor = f"in the workspace itself, {doctor}, and publish it again"
    notice(f"{unlisted}{doctor}", mode)
