"""Brings the tables of a database up to date, and refuses those of another version."""

from __future__ import annotations

import os
from typing import Any

import psycopg

from yoi_relations.server.connection import NO_QUERY, DatabaseError, begin, begin_with, connect

REVISIONS = ("0001",)
"""The revisions of the schema, the latest last."""
_FOLDER = os.path.join(os.path.dirname(__file__), "migrations")


class OtherSchemaError(DatabaseError):
    """The tables of the database are of another version of the program, or missing."""

    code = "database_schema"


def begin_in_schema(
    connection: psycopg.Connection, mode: str = "", query: str = NO_QUERY
) -> list[tuple[Any, ...]]:
    """Begin a transaction, and ask a query in it, as `begin_with` does; the rows.

    Raises:
        OtherSchemaError: the tables are not those of this version of the program.
    """
    revision, rows = begin_with(connection, mode, query)
    if revision == REVISIONS[-1]:
        return rows
    if revision is None:
        message = "the database has no tables of this program"
    elif revision in REVISIONS:
        message = f"the database has older tables ({revision}, wanted {REVISIONS[-1]})"
    else:
        raise _newer(revision)
    raise OtherSchemaError(message, "run relations server migrate, as the owner of the tables")


def _newer(revision: str) -> OtherSchemaError:
    # Another program that uses Alembic has a table of the same name for its revision.
    return OtherSchemaError(
        f"the database has newer tables ({revision}, known {REVISIONS[-1]}), or those of another"
        " program",
        "update this program, or name a database that is for it alone",
    )


def migrate(database: str, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the tables to `revision`, in one transaction.

    Returns:
        The revisions before and after; None for a database without tables.

    Raises:
        OtherSchemaError: the tables are newer than this program.
        psycopg.Error: the server cannot be reached, or refuses.
    """
    from alembic import command  # noqa: PLC0415  # the rest of this module needs no Alembic
    from alembic.config import Config  # noqa: PLC0415  # as above
    from sqlalchemy import create_engine, pool  # noqa: PLC0415  # as above
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  # as above

    with connect(database) as connection:
        before = begin(connection)
        connection.rollback()
        if before is not None and before not in REVISIONS:
            raise _newer(before)
        connection.autocommit = False
        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: connection, poolclass=pool.StaticPool
        )
        config = Config()
        config.set_main_option("script_location", _FOLDER.replace("%", "%%"))
        config.attributes["engine"] = engine
        move = command.downgrade if revision in ("base", *REVISIONS[:-1]) else command.upgrade
        try:
            move(config, revision)
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.Error):
                raise error.orig from None
            raise
        connection.autocommit = True
        after = begin(connection)
    return before, after
