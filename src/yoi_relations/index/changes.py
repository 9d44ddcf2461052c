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


def changes(
    stored: Mapping[bytes, Iterable[Content]],
    seen: Mapping[bytes, Iterable[Content]],
    vanished: Iterable[bytes],
) -> Changes:
    """Compare folders by the sources in them.

    Args:
        stored: by folder, its sources as the index has them; a folder may have none.
        seen: the same as they are now, of the folders that were looked at.
        vanished: folders that are no longer there.
    """
    gone = {name for name in vanished if stored.get(name)}
    different = {
        name for name, contents in seen.items() if sorted(contents) != sorted(stored.get(name, ()))
    }
    return Changes(gone, different)
