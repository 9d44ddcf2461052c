from __future__ import annotations

import os
import socket
from urllib.parse import quote

import psycopg
import pytest
from postgres_server import PostgresServer
from publishing import contents, publish, published
from workspace_builder import A, Workspace

from yoi_relations.errors import UsageError
from yoi_relations.server.connection import VARIABLE, connect, database_named, failure
from yoi_relations.server.schema import begin_in_schema

SECRET = "s3cr3t"  # noqa: S105  # made up


@pytest.mark.parametrize(
    "database",
    [
        f"postgresql://me:{SECRET}@host/db",
        f"postgresql://me@host/db?password={SECRET}",
        f"host=host password={SECRET}",
        f"host=host sslpassword={SECRET}",
        # What no parser understands, or misunderstands.
        f"postgresql://me:{SECRET} pw@host/db",
        f"postgresql://me:{SECRET}/pw@host/db",
        f"postgresql://me:5432/{SECRET}@host/db",
        f"postgresql://me:{SECRET}#pw@host/db",
        f"postgresql://me:{SECRET}?pw@host/db",
        f"postgresql://me:{SECRET}@pw@host/db",
        f"postgresql://me:{SECRET}[pw@host/db",
        f"host=host password='{SECRET}",
        f"host = host {SECRET}",
    ],
)
def test_a_password_in_an_option_is_refused_and_never_shown(
    workspace: Workspace, database: str
) -> None:
    for command in ("publish", "server migrate", "server list", "server forget x"):
        ran = workspace.run(*command.split(), "--to", database)
        assert (ran.code, ran.out) == (2, "")
        assert SECRET not in ran.err
        assert "pw" not in ran.err.replace("pgpass", "")


def test_a_password_in_the_environment_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql://me:pw@localhost/db")
    assert database_named(None) == "postgresql://me:pw@localhost/db"


def test_without_a_database_it_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(UsageError):
        database_named(None)


def test_an_option_counts_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "service=one")
    assert database_named("service=two") == "service=two"


@pytest.mark.parametrize("user", ["postgres", "nobody_here"])
def test_an_unreachable_database_is_an_error_with_a_hint(
    workspace: Workspace, postgres: PostgresServer, user: str
) -> None:
    ran = publish(workspace.pair(), postgres.url("missing", user))
    (error,) = [line["error"] for line in ran.errors if "error" in line]
    assert (ran.code, ran.out, error["code"]) == (1, "", "database")
    assert error["hint"]


