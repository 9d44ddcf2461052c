"""Publishes workspaces in tests, and reads what is in the database."""

from __future__ import annotations

from typing import Any

import psycopg
from workspace_builder import Ran, Workspace

from yoi_relations.server.content import TABLES
from yoi_relations.server.models import TABLES as METADATA
from yoi_relations.server.publication import workspace_id_of

NAME = "acme/loans"

Contents = dict[str, list[tuple[Any, ...]]]


def publish(workspace: Workspace, database: str, *arguments: str, name: str | None = NAME) -> Ran:
    """Run `publish --json`."""
    named = ("--name", name) if name else ()
    return workspace.run("publish", "--json", "--to", database, *named, *arguments)


def published(workspace: Workspace, database: str, *arguments: str) -> Any:
    """The answer of `publish`, which must succeed."""
    ran = publish(workspace, database, *arguments)
    assert ran.code == 0, ran
    return ran.json


def contents(database: str, name: str = NAME) -> Contents:
    """All rows of a workspace in the tables but `workspace`, without keys that are numbers."""
    found = {}
    with psycopg.connect(database) as connection:
        for table in TABLES:
            names = [column.name for column in METADATA.tables[table].columns]
            columns = [name for name in names if name not in ("workspace_id", "id")]
            rows = connection.execute(
                f"SELECT {', '.join(columns)} FROM {table} WHERE workspace_id = %s",  # noqa: S608  # fixed names
                (workspace_id_of(name),),
            )
            found[table] = sorted(rows.fetchall(), key=repr)
    return found
