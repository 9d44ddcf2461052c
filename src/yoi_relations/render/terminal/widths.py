"""The terminal to draw on: its width, and what it can show."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from yoi_relations.render.glyphs import encodable
from yoi_relations.render.output import terminal_width, visible
from yoi_relations.render.terminal.pager import write_paged

WIDE = 120
"""Columns that fit a note, or a reason, beside its tickets."""
NARROW = 60
"""Columns below which nothing is aligned."""
_HEIGHT = 50
_FIXED_COLOURS = ("256", "truecolor")
"""What shows fixed colours; other terminals have a palette, which may not be readable."""
_PLAIN_WORDS = Theme({f"progress.{name}": "none" for name in ("percentage", "remaining")})
"""Rich colours these words; the palette of a terminal decides whether they can be read."""


def console(*, stderr: bool = False) -> Console:
    """The terminal to draw on, as wide as `terminal_width` says; Rich would accept a width of 0."""
    terminal = Console(
        stderr=stderr,
        highlight=False,
        width=terminal_width(),
        height=_HEIGHT,  # without it, Rich asks the terminal for both
        theme=_PLAIN_WORDS,
    )
    if terminal.color_system not in _FIXED_COLOURS:
        terminal.no_color = True
    return terminal


def draw(lines: Iterable[Text], *, paged: bool = False) -> None:
    """Draw lines, none of which is broken further; if `paged`, in a pager if they need one.

    Raises:
        WriteError: stdout cannot be written.
    """
    drawn = list(lines)
    terminal = console()
    with terminal.capture() as captured:
        terminal.print(Text("\n").join(drawn), soft_wrap=True)
    width = terminal_width()
    rows = sum(max(1, -(-line.cell_len // width)) for line in drawn)
    write_paged(captured.get(), rows if paged else 0)


def drawn_glyph(glyph: str) -> str:
    """`glyph` as the terminal will show it: in ASCII, if its encoding lacks the glyph."""
    return encodable(glyph, sys.stdout.encoding or "utf-8")


def drawable(text: str) -> str:
    """`text` as the terminal will show it: characters that its encoding lacks are escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    return visible(text).encode(encoding, "backslashreplace").decode(encoding)


def widest(texts: Iterable[str]) -> int:
    """Columns that the widest of `texts` takes; 0 without texts."""
    return max(map(cell_len, texts), default=0)
