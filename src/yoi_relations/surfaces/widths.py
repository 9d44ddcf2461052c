"""How wide the columns of a table are, so that no id in them is broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.cells import cell_len

from yoi_relations.surfaces.output import visible

_GAP, _EDGES = 3, 2
"""What Rich draws between columns, and around them all."""


def longest(ids: Iterable[str]) -> int:
    """Columns that the longest of these ids takes."""
    return max((cell_len(visible(one)) for one in ids), default=0)


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
