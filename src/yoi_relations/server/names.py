"""The names of tickets and paths: as a database has them, and as an answer shows them.

A database has each with the name of its workspace before it. An answer about one workspace, its
home, shows the names of that workspace bare, as its files have them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yoi_relations.kinds import KINDS, Direction
from yoi_relations.ticket_ids import is_elsewhere

_ENDS = ("edge_ticket", "edge_target")
"""The columns in which records of other workspaces name a ticket, perhaps by an alias."""
_NAMES = frozenset(
    ("ticket", "folder", "holder", "target", "path", "about", "meant", "other_holder")
)
"""The other columns that hold one name."""
_LISTS = frozenset(("targets",))
"""The columns that hold names, one per line."""
SYMMETRIC = frozenset(
    kind.shown for kind in KINDS.values() if kind.direction is Direction.SYMMETRIC
)
"""The kinds whose first end is the one with the smaller name."""

Convert = Callable[[Sequence[Any]], tuple[Any, ...]]


def workspace_in(name: str) -> str:
    """The name of the workspace before a ticket or a path of a database; empty for none."""
    workspace, colon, _ = name.partition(":")
    return workspace if colon else ""


def relative(name: str, home: str | None) -> str:
    """A name of a database as an answer about the workspace `home` shows it; None for none."""
    if home is None or workspace_in(name) != home:
        return name
    bare = name[len(home) + 1 :]
    # It would be read as a ticket of another workspace.
    return name if is_elsewhere(bare) else bare


class Names:
    """Translates names between a database and an answer.

    Args:
        known: by name and alias of each workspace that was published, its name.
        spellings: by name of each, the names and aliases that `known` has for it.
        home: name of the workspace whose names are bare; None for none.
    """

    def __init__(
        self,
        known: Mapping[str, str],
        spellings: Mapping[str, Sequence[str]],
        home: str | None,
    ) -> None:
        self._known = known
        self._spellings = spellings
        self._home = home

    def workspace_of(self, shown: str) -> str:
        """The name of the workspace of a ticket or path of an answer; it may be unknown."""
        return workspace_in(self.qualified(shown))

    def qualified(self, shown: str) -> str:
        """A name of an answer as the database has it; an alias becomes the name."""
        workspace, colon, rest = shown.partition(":")
        if colon and workspace in self._known:
            return f"{self._known[workspace]}:{rest}"
        if self._home is None or is_elsewhere(shown):
            return shown
        return f"{self._home}:{shown}"

    def spelled(self, shown: str) -> str:
        """A name of an answer as the answer itself spells it, if it was given in another way."""
        return relative(self.qualified(shown), self._home)

    def values(self, column: str, shown: str) -> list[str]:
        """The values of a column that a name of an answer selects."""
        if column in _ENDS:
            return self._record_forms(shown)
        return [self.qualified(shown)] if column in _NAMES else [shown]

    def _record_forms(self, shown: str) -> list[str]:
        """All forms in which a record may name a ticket: by name or alias of its workspace."""
        name = self.qualified(shown)
        workspace, _, rest = name.partition(":")
        return [f"{each}:{rest}" for each in self._spellings.get(workspace, [workspace])]

    def converter(self, columns: Sequence[str]) -> Convert | None:
        """A function that gives rows with these columns the names of the answer.

        None if the rows need no change.
        """
        if self._home is None and len(self._known) == len(self._spellings):
            return None  # no name is bare, and there are no aliases
        named = [(at, self._of(column)) for at, column in enumerate(columns)]
        changed = [(at, convert) for at, convert in named if convert is not None]
        if not changed:
            return None
        ends = [columns.index(name) for name in ("shown", *_ENDS) if name in columns]

        def convert(row: Sequence[Any]) -> tuple[Any, ...]:
            values = list(row)
            for at, named in changed:
                if values[at] is not None:
                    values[at] = named(values[at])
            if len(ends) > len(_ENDS) and values[ends[0]] in SYMMETRIC:
                values[ends[1]], values[ends[2]] = sorted([values[ends[1]], values[ends[2]]])
            return tuple(values)

        return convert

    def _of(self, column: str) -> Callable[[str], str] | None:
        """What turns a value of a column into what the answer shows."""
        if column in _ENDS:
            return self._shown_end
        if column in _NAMES:
            return self._shown
        return self._shown_list if column in _LISTS else None

    def _shown(self, name: str) -> str:
        return relative(name, self._home)

    def _shown_end(self, name: str) -> str:
        """The name of an end of a relation, which may have an alias."""
        workspace, _, rest = name.partition(":")
        return relative(f"{self._known.get(workspace, workspace)}:{rest}", self._home)

    def _shown_list(self, names: str) -> str:
        return "\n".join(map(self._shown, names.split("\n")))
