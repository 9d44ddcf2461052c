"""The workspaces in the database: a list of them, and how to forget one."""

from __future__ import annotations

from yoi_relations.errors import NotFoundError
from yoi_relations.server.connection import connect
from yoi_relations.server.content import TABLES, key_of
from yoi_relations.server.schema import begin_in_schema
from yoi_relations.server.workspaces import QUERY, ListedWorkspace, listed


def list_workspaces(database: str) -> list[ListedWorkspace]:
    """All workspaces in the database, by name.

    Raises:
        OtherSchemaError: the tables are not those of this version of the program.
        psycopg.Error: the server cannot be reached, or refuses.
    """
    with connect(database) as connection:
        return listed(begin_in_schema(connection, "READ ONLY", QUERY))


def forget_workspace(database: str, name: str) -> None:
    """Delete all rows of a workspace, in one transaction.

    Raises:
        NotFoundError: the database has no workspace of that name.
        OtherSchemaError: the tables are not those of this version of the program.
        psycopg.Error: the server cannot be reached, or refuses.
    """
    key = key_of(name)
    with connect(database) as connection:
        begin_in_schema(connection)
        row = connection.execute(
            "SELECT name FROM workspace WHERE workspace_id = %s FOR UPDATE", (key,)
        ).fetchone()
        if row != (name,):
            raise NotFoundError(
                f"no workspace is called '{name}' in the database",
                "relations server list shows those that were published",
            )
        for table in (*TABLES, "workspace"):
            connection.execute(f"DELETE FROM {table} WHERE workspace_id = %s".encode(), (key,))  # noqa: S608  # fixed names
        connection.commit()
