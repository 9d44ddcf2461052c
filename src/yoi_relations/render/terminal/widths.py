"""Widths of the terminal, of texts and of columns, so that no text is lost and no id is broken."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.console import Console

from yoi_relations.kinds import shown_name
from yoi_relations.render.glyphs import encodable
from yoi_relations.render.output import terminal_width, visible

_HEIGHT = 50
_GAP, _EDGES = 3, 2
"""Columns that Rich draws between the cells of a row, and around the table."""


def console(*, stderr: bool = False) -> Console:
    """The terminal to draw on, as wide as `terminal_width` says; Rich would accept a width of 0."""
    # Without a height, Rich asks the terminal for both.
    return Console(stderr=stderr, highlight=False, width=terminal_width(), height=_HEIGHT)


def drawn_glyph(glyph: str) -> str:
    """`glyph` as the terminal will show it: in ASCII, if its encoding lacks the glyph."""
    return encodable(glyph, sys.stdout.encoding or "utf-8")


def drawable(text: str) -> str:
    """`text` as the terminal will show it: characters that its encoding lacks are escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    return visible(text).encode(encoding, "backslashreplace").decode(encoding)


def longest(ids: Iterable[str]) -> int:
    """Columns that the longest of `ids` takes; 0 without ids."""
    return max((cell_len(drawable(shown_name(id_))) for id_ in ids), default=0)


def text_width(cells: int, columns: int) -> int:
    """Columns for text in a row with `cells` cells on a terminal of `columns`."""
    return columns - _GAP * (cells - 1) - _EDGES


def share_columns(
    free: int, least: Mapping[str, int], shares: Mapping[str, int]
) -> dict[str, int] | None:
    """Widths that add up to `free`; None if that is less than the minimum widths.

    Args:
        free: columns to share out.
        least: minimum width by name.
        shares: relative width by name, for those whose minimum is less than their share.
    """
    if sum(least.values()) > free:
        return None
    widths: dict[str, int] = {}
    left = sum(shares[name] for name in least)
    # Those that need more than their share come first; the others share the rest.
    for name in sorted(least, key=lambda name: -least[name] / shares[name]):
        widths[name] = max(least[name], free * shares[name] // left)
        free -= widths[name]
        left -= shares[name]
    return widths
