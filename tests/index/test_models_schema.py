"""Three ways to one schema: the models with views.sql, the compiled schema.sql, the revisions."""

from __future__ import annotations

import importlib.util
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from yoi_relations.index import models

PROJECT = Path(__file__).parents[2]
INDEX = PROJECT / "src" / "yoi_relations" / "index"
SCHEMA = (INDEX / "schema.sql").read_text("utf-8")
VIEWS = (INDEX / "views.sql").read_text("utf-8")

_MIGRATE = """
import sys
from alembic.config import main
main(argv=sys.argv[1:], prog="alembic")
print(*sorted(name for name in sys.modules if name.startswith("yoi_relations")))
"""
_IMPORT_MODELS = """
import sys
import yoi_relations.index.models
print(*sorted(name for name in sys.modules if name.startswith("yoi_relations")))
"""

Facet = Callable[[sqlite3.Connection], object]


def from_models(path: Path) -> Path:
    engine = create_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return from_sql(path, VIEWS)


def from_sql(path: Path, statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statements)
    return path


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=PROJECT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def migrate(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(_MIGRATE, "-x", f"url=sqlite:///{path}", *arguments)


def flat(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()


def tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
    )
    return sorted(name for (name,) in rows)


def views(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    return {name: flat(sql) for name, sql in rows}


def columns(connection: sqlite3.Connection) -> object:
    names = [*tables(connection), *sorted(views(connection))]
    return {name: _about(connection, "table_xinfo", name) for name in names}


def indexes(connection: sqlite3.Connection) -> object:
    """Each index by name: its sequence number only tells in which order they were made."""
    return {
        (table, name): (unique, origin, partial, _about(connection, "index_xinfo", str(name)))
        for table in tables(connection)
        for _, name, unique, origin, partial in _about(connection, "index_list", table)
    }


def foreign_keys(connection: sqlite3.Connection) -> object:
    return {name: _about(connection, "foreign_key_list", name) for name in tables(connection)}


def checks(connection: sqlite3.Connection) -> object:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {name: sorted(_checks(flat(sql))) for name, sql in rows if name != "alembic_version"}


def _about(connection: sqlite3.Connection, pragma: str, name: str) -> list[tuple[object, ...]]:
    return connection.execute(f'PRAGMA {pragma}("{name}")').fetchall()


def _checks(sql: str) -> Iterator[str]:
    """Each CHECK of a CREATE TABLE, from its name to the bracket that closes it."""
    for match in re.finditer(r"(CONSTRAINT \w+ )?CHECK ?\(", sql):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        yield sql[match.start() : end]


FACETS: list[Facet] = [tables, columns, indexes, foreign_keys, views, checks]


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("schema")
    migrated = folder / "migrations"
    ran = migrate(migrated, "upgrade", "head")
    assert ran.returncode == 0, ran.stderr
    return {
        "models": from_models(folder / "models"),
        "schema.sql": from_sql(folder / "schema.sql", SCHEMA),
        "migrations": migrated,
    }


def facet_of(facet: Facet, path: Path) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return facet(connection)


@pytest.mark.parametrize("way", ["schema.sql", "migrations"])
@pytest.mark.parametrize("facet", FACETS)
def test_models_schema_and_migrations_are_equal(
    ways: dict[str, Path], way: str, facet: Facet
) -> None:
    wanted = facet_of(facet, ways["models"])
    assert wanted
    assert facet_of(facet, ways[way]) == wanted


@pytest.mark.parametrize(
    ("facet", "old", "new"),
    [
        (tables, "CREATE TABLE source (", "CREATE TABLE more (id); CREATE TABLE source ("),
        (columns, "note TEXT,", "note TEXT NOT NULL,"),
        (columns, "ticket.slug) AS slug", "ticket.slug) AS short"),
        (indexes, "(shown, edge_ticket, edge_target)", "(shown, edge_target, edge_ticket)"),
        (indexes, "CREATE INDEX source_holder", "CREATE UNIQUE INDEX source_holder"),
        (foreign_keys, "REFERENCES source (id)", "REFERENCES source (id) ON DELETE CASCADE"),
        (views, "at.path LIMIT 1", "at.path DESC LIMIT 1"),
        (checks, "'done', 'closed'", "'done', 'shut'"),
    ],
)
def test_schema_comparison_finds_every_difference(
    ways: dict[str, Path], tmp_path: Path, facet: Facet, old: str, new: str
) -> None:
    assert old in SCHEMA
    altered = from_sql(tmp_path / "altered", SCHEMA.replace(old, new, 1))
    assert facet_of(facet, altered) != facet_of(facet, ways["models"])


def test_schema_sql_is_up_to_date() -> None:
    assert _compiler().compile_schema() == SCHEMA


def _compiler() -> ModuleType:
    path = PROJECT / "scripts" / "compile_schema.py"
    spec = importlib.util.spec_from_file_location("compile_schema", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_models_are_all_the_tables(ways: dict[str, Path]) -> None:
    defined = {
        model.__tablename__
        for model in vars(models).values()
        # The other classes declare columns for several tables.
        if isinstance(model, type) and issubclass(model, SQLModel) and hasattr(model, "__table__")
    }
    assert facet_of(tables, ways["models"]) == sorted(map(str, defined))


def test_revisions_can_be_downgraded(tmp_path: Path) -> None:
    path = tmp_path / "migrations"
    assert migrate(path, "upgrade", "head").returncode == 0
    ran = migrate(path, "downgrade", "base")
    assert ran.returncode == 0, ran.stderr
    assert facet_of(tables, path) == []
    assert facet_of(views, path) == {}


@pytest.mark.skipif(
    sqlite3.sqlite_version_info < (3, 35), reason="Alembic writes RETURNING, which is newer"
)
def test_revisions_can_be_printed_as_sql(tmp_path: Path, ways: dict[str, Path]) -> None:
    ran = migrate(tmp_path / "not-made", "upgrade", "head", "--sql")
    assert ran.returncode == 0, ran.stderr
    statements = ran.stdout.rsplit("\n", 2)[0]
    path = from_sql(tmp_path / "from-sql", statements)
    for facet in FACETS:
        assert facet_of(facet, path) == facet_of(facet, ways["models"])
    assert not (tmp_path / "not-made").exists()


def test_alembic_refuses_without_a_database() -> None:
    ran = python(_MIGRATE, "upgrade", "head")
    assert ran.returncode != 0
    assert "FAILED: name a scratch database: alembic -x url=sqlite:///" in ran.stdout + ran.stderr


def test_revisions_import_only_the_models(tmp_path: Path) -> None:
    ran = migrate(tmp_path / "migrations", "upgrade", "head")
    assert ran.stdout.splitlines()[-1] == python(_IMPORT_MODELS).stdout.strip()
