"""Draws what work trees disagree about, below an answer."""

from __future__ import annotations

from rich.text import Text

from yoi_relations.index.worktrees import Worktrees
from yoi_relations.queries.worktree_sides import Disagreement
from yoi_relations.render.lines import counted
from yoi_relations.render.output import terminal_width
from yoi_relations.render.terminal.cells import folded_words

_INDENT = 2


def disagreement_lines(trees: Worktrees, found: list[Disagreement]) -> list[Text]:
    """One line for each disagreement, folded; or a line that says that there is none."""
    columns = terminal_width()
    if not found:
        number = counted(len(list(trees.read)), "work tree")
        return [Text(), *folded_words(f"{number} read; no disagreement.", columns)]
    lines = [Text(), Text("Work trees disagree", style="bold")]
    for one in found:
        lines += folded_words(one.sentence, columns, indent=_INDENT)
    return lines
