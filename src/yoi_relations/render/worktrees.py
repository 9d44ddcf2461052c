"""Writes the answers of `show` and `check` over several work trees."""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.files.workspace import printable
from yoi_relations.index.handle import Index
from yoi_relations.index.worktrees import OpenWorktree, Worktrees
from yoi_relations.queries.check import Check, CheckAnswer
from yoi_relations.queries.show import Answer, Filter
from yoi_relations.queries.worktree_show import WorktreeAnswer
from yoi_relations.queries.worktree_sides import Disagreement
from yoi_relations.render import documents
from yoi_relations.render.check import check_document, check_rows, conclude_checks
from yoi_relations.render.documents import Value
from yoi_relations.render.lines import relation_row, summary_line, tab_separated
from yoi_relations.render.output import Mode, json_line, notice, write_answer
from yoi_relations.render.problem_notices import notify_of_problems
from yoi_relations.render.show import exit_code_of_relations


def write_relations(  # noqa: PLR0913  # what was asked for, and how to write it
    mode: Mode,
    index: Index,
    trees: Worktrees,
    criteria: Filter,
    found: WorktreeAnswer,
    *,
    paged: bool,
) -> ExitCode:
    """Write the answer of `show`; on a terminal, what is only in other work trees comes below."""
    answer = found.answer
    if mode is Mode.JSON:
        write_answer(json_line(relations_document(index, trees, criteria, found)))
    elif mode is Mode.PLAIN:
        rows = [
            [*relation_row(relation, whole=criteria.whole), ",".join(_paths(worktrees or []))]
            for relation, worktrees in zip(answer.relations, found.worktrees, strict=True)
        ]
        write_answer(tab_separated(rows))
        if len(answer.relations) < answer.total:
            notice(summary_line(answer, criteria), mode)
    else:
        from yoi_relations.render.terminal.show import draw_relations  # noqa: PLC0415  # Rich
        from yoi_relations.render.terminal.worktrees import disagreement_lines  # noqa: PLC0415  # Rich

        more = disagreement_lines(trees, found.disagreements)
        draw_relations(index, found.here, criteria, paged=paged, more=more)
    _notify_of_worktrees(mode, trees)
    notify_of_problems(mode, index, answer.problems, answer.problems_in_answer)
    return exit_code_of_worktrees(trees, answer)


def relations_document(
    index: Index, trees: Worktrees, criteria: Filter, found: WorktreeAnswer
) -> Value:
    """The answer of `show` as a JSON value."""
    document = documents.relations_document(index, criteria, found.answer)
    for row, worktrees in zip(document["relations"], found.worktrees, strict=True):
        row["worktrees"] = worktrees and _paths(worktrees)
    return document | _worktree_fields(trees, found.disagreements)


def exit_code_of_worktrees(trees: Worktrees, answer: Answer) -> ExitCode:
    """The exit status of `show`: a work tree that cannot be read could add to the answer."""
    return ExitCode.PROBLEM_IN_ANSWER if trees.unknown else exit_code_of_relations(answer)


def write_checks(  # noqa: PLR0913  # as `render.check.write_checks`
    mode: Mode,
    index: Index,
    trees: Worktrees,
    checked: CheckAnswer,
    found: list[Disagreement],
    *,
    expect: str | None,
    named: bool,
    by_state: bool,
    paged: bool,
) -> ExitCode:
    """Write the answer of `check`; the arguments are those of `render.check.write_checks`."""
    if mode is Mode.JSON:
        write_answer(json_line(checks_document(index, trees, checked, found, whole=named)))
    elif mode is Mode.PLAIN:
        write_answer(tab_separated(row for check in checked.checks for row in _rows(check)))
    else:
        from yoi_relations.render.terminal.check import draw_checks  # noqa: PLC0415  # Rich
        from yoi_relations.render.terminal.worktrees import disagreement_lines  # noqa: PLC0415  # Rich

        more = disagreement_lines(trees, found)
        draw_checks(checked.checks, whole=named, fold=not by_state, paged=paged, more=more)
    _notify_of_worktrees(mode, trees)
    return conclude_checks(mode, checked, expect)


def checks_document(
    index: Index,
    trees: Worktrees,
    checked: CheckAnswer,
    found: list[Disagreement],
    *,
    whole: bool,
) -> Value:
    """The answer of `check` as a JSON value; notes are cut unless `whole`."""
    document = check_document(index, checked, whole=whole)
    for value, check in zip(document["checks"], checked.checks, strict=True):
        for reason_value, reason in zip(value["reasons"], check.reasons, strict=True):
            reason_value["worktree"] = reason.worktree or None
    return document | _worktree_fields(trees, found)


def _rows(check: Check) -> list[list[object]]:
    """The rows of `check`, with the work tree of each reason."""
    worktrees = [reason.worktree for reason in check.reasons] or [""]
    return [[*row, tree] for row, tree in zip(check_rows(check), worktrees, strict=True)]


def _worktree_fields(trees: Worktrees, found: list[Disagreement]) -> Value:
    return {
        "worktrees": [_worktree_value(tree) for tree in trees.listed],
        "disagreements": [_disagreement_value(one) for one in found],
    }


def _worktree_value(tree: OpenWorktree) -> Value:
    index, branch = tree.opened, tree.worktree.branch
    return {
        "path": tree.path,
        "branch": branch and printable(branch),
        "commit": tree.worktree.commit,
        "status": tree.status,
        "tickets": index and index.tickets,
        "digest": index and index.generation.digest,
        "error": tree.message or None,
    }


def _disagreement_value(found: Disagreement) -> Value:
    return {
        "subject": found.subject,
        "ticket": found.ticket,
        "kind": found.kind,
        "target": found.target,
        "sentence": found.sentence,
        "sides": [
            {"value": side.value, "worktrees": _paths(side.worktrees)} for side in found.sides
        ],
    }


def _paths(worktrees: list[OpenWorktree]) -> list[str]:
    return [tree.path for tree in worktrees]


def _notify_of_worktrees(mode: Mode, trees: Worktrees) -> None:
    """Say which work trees were not read, and why; JSON has that in the answer."""
    if mode is Mode.JSON:
        return
    for tree in trees.listed:
        if tree.message and not tree.worktree.bare:
            notice(f"work tree {tree.place}: {tree.message}", mode)
