"""What the present files state, from the index."""

from __future__ import annotations

from collections.abc import Collection

from yoi_relations.history.versions import Key, Statement, current_statements
from yoi_relations.lean.types import Connection

FileKey = tuple[str, str, str, bytes]
"""What decides what a file states: path, format, holder, and digest of the bytes that are used."""


class PresentFiles:
    """What the files state that an index was made from."""

    def __init__(self, index: Connection) -> None:
        self._index = index
        self._all: list[tuple[int, Statement]] | None = None

    def statements(self, keys: Collection[Key] | None) -> list[Statement]:
        """What they state of some records, or of all (None)."""
        found = current_statements(self._index, keys) if keys is not None else self._read_all()
        return [statement for _, statement in found]

    def contents(self) -> dict[FileKey, dict[str, Statement]]:
        """What each file without a fault states, by digest of the statement."""
        stated: dict[int, dict[str, Statement]] = {}
        for source, statement in self._read_all():
            stated.setdefault(source, {})[statement.version.digest] = statement
        rows = self._index.execute(
            "SELECT path, format, holder, digest, id FROM source"
            " WHERE id NOT IN (SELECT source_id FROM problem)"
        )
        return {row[:-1]: stated[row[-1]] for row in rows if row[-1] in stated}

    def _read_all(self) -> list[tuple[int, Statement]]:
        if self._all is None:
            self._all = [*current_statements(self._index, None)]
        return self._all
