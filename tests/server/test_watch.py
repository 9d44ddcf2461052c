from __future__ import annotations

import time

from postgres_server import PostgresServer
from psycopg.conninfo import conninfo_to_dict
from publishing import contents
from watch_process import Start
from workspace_builder import B, Workspace

NAME = "acme/watched"


def states(database: str) -> list[str | None]:
    return [row[3] for row in contents(database, NAME)["ticket_now"]]


def until_published(database: str, wanted: list[str]) -> None:
    end = time.monotonic() + 60
    while states(database) != wanted:
        assert time.monotonic() < end, states(database)
        time.sleep(0.05)


def test_each_change_is_published(workspace: Workspace, database: str, start: Start) -> None:
    workspace.pair(states=("planning", "ready"))
    (workspace.root / ".yoi" / "workspace.toml").write_text(f'name = "{NAME}"\n')
    watcher = start(workspace, "--publish", "--json", YOI_RELATIONS_DATABASE=database)
    until_published(database, ["planning", "ready"])
    workspace.ticket(B, "done")
    until_published(database, ["planning", "done"])
    assert [change["change"] for change in watcher.changes(1)] == ["state_changed"]


def test_what_could_not_be_published_is_published_later(
    postgres: PostgresServer, workspace: Workspace, database: str, start: Start
) -> None:
    workspace.pair(states=("planning", "ready"))
    (workspace.root / ".yoi" / "workspace.toml").write_text(f'name = "{NAME}"\n')
    name = str(conninfo_to_dict(database)["dbname"])
    with postgres.connect() as connection:
        connection.execute(f"ALTER DATABASE {name} RENAME TO away_{name}".encode())
        watcher = start(workspace, "--publish", "--json", YOI_RELATIONS_DATABASE=database)
        watcher.err.until(lambda lines: any("not published" in line for line in lines))
        connection.execute(f"ALTER DATABASE away_{name} RENAME TO {name}".encode())
    until_published(database, ["planning", "ready"])


def test_it_needs_a_database_and_a_name(workspace: Workspace, database: str) -> None:
    workspace.pair()
    for named in ("", database):
        ran = workspace.process("watch", "--publish", YOI_RELATIONS_DATABASE=named)
        assert ran.code == 2
