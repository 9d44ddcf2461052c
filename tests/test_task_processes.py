"""Each part of the program over tickets of other tools, with and without ``.yoi``."""

from __future__ import annotations

import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from git_repository import Repository, files_in
from mcp_client import connected
from page_browser import value_of
from serve_process import Server
from task_workspaces import DONE, STARTED, TOOLS, WAITS, TaskWorkspace
from watch_process import Start
from workspace_builder import Ran

HOLD = 10


@pytest.fixture(
    params=[(tool, yoi) for tool in TOOLS for yoi in (False, True)],
    ids=[f"{tool.provider}-{yoi}" for tool in TOOLS for yoi in ("alone", "yoi")],
)
def tasks(request: pytest.FixtureRequest, tmp_path: Path) -> TaskWorkspace:
    """Task 1 waits for task 2, which is started; with ``.yoi``, a record of task 1 is there."""
    made_by, has_yoi = request.param
    workspace: TaskWorkspace = made_by(tmp_path / "work")
    workspace.task(1, WAITS, [2])
    workspace.task(2, STARTED)
    workspace.task(3)
    if has_yoi:
        ran = workspace.process("add", workspace.id(1), "after", workspace.id(3))
        assert ran.code == 0, ran
    return workspace


def asked(workspace: TaskWorkspace, *arguments: str) -> Any:
    """The JSON answer of a process."""
    ran = workspace.process(*arguments, "--json")
    assert ran.code in {0, HOLD}, ran
    return ran.json


def edges(workspace: TaskWorkspace) -> list[tuple[str, str, str]]:
    """The relations of the workspace, in the order of answers."""
    found = [("blocked_by", workspace.id(1), workspace.id(2))]
    if workspace.records:
        found.append(("after", workspace.id(1), workspace.id(3)))
    return found


def edges_in(relations: list[Any]) -> list[tuple[str, str, str]]:
    return [(each["kind"], each["ticket"], each["target"]) for each in relations]


def test_page_has_the_tasks(tasks: TaskWorkspace) -> None:
    before = files_in(tasks.root)
    ran = tasks.process("graph", "--format", "html")
    assert ran.code == 0
    for number in (1, 2, 3):
        assert f"{tasks.id(number)}" in ran.out
    value = value_of(tasks)
    assert {node["ticket"]: node["word"] for node in value["nodes"]} == {
        tasks.id(1): tasks.words[WAITS],
        tasks.id(2): tasks.words[STARTED],
        tasks.id(3): tasks.words[WAITS],
    }
    assert edges_in(value["edges"]) == edges(tasks)
    if not tasks.records:
        assert files_in(tasks.root) == before


def verdict_in(value: Any, ticket: str) -> str:
    (found,) = (node["verdict"] for node in value["nodes"] if node["ticket"] == ticket)
    return f"{found}"


def test_served_page_follows_a_task_file(tasks: TaskWorkspace) -> None:
    had_records = bool(tasks.records)
    with Server(tasks, "--json") as server:
        cookie = server.cookie()
        assert edges_in(server.data(cookie)["edges"]) == edges(tasks)
        with server.events(cookie) as events:
            next(events)
            tasks.task(2, DONE)
            # An event may come between the truncation of the file and its content.
            values = (server.data(cookie) for _ in events)
            expected = "caution" if had_records else "clear"
            assert any(verdict_in(value, tasks.id(1)) == expected for value in values)
    assert (tasks.root / ".yoi").exists() == had_records


def test_watch_prints_the_change_of_a_task_file(tasks: TaskWorkspace, start: Start) -> None:
    had_records = bool(tasks.records)
    watcher = start(tasks, "--json")
    seen = threading.Event()

    def write() -> None:
        while not seen.wait(0.2):  # without an index, the watcher does not say when it is ready
            tasks.task(2, DONE)
            seen.wait(0.2)
            tasks.task(2, STARTED)

    with ThreadPoolExecutor() as pool:
        pool.submit(write)
        try:
            found = watcher.changes_until(
                lambda changes: any(each["after"] in {"done", "closed"} for each in changes)
            )
        finally:
            seen.set()
    path = str(tasks.path(2).relative_to(tasks.root))
    assert path in {each["path"] for each in found if each["change"] == "state_changed"}
    assert (tasks.root / ".yoi").exists() == had_records


