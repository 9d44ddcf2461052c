"""What a question is put to: the index of one workspace, or a shared database."""

from __future__ import annotations

from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.types import Any, Connection, Protocol


class Catalog(Protocol):
    """What a question is put to, and how an answer says where it comes from."""

    @property
    def workspace(self) -> Workspace | None:
        """The files; None for a shared database."""

    @property
    def connection(self) -> Connection:
        """What the queries ask."""

    @property
    def digest(self) -> str:
        """Differs whenever answers may differ."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to ask about."""

    @property
    def tickets(self) -> int:
        """The number of tickets that exist."""

    @property
    def title(self) -> str:
        """What it is called, without a path of the machine."""

    def origin(self) -> dict[str, Any]:
        """The fields of a JSON document that say where the answer comes from."""

    def placed(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows of a JSON document about a `ticket`; from a database, each with its workspace."""
