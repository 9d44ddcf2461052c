from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer
from publishing import NAME, checkout, commit, contents, everything, publish, published
from task_workspaces import STARTED, TOOLS, WAITS, TaskWorkspace
from workspace_builder import A, B, C, Workspace, git

LATER = "2026-06-02T10:00:00Z"


def test_every_table_gets_rows(workspace: Workspace, database: str) -> None:
    answer = published(everything(workspace), database)
    assert (answer["document"], answer["name"], answer["publication"]) == ("publish", NAME, 1)
    assert (answer["changed"], answer["folders_changed"], answer["folders_gone"]) == (True, 4, 0)
    assert (answer["tickets"], answer["commit"]) == (5, None)
    found = contents(database)
    assert [table for table, rows in found.items() if not rows] == []


def test_names_carry_the_workspace(workspace: Workspace, database: str) -> None:
    published(everything(workspace), database)
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT holder, path, target, edge_ticket, edge_target FROM statement"
            " WHERE kind IN ('blocked_by', 'blocks') ORDER BY kind DESC"
        ).fetchall()
        (note,) = connection.execute("SELECT note FROM statement WHERE kind = 'waiting'").fetchall()
        (title,) = connection.execute(
            "SELECT title FROM ticket_now WHERE ticket = %s", (f"{NAME}:{C}",)
        ).fetchall()
    there = "other/place:00001KT0000XX"
    path = ".yoi/tickets/{}/artifacts/relations/01KT{:022d}.md"
    assert rows == [
        (f"{NAME}:{C}", f"{NAME}:{path.format(C, 3)}", there, there, f"{NAME}:{C}"),
        (f"{NAME}:{A}", f"{NAME}:{path.format(A, 1)}", *(f"{NAME}:{id_}" for id_ in (B, A, B))),
    ]
    assert (note, title) == (("line\nline\ttab \\. back",), ("Café\t\\N",))


def test_a_changed_workspace_is_published_as_a_new_one_would_be(
    workspace: Workspace, database: str
) -> None:
    published(everything(workspace), database)
    workspace.ticket(B, "queued")
    workspace.record(B, "after", C, at=LATER)
    assert workspace.run("retire", "01KT0000000000000000000001", "--reason", "over").code == 0
    answer = published(workspace, database)
    # A is written because its relation is not active any more.
    assert (answer["publication"], answer["folders_changed"]) == (2, 2)
    published(workspace, database, "--name", "acme/anew")
    anew = contents(database, "acme/anew")
    assert repr(contents(database)) == repr(anew).replace("acme/anew", NAME)


def test_a_ticket_that_looks_elsewhere_changes_what_names_it(
    workspace: Workspace, database: str
) -> None:
    elsewhere = f"lib:{C}"
    workspace.pair()
    workspace.record(A, "blocked_by", elsewhere)
    published(workspace, database)
    for name in ("acme/second", "acme/third"):
        if name == "acme/second":
            workspace.ticket(elsewhere, "queued")
        else:
            shutil.rmtree(workspace.tickets / elsewhere)
        published(workspace, database)
        published(workspace, database, "--name", name)
        assert repr(contents(database)) == repr(contents(database, name)).replace(name, NAME)


def test_a_record_that_no_longer_speaks_for_its_relation_is_published_again(
    workspace: Workspace, database: str
) -> None:
    workspace.pair("blocked_by")
    published(workspace, database)
    workspace.record(B, "blocks", A, at=LATER)
    assert published(workspace, database)["folders_changed"] == 2
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT kind, latest FROM statement ORDER BY kind").fetchall()
    assert rows == [("blocked_by", False), ("blocks", True)]


def test_a_state_is_told_to_the_records_of_other_tickets(
    workspace: Workspace, database: str
) -> None:
    workspace.pair("blocked_by", states=("queued", "planning"))
    published(workspace, database)
    query = "SELECT inactive FROM statement WHERE latest"
    with psycopg.connect(database) as connection:
        assert connection.execute(query).fetchall() == [(None,)]
        assert len(connection.execute("SELECT * FROM active_relation").fetchall()) == 1
    workspace.ticket(B, "done")
    assert published(workspace, database)["folders_changed"] == 2
    with psycopg.connect(database) as connection:
        assert connection.execute(query).fetchall() == [("target",)]
        assert connection.execute("SELECT * FROM active_relation").fetchall() == []


