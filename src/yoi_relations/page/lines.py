"""The lines of a map, as SVG paths."""

from __future__ import annotations

from collections.abc import Sequence

CARD_WIDTH, CARD_HEIGHT = 208, 58
"""Size of a card, in pixels; `page.css` has the same numbers."""
COLUMN = CARD_WIDTH + 76
"""Pixels from a card to the card in the next column."""
Place = tuple[int, int]
"""Pixels from the left and from the top."""
_BOW = 30
"""Pixels that a line swings out between two cards of a column."""
_TIP = 7
"""Length of the tip of a line, in pixels."""


def line(points: Sequence[Place]) -> str:
    """The path of a line through columns: curves between them, straight across them.

    Args:
        points: its start, left and right of each column that it passes, and its end.
    """
    x, y = points[0]
    path = f"M{x} {y}"
    for number, (to_x, to_y) in enumerate(points[1:]):
        if number % 2 or y == to_y:
            path += f"H{to_x}"
        else:
            half = (x + to_x) // 2
            path += f"C{half} {y} {half} {to_y} {to_x} {to_y}"
        x, y = to_x, to_y
    return path


def tip(point: Place, side: int) -> str:
    """The path of a tip at `point`, whose line is at its left (-1) or right (1)."""
    x, y = point
    back = x + side * _TIP
    return f"M{back} {y - _TIP + 2}L{x} {y}L{back} {y + _TIP - 2}Z"


def line_between(card: Place, other: Place) -> str:
    """The path between two cards of one column, or of two neighbours; "" for any others.

    It stays in the gap between two columns, so it leads across no card.
    """
    (x, y), (to_x, to_y) = sorted((card, other))
    if to_x - x > COLUMN:
        return ""
    start = x + CARD_WIDTH
    start_y, end_y = y + CARD_HEIGHT // 2, to_y + CARD_HEIGHT // 2
    end, bow = (start, start + _BOW) if to_x == x else (to_x, (start + to_x) // 2)
    return f"M{start} {start_y}C{bow} {start_y} {bow} {end_y} {end} {end_y}"
