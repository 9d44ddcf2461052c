"""How wide a terminal and the columns of a table are, so that nothing in them is lost or broken."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.console import Console

from yoi_relations.kinds import shown_name
from yoi_relations.render.output import terminal_width, visible

_HEIGHT = 50
_GAP, _EDGES = 3, 2
"""What Rich draws between columns, and around them all."""


def console(*, stderr: bool = False) -> Console:
    """The terminal to draw on; Rich itself would take a width of 0 for one."""
    # Without a height, Rich asks for both itself.
    return Console(stderr=stderr, highlight=False, width=terminal_width(), height=_HEIGHT)


def drawable(text: str) -> str:
    """`text` as the terminal will show it: what its encoding lacks is an escape, and as wide."""
    encoding = sys.stdout.encoding or "utf-8"
    return visible(text).encode(encoding, "backslashreplace").decode(encoding)


def longest(ids: Iterable[str]) -> int:
    """Columns that the longest of these ids takes."""
    return max((cell_len(drawable(shown_name(one))) for one in ids), default=0)


def room_for(cells: int, columns: int) -> int:
    """Columns that remain for the text of `cells` in a line."""
    return columns - _GAP * (cells - 1) - _EDGES


def shared_out(
    free: int, least: Mapping[str, int], shares: Mapping[str, int]
) -> dict[str, int] | None:
    """Widths that come to `free` together; None where there is no room.

    Args:
        free: columns.
        least: by name, what each must have.
        shares: by name, how large each is to be in proportion, where the others allow it.
    """
    if sum(least.values()) > free:
        return None
    widths: dict[str, int] = {}
    left = sum(shares[name] for name in least)
    # Whoever needs more than its share comes first; the others share what that leaves.
    for name in sorted(least, key=lambda name: -least[name] / shares[name]):
        widths[name] = max(least[name], free * shares[name] // left)
        free -= widths[name]
        left -= shares[name]
    return widths
