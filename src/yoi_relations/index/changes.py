"""What has changed between two readings: a pure function of what was stored and what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yoi_relations.typed import NamedTuple

Content = tuple[str, bytes]
"""A source's path and its digest."""


class Changes(NamedTuple):
    """Folders whose rows must go, and folders whose rows must be made anew."""

    gone: set[bytes]
    different: set[bytes]

    def __bool__(self) -> bool:
        return bool(self.gone or self.different)


def differ(one: Iterable[Content], other: Iterable[Content]) -> bool:
    """Whether two readings of a folder found other sources, or other content."""
    return sorted(one) != sorted(other)


def changes(
    stored: Mapping[bytes, Iterable[Content]],
    seen: Mapping[bytes, Iterable[Content]],
    vanished: Iterable[bytes],
) -> Changes:
    """Compare folders by the sources in them.

    Args:
        stored: by folder, its sources as the index has them, of all folders that follow.
        seen: the same as they are now, of the folders that were looked at.
        vanished: folders that are no longer there.
    """
    gone = {name for name in vanished if stored[name]}
    different = {name for name, found in seen.items() if differ(found, stored[name])}
    return Changes(gone, different)
