"""A SQLModel session over an open index, for queries of one's own."""

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
    """A session on `connection`, which takes no changes from then on.

    Raises:
        RelationsError: SQLModel is not installed; the installation is not whole.
    """
    try:
        from sqlalchemy.pool import StaticPool  # noqa: PLC0415  # heavy, and only for this
        from sqlmodel import Session, create_engine  # noqa: PLC0415  # the same
    except ImportError as error:
        raise RelationsError(
            f"a session needs the package sqlmodel: {error}",
            "install yoi-relations again: sqlmodel comes with it",
        ) from error
    # Of an index in memory, SQLite would take writes, which would then be lost.
    connection.execute("PRAGMA query_only = ON")
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()