def test_completion_offers_the_tasks_and_a_title(tasks: TaskWorkspace) -> None:
    ran = tasks.process("completion", "run", "--", "check", "")
    offered = dict(line.split("\t") for line in ran.out.splitlines())
    assert list(offered) == [tasks.id(number) for number in (1, 2, 3)]
    assert "Task 2 (inprogress)" in offered[tasks.id(2)]


def test_agents_ask_and_record_by_mcp(tasks: TaskWorkspace) -> None:
    one, three = tasks.id(1), tasks.id(3)
    with connected(tasks.root, "--allow-write") as client:
        checked = client.ask("relations_check", tickets=[one])
        assert checked["exit_code"] == HOLD
        assert checked["checks"][0]["reasons"] == asked(tasks, "check", one)["checks"][0]["reasons"]
        (native, *_) = client.ask("relations_show", ticket=one)["relations"]
        error = client.error("relations_retire", record=native["records"][0]["id"], reason="over")
        assert one in error["hint"]
        assert client.ask("relations_add", ticket=three, kind="conflicts-with", target=one)
    assert ("conflicts_with", one, three) in edges_in(asked(tasks, "show")["relations"])


@pytest.fixture
def repository(tasks: TaskWorkspace) -> Repository:
    """All files committed, and the program on the PATH of hooks."""
    repository = Repository(tasks.root)
    (tasks.root / ".git/info/exclude").write_text("cache/\n")
    repository.commit()
    return repository


def test_log_and_provenance_name_the_commit(tasks: TaskWorkspace, repository: Repository) -> None:
    commit = repository.id_of("HEAD")
    events = asked(tasks, "log")["events"]
    assert sorted(event["target"] for event in events) == sorted(edge[2] for edge in edges(tasks))
    assert {event["commit"]["id"] for event in events} == {commit}
    relations = asked(tasks, "show", "--provenance")["relations"]
    assert edges_in(relations) == edges(tasks)
    records = [record for each in relations for record in each["records"]]
    assert {record["commit"]["id"] for record in records} == {commit}


def test_work_trees_are_compared(tasks: TaskWorkspace, repository: Repository) -> None:
    other = type(tasks)(tasks.root.with_name("other"))
    shutil.rmtree(other.root)
    repository.git("worktree", "add", "-q", other.root)
    other.task(3, WAITS, [2])
    relations = asked(tasks, "show", "--worktrees")["relations"]
    assert sorted(edges_in(relations)) == sorted(
        [*edges(tasks), ("blocked_by", tasks.id(3), tasks.id(2))]
    )
    other.task(2, DONE)
    assert tasks.process("check", tasks.id(1), "--worktrees").code == HOLD
    assert (other.root / ".yoi").exists() == bool(tasks.records)


def test_hooks_keep_the_index_current(
    tasks: TaskWorkspace, repository: Repository, tmp_path: Path
) -> None:
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    program = bin_ / "relations"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m yoi_relations "$@"\n')
    program.chmod(0o755)
    assert tasks.process("hooks", "install").code == 0
    repository.git("switch", "-q", "-c", "other")
    tasks.task(3, WAITS, [2])
    repository.commit()
    repository.git("switch", "-q", "main")
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("PATH", str(bin_), prepend=":")
        repository.git("switch", "-q", "other")
    if tasks.records:
        believed = asked(tasks, "show", tasks.id(3), "--trust", "index")["relations"]
        assert ("blocked_by", tasks.id(3), tasks.id(2)) in edges_in(believed)
    else:
        assert not (tasks.root / ".yoi").exists()
    ran: Ran = tasks.process("hooks", "run")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
