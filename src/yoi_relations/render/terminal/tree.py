"""Draws the answer of `tree`: one line per edge, with guides from each ticket to those below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.text import Text

from yoi_relations.kinds import RelationClass
from yoi_relations.queries.tree import Tree, TreeLine
from yoi_relations.render.glyphs import BAR, CORNER, TEE, short_ids
from yoi_relations.render.output import terminal_width
from yoi_relations.render.terminal.cells import folded_words, ticket_text
from yoi_relations.render.terminal.widths import draw, drawn_glyph

_GUIDE_SHARE = 3
"""The guides take at most one column in so many."""
_GUIDE_WIDTH = 2
"""Columns of the guide of one level."""
_REPEATED, _CYCLE = "(*)", "(cycle)"


def draw_tree(tree: Tree, closing: Iterable[str], *, paged: bool) -> None:
    """Draw the tree, what its marks mean, and the `closing` lines; if `paged`, in a pager."""
    columns = terminal_width()
    short = short_ids(line.ticket.id for line in tree.lines)
    levels = max(columns // _GUIDE_SHARE // _GUIDE_WIDTH, 1)
    drawn = [
        _line(line, guide, short[line.ticket.id], columns, reverse=tree.reverse)
        for line, guide in zip(tree.lines, _guides(tree.lines, levels), strict=True)
    ]
    if drawn:
        drawn.append(Text(""))
    for line in (*_footnotes(tree, levels), *closing):
        drawn += folded_words(line, columns)
    draw(drawn, paged=paged)


def _line(line: TreeLine, guide: str, shown_id: str, columns: int, *, reverse: bool) -> Text:
    """A line of the tree; of its parts, only the title is cut."""
    marks = "".join(f"  {mark}" for mark in _marks(line, reverse=reverse))
    free = columns - cell_len(guide) - cell_len(marks)
    ticket = ticket_text(line.ticket, shown_id, free, with_state=True)
    return Text.assemble(guide, ticket, marks)


def _guides(lines: list[TreeLine], levels: int) -> list[str]:
    """What stands before each line; of a line that is deeper, only the guides of `levels` levels.

    The number of the other levels stands before them.
    """
    guides = []
    # By level, whether a line of that level follows below the same ticket.
    follows: list[bool] = []
    for line in reversed(lines):
        depth = line.depth
        del follows[depth + 1 :]
        follows += [False] * (depth + 1 - len(follows))
        first = max(depth - levels, 0) + 1
        bars = [_guide(BAR if more else " ") for more in follows[first:depth]]
        own = [_guide(TEE if follows[depth] else CORNER)] if depth else []
        deeper = [f"+{first - 1} "] if first > 1 else []
        guides.append("".join([*deeper, *bars, *own]))
        follows[depth] = True
    return guides[::-1]


def _guide(glyph: str) -> str:
    return f"{drawn_glyph(glyph)} "


def _marks(line: TreeLine, *, reverse: bool) -> Iterator[str]:
    """What is said after the state."""
    if _is_ordering(line):
        yield "after"
    if line.is_over:
        yield "not active"
    if line.frees:
        yield _frees_mark(reverse=reverse)
    if line.more_before and line.parent is not None:
        yield f"and {line.more_before} more before it"
    if line.repeated:
        yield _REPEATED
    if line.cycle:
        yield _CYCLE


def _frees_mark(*, reverse: bool) -> str:
    return "frees" if reverse else "freed"


def _footnotes(tree: Tree, levels: int) -> Iterator[str]:
    """What each mark in the lines means, if its words do not say it."""
    lines, reverse = tree.lines, tree.reverse
    it, above = ("the ticket above", "it") if reverse else ("it", "the ticket above")
    if any(line.frees for line in lines):
        mark = _frees_mark(reverse=reverse)
        yield f"{mark}: nothing else recorded speaks against {it} once {above} is resolved"
    if any(_is_ordering(line) for line in lines):
        yield f"after: {it} should be taken after {above}, which does not block it"
    if any(line.repeated for line in lines):
        below = "it waits for" if reverse else "waits for it"
        yield f"{_REPEATED} what {below} is below its other line"
    if any(line.cycle for line in lines):
        yield f"{_CYCLE} it waits for itself, through the tickets between its lines"
    if any(line.depth > levels for line in lines):
        yield "+N: levels for which there is no room"


def _is_ordering(line: TreeLine) -> bool:
    return line.relation is not None and line.relation.cls is RelationClass.ORDERING