def test_an_alias_that_names_a_published_workspace_is_a_notice(
    workspace: Workspace, database: str
) -> None:
    config = f'name = "{NAME}"\naliases = ["old/loans", "{NAME}", "older/loans"]\n'
    (workspace.pair().root / ".yoi" / "workspace.toml").write_text(config)
    published(workspace, database, "--name", "acme/other")
    assert publish(workspace, database, name=None).errors == []
    published(workspace, database, "--name", "old/loans")
    for _ in range(2):
        ran = publish(workspace, database, name=None)
        assert ["old/loans" in notice["message"] for notice in ran.errors] == [True]


@pytest.mark.parametrize(("name", "aliases"), [(NAME, "old/loans"), ("acme/other", "")])
def test_aliases_belong_to_the_name_of_the_workspace(
    workspace: Workspace, database: str, name: str, aliases: str
) -> None:
    config = f'name = "{NAME}"\naliases = ["old/loans"]\n'
    (workspace.pair().root / ".yoi" / "workspace.toml").write_text(config)
    published(workspace, database, "--name", name)
    (row,) = contents(database, name)["workspace"]
    assert row[-1] == aliases


def test_a_ticket_that_is_gone_goes(workspace: Workspace, database: str) -> None:
    workspace.pair()
    published(workspace, database)
    (workspace.tickets / B / "item.md").unlink()
    (workspace.tickets / B).rmdir()
    answer = published(workspace, database)
    assert (answer["folders_changed"], answer["folders_gone"]) == (0, 1)
    assert [row[0] for row in contents(database)["ticket_now"]] == [f"{NAME}:{A}"]


def test_nothing_changed_is_no_publication(workspace: Workspace, database: str) -> None:
    published(workspace.pair(), database)
    before = contents(database)
    answer = published(workspace, database)
    assert (answer["changed"], answer["publication"], answer["folders_changed"]) == (False, 1, 0)
    assert contents(database) == before


