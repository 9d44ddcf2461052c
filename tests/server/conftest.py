from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgres_server import PostgresServer, needed_programs

from yoi_relations.server.schema import migrate


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server for all tests of this process."""
    server = PostgresServer(needed_programs())
    yield server
    server.end()


@pytest.fixture(scope="session")
def template(postgres: PostgresServer) -> str:
    """A database with the tables of the program, to be copied."""
    name = postgres.create()
    migrate(postgres.url(name))
    return name


@pytest.fixture
def database(postgres: PostgresServer, template: str) -> str:
    """The URL of a database with empty tables."""
    return postgres.url(postgres.create(template))


@pytest.fixture
def bare_database(postgres: PostgresServer) -> str:
    """The URL of a database without tables."""
    return postgres.url(postgres.create())
