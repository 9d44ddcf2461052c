"""Publishes workspaces in tests, and reads what is in the database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from workspace_builder import AT, A, B, C, Ran, Workspace, git

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Progress
from yoi_relations.server import publication
from yoi_relations.server.content import TABLES, key_of
from yoi_relations.server.models import TABLES as METADATA
from yoi_relations.server.models import VIEWS
from yoi_relations.server.publication import Publication, Request
from yoi_relations.server.schema import REVISIONS

NAME = "acme/loans"
TWICE = "00001KT0000TW"
"""A ticket of `everything` with two folders."""
_NOT_CONTENT = {"workspace_id", "id", "publication", "git_commit", "published_at"}
"""Columns that differ although the content is the same."""

in_both_layouts = pytest.mark.parametrize("layout", ["plain", "partitioned"], indirect=True)
"""Marks a test that is also run where each table is in two parts by workspace."""

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


def publish_directly(
    workspace: Workspace, database: str, progress: Progress = lambda _done, _total: None
) -> Publication:
    """Publish in this process, whatever is in the database."""
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        return publication.publish(database, Request(index, NAME, None, force=True), progress)


def checkout(workspace: Workspace, folder: Path) -> Workspace:
    """A clone of the workspace's repository."""
    git(workspace, "clone", "--quiet", str(workspace.root), str(folder))
    return Workspace(folder)


def commit(workspace: Workspace) -> str:
    """Commit all files; the commit."""
    git(workspace, "add", "--all")
    git(workspace, "commit", "--quiet", "--allow-empty", "--message", "change")
    return git(workspace, "rev-parse", "HEAD").strip()


def contents(database: str, name: str = NAME) -> Contents:
    """All rows of a workspace, but for `_NOT_CONTENT`."""
    found = {}
    with psycopg.connect(database) as connection:
        # The transaction of a publisher that was killed may end between two tables.
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for table in (*TABLES, "workspace"):
            names = [column.name for column in METADATA.tables[table].columns]
            columns = [name for name in names if name not in _NOT_CONTENT]
            rows = connection.execute(
                f"SELECT {', '.join(columns)} FROM {table} WHERE workspace_id = %s",  # noqa: S608  # fixed names
                (key_of(name),),
            )
            found[table] = sorted(rows.fetchall(), key=repr)
    return found


def everything(workspace: Workspace) -> Workspace:
    """A workspace with a row for each table."""
    workspace.pair("blocked_by", "first", states=("queued", "done"))
    workspace.ticket(C, slug="see", title="Café\t\\N")
    workspace.ticket(TWICE, "queued", slug="first", title="One")
    workspace.ticket(TWICE, "closed", "closed", slug="second", title="Another")
    workspace.record(A, "waiting", note="line\nline\ttab \\. back")
    workspace.record(C, "blocks", "other/place:00001KT0000XX")
    workspace.record(C, "related", f" {A.lower()} ")
    workspace.record_file(C, "01KT0000000000000000000777.md", "---\nkind: nonsense\n---\n")
    retires = f"---\nretires: 01KT0000000000000000009999\nauthor: t\nat: {AT}\n---\nGone.\n"
    workspace.record_file(B, "01KT0000000000000000000778.md", retires)
    return workspace


@contextlib.contextmanager
def engine_of(url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    yield engine
    engine.dispose()


def create_partitioned(url: str) -> None:
    """The same tables, each in two parts by workspace."""
    metadata = sa.MetaData()
    for table in METADATA.sorted_tables:
        copy = table.to_metadata(metadata)
        copy.dialect_options["postgresql"]["partition_by"] = "HASH (workspace_id)"
    with engine_of(url) as engine, engine.begin() as connection:
        metadata.create_all(connection)
        for name in metadata.tables:
            for part in range(2):
                connection.execute(
                    sa.text(
                        f"CREATE TABLE {name}_{part} PARTITION OF {name}"
                        f" FOR VALUES WITH (MODULUS 2, REMAINDER {part})"
                    )
                )
        for name, query in VIEWS.items():
            connection.execute(sa.text(f"CREATE VIEW {name} AS {query}"))
        revision = f"SELECT '{REVISIONS[-1]}' AS version_num"
        connection.execute(sa.text(f"CREATE TABLE alembic_version AS {revision}"))
