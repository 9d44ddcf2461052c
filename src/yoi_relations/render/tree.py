"""Writes the answer of `tree` and chooses its exit status."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.errors import ExitCode
from yoi_relations.kinds import shown_name
from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.tree import Tree, TreeLine
from yoi_relations.render.documents import Value, envelope, marked, problem_fields, word_field
from yoi_relations.render.lines import counted, tab_separated
from yoi_relations.render.output import Mode, json_line, notice, write_answer
from yoi_relations.render.problem_notices import notify_of_problems


def write_tree(mode: Mode, catalog: Catalog, tree: Tree, *, paged: bool) -> ExitCode:
    """Write the answer of `tree`; if `paged`, a long one for people to a pager."""
    if mode is Mode.JSON:
        write_answer(json_line(tree_document(catalog, tree)))
    elif mode is Mode.PLAIN:
        write_answer(tab_separated(_row(line) for line in tree.lines))
        for sentence in _not_shown(tree):
            notice(sentence, mode)
    else:
        from yoi_relations.render.terminal.tree import draw_tree  # noqa: PLC0415  # Rich

        draw_tree(tree, [_summary(tree), *_not_shown(tree)], paged=paged)
    notify_of_problems(mode, catalog, tree.problems, tree.problems_in_answer)
    return ExitCode.PROBLEM_IN_ANSWER if tree.problems_in_answer else ExitCode.DONE


def tree_document(catalog: Catalog, tree: Tree) -> Value:
    """The answer of `tree` as a JSON value."""
    return (
        envelope("tree", catalog)
        | {
            "tickets": tree.tickets,
            "edges": tree.edges,
            "left_out": tree.tickets_left_out,
            "edges_left_out": tree.edges_left_out,
            "lines": catalog.placed([_line_value(line) for line in tree.lines]),
        }
        | problem_fields(tree.problems)
    )


def _line_value(line: TreeLine) -> Value:
    relation = line.relation
    return {
        "depth": line.depth,
        "ticket": line.ticket.id,
        "title": line.ticket.title,
        "state": line.ticket.state,
        **word_field(line.ticket),
        "elsewhere": line.ticket.elsewhere,
        "parent": line.parent,
        "class": relation.cls if relation else None,
        "kind": relation.kind if relation else None,
        "note": _note(line),
        "active": relation.is_active if relation else None,
        "repeated": line.repeated,
        "cycle": line.cycle,
        "frees": line.frees,
        "more_before": line.more_before,
    }


def _note(line: TreeLine) -> str | None:
    """The note of the edge, cut as in lists."""
    return marked(line.relation.latest_record.note) if line.relation else None


def _row(line: TreeLine) -> list[object]:
    """The fields: depth, ticket, state, parent, class, kind, marks, more before, title, note.

    The marks are words separated by commas: inactive, repeated, cycle, frees.
    """
    marks = {
        "inactive": line.is_over,
        "repeated": line.repeated,
        "cycle": line.cycle,
        "frees": line.frees,
    }
    return [
        line.depth,
        shown_name(line.ticket.id),
        line.ticket.state,
        line.parent and shown_name(line.parent),
        line.relation and line.relation.cls,
        line.relation and line.relation.kind,
        ",".join(mark for mark, holds in marks.items() if holds),
        line.more_before or None,
        line.ticket.title,
        _note(line),
    ]


def _summary(tree: Tree) -> str:
    """How much the lines hold, and whether ``--all`` would add to it."""
    more = "; --all adds edges that no longer count" if tree.hidden else ""
    return f"{_counts(tree)}{more}"


def _counts(tree: Tree) -> str:
    """The numbers of tickets and edges; where there is no edge, in words."""
    if tree.edges or tree.edges_left_out:
        return f"{counted(tree.tickets, 'ticket')}, {counted(tree.edges, 'edge')}"
    if tree.root is None:
        return f"{counted(tree.tickets, 'ticket')}: none waits for another"
    return "it waits for no ticket" if tree.reverse else "no ticket waits for it"


def _not_shown(tree: Tree) -> Iterator[str]:
    """What is not in the lines, and what would show it."""
    if tree.edges_left_out:
        noun = "ticket" if tree.tickets_left_out else "edge"
        number = tree.tickets_left_out or tree.edges_left_out
        verb = "is" if number == 1 else "are"
        yield f"{counted(number, noun)} below {verb} left out by --depth"
    if tree.other_way:
        tickets = counted(tree.other_way, "ticket")
        if tree.reverse:
            verb = "waits" if tree.other_way == 1 else "wait"
            yield f"{tickets} {verb} for it: shown without --reverse"
        else:
            yield f"it waits for {tickets} itself: --reverse shows them"
