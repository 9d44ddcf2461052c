"""A SQLModel session over an open index, for queries that the API does not have."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from yoi_relations.errors import RelationsError

if TYPE_CHECKING:
    from sqlmodel import Session


@contextlib.contextmanager
def session_over(connection: sqlite3.Connection) -> Iterator[Session]:
    """A session on `connection`, which is read-only from then on.

    Raises:
        RelationsError: SQLModel cannot be imported.
    """
    try:
        from sqlalchemy.pool import StaticPool  # noqa: PLC0415  # only sessions need it
        from sqlmodel import Session, create_engine  # noqa: PLC0415  # it takes long to import
    except ImportError as error:
        raise RelationsError(
            f"a session needs the package sqlmodel: {error}",
            "install yoi-relations again: sqlmodel comes with it",
        ) from error
    # An index in memory would accept writes, which would be lost.
    connection.execute("PRAGMA query_only = ON")
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()
