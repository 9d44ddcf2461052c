"""Backlog.md itself says which tasks are ready, over task files in all spellings that it takes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from task_workspaces import BacklogWorkspace

from yoi_relations.files.workspace import find_workspace

PACKAGE = "backlog.md@1.52.0"
_CONFIG = 'project_name: "x"\nfilesystem_only: true\n'
_FREE = {"clear", "caution"}


@pytest.fixture(scope="module")
def backlog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program; without npm or a registry, the test is skipped."""
    miss = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    npm = shutil.which("npm")
    if npm is None:
        miss("no npm on PATH")
    folder = tmp_path_factory.mktemp("npm")
    command = [npm, "install", "--silent", "--no-audit", "--prefix", str(folder), PACKAGE]
    if subprocess.run(command, capture_output=True, check=False, timeout=300).returncode:
        miss(f"npm cannot install {PACKAGE}")
    return folder / "node_modules" / ".bin" / "backlog"


NAMES = ("task-{:03} - A title.md", "task-{}.md", "task-{}-words.md", "task-{} \u2013 x.md")
NUMBERS = st.sampled_from([*range(1, 9), 10])
DEPENDENCIES = st.tuples(
    st.sampled_from(
        ["TASK-{}", "task-00{}", "'{}'", '"Task-0{}"', " task-{} ", "{}", "0{}", "{}.0"]
    ),
    NUMBERS,
).map(lambda pair: pair[0].format(pair[1]))
LISTS = st.lists(DEPENDENCIES, max_size=2).flatmap(
    lambda items: st.sampled_from(
        [
            f"[{', '.join(items)}]",
            "".join(f"\n  - {item} # why" for item in items),
            "".join(f"\n- {item}" for item in items),
        ]
    )
)
TASKS = st.fixed_dictionaries(
    {
        "name": st.sampled_from([*NAMES, "TASK-{} - Capitals.md", "other-{} - x.md"]),
        "folder": st.sampled_from(["tasks"] * 6 + ["completed", "archive/tasks", "tasks/below"]),
        "id": st.sampled_from(["TASK-{}", "task-0{}", "'{}'"]),
        "status": st.sampled_from(
            ["To Do", "to do", "todo", "In Progress", "Done", "'DONE '", "done # yes", "D one", ""]
        ),
        "people": st.sampled_from(
            [
                *("assignee: []", "assignee: @one", "assignee: A: b", "assignee: [@one, two]"),
                *("assignee:\n  - '@one'", "assignee:\n  - @one", "reporter: 'a' b", "x: y: z"),
            ]
        ),
        "dependencies": LISTS | st.sampled_from(["task-1", "['']", "[~]", "{a: b}"]),
    }
)
TO_DO = {
    "name": NAMES[0],
    "folder": "tasks",
    "id": "TASK-{}",
    "status": "To Do",
    "people": "x: y",
    "dependencies": "[]",
}
EIGHT_OR_TEN = {**TO_DO, "dependencies": "[010]"}
"""YAML reads 010 as 8."""
EPIC = {**TO_DO, "name": "task-epic-{} - A title.md", "id": "Task-Epic-{}", "status": "Done"}
STATUSES = st.sampled_from(
    [
        "",
        'statuses: ["To Do", "In Progress", "Done"]',
        "statuses: [To Do, Done]  # two",
        "statuses:\n- To Do\n- 'In Progress'\n- Done # the last\n",
        "statuses: [\n  To Do,\n  In Progress, Done\n]",
        "statuses: [Done, To Do]",
    ]
)


# The tool takes half a second for each question: too long to find smaller examples.
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(tasks=st.dictionaries(NUMBERS, TASKS, min_size=5), statuses=STATUSES)
@example(tasks={}, statuses="")
@example(tasks={1: {**TO_DO, "dependencies": "[task-epic-8]"}, 8: EPIC}, statuses="")
@example(tasks={1: {**TO_DO, "dependencies": "[task-epic-08]"}, 8: EPIC}, statuses="")
@example(tasks={1: EIGHT_OR_TEN, 8: TO_DO, 10: {**TO_DO, "status": "Done"}}, statuses="")
def test_no_task_is_free_that_the_tool_does_not_call_ready(
    backlog: Path,
    tmp_path_factory: pytest.TempPathFactory,
    tasks: dict[int, dict[str, str]],
    statuses: str,
) -> None:
    workspace = BacklogWorkspace(tmp_path_factory.mktemp("work"))
    folder = workspace.root / "backlog"
    (folder / "config.yml").write_text(f"{_CONFIG}{statuses}\n")
    for number, task in tasks.items():
        path = folder / task["folder"] / task["name"].format(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"---\nid: {task['id'].format(number)}\ntitle: A title\nstatus: {task['status']}\n"
            f"{task['people']}\ndependencies: {task['dependencies']}\n---\n"
        )
    ready = ready_tasks(backlog, workspace)
    checks = workspace.run("check", "--json").json["checks"]
    free = {check["ticket"] for check in checks if check["verdict"] in _FREE}
    unknown = {
        check["ticket"]
        for check in checks
        if any(reason["code"] == "state_unknown" for reason in check["reasons"])
    }
    assert free <= ready
    assert ready - free <= unknown


def ready_tasks(backlog: Path, workspace: BacklogWorkspace) -> set[str]:
    """The ids of the tasks that the tool calls ready, as this program spells them."""
    command = [str(backlog), "task", "list", "--ready", "--json"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(workspace.root)}
    ran = subprocess.run(
        command, cwd=workspace.root, env=environment, capture_output=True, check=True, timeout=60
    )
    tool = find_workspace(str(workspace.root)).tool
    assert tool is not None
    return {tool.canonical(task["id"]) for task in json.loads(ran.stdout)["tasks"]}
