"""A workspace whose tickets another tool keeps gives the same answers from a database."""

from __future__ import annotations

from pathlib import Path

import pytest
from publishing import NAME, publish
from task_workspaces import DONE, STARTED, TOOLS, WAITS, TaskWorkspace

from server.test_same_answers import comparable


@pytest.fixture(params=TOOLS, ids=[tool.provider for tool in TOOLS])
def tasks(request: pytest.FixtureRequest, tmp_path: Path) -> TaskWorkspace:
    """Task 1 waits for task 2, which is started, and task 4 for task 3, which is done."""
    workspace: TaskWorkspace = request.param(tmp_path / "work")
    for number, state, needs in ((1, WAITS, [2]), (2, STARTED, []), (3, DONE, []), (4, WAITS, [3])):
        workspace.task(number, state, needs)
    return workspace


def assert_same_answers(tasks: TaskWorkspace, database: str) -> None:
    questions = (("show", "--all"), ("check",), ("check", tasks.id(4)), ("tree",))
    for question in (*questions, ("graph", "--format", "json")):
        here = tasks.run(*question, "--json")
        there = tasks.run(*question, "--json", "--from", database, "--workspace", NAME)
        assert there.code == here.code, there
        assert comparable(there.json) == comparable(here.json)


def test_published_answers_are_those_of_the_files(tasks: TaskWorkspace, database: str) -> None:
    ran = tasks.process("publish", "--json", "--to", database, "--name", NAME)
    assert (ran.code, (tasks.root / ".yoi").exists()) == (0, False), ran
    assert_same_answers(tasks, database)


def test_changes_of_task_files_are_published(tasks: TaskWorkspace, database: str) -> None:
    assert tasks.run("add", tasks.id(4), "conflicts-with", tasks.id(2)).code == 0
    for change in (
        lambda: tasks.task(2, DONE),
        lambda: tasks.path(4).write_text(tasks.text(3, WAITS, [])),  # two files have one id
        lambda: tasks.path(4).unlink(),
    ):
        change()
        assert publish(tasks, database).code == 0
        assert_same_answers(tasks, database)
