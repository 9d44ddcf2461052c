"""The workspaces in the database, as it lists them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple


class ListedWorkspace(NamedTuple):
    """A workspace in the database.

    Attributes:
        workspace_id: its key.
        name: its name.
        aliases: other names by which records name its tickets.
        publication: the number of its publications.
        published_at: when what is there was last known to hold, by the clock of the server; in UTC.
        age: how long ago that is.
        commit: the commit that was published, or None.
        tickets: the number of its tickets.
    """

    workspace_id: int
    name: str
    aliases: tuple[str, ...]
    publication: int
    published_at: datetime
    age: timedelta
    commit: str | None
    tickets: int

    @property
    def age_words(self) -> str:
        """Its age in its largest unit: ``3 h``."""
        seconds = max(0, int(self.age.total_seconds()))
        for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
            if seconds >= size:
                return f"{seconds // size} {unit}"
        return f"{seconds} s"

    def value(self) -> dict[str, Any]:
        """The workspace as a JSON value."""
        return {
            "name": self.name,
            "publication": self.publication,
            "published_at": self.published_text,
            "age_seconds": int(self.age.total_seconds()),
            "commit": self.commit,
            "tickets": self.tickets,
        }

    @property
    def published_text(self) -> str:
        """The time of its publication, in RFC 3339 and UTC."""
        return self.published_at.strftime("%Y-%m-%dT%H:%M:%SZ")


QUERY = (
    "SELECT workspace.workspace_id, workspace.name, aliases, publication,"
    # How a time is written depends on settings of the server; a number does not.
    " extract(epoch FROM published_at)::float8, extract(epoch FROM now() - published_at)::float8,"
    " git_commit, coalesce(tally.count, 0) FROM workspace"
    " LEFT JOIN tally ON tally.workspace_id = workspace.workspace_id"
    " AND tally.name = 'ticket' ORDER BY workspace.name"
)
"""All workspaces in the database, by name."""


def listed(rows: Iterable[tuple[Any, ...]]) -> list[ListedWorkspace]:
    """The workspaces in rows of `QUERY`."""
    return [
        ListedWorkspace(
            *(key, name, tuple(aliases.split()), publication),
            *(datetime.fromtimestamp(at, UTC), timedelta(seconds=age)),
            *(commit, tickets),
        )
        for key, name, aliases, publication, at, age, commit, tickets in rows
    ]
