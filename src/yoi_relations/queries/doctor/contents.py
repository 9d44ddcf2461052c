"""What a workspace holds, loaded once for all families of findings."""

from __future__ import annotations

from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.types import Connection, NamedTuple, Self
from yoi_relations.queries.command_lines import RecordNames
from yoi_relations.queries.problems import Problem, find_problems
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.tickets import TicketInfo, all_tickets


class Contents(NamedTuple):
    """What a workspace holds.

    Attributes:
        workspace: the workspace; the files in its tickets root.
        connection: the index.
        tickets: all tickets, by id.
        problems: all problems, those that only `doctor` reports included.
        relations: all relations.
        active: the active ones among them.
        names: names of records for commands.
    """

    workspace: Workspace
    connection: Connection
    tickets: dict[str, TicketInfo]
    problems: list[Problem]
    relations: list[Relation]
    active: list[Relation]
    names: RecordNames

    @classmethod
    def load(cls, workspace: Workspace, connection: Connection) -> Self:
        """What the workspace with this index holds."""
        relations = load_relations(connection)
        return cls(
            workspace,
            connection,
            {ticket.id: ticket for ticket in all_tickets(connection)},
            find_problems(connection, advice=True),
            relations,
            [relation for relation in relations if relation.is_active],
            RecordNames.load(connection),
        )
