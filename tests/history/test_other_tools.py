"""The life of records in workspaces whose tickets another tool keeps."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from git_repository import Repository, files_in
from task_workspaces import DONE, WAITS, BacklogWorkspace, TaskWorkspace, TkWorkspace

from history.committed_workspace import IGNORED, Committed, refused

MANY = 201
MISSING = "missing in this partial clone"


class _Committed(Committed, TaskWorkspace):
    def __init__(self, root: Path, below: str = "") -> None:
        self.repository = Repository(root)
        (root / ".gitignore").write_text(IGNORED)
        TaskWorkspace.__init__(self, root / below)

    def add(self, *arguments: str) -> str:
        """Add a record with the program; its id."""
        ran = self.run("add", "--json", "--author", "tester", *arguments)
        assert ran.code == 0, ran
        id_: str = ran.json["record"]["id"]
        return id_

    def edges(self, *arguments: str) -> list[tuple[str, str, str | None, str]]:
        """Of each event: what, the ticket, the target, and the commit or why there is none."""
        return [
            (
                event["what"],
                event["ticket"],
                event["target"],
                event["commit"]["id"] if event["commit"] else event["how"],
            )
            for event in self.log(*arguments)
        ]


class CommittedTk(_Committed, TkWorkspace):
    pass


class CommittedBacklog(_Committed, BacklogWorkspace):
    pass


@pytest.fixture(params=[CommittedTk, CommittedBacklog], ids=["tk", "backlog.md"])
def tasks(request: pytest.FixtureRequest, tmp_path: Path) -> _Committed:
    """The tasks 1 and 2, committed without an edge."""
    made: type[_Committed] = request.param
    work = made(tmp_path / "work")
    work.task(1)
    work.task(2)
    work.commit()
    return work


def test_statement_of_the_tool_is_not_called_a_missing_file(tasks: _Committed) -> None:
    tasks.task(1, WAITS, [2])
    uncommitted = tasks.log()[0]["sentence"]
    tasks.commit()
    committed = tasks.log()[0]["sentence"]
    assert MISSING not in uncommitted + committed
    assert all("task file" in each for each in (uncommitted, committed))


def test_edges_of_the_tool_appear_and_go(tasks: _Committed) -> None:
    one, two = tasks.id(1), tasks.id(2)
    tasks.task(1, WAITS, [2])
    stated = tasks.commit()
    tasks.task(1, DONE, [2])
    tasks.commit()
    tasks.task(1, DONE)
    gone = tasks.commit()

    for arguments in ((), (one,), (two,)):
        assert tasks.edges(*arguments) == [
            ("gone", one, two, gone),
            ("stated", one, two, stated),
        ]
    (event, _) = tasks.log()
    assert event["record"]["format"] == tasks.provider
    assert (event["record"]["author"], event["record"]["at"]) == (None, None)


def test_provenance_of_an_edge_of_the_tool(tasks: _Committed) -> None:
    tasks.task(1, WAITS, [2])
    commit = tasks.commit()
    assert [*tasks.provenance(tasks.id(1)).values()] == [(commit, "committed")]
    tasks.task(2, WAITS, [1])
    tasks.repository.git("add", "-A")
    tasks.task(3, WAITS, [1])

    assert sorted(tasks.provenance(tasks.id(1)).values(), key=str) == [
        (commit, "committed"),
        (None, "staged"),
        (None, "untracked"),
    ]


def test_reading_the_history_writes_nothing(tasks: _Committed) -> None:
    tasks.task(1, WAITS, [2])
    tasks.commit()
    before = files_in(tasks.root)

    assert len(tasks.log()) == 1
    tasks.provenance(tasks.id(1))

    assert files_in(tasks.root) == before


def test_records_beside_the_tool_have_their_commits(tasks: _Committed) -> None:
    id_ = tasks.add(tasks.id(1), "after", tasks.id(2))
    stated = tasks.commit()
    assert tasks.run("retire", id_, "--reason", "over", "--author", "tester").code == 0
    retired = tasks.commit()
    for path in tasks.records:
        path.unlink()
    gone = tasks.commit()

    assert tasks.told() == [
        ("gone", id_, gone),
        ("retired", id_, retired),
        ("stated", id_, stated),
    ]
    assert tasks.told(id_) == tasks.told()


def test_stored_history_is_extended(tasks: _Committed) -> None:
    tasks.add(tasks.id(1), "after", tasks.id(2))
    tasks.commit()
    assert len(tasks.log()) == 1
    assert len([*tasks.root.glob(".yoi/cache/relations/history-*.sqlite3")]) == 1
    tasks.task(1, WAITS, [2])
    tasks.commit()
    again = tasks.edges()
    shutil.rmtree(tasks.root / ".yoi/cache")

    assert len(again) == 2
    assert tasks.edges() == again


def test_edge_is_kept_where_its_task_file_moves(tmp_path: Path) -> None:
    work = CommittedBacklog(tmp_path / "work", "below")
    path = work.task(1, WAITS, [2])
    work.task(2)
    stated = work.commit()
    renamed = path.rename(path.with_name("task-001 - Another title.md"))
    work.commit()
    completed = work.root / "backlog/completed" / renamed.name
    completed.parent.mkdir()
    renamed.rename(completed)

    assert work.edges() == [("stated", "TASK-1", "TASK-2", stated)]
    work.commit()
    assert work.edges() == [("stated", "TASK-1", "TASK-2", stated)]

    completed.rename(work.root / "backlog/archive/tasks" / renamed.name)
    gone = work.commit()
    assert work.edges()[0] == ("gone", "TASK-1", "TASK-2", gone)
    for name in ("task-1", "TASK-01", "1"):
        assert work.edges(name) == work.edges()


def test_earlier_root_of_the_tool_counts(tmp_path: Path) -> None:
    work = CommittedTk(tmp_path / "work")
    work.task(1, WAITS, [2])
    work.task(2)
    stated = work.commit()
    (work.root / ".tickets").rename(work.root / "tasks")
    work.configure('[ticket.backend]\nprovider = "tk"\nroot = "tasks"\n')
    work.commit()
    (work.root / "tasks").rename(work.root / "work-items")
    work.configure('[ticket.backend]\nprovider = "tk"\nroot = "work-items"\n')
    work.commit()

    assert work.edges() == [("stated", "ab-0001", "ab-0002", stated)]


def test_root_of_another_tool_does_not_count(tmp_path: Path) -> None:
    work = CommittedTk(tmp_path / "work")
    work.task(1)
    (work.root / "notes").mkdir()
    (work.root / "notes" / "ab-0003.md").write_text(work.text(3, WAITS, [1]))
    work.configure('[ticket.backend]\nroot = "notes"\n')
    work.commit()
    work.configure('[ticket.backend]\nprovider = "tk"\n')
    work.commit()

    assert work.edges() == []


def test_history_is_read_again_with_another_prefix(tmp_path: Path) -> None:
    work = CommittedBacklog(tmp_path / "work")
    work.task(1, WAITS, [2])
    work.task(2)
    work.add("TASK-1", "after", "TASK-2")
    work.commit()
    assert len(work.edges()) == 2
    (work.root / "backlog/config.yml").write_text('task_prefix: "issue"\n')
    work.commit()
    again = work.edges()
    shutil.rmtree(work.root / ".yoi/cache")

    assert [event[0] for event in again] == ["stated"]
    assert work.edges() == again


def test_list_that_cannot_be_used_is_unusable(tasks: _Committed) -> None:
    path = tasks.task(1, WAITS, [2])
    tasks.commit()
    path.write_text(path.read_text().replace("---\n", "---\nid: again\n", 1))
    broken = tasks.commit()

    assert tasks.edges()[0] == ("unusable", tasks.id(1), tasks.id(2), broken)


def test_check_says_whether_many_records_are_committed(tasks: _Committed) -> None:
    for number in range(3, 3 + MANY):
        tasks.task(number)
        folder = tasks.root / ".yoi/relations" / tasks.id(1)
        folder.mkdir(parents=True, exist_ok=True)
        text = f"---\nkind: blocked_by\ntarget: {tasks.id(number)}\nauthor: a\n"
        name = f"01KT{number:022d}.md"
        (folder / name).write_text(f"{text}at: 2026-06-01T10:00:00Z\n---\n")
    tasks.commit()
    new = tasks.add(tasks.id(1), "blocked-by", tasks.id(2))

    ran = tasks.run("check", "--json", tasks.id(1))

    committed = {
        record["id"]: record["committed"]
        for reason in ran.json["checks"][0]["reasons"]
        for record in reason["records"]
    }
    assert committed.pop(new) is False
    assert [*committed.values()] == [True] * MANY


def test_unknown_task_is_refused(tasks: _Committed) -> None:
    assert refused(tasks.run("log", "--json", "task-77")) == (3, "not_found")