def test_another_parser_publishes_everything_again(
    workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(workspace.pair(), database)
    monkeypatch.setattr("yoi_relations.server.publication.PARSER_VERSION", 10**6)
    answer = published(workspace, database)
    assert (answer["publication"], answer["folders_changed"]) == (2, 2)


def test_many_changes_are_read_as_few_are(
    workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(everything(workspace), database)
    monkeypatch.setattr("yoi_relations.server.content._LISTED", 0)
    published(workspace, database, "--name", "acme/many")
    many = repr(contents(database, "acme/many"))
    assert many.replace("acme/many", NAME) == repr(contents(database))


def test_a_long_slug_can_be_published(workspace: Workspace, database: str) -> None:
    slug = "-".join(f"{number:x}" for number in range(10**6, 10**6 + 2000))
    workspace.ticket(A, slug=slug)
    published(workspace, database)
    assert contents(database)["ticket_now"][0][2] == slug


def counted_statements(postgres: PostgresServer, workspace: Workspace, database: str) -> int:
    """How many statements a publication sends; those in one message are one."""
    log = postgres.folder / "output"
    with psycopg.connect(database, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET log_statement = 'all'")
        start = log.stat().st_size
        published(workspace, database)
        connection.execute(f"ALTER DATABASE {name} RESET log_statement")
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode().splitlines()
    # Statements that are sent together take one round trip.
    return len([line for line in lines if "LOG:  statement: " in line or "LOG:  execute " in line])


def test_statements_are_few(postgres: PostgresServer, workspace: Workspace, database: str) -> None:
    everything(workspace)
    for number in range(20):
        workspace.ticket(f"00001KT000{number:03d}")
    published(workspace, database)
    unchanged = counted_statements(postgres, workspace, database)
    workspace.ticket(B, "queued")
    changed = counted_statements(postgres, workspace, database)
    assert (unchanged, changed) == (2, 11)


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    git(workspace, "init", "--quiet", "--initial-branch=main")
    workspace.pair()
    commit(workspace)
    return workspace


def test_a_later_commit_of_another_checkout_is_published(
    repository: Workspace, database: str, tmp_path: Path
) -> None:
    published(repository, database)
    other = checkout(repository, tmp_path / "other")
    other.ticket(A, "queued")
    later = commit(other)
    answer = published(other, database)
    assert (answer["publication"], answer["commit"]) == (2, later)


def test_an_older_commit_is_refused(repository: Workspace, database: str, tmp_path: Path) -> None:
    other = checkout(repository, tmp_path / "other")
    repository.ticket(A, "queued")
    commit(repository)
    published(repository, database)
    before = contents(database)
    git(other, "fetch", "--quiet")
    ran = publish(other, database)
    assert (ran.code, ran.out) == (1, "")
    assert ran.errors[-1]["error"]["code"] == "publication_refused"
    assert contents(database) == before
    assert published(other, database, "--force")["publication"] == 2


def test_an_older_commit_with_the_same_tickets_takes_nothing_back(
    repository: Workspace, database: str, tmp_path: Path
) -> None:
    other = checkout(repository, tmp_path / "other")
    later = commit(repository)
    published(repository, database)
    git(other, "fetch", "--quiet")
    answer = published(other, database)
    assert (answer["changed"], answer["commit"]) == (False, later)


def test_an_older_commit_takes_no_alias_back(
    repository: Workspace, database: str, tmp_path: Path
) -> None:
    config = repository.root / ".yoi" / "workspace.toml"
    config.write_text(f'name = "{NAME}"\n')
    commit(repository)
    other = checkout(repository, tmp_path / "other")
    assert publish(other, database, name=None).code == 0
    config.write_text(f'name = "{NAME}"\naliases = ["old/loans"]\n')
    commit(repository)
    added = publish(repository, database, name=None).json
    assert (added["changed"], added["publication"], added["folders_changed"]) == (True, 2, 0)
    git(other, "fetch", "--quiet")
    before = contents(database)
    ran = publish(other, database, name=None)
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "publication_refused")
    assert contents(database) == before
    git(other, "pull", "--quiet")
    assert publish(other, database, name=None).json["changed"] is False
    assert contents(database) == before
    (other.root / ".yoi" / "workspace.toml").write_text(f'name = "{NAME}"\n')
    assert publish(other, database, "--force", name=None).code == 0
    assert contents(database) != before


@pytest.mark.parametrize("fetched", [True, False])
def test_a_commit_that_lacks_the_published_one_is_refused(
    repository: Workspace, database: str, tmp_path: Path, *, fetched: bool
) -> None:
    other = checkout(repository, tmp_path / "other")
    repository.ticket(A, "queued")
    commit(repository)
    published(repository, database)
    other.ticket(A, "ready")
    commit(other)
    if fetched:
        git(other, "fetch", "--quiet")
    ran = publish(other, database)
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "publication_refused")


def test_the_checkout_that_published_last_may_publish_again_without_commits(
    workspace: Workspace, database: str, tmp_path: Path
) -> None:
    other = Workspace(tmp_path / "other")
    published(workspace.pair(), database)
    workspace.ticket(A, "queued")
    assert published(workspace, database)["publication"] == 2
    assert publish(other.pair(), database).code == 1
    assert published(other, database, "--force")["publication"] == 3
    workspace.ticket(A, "ready")
    assert publish(workspace, database).code == 1


def test_other_files_of_the_same_commit_take_the_place_with_a_notice(
    repository: Workspace, database: str, tmp_path: Path
) -> None:
    other = checkout(repository, tmp_path / "other")
    published(repository, database)
    other.ticket(A, "queued")
    other.show()
    ran = publish(other, database)
    assert (ran.code, ran.json["publication"], len(ran.errors)) == (0, 2, 1)
    other.ticket(A, "ready")
    assert publish(other, database).errors == []


def test_another_branch_needs_a_name(repository: Workspace, database: str, tmp_path: Path) -> None:
    other = checkout(repository, tmp_path / "acme" / "loans")
    (other.root / ".yoi" / "workspace.toml").write_text('name = "acme/loans"\n')
    git(other, "switch", "--quiet", "--create", "topic")
    ran = publish(other, database, name=None)
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "publication_refused")
    assert publish(other, database, name="acme/topic").code == 0
    git(other, "switch", "--quiet", "main")
    ran = publish(other, database, name=None)
    assert (ran.code, ran.json["name"]) == (0, "acme/loans")