@pytest.mark.parametrize(
    ("host", "mode"),
    [
        ("localhost", None),
        ("127.0.0.1", None),
        ("", None),
        ("/tmp", None),  # noqa: S108  # a host that is a folder of sockets
        ("db.example.org", "verify-full"),
        ("localhost,db.example.org", "verify-full"),
        ("192.0.2.7", "verify-full"),
        ("127.0.0.1.example.org", "verify-full"),
    ],
)
def test_other_machines_need_a_certificate(
    monkeypatch: pytest.MonkeyPatch, host: str, mode: str | None
) -> None:
    seen: list[str | None] = []

    def connected(*_: object, **__: object) -> None:
        seen.append(os.environ.get("PGSSLMODE"))
        raise psycopg.OperationalError

    for name in ("PGSSLMODE", "PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.setenv(name, "x")  # so that it is restored
        monkeypatch.delenv(name)
    monkeypatch.setattr(psycopg, "connect", connected)
    with pytest.raises(psycopg.OperationalError), connect(f"host={host or chr(39) * 2}"):
        pass
    assert seen == [mode]
    monkeypatch.setenv("PGSSLMODE", "disable")
    with pytest.raises(psycopg.OperationalError), connect(f"host={host or chr(39) * 2}"):
        pass
    assert seen == [mode, "disable"]


def test_no_error_shows_a_row(workspace: Workspace, database: str) -> None:
    """During COPY the server quotes the row as context; a CHECK quotes it as detail."""
    workspace.pair()
    workspace.record(A, "waiting", note=SECRET)
    for condition in (f"note <> '{SECRET}'", f"length(note::int::text) > 0 -- {SECRET}"):
        with psycopg.connect(database) as connection:
            connection.execute("ALTER TABLE statement DROP CONSTRAINT IF EXISTS strict")
            add = f"ALTER TABLE statement ADD CONSTRAINT strict CHECK ({condition}\n)"
            connection.execute(add.encode())
        ran = publish(workspace, database)
        assert (ran.code, ran.out) == (1, "")
        assert SECRET not in ran.err
        assert "SQLSTATE 2" in ran.err


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_another_encoding_is_refused(
    workspace: Workspace, postgres: PostgresServer, encoding: str
) -> None:
    with postgres.connect() as connection:
        create = f"CREATE DATABASE {encoding} TEMPLATE template0 ENCODING '{encoding}'"
        connection.execute(create.encode())
    for command in ("server migrate", "server list"):
        ran = workspace.run(*command.split(), "--json", "--to", postgres.url(encoding.lower()))
        error = ran.errors[-1]["error"]
        assert (ran.code, ran.out, error["code"]) == (1, "", "database")
        assert encoding in error["message"]


def test_the_encoding_of_the_environment_does_not_count(
    workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    title = "延滞のお知らせ"
    workspace.ticket(A, title=title)
    published(workspace, database)
    (check,) = workspace.run("check", "--json", "--from", database).json["checks"]
    assert check["title"] == title


def test_a_message_is_one_line_of_the_server(postgres: PostgresServer) -> None:
    with postgres.connect() as connection, pytest.raises(psycopg.Error) as raised:
        connection.execute("SELECT nothing FROM nowhere")
    error = failure(raised.value)
    assert error.message == 'the database: relation "nowhere" does not exist (SQLSTATE 42P01)'


def test_a_message_says_why_there_is_no_connection(workspace: Workspace) -> None:
    with socket.socket() as closed:  # bound, and not listening
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://somebody@127.0.0.1:{closed.getsockname()[1]}/tickets"
        ran = workspace.run("server", "list", "--json", "--to", url)
    assert ran.errors[-1]["error"]["message"].endswith(": Connection refused")


def test_a_message_does_not_end_with_the_advice_of_the_server(
    workspace: Workspace, database: str
) -> None:
    ran = workspace.run("server", "list", "--json", "--to", f"{database}&options=nonsense")
    message = ran.errors[-1]["error"]["message"]
    assert message.startswith("the database cannot be reached: FATAL:")
    assert message.endswith(": nonsense")


@pytest.mark.parametrize(
    "setting", ["IntervalStyle = 'iso_8601'", "DateStyle = 'German'", "TimeZone = 'Asia/Tokyo'"]
)
def test_times_do_not_depend_on_settings_of_the_server(
    workspace: Workspace, postgres: PostgresServer, database: str, setting: str
) -> None:
    published(workspace.pair(), database)
    (before,) = workspace.run("server", "list", "--json", "--to", database).json["workspaces"]
    with postgres.connect() as connection:
        name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
        connection.execute(f"ALTER DATABASE {name} SET {setting}".encode())
    (after,) = workspace.run("server", "list", "--json", "--to", database).json["workspaces"]
    assert after["published_at"] == before["published_at"]
    assert 0 <= after["age_seconds"] < 600


def test_a_server_that_only_reads_is_said(workspace: Workspace, database: str) -> None:
    readers = f"{database}&options=-c%20default_transaction_read_only%3Don"
    error = publish(workspace, readers).errors[-1]["error"]
    assert ("25006" in error["message"], "primary" in error["hint"]) == (True, True)


def test_the_limits_hold_in_the_transaction(database: str) -> None:
    with connect(database) as connection:
        begin_in_schema(connection)
        shown = {}
        for name in ("statement_timeout", "lock_timeout", "jit", "application_name"):
            row = connection.execute(f"SHOW {name}".encode()).fetchone()
            shown[name] = row and row[0]
    assert shown == {
        "statement_timeout": "30s",
        "lock_timeout": "10s",
        "jit": "off",
        "application_name": "yoi-relations",
    }


def test_roles(workspace: Workspace, postgres: PostgresServer, database: str) -> None:
    name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
    reader, publisher = f"reader_{name}", f"publisher_{name}"
    with postgres.connect(str(name)) as connection:
        for role in (reader, publisher):
            connection.execute(f"CREATE ROLE {role} LOGIN".encode())
            connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}".encode())
        writing = f"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {publisher}"
        connection.execute(writing.encode())
    published(workspace.pair(), postgres.url(str(name), publisher))
    before = contents(database)
    workspace.ticket(A, "queued")
    ran = publish(workspace, postgres.url(str(name), reader))
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "database")
    assert "42501" in ran.errors[-1]["error"]["message"]
    listed = workspace.run("server", "list", "--to", postgres.url(str(name), reader))
    assert (listed.code, len(listed.out.splitlines())) == (0, 1)
    assert (
        workspace.run(
            "server", "forget", "acme/loans", "--to", postgres.url(str(name), reader)
        ).code
        == 1
    )
    assert contents(database) == before


def test_a_service_file_names_the_database(
    workspace: Workspace, postgres: PostgresServer, database: str
) -> None:
    values = psycopg.conninfo.conninfo_to_dict(database)
    services = workspace.root / "services"
    services.write_text(
        "[tickets]\n" + "".join(f"{key}={value}\n" for key, value in values.items())
    )
    ran = workspace.run(*("server", "list", "--to", "service=tickets"), PGSERVICEFILE=str(services))
    assert ran.code == 0, ran
    assert quote(str(postgres.folder), safe="") in database
