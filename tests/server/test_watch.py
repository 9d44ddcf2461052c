from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer
from psycopg.conninfo import conninfo_to_dict
from publishing import checkout, commit, contents, publish
from watch_process import Start
from workspace_builder import B, Workspace, git

from yoi_relations.call import Call
from yoi_relations.cli.database import publisher
from yoi_relations.errors import RelationsError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index

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


def test_the_change_that_ends_the_watcher_is_published(
    workspace: Workspace, database: str, start: Start
) -> None:
    workspace.pair(states=("planning", "ready"))
    (workspace.root / ".yoi" / "workspace.toml").write_text(f'name = "{NAME}"\n')
    watcher = start(workspace, "--publish", "--once", YOI_RELATIONS_DATABASE=database)
    until_published(database, ["planning", "ready"])
    workspace.ticket(B, "done")
    assert watcher.ends() == 0
    assert states(database) == ["planning", "done"]


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


def test_files_are_not_published_as_a_commit_that_came_after_they_were_read(
    workspace: Workspace, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would replace what another checkout has published of that commit."""
    workspace.pair(states=("planning", "ready"))
    (workspace.root / ".yoi" / "workspace.toml").write_text(f'name = "{NAME}"\n')
    git(workspace, "init", "--quiet", "--initial-branch=main")
    commit(workspace)
    other = checkout(workspace, tmp_path / "other")
    monkeypatch.setenv("YOI_RELATIONS_DATABASE", database)
    publish_index = publisher(Call(directory=str(workspace.root)))()
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        workspace.ticket(B, "done")
        commit(workspace)
        git(other, "pull", "--quiet")
        assert publish(other, database, name=NAME).code == 0
        with pytest.raises(RelationsError):
            publish_index(index)
    assert states(database) == ["planning", "done"]


def test_a_watcher_does_not_take_back_aliases(
    workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = workspace.pair().root / ".yoi" / "workspace.toml"
    config.write_text(f'name = "{NAME}"\n')
    monkeypatch.setenv("YOI_RELATIONS_DATABASE", database)
    begin = publisher(Call(directory=str(workspace.root)))
    config.write_text(f'name = "{NAME}"\naliases = ["acme/seen"]\n')
    assert publish(workspace, database, name=None).code == 0
    publish_index = begin()
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        publish_index(index)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT aliases FROM workspace").fetchall() == [("acme/seen",)]


def test_it_needs_a_database_and_a_name(workspace: Workspace, database: str) -> None:
    workspace.pair()
    for named in ("", database):
        ran = workspace.process("watch", "--publish", YOI_RELATIONS_DATABASE=named)
        assert ran.code == 2
