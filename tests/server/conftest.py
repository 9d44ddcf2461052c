from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgres_server import PostgresServer, needed_programs
from publishing import create_partitioned

from yoi_relations.server.schema import migrate


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server for all tests of this process."""
    server = PostgresServer(needed_programs())
    yield server
    server.end()


@pytest.fixture(scope="session")
def templates(postgres: PostgresServer) -> dict[str, str]:
    """By layout, a database with the tables of the program, to be copied."""
    found = {}
    for layout, create in (("plain", migrate), ("partitioned", create_partitioned)):
        found[layout] = postgres.create()
        create(postgres.url(found[layout]))
    return found


@pytest.fixture
def layout(request: pytest.FixtureRequest) -> str:
    """How the tables are laid out; `in_both_layouts` makes it a parameter of a test."""
    return str(getattr(request, "param", "plain"))


@pytest.fixture
def database(postgres: PostgresServer, templates: dict[str, str], layout: str) -> str:
    """The URL of a database with empty tables."""
    return postgres.url(postgres.create(templates[layout]))


@pytest.fixture
def bare_database(postgres: PostgresServer) -> str:
    """The URL of a database without tables."""
    return postgres.url(postgres.create())
