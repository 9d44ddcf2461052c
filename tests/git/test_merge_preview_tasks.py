"""``diff`` and ``diff --merge`` where another tool keeps the tickets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from git_repository import Repository
from hypothesis import given, settings
from hypothesis import strategies as st
from index_comparison import tables
from task_workspaces import DONE, STARTED, TOOLS, WAITS, BacklogWorkspace, TaskWorkspace

from yoi_relations.index.compared import open_states
from yoi_relations.index.merge_preview import open_merge

Edit = Callable[[TaskWorkspace], object]
STATES = (WAITS, STARTED, DONE)


@dataclass(frozen=True)
class Task:
    """What one side says about task 1."""

    state: str = WAITS
    needs: tuple[int, ...] = ()

    def __call__(self, workspace: TaskWorkspace) -> None:
        workspace.task(1, self.state, self.needs)


def branches(workspace: TaskWorkspace, base: Edit, ours: Edit, theirs: Edit) -> Repository:
    """Commit the edits on ``main``, which is checked out, and ``side``; 2 to 5 are other tasks."""
    repository = Repository(workspace.root)
    for number in range(2, 6):
        workspace.task(number)
    base(workspace)
    repository.commit("base")
    for branch, edit in (("side", theirs), ("main", ours)):
        repository.git("checkout", "-q", "-B", branch, "main")
        edit(workspace)
        repository.commit(branch)
    return repository


@pytest.fixture(params=TOOLS)
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> TaskWorkspace:
    made: TaskWorkspace = request.param(tmp_path / "work")
    return made


def test_diff_compares_what_task_files_say(workspace: TaskWorkspace) -> None:
    branches(workspace, Task(), Task(STARTED, (2,)), Task())

    ran = workspace.run("diff", "HEAD~1", "HEAD", "--json", "--exit-code")

    assert ran.code == 5
    one, two = workspace.id(1), workspace.id(2)
    changes = [(row["ticket"], row["before"], row["after"]) for row in ran.json["tickets"]]
    assert changes == [(one, "ready", "inprogress")]
    assert [(row["change"], row["ticket"], row["target"]) for row in ran.json["relations"]] == [
        ("added", one, two)
    ]
    verdicts = [(row["ticket"], row["before"], row["after"]) for row in ran.json["verdicts"]]
    assert verdicts == [(one, "clear", "hold")]


def test_state_of_every_task_changes_with_what_its_word_means(tmp_path: Path) -> None:
    def configure(word: str) -> Edit:
        text = f"statuses: [{word}, In Progress, Done]\n"
        return lambda w: (w.root / "backlog/config.yml").write_text(text)

    workspace = BacklogWorkspace(tmp_path / "work")
    branches(workspace, lambda _: None, configure("Idea, To Do"), lambda _: None)

    ran = workspace.run("diff", "HEAD~1", "HEAD", "--json")

    changes = {row["ticket"]: (row["before"], row["after"]) for row in ran.json["tickets"]}
    assert changes == {workspace.id(n): ("ready", "inprogress") for n in range(2, 6)}


def test_clean_merge_can_make_a_cycle(workspace: TaskWorkspace) -> None:
    repository = branches(
        workspace, Task(), Task(needs=(2,)), lambda w: w.task(2, WAITS, needs=(1,))
    )

    ran = workspace.run("diff", "--merge", "side", "--json")

    assert ran.code == 5
    assert [clash["tickets"] for clash in ran.json["merge"]["clashes"]] == [
        sorted((workspace.id(1), workspace.id(2)))
    ]
    root = str(workspace.root)
    with open_merge(root, "side", print) as found:
        repository.git("merge", "-q", "--no-edit", "side")
        with open_states(root, ["HEAD"], print)[0] as real:
            assert tables(found.merged.connection) == tables(real.connection)


def joined(base: str, ours: str, theirs: str) -> str | None:
    """The state that a merge has by the rule; None if both sides changed it."""
    changed = {ours, theirs} - {base}
    return base if not changed else changed.pop() if len(changed) == 1 else None


TASKS = st.builds(
    Task,
    st.sampled_from(STATES),
    st.lists(st.integers(2, 5), max_size=3, unique=True).map(tuple),
)


@settings(deadline=None, max_examples=12)
@given(st.sampled_from(TOOLS), TASKS, TASKS, TASKS)
def test_conflict_is_read_from_both_sides(
    tool: type[TaskWorkspace], base: Task, ours: Task, theirs: Task
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = tool(Path(folder))
        branches(workspace, base, ours, theirs)
        ran = workspace.run("diff", "--merge", "side", "--json")
        state = joined(base.state, ours.state, theirs.state)
        kept = {n for n in ours.needs if n in theirs.needs or n not in base.needs}
        kept |= {n for n in theirs.needs if n not in base.needs}

        with open_merge(folder, "side", print) as found:
            (word,) = found.merged.connection.execute(
                "SELECT word FROM ticket WHERE ticket_id = ?", (workspace.id(1),)
            ).fetchone()
            records = found.merged.connection.execute("SELECT target, shown FROM record")
            edges = set(records)

        conflicts = ran.json["merge"]["conflicts"]
        if state is None:
            assert [conflict["decided"] for conflict in conflicts] == [False]
            assert (word, edges) == ("", set())
        else:
            assert all(conflict["decided"] for conflict in conflicts)
            assert word == workspace.words[state]
            assert edges == {(workspace.id(number), "blocked_by") for number in kept}


def test_conflict_names_the_states_and_keeps_the_title(workspace: TaskWorkspace) -> None:
    title = 'It\'s: "ü" \\ 😀 #1'
    written = "'It''s: \"ü\" \\ 😀 #1'" if workspace.provider == "backlog.md" else title

    def rename(edited: TaskWorkspace) -> None:
        path = edited.task(1, DONE)
        path.write_text(path.read_text().replace("Task 1", written))

    branches(workspace, Task(), Task(DONE, (2,)), rename)

    ran = workspace.run("diff", "--merge", "side", "--json")

    done = "done" if workspace.provider == "backlog.md" else "closed"
    assert ran.json["merge"]["conflicts"] == [
        {
            "path": str(workspace.path(1).relative_to(workspace.root)),
            "ticket": workspace.id(1),
            "format": workspace.provider,
            "decided": True,
            "base": "ready",
            "ours": done,
            "theirs": done,
        }
    ]
    changes = [(row["change"], row["after"]) for row in ran.json["tickets"]]
    assert changes == [("title_changed", title)]


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: text.replace("status:", "status: never #"),
        lambda text: text.replace("deps: []", "deps: {x: y}").replace(
            "dependencies: []", "dependencies: {x: y}"
        ),
        lambda text: text.replace("---\n", "", 1),
    ],
)
def test_task_that_a_side_has_not_in_order_is_unknown(
    workspace: TaskWorkspace, broken: Callable[[str], str]
) -> None:
    def break_it(edited: TaskWorkspace) -> None:
        path = edited.task(1, STARTED)
        path.write_text(broken(path.read_text()))

    branches(workspace, Task(), Task(DONE, (2,)), break_it)

    ran = workspace.run("diff", "--merge", "side", "--json")

    assert [conflict["decided"] for conflict in ran.json["merge"]["conflicts"]] == [False]
    assert [(row["ticket"], row["after"]) for row in ran.json["verdicts"]] == [
        (workspace.id(1), "unknown")
    ]


def test_task_that_one_side_removed_and_the_other_changed_is_unknown(
    workspace: TaskWorkspace,
) -> None:
    branches(workspace, Task(), lambda w: w.path(1).unlink(), Task(DONE))

    ran = workspace.run("diff", "--merge", "side", "--json")

    assert [conflict["decided"] for conflict in ran.json["merge"]["conflicts"]] == [False]
    assert {row["ticket"]: row["after"] for row in ran.json["verdicts"]} == {
        workspace.id(1): "unknown"
    }


def test_record_of_yours_that_conflicts_is_unknown(workspace: TaskWorkspace) -> None:
    def record(author: str) -> Edit:
        path = workspace.root / f".yoi/relations/{workspace.id(1)}/01KT{1:022}.md"
        text = (
            f"---\nkind: blocked_by\ntarget: {workspace.id(2)}\nauthor: {author}\n"
            "at: 2026-06-01T10:00:00Z\n---\nwhy\n"
        )

        def write(_edited: TaskWorkspace) -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

        return write

    branches(workspace, Task(), record("ours"), record("theirs"))

    ran = workspace.run("diff", "--merge", "side", "--json")

    (conflict,) = ran.json["merge"]["conflicts"]
    assert (conflict["ticket"], conflict["format"], conflict["decided"]) == (
        *(workspace.id(1), "frontmatter", False),
    )
    assert {row["after"] for row in ran.json["verdicts"]} == {"unknown"}


@pytest.mark.parametrize("path", ["backlog/config.yml", "backlog.config.yml"])
def test_conflict_about_what_words_mean_is_an_error(tmp_path: Path, path: str) -> None:
    def configure(word: str) -> Edit:
        return lambda w: (w.root / path).write_text(f"statuses: [{word}, Done]\n")

    workspace = BacklogWorkspace(tmp_path / "work")
    branches(workspace, configure("To Do"), configure("Idea"), configure("Plan"))

    ran = workspace.run("diff", "--merge", "side", "--json")

    assert (ran.code, ran.out) == (1, "")
    assert path in ran.errors[-1]["error"]["message"]
