"""Connects to the database by libpq's own means, and turns its errors into the program's own.

No message holds a password or the text of a row: of an error of the server, only its first sentence
and its SQLSTATE are shown, and of one about a value only the SQLSTATE.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from yoi_relations.errors import RelationsError, UsageError

VARIABLE = "YOI_RELATIONS_DATABASE"
"""The environment variable that names the database where no option does."""
_HINT = (
    "give a URL without a password, such as postgresql://user@host/database, or service=NAME; a"
    " password belongs in ~/.pgpass or PGPASSWORD"
)
_ENCODING = "UTF8"
"""Of the database and of the connection, as PostgreSQL calls it."""
_CONNECT_TIMEOUT = 5
"""Seconds for one address."""
_HOST = re.compile(r"[\w.:%-]*", re.ASCII)
_LOCAL_HOST = re.compile(r"|localhost|127\.[\d.]+|::1|[/@].*")
_SETTINGS = (
    "SET LOCAL statement_timeout = '30s'",
    "SET LOCAL lock_timeout = '10s'",
    "SET LOCAL idle_in_transaction_session_timeout = '60s'",
    # Planning these queries takes it longer than answering them.
    "SET LOCAL jit = off",
)
NO_QUERY = "SELECT 1"
"""A query that asks for nothing in the database."""
_ABOUT_VALUES = ("22", "23")
"""Classes of SQLSTATE whose messages may quote a value."""
_MAX_MESSAGE = 300
"""Characters of a message of the server that are shown."""

# It reports on stderr what this module reports itself.
logging.getLogger("psycopg").disabled = True


class DatabaseError(RelationsError):
    """The database cannot be reached, or refuses something."""

    code = "database"


def database_named(option: str | None) -> str:
    """The database that the option `--to` or `--from`, or else the environment, names.

    Raises:
        UsageError: neither names one, it cannot be parsed, or the option holds a password.
    """
    named = option or os.environ.get(VARIABLE)
    if not named:
        raise UsageError("no database is named", f"name one with --to, or set {VARIABLE}; {_HINT}")
    values = _parsed(named)
    if option and {"password", "sslpassword"} & values.keys():
        raise UsageError("a password on the command line can be read by others", _HINT)
    return named


def _parsed(database: str) -> dict[str, str]:
    """The parameters that a URL or a connection string sets."""
    try:
        values = {name: str(value) for name, value in conninfo_to_dict(database).items()}
    except (psycopg.Error, UnicodeEncodeError):  # its text quotes parts of the password
        values = {"host": "@"}
    hosts = [host for name in ("host", "hostaddr") for host in values.get(name, "").split(",")]
    # Such signs in a password lead the parser astray, so that parts of it become other parameters.
    if (
        any(not host.startswith("/") and not _HOST.fullmatch(host) for host in hosts)
        or not re.fullmatch(r"[\d,]*", values.get("port", ""), re.ASCII)
        or any(sign in values.get("dbname", "") for sign in "@/")
    ):
        raise UsageError("the name of the database cannot be parsed", _HINT)
    return values


@contextlib.contextmanager
def failures_reported() -> Iterator[None]:
    """Raise errors of the server and of the connection as a `DatabaseError`."""
    try:
        yield
    except psycopg.Error as error:
        # The text of the cause may hold what must not be shown.
        raise failure(error) from None


@contextlib.contextmanager
def connect(database: str) -> Iterator[psycopg.Connection]:
    """A connection without a transaction; it is closed at the end of the block.

    Raises:
        DatabaseError: the database has another encoding than UTF8.
        psycopg.Error: the server cannot be reached, or refuses; see `failure`.
    """
    values = _parsed(database)
    _verify_servers(values)
    defaults = {"application_name": "yoi-relations", "connect_timeout": str(_CONNECT_TIMEOUT)}
    missing = {name: value for name, value in defaults.items() if name not in values}
    # Prepared statements do not work with every pooler.
    with psycopg.connect(
        database,
        autocommit=True,
        prepare_threshold=None,
        client_encoding=_ENCODING,
        **missing,  # type: ignore[arg-type]  # names of libpq
    ) as connection:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != _ENCODING:
            raise DatabaseError(
                f"the database has the encoding {encoding}, and texts need {_ENCODING}",
                f"create it with TEMPLATE template0 ENCODING '{_ENCODING}'",
            )
        yield connection


def _verify_servers(values: dict[str, str]) -> None:
    """Demand a certificate of other machines, unless the URL, a service or the environment decide.

    libpq's default falls back to plain text without a word.
    """
    environment = os.environ.get("PGHOSTADDR") or os.environ.get("PGHOST") or ""
    hosts = values.get("hostaddr") or values.get("host") or environment
    by_service = "service" in values or "PGSERVICE" in os.environ
    is_local = all(_LOCAL_HOST.fullmatch(host) for host in hosts.split(","))
    if not is_local or (by_service and not hosts):
        os.environ.setdefault("PGSSLMODE", "verify-full")


def begin(connection: psycopg.Connection, mode: str = "") -> str | None:
    """Begin a transaction with the program's limits; the revision of the schema.

    Args:
        connection: to the database.
        mode: what follows BEGIN.

    Returns:
        The revision, or None where the database has no schema yet.
    """
    return begin_with(connection, mode, NO_QUERY)[0]


def begin_with(
    connection: psycopg.Connection, mode: str, query: str
) -> tuple[str | None, list[tuple[Any, ...]]]:
    """Begin a transaction as `begin` does, and ask `query` in the same round trip.

    Returns:
        The revision, or None where the database has no schema yet; and the rows. Where the tables
        are of another revision, there may be none.
    """
    version = "SELECT version_num FROM alembic_version"
    statements = "; ".join((f"BEGIN {mode}", *_SETTINGS, version, query))
    try:
        cursor = connection.execute(statements.encode())
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        connection.rollback()
        # What `query` asks for may be missing, and not the revision.
        return None if query == NO_QUERY else begin(connection, mode), []
    for _ in range(1 + len(_SETTINGS)):
        cursor.nextset()
    row = cursor.fetchone()
    cursor.nextset()
    return None if row is None else str(row[0]), cursor.fetchall()


def failure(error: psycopg.Error) -> DatabaseError:
    """The error to report for one of the server or of the connection."""
    state = error.sqlstate
    if state is None:
        return DatabaseError(f"the database cannot be reached: {_one_line(str(error))}", _hint(""))
    text = error.diag.message_primary or str(error)
    if state.startswith(_ABOUT_VALUES):
        text = "it refuses a value"
    return DatabaseError(f"the database: {_one_line(text)} (SQLSTATE {state})", _hint(state))


def _one_line(text: str) -> str:
    """The part of a message that tells the cause."""
    # A line that begins with a tab asks the reader a question.
    lines = [line for line in text.strip().split("\n") if not line.startswith("\t")]
    # What follows the last failure is advice about the settings of libpq.
    last = next((line for line in reversed(lines) if "failed: " in line), lines[-1])
    line = last.rsplit("failed: ", 1)[-1].strip()
    return "".join(char if char.isprintable() else " " for char in line)[:_MAX_MESSAGE]


def _hint(state: str) -> str:
    if state == "42501":
        return "the login needs the rights that docs/server.md grants"
    if state == "25006":
        return "name the primary server, and a login whose transactions may write"
    if state == "53100":
        return "nothing was changed; make room on the server, and run the command again"
    if state in ("55P03", "57014"):
        return "the database is busy; run the command again"
    if state.startswith("28"):
        return "check user, ~/.pgpass and certificates; docs/server.md names the roles"
    return (
        "run the command again; check that the server runs, the names of server, database and"
        " user, ~/.pgpass, and the certificate (sslrootcert=system for one of a public authority)"
    )
