"""Two ways to one schema, the revisions and the models; and what keeps it fit for many machines."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from publishing import create_partitioned, engine_of
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from workspace_builder import Workspace

from yoi_relations.server import schema
from yoi_relations.server.models import TABLES, VIEWS
from yoi_relations.server.schema import OtherSchemaError, begin_in_schema, migrate

Facet = Callable[[psycopg.Connection], list[tuple[object, ...]]]

_OURS = "relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic%'"


def create_from_models(url: str) -> None:
    with engine_of(url) as engine, engine.begin() as connection:
        TABLES.create_all(connection)
        for name, query in VIEWS.items():
            connection.execute(sa.text(f"CREATE VIEW {name} AS {query}"))


def columns(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT relname, attnum, attname, atttypid::regtype, attnotnull, collname, attidentity,"  # noqa: S608  # fixed text
        " atthasdef FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " LEFT JOIN pg_collation ON pg_collation.oid = attcollation"
        f" WHERE relkind IN ('r', 'v') AND attnum > 0 AND {_OURS} ORDER BY 1, 2"
    ).fetchall()


def constraints(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT relname, conname, contype, pg_get_constraintdef(pg_constraint.oid)"  # noqa: S608  # fixed text
        f" FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE {_OURS} ORDER BY 1, 2"
    ).fetchall()


def indexes(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        f"SELECT relname, pg_get_indexdef(oid) FROM pg_class WHERE relkind = 'i' AND {_OURS}"  # noqa: S608  # fixed text
        " ORDER BY 1"
    ).fetchall()


def views(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        f"SELECT relname, pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v' AND {_OURS}"  # noqa: S608  # fixed text
        " ORDER BY 1"
    ).fetchall()


FACETS: list[Facet] = [columns, constraints, indexes, views]


def facet_of(facet: Facet, url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return facet(connection)


@pytest.mark.parametrize("facet", FACETS)
def test_the_revisions_make_what_the_models_declare(
    database: str, bare_database: str, facet: Facet
) -> None:
    create_from_models(bare_database)
    wanted = facet_of(facet, bare_database)
    assert wanted
    assert facet_of(facet, database) == wanted


def test_alembic_finds_nothing_to_change(database: str) -> None:
    with engine_of(database) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, TABLES) == []


def test_the_tables_go_and_come_back(database: str) -> None:
    assert migrate(database, "base") == (schema.REVISIONS[-1], None)
    assert facet_of(columns, database) == []
    assert migrate(database) == (None, schema.REVISIONS[-1])


def test_migrating_again_keeps_the_rows(database: str) -> None:
    row = (5, "tickets", 30, 12)
    with psycopg.connect(database) as connection:
        connection.execute("INSERT INTO tally VALUES (%s, %s, %s, %s)", row)
    assert migrate(database) == (schema.REVISIONS[-1],) * 2
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT * FROM tally").fetchall() == [row]


@pytest.mark.parametrize(
    ("found", "hint"),
    [(None, "relations server migrate"), ("0000", "relations server migrate"), ("9999", "update")],
)
def test_tables_of_another_version_are_refused(
    database: str, monkeypatch: pytest.MonkeyPatch, found: str | None, hint: str
) -> None:
    monkeypatch.setattr(schema, "REVISIONS", ("0000", *schema.REVISIONS))
    with psycopg.connect(database, autocommit=True) as connection:
        if found is None:
            connection.execute("DROP TABLE alembic_version")
        else:
            connection.execute("UPDATE alembic_version SET version_num = %s", (found,))
        with pytest.raises(OtherSchemaError) as raised:
            begin_in_schema(connection)
    assert hint in str(raised.value.hint)


@pytest.mark.parametrize(
    ("column", "revision"), [("version_num", "of_another"), ("another_column", "no tables")]
)
def test_a_database_of_another_program_that_uses_alembic_is_said(
    workspace: Workspace, bare_database: str, column: str, revision: str
) -> None:
    with psycopg.connect(bare_database) as connection:
        connection.execute(f"CREATE TABLE alembic_version AS SELECT 'of_another' AS {column}")
    for command in (("server", "list"), ("publish", "--name", "acme/loans")):
        ran = workspace.run(*command, "--json", "--to", bare_database)
        error = ran.errors[-1]["error"]
        assert (ran.code, error["code"]) == (1, "database_schema")
        assert revision in error["message"]


def test_newer_tables_are_not_migrated(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OtherSchemaError):
        migrate(database)
    assert facet_of(columns, database)


def faults(metadata: sa.MetaData) -> list[str]:
    """What would keep the tables from being spread over machines by workspace."""
    found = []
    for table in metadata.sorted_tables:
        keys = [tuple(table.primary_key.columns)]
        keys += [tuple(index.columns) for index in table.indexes if index.unique]
        keys += [
            tuple(each.columns)
            for each in table.constraints
            if isinstance(each, sa.UniqueConstraint)
        ]
        found += [f"{table}: a key" for key in keys if key[0].name != "workspace_id"]
        found += [f"{table}: a foreign key" for _ in table.foreign_key_constraints]
        ddl = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]  # of SQLAlchemy
        found += [
            f"{table}: {word}" for word in ("SERIAL", "IDENTITY", "nextval") if word in ddl.split()
        ]
    return found


def test_every_key_begins_with_the_workspace() -> None:
    assert TABLES.tables
    assert faults(TABLES) == []


def test_the_lint_finds_each_fault() -> None:
    metadata = sa.MetaData()
    sa.Table("counted", metadata, sa.Column("id", sa.Integer(), primary_key=True))
    sa.Table(
        "named",
        metadata,
        sa.Column("workspace_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.ForeignKey("counted.id"), unique=True),
    )
    assert faults(metadata) == [
        *("counted: a key", "counted: SERIAL"),
        *("named: a key", "named: a foreign key"),
    ]


def test_the_tables_can_be_partitioned_by_workspace(bare_database: str) -> None:
    create_partitioned(bare_database)
    with psycopg.connect(bare_database) as connection:
        found = connection.execute("SELECT count(*) FROM pg_class WHERE relkind = 'p'").fetchone()
    assert found == (len(TABLES.tables),)