def test_without_a_name_it_is_a_usage_error(workspace: Workspace, database: str) -> None:
    ran = publish(workspace.pair(), database, name=None)
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (2, "usage")
    assert publish(workspace, database, name="Not A Name").code == 2


def test_two_names_with_one_key_are_told_apart(
    workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(workspace.pair(), database)
    monkeypatch.setattr("yoi_relations.server.publication.key_of", lambda _name: 7)
    published(workspace, database, "--name", "one")
    before = contents(database)
    assert publish(workspace, database, name="two").code == 1
    assert contents(database) == before


def test_list_and_forget(workspace: Workspace, database: str) -> None:
    published(everything(workspace), database)
    published(workspace, database, "--name", "acme/other")
    rows = workspace.run("server", "list", "--json", "--to", database).json["workspaces"]
    assert [(row["name"], row["publication"], row["tickets"]) for row in rows] == [
        (NAME, 1, 5),
        ("acme/other", 1, 5),
    ]
    assert all(0 <= row["age_seconds"] < 600 for row in rows)
    kept = contents(database, "acme/other")
    assert workspace.run("server", "forget", NAME, "--to", database).code == 0
    assert [rows for rows in contents(database).values() if rows] == []
    assert contents(database, "acme/other") == kept
    listed = workspace.run("server", "list", YOI_RELATIONS_DATABASE=database)
    assert [line.split("\t")[0] for line in listed.out.splitlines()] == ["acme/other"]
    for unknown in (NAME, "\udcff"):
        assert workspace.run("server", "forget", unknown, "--to", database).code == 3


def test_migrate(workspace: Workspace, bare_database: str) -> None:
    refused = publish(workspace.pair(), bare_database)
    assert (refused.code, refused.errors[-1]["error"]["code"]) == (1, "database_schema")
    ran = workspace.run("server", "migrate", "--json", "--to", bare_database)
    assert (ran.code, ran.json["changed"], ran.json["before"]) == (0, True, None)
    assert (
        workspace.run("server", "migrate", "--json", "--to", bare_database).json["changed"] is False
    )
    assert publish(workspace, bare_database).code == 0


@pytest.mark.parametrize("made_by", TOOLS)
def test_tickets_of_other_tools_are_published(
    workspace: Workspace, tmp_path: Path, made_by: type[TaskWorkspace], database: str
) -> None:
    tasks = made_by(tmp_path / "tasks")
    tasks.task(1, WAITS, [2])
    tasks.task(2, STARTED)
    tasks.run("add", tasks.id(1), "related", tasks.id(2))
    assert published(tasks, database)["changed"]
    tickets = contents(database)["ticket_now"]
    assert [row for row in tickets if tasks.words[STARTED] in row]
    question = ("check", "--json", tasks.id(1))
    (here,) = tasks.run(*question).json["checks"]
    (there,) = workspace.run(*question, "--from", database).json["checks"]
    assert (there["verdict"], there["word"], there["digest"]) == (
        *("hold", tasks.words[WAITS]),
        here["digest"],
    )
    path = str(tasks.path(1).relative_to(tasks.root))
    for named in ((f"{NAME}:{path}",), (path, "--workspace", NAME)):
        (same,) = workspace.run("check", "--json", *named, "--from", database).json["checks"]
        assert same["digest"] == there["digest"]
    states = {tasks.words[WAITS]: "ready", tasks.words[STARTED]: "inprogress"}
    listed = "".join(f'"{word} x" = "{state}"\n' for word, state in states.items())
    tasks.configure(
        f'[ticket.backend]\nprovider = "{tasks.provider}"\n[ticket.backend.states]\n{listed}'
    )
    answer = published(tasks, database)
    assert (answer["changed"], answer["folders_changed"]) == (True, 2)
