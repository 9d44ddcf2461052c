"""Draws a sentence, and names with their values below it, for `status`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from yoi_relations.render.output import terminal_width
from yoi_relations.render.terminal.cells import folded_words, moved
from yoi_relations.render.terminal.widths import draw, widest

_GAP = 2
_MIN_VALUE_WIDTH = 10


def draw_fields(sentence: str, rows: Sequence[tuple[str, str]]) -> None:
    """Draw a sentence, and two columns with names and values."""
    columns = terminal_width()
    indent = widest(name for name, _ in rows) + _GAP
    lines = [*folded_words(sentence, columns), Text()]
    for name, value in rows:
        first, *rest = folded_words(value, max(columns - indent, _MIN_VALUE_WIDTH))
        lines.append(Text.assemble((name.ljust(indent), "bold"), first))
        lines += moved(indent, rest)
    draw(lines)
