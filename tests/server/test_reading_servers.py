"""`mcp` and `serve` ask a database, and so does a command whose server goes away."""

from __future__ import annotations

import json
import time
from pathlib import Path

import psycopg
import pytest
from mcp.shared.exceptions import MCPError
from mcp_client import ADDED, ADDED_TO_CHECK, connected
from postgres_server import PostgresServer, needed_programs
from publishing import NAME, in_both_layouts, publish, published
from serve_process import Server
from watch_process import start_program
from workspace_builder import A, B, Workspace

from yoi_relations.mcp.tools import ADD, CHECK, DIFF, SHOW


@pytest.fixture
def edge_there(workspace: Workspace, database: str) -> Workspace:
    """A workspace in which A is blocked by B, also in the database."""
    published(workspace.pair("blocked_by", "first", ("queued", "queued")), database)
    return workspace


def test_the_tools_answer_as_the_commands(
    edge_there: Workspace, database: str, tmp_path: Path
) -> None:
    options = ("--from", database, "--workspace", NAME)
    with connected(tmp_path, *options) as client:
        assert set(client.tools) == {SHOW.name, CHECK.name}
        shown = client.ask(SHOW.name, ticket=A)
        checked = client.ask(CHECK.name, tickets=[A])
        with pytest.raises(MCPError):
            client.ask(ADD.name, ticket=A, kind="related", target=B)
        error = client.error(SHOW.name, ticket="00001KT0000ZZ")
        for arguments in ({"at": "HEAD"}, {"worktrees": True}):
            assert client.error(SHOW.name, **arguments)["code"] == "usage"
            assert client.error(CHECK.name, **arguments)["code"] == "usage"
        assert "database" in client.protocol_error(DIFF.name)
    for answer, added, question in (
        (shown, ADDED, ("show", A)),
        (checked, ADDED_TO_CHECK, ("check", A)),
    ):
        wanted = edge_there.run(*question, "--json", *options).json
        (own,), (theirs,) = answer["workspaces"], wanted["workspaces"]
        assert own["age_seconds"] <= theirs["age_seconds"]
        assert {k: v for k, v in answer.items() if k not in added | {"workspaces"}} == {
            k: v for k, v in wanted.items() if k != "workspaces"
        }
    assert error["code"] == "not_found"


def test_a_server_of_a_database_cannot_write(edge_there: Workspace, database: str) -> None:
    ran = edge_there.run("mcp", "--allow-write", "--from", database)
    assert ran.code == 2


def test_the_page_follows_the_publications(
    edge_there: Workspace, database: str, tmp_path: Path
) -> None:
    shop = Workspace(tmp_path / "shop").pair("related")
    with Server(edge_there, "--from", database, "-C", "/") as server:
        cookie = server.cookie()
        before = server.data(cookie)
        assert before["workspace"] == {"root": NAME, "tickets": 2}
        assert [node["ticket"] for node in before["nodes"]] == [f"{NAME}:{A}", f"{NAME}:{B}"]
        assert publish(shop, database, name="acme/shop").code == 0
        with server.events(cookie) as events:
            first = next(events)
            changed = next(event for event in events if event["digest"] != first["digest"])
        assert changed["error"] is None
        after = server.data(cookie)
        assert [each["name"] for each in after["workspaces"]] == [NAME, "acme/shop"]
        assert len(after["nodes"]) == 4
        assert server.request("/", headers=cookie).status == 200


def test_the_page_says_that_the_database_is_gone(tmp_path: Path) -> None:
    server = PostgresServer(needed_programs())
    try:
        name = server.create()
        workspace = Workspace(tmp_path / "work").pair("blocked_by")
        url = server.url(name)
        assert workspace.run("server", "migrate", "--to", url).code == 0
        published(workspace, url)
        with Server(workspace, "--from", url) as page, page.events(cookie := page.cookie()) as seen:
            assert next(seen)["error"] is None
            server.stop()
            failed = next(event for event in seen if event["error"])
            assert failed["digest"]
            assert page.data(cookie)["nodes"], "what was there is still shown"
            gone = workspace.run("check", A, "--json", "--from", url)
            assert (gone.code, gone.out, gone.errors[-1]["error"]["code"]) == (1, "", "database")
            server.start()
            assert next(event for event in seen if not event["error"])
    finally:
        server.end()


@in_both_layouts
def test_a_question_that_is_cut_off_is_an_error(
    edge_there: Workspace, database: str, postgres: PostgresServer
) -> None:
    """A lock keeps the question waiting until its connection is ended."""
    with psycopg.connect(database) as holder, postgres.connect() as killer:
        holder.execute("LOCK TABLE statement")
        process = start_program(edge_there, "check", A, "--json", "--from", database, environ={})
        waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = %s"
        deadline = time.monotonic() + 60
        while not killer.execute(waiting, ("relation",)).fetchall():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert json.loads(err.splitlines()[-1])["error"]["code"] == "database"
