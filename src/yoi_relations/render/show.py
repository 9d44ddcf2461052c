"""Writes the answer of `show` and chooses its exit status."""

from __future__ import annotations

from collections.abc import Mapping

from yoi_relations.errors import ExitCode
from yoi_relations.lean.types import TYPE_CHECKING
from yoi_relations.queries.show import Answer, Filter
from yoi_relations.render.documents import relations_document
from yoi_relations.render.output import Mode, json_line, notice, write_answer
from yoi_relations.render.problem_notices import notify_of_problems

if TYPE_CHECKING:
    from yoi_relations.queries.catalog import Catalog
    from yoi_relations.queries.provenance import Provenance


def write_relations(  # noqa: PLR0913  # what was asked for, and how to write it
    mode: Mode,
    catalog: Catalog,
    criteria: Filter,
    answer: Answer,
    provenance: Mapping[tuple[str, str], Provenance] | None = None,
    *,
    paged: bool,
) -> ExitCode:
    """Write the answer of `show`; if `paged`, a long table to a pager.

    With `provenance`, by holder and id, it also says where each record comes from.
    """
    if mode is Mode.JSON:
        write_answer(json_line(relations_document(catalog, criteria, answer, provenance)))
    elif mode is Mode.PLAIN:
        from yoi_relations.render.lines import (  # noqa: PLC0415  # for lines only
            relation_row,
            summary_line,
            tab_separated,
        )

        rows = (
            relation_row(relation, provenance, whole=criteria.whole)
            for relation in answer.relations
        )
        write_answer(tab_separated(rows))
        if len(answer.relations) < answer.total:
            notice(summary_line(answer, criteria), mode)
    else:
        from yoi_relations.render.terminal.show import draw_relations  # noqa: PLC0415  # Rich

        draw_relations(catalog, answer, criteria, provenance, paged=paged)
        if provenance is not None and not criteria.whole:
            notice("a list has no room for commits; name a ticket, or use --plain or --json", mode)
    notify_of_problems(mode, catalog, answer.problems, answer.problems_in_answer)
    return exit_code_of_relations(answer)


def exit_code_of_relations(answer: Answer) -> ExitCode:
    """The exit status of `show` for this answer."""
    return ExitCode.PROBLEM_IN_ANSWER if answer.problems_in_answer else ExitCode.DONE
