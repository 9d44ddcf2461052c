"""Commands over the tickets of other tools."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import tour
from git_repository import Repository
from hypothesis import given, settings
from hypothesis import strategies as st
from index_comparison import made, tables
from oracle import WINDOW
from sqlmodel import select
from task_workspaces import (
    DONE,
    STARTED,
    TOOLS,
    WAITS,
    BacklogWorkspace,
    TaskWorkspace,
    TkWorkspace,
)
from watch_process import Start, without_verdicts
from workspace_builder import git

from yoi_relations import Relations
from yoi_relations.completion import candidates
from yoi_relations.files.sources import ticket_source
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.folder_scan import scan_folders
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index
from yoi_relations.index.models import Ticket
from yoi_relations.index.rescan import changed_sources, stored_sources
from yoi_relations.mcp.roots import folder_for

CLEAR, CAUTION, HOLD, UNKNOWN = 0, 9, 10, 11
READS = [
    ["show"],
    ["check"],
    ["tree"],
    ["doctor", "--severity", "info"],
    ["status"],
    ["verify"],
    ["graph", "--format", "html"],
    ["prime"],
    ["watch", "--timeout", "0.1"],
]


@pytest.fixture(params=TOOLS, ids=[tool.provider for tool in TOOLS])
def tasks(request: pytest.FixtureRequest, tmp_path: Path) -> TaskWorkspace:
    """Task 1 waits for task 2, which is started; task 3 is done, and task 4 waited for it."""
    made_by: type[TaskWorkspace] = request.param
    workspace = made_by(tmp_path / "work")
    workspace.task(1, WAITS, [2])
    workspace.task(2, STARTED)
    workspace.task(3, DONE)
    workspace.task(4, WAITS, [3])
    return workspace


def verdicts(workspace: TaskWorkspace, *numbers: int) -> list[str]:
    ran = workspace.run("check", "--json", *(workspace.id(number) for number in numbers))
    return [check["verdict"] for check in ran.json["checks"]]


def all_files(workspace: TaskWorkspace) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(workspace.root)): path.read_bytes() if path.is_file() else None
        for path in sorted(workspace.root.rglob("*"))
    }


@pytest.mark.parametrize("arguments", READS, ids=lambda each: each[0])
def test_reading_writes_nothing(tasks: TaskWorkspace, arguments: list[str]) -> None:
    before = all_files(tasks)
    ran = tasks.process(*arguments)
    assert ran.code in {0, CLEAR, 1, HOLD, 5, 124}, ran
    assert "cannot write" not in ran.err
    assert all_files(tasks) == before


def test_reading_makes_no_folder_and_opens_nothing_for_writing(tasks: TaskWorkspace) -> None:
    for path in (tasks.root, *filter(os.path.isdir, tasks.root.rglob("*"))):
        path.chmod(0o555)
    try:
        assert tasks.process("check", tasks.id(1)).code == HOLD
    finally:
        for path in (tasks.root, *filter(os.path.isdir, tasks.root.rglob("*"))):
            path.chmod(0o755)


def test_verdicts_without_any_setting_up(tasks: TaskWorkspace) -> None:
    assert verdicts(tasks, 1, 2, 3, 4) == ["hold", "caution", "caution", "clear"]
    (check,) = tasks.run("check", "--json", tasks.id(2)).json["checks"]
    assert (check["state"], check["word"]) == ("inprogress", tasks.words[STARTED])


def test_word_of_the_tool_is_beside_every_state(tasks: TaskWorkspace) -> None:
    waits, started = tasks.words[WAITS], tasks.words[STARTED]
    relation, *_ = tasks.show(tasks.id(1))["relations"]
    assert (relation["ticket_word"], relation["target_word"]) == (waits, started)
    lines = tasks.run("tree", "--json").json["lines"]
    assert {line["word"] for line in lines if line["ticket"] == tasks.id(2)} == {started}
    nodes = tasks.run("graph", "--format", "json").json["nodes"]
    assert {node["ticket"]: node["word"] for node in nodes}[tasks.id(1)] == waits
    (check,) = tasks.run("check", "--json", tasks.id(2)).json["checks"]
    assert [held["word"] for held in check["holds"]] == [waits]


def test_word_of_the_tool_is_in_the_reason(tasks: TaskWorkspace) -> None:
    (check,) = tasks.run("check", "--json", tasks.id(1)).json["checks"]
    (reason,) = check["reasons"]
    assert reason["word"] == tasks.words[STARTED]
    assert (reason["code"], reason["ticket"]) == ("blocked", tasks.id(2))
    assert f'"{tasks.words[STARTED]}"' in reason["sentence"]


def test_dependency_is_a_record_that_is_only_read(tasks: TaskWorkspace) -> None:
    (relation,) = tasks.show(tasks.id(1))["relations"]
    (record,) = relation["records"]
    path = tasks.path(1)
    line = next(
        number
        for number, text in enumerate(path.read_text().splitlines(), 1)
        if text.startswith(("deps", "  - task"))
    )
    assert record["format"] == tasks.provider
    assert (record["author"], record["at"], relation["author"]) == (None, None, None)
    assert record["path"] == str(path.relative_to(tasks.root))
    assert record["line"] == line
    before = all_files(tasks)
    for name in (record["id"], f"{record['path']}:{line}"):
        ran = tasks.run("retire", name, "--reason", "over")
        assert ran.code == 2
        command = f"tk undep {tasks.id(1)} {tasks.id(2)}"
        wanted = command if tasks.provider == "tk" else f"task edit {tasks.id(1)} --clear-deps"
        assert wanted in ran.err
    assert all_files(tasks) == before


def test_command_of_a_tool_never_names_a_task_that_is_gone(tasks: TaskWorkspace) -> None:
    """Both tools refuse such a name; for Backlog.md, a command names all dependencies."""
    tasks.task(1, WAITS, [2, 3])
    tasks.path(2).unlink()
    edits = set()
    for relation in tasks.run("show", "--all", "--json", tasks.id(1)).json["relations"]:
        (record,) = relation["records"]
        ran = tasks.run("retire", "--json", record["id"], "--reason", "over")
        hint = ran.errors[-1]["error"]["hint"]
        if f"{record['path']}:{record['line']}" in hint:
            edits.add(record["target"])
        else:
            assert tasks.id(2) not in hint
    assert edits == {tasks.id(2 if tasks.provider == "tk" else 3)}
    warnings = tasks.run("add", "--json", tasks.id(1), "blocked-by", tasks.id(4)).json["warnings"]
    assert len(warnings) == (1 if tasks.provider == "tk" else 0)


def test_first_add_makes_the_folder_and_later_answers_come_from_an_index(
    tasks: TaskWorkspace,
) -> None:
    before = all_files(tasks)
    refused = tasks.run("add", tasks.id(1), "related", "no-such-task")
    assert (refused.code, all_files(tasks)) == (3, before)
    assert tasks.run("add", tasks.id(4), "conflicts-with", tasks.id(2)).code == 0
    (record,) = tasks.records
    assert record.parent == tasks.root / ".yoi" / "relations" / tasks.id(4)
    new = all_files(tasks).keys() - before.keys()
    assert {name for name in new if not name.startswith(".yoi/cache")} == {
        ".yoi",
        ".yoi/relations",
        f".yoi/relations/{tasks.id(4)}",
        str(record.relative_to(tasks.root)),
    }
    assert {name: all_files(tasks)[name] for name in before} == before
    assert verdicts(tasks, 4) == ["hold"]
    assert tasks.run("status", "--json").json["index"]["found"] == "current"
    assert tasks.run("verify").code == 0


def test_index_follows_records_and_task_files(tasks: TaskWorkspace) -> None:
    tasks.run("add", tasks.id(4), "conflicts-with", tasks.id(2))
    assert verdicts(tasks, 1, 4) == ["hold", "hold"]
    tasks.task(2, DONE)
    assert verdicts(tasks, 1, 4) == ["clear", "clear"]
    tasks.task(2, STARTED)
    (record,) = tasks.records
    assert tasks.run("retire", record.stem, "--reason", "split").code == 0
    assert verdicts(tasks, 1, 4) == ["hold", "clear"]
    tasks.path(2).unlink()
    assert verdicts(tasks, 1, 4) == ["unknown", "clear"]
    shutil.rmtree(tasks.root / ".yoi" / "relations")
    assert verdicts(tasks, 1, 4) == ["unknown", "clear"]
    assert tasks.run("verify").code == 0


def test_the_same_edge_of_the_tool_and_of_a_record_is_one_relation(tasks: TaskWorkspace) -> None:
    ran = tasks.run("add", tasks.id(1), "blocked-by", tasks.id(2), "--note", "why")
    assert ran.code == 0
    (relation,) = tasks.show(tasks.id(1))["relations"]
    assert {record["author"] for record in relation["records"]} == {None, "tester"}
    assert (relation["note"], relation["author"]) == ("why", "tester")


def test_add_names_the_command_of_the_tool(tasks: TaskWorkspace) -> None:
    tasks.task(5)
    ran = tasks.run("add", "--json", tasks.id(1), "blocked-by", tasks.id(5))
    ids = (tasks.id(1), tasks.id(2), tasks.id(5))
    if tasks.provider == "tk":
        command = f"tk dep {ids[0]} {ids[2]}"
    else:
        command = f"backlog task edit {ids[0]} --dep {ids[1]},{ids[2]}"
    (warning,) = ran.json["warnings"]
    assert warning.endswith(command)
    for edge in (("after", tasks.id(5)), ("blocked-by", "lib:TASK-1"), ("blocks", "lib:TASK-2")):
        assert tasks.run("add", "--json", tasks.id(1), *edge).json["warnings"] == []


@pytest.mark.parametrize("spoiled", ["", "---\n", "no frontmatter\n", "---\nid: other\n---\n"])
def test_spoiled_task_file_is_confined(tasks: TaskWorkspace, spoiled: str) -> None:
    tasks.task(5)
    tasks.path(2).write_text(spoiled)
    assert verdicts(tasks, 1, 2, 3, 4, 5) == ["unknown", "unknown", "caution", "clear", "clear"]
    problems = tasks.run("show", "--json").json["problems"]
    assert {each["path"] for each in problems} == {str(tasks.path(2).relative_to(tasks.root))}


def test_task_that_depends_on_itself_is_confined(tasks: TaskWorkspace) -> None:
    tasks.task(2, WAITS, [2])
    tasks.task(3, DONE, [3])
    assert verdicts(tasks, 1, 2, 3, 4) == ["unknown", "unknown", "caution", "clear"]
    found = tasks.run("doctor", "--json").json["findings"]
    assert {(each["code"], each["severity"]) for each in found} == {
        ("self_relation", "error"),
        ("self_relation", "warning"),
    }


def test_link_as_a_task_file_is_not_followed(tasks: TaskWorkspace) -> None:
    place = tasks.path(2)
    place.rename(tasks.root / "elsewhere.md")
    place.symlink_to(tasks.root / "elsewhere.md")
    assert verdicts(tasks, 1, 2, 4) == ["unknown", "unknown", "clear"]


def test_unusable_record_could_concern_every_ticket(tasks: TaskWorkspace) -> None:
    tasks.run("add", tasks.id(4), "related", tasks.id(2))
    tasks.records[0].write_text("---\nkind: [\n---\n")
    assert verdicts(tasks, 4) == ["unknown"]


def test_other_files_beside_tasks_and_records_are_ignored(tasks: TaskWorkspace) -> None:
    tasks.run("add", tasks.id(4), "related", tasks.id(2))
    records = tasks.root / ".yoi" / "relations"
    for folder in (tasks.path(1).parent, records):
        for name in (".hidden.md", "notes.txt", "README.md"):
            (folder / name).write_text("# About this folder\n")
    assert verdicts(tasks, 4) == ["clear"]
    assert tasks.run("show", "--json").json["problems"] == []
    assert tasks.run("show", "--json").json["workspace"]["tickets"] == 4
    assert tasks.run("verify").code == 0


def test_leftovers_among_records_are_for_doctor(tasks: TaskWorkspace) -> None:
    tasks.run("add", tasks.id(4), "related", tasks.id(2))
    folder = tasks.records[0].parent
    names = (f"{tasks.records[0].name}~", ".x.md.swp", ".gitkeep", "notes.txt")
    for name in names:
        (folder / name).write_text("text\n")
    (folder / "sub").mkdir()
    found = tasks.run("doctor", "--json", "--severity", "info").json["findings"]
    misplaced = [each for each in found if each["code"] in {"leftover", "misplaced_file"}]
    shown = {each["path"].rpartition("/")[2]: each["code"] for each in misplaced}
    assert shown == {names[0]: "leftover", names[1]: "leftover", names[3]: "misplaced_file"}


@pytest.mark.parametrize("name", ["01KT0000000000000000000001.md", "x.md"])
def test_record_beside_the_folders_of_records_is_reported(tasks: TaskWorkspace, name: str) -> None:
    tasks.run("add", tasks.id(4), "related", tasks.id(2))
    tasks.records[0].rename(tasks.root / ".yoi" / "relations" / name)
    assert verdicts(tasks, 4) == ["unknown"]


def test_records_of_a_task_that_is_gone(tasks: TaskWorkspace) -> None:
    tasks.run("add", tasks.id(3), "conflicts-with", tasks.id(4))
    tasks.path(3).unlink()
    tasks.task(4)
    assert tasks.run("check").code == UNKNOWN
    found = tasks.run("doctor", "--json").json["findings"]
    path = str(tasks.records[0].relative_to(tasks.root))
    names = {each["path"] for each in tasks.run("show", "--json").json["problems"]}
    assert names == {path}
    assert [(each["code"], each["path"]) for each in found] == [("no_item", path)]
    assert tasks.run("add", tasks.id(3), "related", tasks.id(4)).code == 3
    assert tasks.run("retire", path, "--reason", "the task is gone").code == 0
    assert tasks.run("doctor").code == 0
    assert tasks.id(3) not in tasks.run("check").out
    assert tasks.run("verify").code == 0


def test_task_that_is_gone_does_not_exist_although_it_has_records(tasks: TaskWorkspace) -> None:
    tasks.run("add", tasks.id(3), "related", tasks.id(1))
    tasks.path(3).unlink()
    found = tasks.run("doctor", "--json").json["findings"]
    line = (str(tasks.path(4).relative_to(tasks.root)), "dangling_target")
    assert line in [(each["path"], each["code"]) for each in found]


def test_task_that_is_gone_is_not_one_that_is_probably_meant(tasks: TaskWorkspace) -> None:
    tasks.run("add", tasks.id(3), "related", tasks.id(1))
    tasks.path(3).unlink()
    found = tasks.run("doctor", "--json").json["findings"]
    (sentence,) = [each["sentence"] for each in found if each["code"] == "dangling_target"]
    assert tasks.id(3) in sentence
    assert "probably meant" not in sentence
    with index_of(tasks) as index:
        assert index.connection.execute("SELECT * FROM near_target").fetchall() == []


@pytest.mark.usefixtures("soon_settled")
def test_first_record_is_noticed_by_stamps_alone(tasks: TaskWorkspace) -> None:
    (tasks.root / ".yoi").mkdir()
    for _ in range(3):
        time.sleep(2 * WINDOW / 1e9)
        assert verdicts(tasks, 4) == ["clear"]
    with index_of(tasks) as index:
        (racy,) = index.connection.execute("SELECT length(racy) FROM snapshot").fetchone()
    assert racy == 0
    write_record(tasks, 4, 2)
    assert verdicts(tasks, 4) == ["hold"]


def test_names_on_the_command_line(tasks: TaskWorkspace) -> None:
    path = tasks.path(1)
    short = str(path.relative_to(tasks.root))
    for name in (tasks.id(1), tasks.id(1).upper(), str(path), short, f" {short} "):
        assert tasks.run("check", name).code == HOLD, name


def test_backlog_is_named_by_number_and_title(tmp_path: Path) -> None:
    workspace = BacklogWorkspace(tmp_path / "work")
    workspace.task(11)
    for name in ("11", "011", "task-011", "Task-11", "TASK-11"):
        assert workspace.run("check", name).code == CLEAR, name
    assert workspace.run("check", "1").code == 3


def test_targets_are_read_in_the_spellings_of_the_tool(tmp_path: Path) -> None:
    workspace = BacklogWorkspace(tmp_path / "work")
    for number in (1, 2, 3):
        workspace.task(number)
    workspace.run("add", "1", "blocked-by", "2")
    (record,) = workspace.records
    record.write_text(record.read_text().replace("TASK-2", "task-003"))
    folder = record.parent
    folder.rename(folder.with_name("task-002"))
    assert verdicts(workspace, 1, 2, 3) == ["clear", "hold", "clear"]
    (moved,) = workspace.records
    moved.write_text(moved.read_text().replace("task-003", "task-02"))
    assert verdicts(workspace, 1) == ["unknown"]
    assert workspace.run("verify").code == 0


def test_two_files_of_one_id_are_both_named(tmp_path: Path) -> None:
    workspace = BacklogWorkspace(tmp_path / "work")
    workspace.task(1, WAITS, [2])
    other = workspace.task(2).with_name("task-2 - Another.md")
    other.write_text(workspace.text(2, DONE, []))
    assert verdicts(workspace, 1, 2) == ["unknown", "unknown"]
    paths = {each["path"] for each in workspace.run("show", "--json").json["problems"]}
    assert paths == {str(path.relative_to(workspace.root)) for path in (workspace.path(2), other)}
    found = workspace.run("doctor", "--json").json["findings"]
    assert [each["code"] for each in found] == ["shared_id"]
    assert workspace.run("add", "2", "related", "1").code == 3


def named_for_another(workspace: TaskWorkspace, number: int, other: int) -> Path:
    """Write a file named for task `number` that has the id of task `other`; the file."""
    path = workspace.path(number)
    path.write_text(workspace.text(other, WAITS, []))
    return path


def test_id_that_a_file_with_another_name_has_is_shared(tasks: TaskWorkspace) -> None:
    assert verdicts(tasks, 4) == ["clear"]
    path = named_for_another(tasks, 5, 3)
    assert verdicts(tasks, 1, 3, 4, 5) == ["hold", "unknown", "unknown", "unknown"]
    places = {str(each.relative_to(tasks.root)) for each in (tasks.path(3), path)}
    assert {each["path"] for each in tasks.run("show", "--json").json["problems"]} == places
    found = tasks.run("doctor", "--json").json["findings"]
    assert {each["code"] for each in found} == {"shared_id", "unclear_item"}
    assert tasks.run("add", tasks.id(3), "related", tasks.id(1)).code == 3
    status = tasks.run("status", "--json").json
    assert status["workspace"]["tickets"] == status["freshness"]["sources"] == 5


def test_task_is_found_by_its_name_and_by_its_id(tasks: TaskWorkspace) -> None:
    path = named_for_another(tasks, 5, 6)
    for number in (5, 6):
        (check,) = tasks.run("check", tasks.id(number), "--json").json["checks"]
        (reason,) = check["reasons"]
        assert (check["verdict"], reason["code"]) == ("unknown", "state_unknown")
        assert [each["path"] for each in reason["records"]] == [str(path.relative_to(tasks.root))]


def test_file_that_is_named_for_another_task_is_not_changed_by_reading_it(
    tasks: TaskWorkspace,
) -> None:
    path = named_for_another(tasks, 5, 3)
    with index_of(tasks) as index:
        name = os.fsencode(path.relative_to(tasks.root))
        (scan,) = scan_folders(ticket_source(index.workspace), [name])
        held = stored_sources(index.connection, [name])[name]
        assert len(held[os.fsdecode(name)]) == 2
        assert changed_sources(held, scan) == ([], [])


def test_order_of_findings_does_not_depend_on_the_order_of_changes(tasks: TaskWorkspace) -> None:
    (tasks.root / ".yoi").mkdir()
    for number, other in ((2, 3), (4, 2)):
        named_for_another(tasks, number, other)
        found = tasks.run("doctor", "--json").json["findings"]
    assert tasks.run("rebuild").code == 0
    assert tasks.run("doctor", "--json").json["findings"] == found


@pytest.mark.parametrize("id_", ["task-\u00e9", "task-e\u0301"])
def test_ids_are_equal_in_each_form_of_unicode(tasks: TaskWorkspace, id_: str) -> None:
    path = tasks.path(1).with_name(f"{id_}.md")
    text = tasks.text(1, WAITS, [])
    path.write_text(text.replace(tasks.id(1), id_).replace("task-001", id_))
    text = tasks.text(4, WAITS, [1])
    tasks.path(4).write_text(
        text.replace("ab-0001", "task-\u00e9").replace("task-1", "task-\u00e9")
    )
    assert tasks.run("check", str(path)).code == CLEAR
    assert verdicts(tasks, 4) == ["hold"]


@pytest.mark.parametrize("id_", ["../../x", ".x", "task-/x"])
def test_id_that_cannot_be_a_name_is_not_a_ticket(tasks: TaskWorkspace, id_: str) -> None:
    tasks.path(2).write_text(f"---\nid: {id_}\n---\n")
    tickets = [each["ticket"] for each in tasks.run("check", "--json").json["checks"]]
    assert tickets == [tasks.id(number) for number in (1, 2, 4)]


def test_completed_tasks_are_done_and_archived_ones_and_drafts_are_not_read(
    tmp_path: Path,
) -> None:
    workspace = BacklogWorkspace(tmp_path / "work")
    workspace.task(1, WAITS, [2])
    completed = workspace.root / "backlog" / "completed"
    completed.mkdir()
    workspace.task(2).rename(completed / "task-2 - Done.md")
    for name in ("archive/tasks", "drafts"):
        (workspace.root / "backlog" / name / "task-1 - Old.md").write_text("")
    assert verdicts(workspace, 1, 2) == ["clear", "caution"]


def test_moving_a_task_to_completed_is_noticed(tmp_path: Path) -> None:
    workspace = BacklogWorkspace(tmp_path / "work")
    workspace.task(1, WAITS, [2])
    workspace.task(2)
    workspace.run("add", "1", "related", "2")
    assert verdicts(workspace, 1) == ["hold"]
    completed = workspace.root / "backlog" / "completed"
    completed.mkdir()
    workspace.path(2).rename(completed / workspace.path(2).name)
    assert verdicts(workspace, 1) == ["clear"]
    assert workspace.run("verify").code == 0


def test_another_mapping_is_another_index(tmp_path: Path) -> None:
    workspace = BacklogWorkspace(tmp_path / "work")
    workspace.task(1, WAITS, [2])
    workspace.task(2, STARTED)
    workspace.run("add", "1", "related", "2")
    config = workspace.root / "backlog" / "config.yml"
    before = workspace.run("show", "--json").json["freshness"]["digest"]
    config.write_text('statuses: ["To Do", "In Progress"]\n')
    assert verdicts(workspace, 1) == ["clear"]
    assert workspace.run("show", "--json").json["freshness"]["digest"] != before
    config.write_text('statuses: ["To Do", "In Progress", "Done"]\n')
    assert verdicts(workspace, 1) == ["hold"]
    assert workspace.run("verify").code == 0


def test_states_of_other_words_come_from_the_configuration(tmp_path: Path) -> None:
    workspace = TkWorkspace(tmp_path / "work")
    workspace.task(1, WAITS, [2])
    path = workspace.task(2)
    path.write_text(path.read_text().replace("open", "needs testing"))
    assert verdicts(workspace, 1, 2) == ["unknown", "unknown"]
    states = '[ticket.backend.states]\n"needs testing" = "inprogress"\n'
    for backend in ('[ticket.backend]\nprovider = "tk"\n', ""):
        workspace.configure(f"{backend}{states}")
        assert verdicts(workspace, 1, 2) == ["hold", "caution"]
        (workspace.root / ".yoi" / "workspace.toml").unlink()
        assert verdicts(workspace, 1, 2) == ["unknown", "unknown"]
    (workspace.root / ".yoi" / "ticket.config.toml").write_text(states.replace("ticket.", ""))
    assert verdicts(workspace, 1, 2) == ["hold", "caution"]


def test_another_state_of_the_same_word_is_a_change(tmp_path: Path) -> None:
    workspace = TkWorkspace(tmp_path / "work")
    path = workspace.task(1)
    path.write_text(path.read_text().replace("open", "testing"))
    repository = Repository(workspace.root)
    for state in ("ready", "inprogress"):
        mapping = f'[ticket.backend.states]\ntesting = "{state}"\n'
        workspace.configure(f'[ticket.backend]\nprovider = "tk"\n{mapping}')
        repository.commit()

    (change,) = workspace.run("diff", "HEAD~1", "HEAD", "--json").json["tickets"]

    assert (change["change"], change["before"], change["after"]) == (
        "state_changed",
        "ready",
        "inprogress",
    )


@pytest.mark.parametrize(
    "text",
    [
        'provider = "jira"\n',
        "provider = 3\n",
        'provider = ""\n',
        'provider = "tk"\nroot = "../elsewhere"\n',
        'provider = "tk"\nroot = ".yoi/cache/relations"\n',
        'provider = "tk"\nroot = "link"\n',
        'provider = "tk"\n[ticket.backend.states]\nx = "later"\n',
        '[ticket.backend.states]\nx = "later"\n',
        'provider = "tk"\nstates = "x"\n',
    ],
)
def test_unusable_configuration_is_an_error(tmp_path: Path, text: str) -> None:
    workspace = TkWorkspace(tmp_path / "work")
    (workspace.root / "link").symlink_to(".tickets")
    workspace.configure(f"[ticket.backend]\n{text}")
    ran = workspace.run("check", "--json")
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "workspace")


@pytest.mark.parametrize("provider", ["", 'provider = "builtin:yoi_local"\n'])
def test_tickets_of_yoi_beside_a_marker_are_read(tmp_path: Path, provider: str) -> None:
    workspace = TkWorkspace(tmp_path / "work")
    workspace.task(1)
    workspace.configure(f"[ticket.backend]\n{provider}")
    (workspace.root / ".yoi" / "tickets").mkdir()
    assert workspace.run("show", "--json").json["workspace"]["tickets"] == 0


def test_two_markers_need_a_choice(tmp_path: Path) -> None:
    workspace = TkWorkspace(tmp_path / "work")
    workspace.task(1)
    BacklogWorkspace(workspace.root).task(1)
    ran = workspace.run("check", "--json")
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "workspace")
    workspace.configure('[ticket.backend]\nprovider = "backlog.md"\nroot = "backlog"\n')
    assert workspace.run("check", "TASK-1").code == CLEAR


def test_tickets_are_found_from_below_and_only_without_yoi_above(tmp_path: Path) -> None:
    workspace = TkWorkspace(tmp_path / "above" / "work")
    workspace.task(1)
    below = workspace.root / "src"
    below.mkdir()
    assert workspace.run("-C", str(below), "check", workspace.id(1)).code == CLEAR
    (tmp_path / "above" / ".yoi" / "tickets").mkdir(parents=True)
    assert workspace.run("-C", str(below), "check", workspace.id(1)).code == 3


def test_folder_of_tasks_that_is_a_link_fails(tmp_path: Path) -> None:
    workspace = BacklogWorkspace(tmp_path / "work")
    tasks = workspace.root / "backlog" / "tasks"
    tasks.rmdir()
    tasks.symlink_to(tmp_path)
    ran = workspace.run("check", "--json")
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "unreadable_folder")


def test_target_with_an_earlier_prefix_is_nearly_a_ticket(tmp_path: Path) -> None:
    workspace = BacklogWorkspace(tmp_path / "work")
    old = workspace.task(2, WAITS, [24])
    path = workspace.path(24)
    path.write_text(workspace.text(24, DONE, []).replace("task-024", "BACK-24"))
    path.rename(path.with_name("back-24 - Renamed.md"))
    old.write_text(old.read_text().replace("id: task-002", "id: BACK-2"))
    old.rename(old.with_name("back-2 - Other.md"))
    config = workspace.root / "backlog" / "config.yml"
    config.write_text("task_prefix: BACK\n")
    (check,) = workspace.run("check", "--json", "2").json["checks"]
    assert (check["ticket"], check["verdict"]) == ("BACK-2", "unknown")
    (problem,) = workspace.show("BACK-24")["problems"] or workspace.show("BACK-2")["problems"]
    assert "BACK-24 (another prefix)" in problem["message"]


def test_target_elsewhere_can_be_a_ticket_of_another_tool(tasks: TaskWorkspace) -> None:
    target = f"acme/loans:{tasks.id(7)}"
    assert tasks.run("add", tasks.id(4), "blocked-by", target).code == 0
    (relation,) = (
        each for each in tasks.show(tasks.id(4))["relations"] if each["target"] == target
    )
    assert (relation["elsewhere"], relation["active"]) == ("target", True)
    (check,) = tasks.run("check", "--json", tasks.id(4)).json["checks"]
    assert "elsewhere" in [reason["code"] for reason in check["reasons"]]
    assert tasks.run("doctor").code == 0


def test_missing_folder_of_tasks(tmp_path: Path) -> None:
    backlog = BacklogWorkspace(tmp_path / "backlog")
    (backlog.root / "backlog" / "tasks").rmdir()
    assert backlog.run("check").code == CLEAR
    tk = TkWorkspace(tmp_path / "tk")
    tk.configure('[ticket.backend]\nprovider = "tk"\nroot = "gone"\n')
    ran = tk.run("check", "--json")
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "unreadable_folder")


def test_rebuild_needs_a_folder_for_the_index(tasks: TaskWorkspace) -> None:
    before = all_files(tasks)
    assert tasks.run("rebuild").code == 1
    assert all_files(tasks) == before
    tasks.run("add", tasks.id(1), "related", tasks.id(4))
    assert tasks.run("rebuild").code == 0


def test_completion_offers_tasks(tasks: TaskWorkspace) -> None:
    offered = candidates.tickets(str(tasks.root))
    assert [each.value for each in offered] == [tasks.id(number) for number in (1, 2, 3, 4)]


def test_mcp_server_finds_tasks_in_the_roots_of_its_client(tasks: TaskWorkspace) -> None:
    roots = ["/nowhere", str(tasks.root / "gone"), str(tasks.root)]
    assert folder_for(roots, None) == str(tasks.root)


def test_python_programs_ask_about_tasks(tasks: TaskWorkspace) -> None:
    before = all_files(tasks)
    relations = Relations(tasks.root)
    (check,) = relations.check(tasks.id(1))
    assert check.reasons[0].code == "blocked"
    with relations.session() as session:
        assert len(session.exec(select(Ticket)).all()) == 4
    assert all_files(tasks) == before


def test_watch_prints_changes_of_tasks_and_records(tasks: TaskWorkspace, start: Start) -> None:
    (tasks.root / ".yoi").mkdir()
    watcher = start(tasks, "--json").ready()
    tasks.task(2, DONE)
    write_record(tasks, 4, 1)
    found = watcher.changes_until(
        lambda changes: (
            {"added", "state_changed", "verdict_changed"} <= {each["change"] for each in changes}
        )
    )
    places = {each["change"]: each["path"] for each in found if each["ticket"] != tasks.id(4)}
    assert places["verdict_changed"] in {str(tasks.path(n).relative_to(tasks.root)) for n in (1, 2)}
    places = {each["change"]: each["path"] for each in without_verdicts(found)}
    assert places["state_changed"] == str(tasks.path(2).relative_to(tasks.root))
    assert places["added"] == str(tasks.records[0].relative_to(tasks.root))


# What is done to a task: its file is written, spoiled, named for another task or removed, or a
# record is added.
STEPS = st.tuples(
    st.sampled_from([WAITS, STARTED, DONE, "spoil", "rename", "remove", "record", "forget"]),
    st.integers(1, 5),
    st.lists(st.integers(1, 6), max_size=3, unique=True),
)


@settings(max_examples=40, deadline=None)
@given(made_by=st.sampled_from(TOOLS), steps=st.lists(STEPS, min_size=1, max_size=8))
def test_updated_index_equals_a_rebuilt_one(
    tmp_path_factory: pytest.TempPathFactory,
    made_by: type[TaskWorkspace],
    steps: list[tuple[str, int, list[int]]],
) -> None:
    workspace = made_by(tmp_path_factory.mktemp("work"))
    (workspace.root / ".yoi").mkdir()
    for what, number, others in steps:
        path = workspace.path(number)
        if what in workspace.words:
            workspace.task(number, what, others)
        elif what == "spoil":
            path.write_text("---\nid: x\n")
        elif what == "rename" and others:
            named_for_another(workspace, number, others[0])
        elif what == "remove":
            path.unlink(missing_ok=True)
        elif what == "record" and others:
            write_record(workspace, number, others[0])
        elif workspace.records:
            workspace.records[0].unlink()
        with index_of(workspace) as index:
            connection: sqlite3.Connection = index.connection
            assert tables(connection) == tables(made(workspace))


def index_of(workspace: TaskWorkspace) -> Index:
    return open_index(find_workspace(str(workspace.root)), lambda _: None)


def write_record(workspace: TaskWorkspace, number: int, target: int) -> None:
    folder = workspace.root / ".yoi" / "relations" / workspace.id(number)
    folder.mkdir(parents=True, exist_ok=True)
    text = (
        f"---\nkind: conflicts_with\ntarget: {workspace.id(target)}\nauthor: tester\n"
        "at: 2026-06-01T10:00:00Z\n---\n"
    )
    (folder / f"01KT{number:011}{target:011}.md").write_text(text)


@settings(max_examples=40, deadline=None)
@given(
    made_by=st.sampled_from(TOOLS),
    plan=st.lists(
        st.tuples(
            st.sampled_from([WAITS, STARTED, DONE]),
            st.lists(st.integers(1, 8), max_size=3, unique=True),
        ),
        min_size=1,
        max_size=7,
    ),
)
def test_unresolved_tasks_are_held_as_the_tools_hold_them(
    tmp_path_factory: pytest.TempPathFactory,
    made_by: type[TaskWorkspace],
    plan: list[tuple[str, list[int]]],
) -> None:
    """A task is ready if all that it needs is done; what is missing is never done."""
    workspace = made_by(tmp_path_factory.mktemp("work"))
    states = {}
    for number, (state, needs) in enumerate(plan, 1):
        workspace.task(number, state, [need for need in needs if need != number])
        states[number] = state
    checks = {
        check["ticket"]: check["verdict"]
        for check in workspace.run("check", "--json").json["checks"]
    }
    assert checks.keys() == {workspace.id(number) for number in states if states[number] != DONE}
    for number, (state, needs) in enumerate(plan, 1):
        if state == DONE:
            continue
        others = [states.get(need) for need in needs if need != number]
        free = all(other == DONE for other in others)
        assert (checks[workspace.id(number)] in {"clear", "caution"}) == free
        assert (checks[workspace.id(number)] == "unknown") == (None in others)


README = Path(__file__).parent.parent / "README.md"
TITLES = {
    "lb-3f2a": ("open", "lb-91c0", "Send loan reminders"),
    "lb-91c0": ("in_progress", "", "Outgoing mail queue with retries"),
    "lb-c7d4": ("open", "", "Scan barcodes with the phone camera"),
    "lb-e805": ("open", "", "New layout of the search page"),
}


def test_readme_shows_what_the_program_prints(tmp_path: Path) -> None:
    for id_, (status, deps, title) in TITLES.items():
        head = f"---\nid: {id_}\nstatus: {status}\ndeps: [{deps}]\n---\n"
        path = tmp_path / ".tickets" / f"{id_}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{head}# {title}\n")
    (block,) = (each for each in README.read_text().split("```") if each.startswith("text\n$ rel"))
    lines = block.removeprefix("text\n").splitlines(keepends=True)
    printed = ""
    for line in lines:
        if line.startswith("$ relations "):
            command = [sys.executable, "-m", "yoi_relations", *shlex.split(line)[2:]]
            printed += line + tour.on_terminal(command, tmp_path)[0]
    assert tour.same("".join(lines), printed)


def test_revision_is_read_as_a_checkout_of_it(tasks: TaskWorkspace) -> None:
    git(tasks, "init", "--quiet")
    revisions = []
    for change in (
        lambda: tasks.run("show"),
        lambda: tasks.task(2, DONE),
        lambda: tasks.run("add", tasks.id(4), "conflicts-with", tasks.id(1)),
        lambda: tasks.configure(f'[ticket.backend]\nprovider = "{tasks.provider}"\n'),
        lambda: named_for_another(tasks, 5, 3),
        lambda: tasks.path(2).unlink(),
    ):
        change()
        git(tasks, "add", ".")
        git(tasks, "commit", "--quiet", "--allow-empty", "--message", "x")
        answers = [tasks.run(*question).json for question in QUESTIONS]
        for question, answer in zip(QUESTIONS, answers, strict=True):
            staged = tasks.run(*question, "--at", ":").json
            assert without_freshness(staged) == without_freshness(answer)
        revisions.append((git(tasks, "rev-parse", "HEAD").strip(), answers))
    for revision, answers in revisions:
        for question, answer in zip(QUESTIONS, answers, strict=True):
            ran = tasks.run(*question, "--at", revision)
            assert without_freshness(ran.json) == without_freshness(answer), (question, ran.err)


def test_staged_record_with_a_merge_conflict_is_unknown(tasks: TaskWorkspace) -> None:
    tasks.configure("")  # so that indexes are kept
    tasks.run("add", tasks.id(4), "related", tasks.id(1))
    path = tasks.records[0].relative_to(tasks.root)
    repository = Repository(tasks.root)
    repository.git("add", ".")
    repository.git("rm", "-r", "-q", "--cached", ".yoi/relations")
    assert tasks.run("check", tasks.id(4), "--at", ":").code == CLEAR
    kept = set((tasks.root / ".yoi/cache/relations").glob("index-*-*.sqlite3"))
    assert len(kept) == 1
    id_ = repository.git("hash-object", "-w", path)
    lines = "".join(f"100644 {id_} {stage}\t{path}\n" for stage in (2, 3))
    repository.git("update-index", "--index-info", stdin=lines.encode())
    assert tasks.run("check", tasks.id(4), "--at", ":").code == UNKNOWN
    # Another conflict would have the same name.
    assert set((tasks.root / ".yoi/cache/relations").glob("index-*-*.sqlite3")) == kept


def test_other_work_trees_are_read_without_setting_up(tasks: TaskWorkspace) -> None:
    git(tasks, "init", "--quiet")
    git(tasks, "add", ".")
    git(tasks, "commit", "--quiet", "--message", "x")
    other = type(tasks)(tasks.root.with_name("other"))
    shutil.rmtree(other.root)
    git(tasks, "worktree", "add", "--quiet", str(other.root))
    tasks.run("add", tasks.id(4), "conflicts-with", tasks.id(1))
    assert tasks.run("check", tasks.id(4), "--worktrees").code == CAUTION
    other.task(1, STARTED)
    assert tasks.run("check", tasks.id(4), "--worktrees").code == HOLD
    assert not (other.root / ".yoi").exists()


QUESTIONS = (("check", "--json"), ("show", "--all", "--json"), ("doctor", "--json"))


def without_freshness(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without how it was read, from which revision, and whether that is a commit."""
    for check in answer.get("checks", ()):
        for reason in check["reasons"]:
            for record in reason["records"]:
                record.pop("committed", None)
    workspace = {key: value for key, value in answer["workspace"].items() if key != "at"}
    return answer | {"freshness": answer["freshness"]["digest"], "workspace": workspace}


LINES = (
    *(
        "",
        "show",
        "check",
        "status",
        "tree",
        "doctor --severity info",
        "verify",
        "rebuild",
        "prime",
    ),
    *("show nope", "check nope", "check task", "tree nope", "log nope", "graph nope --format dot"),
    *("add {0} blocks", "add {0} blocks {0}", "add {0} blocks nope", "add nope blocks {0}"),
    *("add {0} waiting", "add {0} parent {1}", "add {0} related {1}", "add {2} related {1}"),
    *("add {0} blocked-by acme/x:{1}", "retire nope --reason x", "retire x-1 --reason x"),
    *("show --state open", "show --kind child", "check --state ready --expect 0", "diff", "log"),
    *("show --at HEAD", "hooks list", "publish", "completion run -- check ''", "check {0} {1} {2}"),
    "graph --format html",
)
"""Command lines, right ones and wrong ones, with the ids of the tasks 1, 2 and 5."""


@pytest.mark.parametrize("has_tasks", [True, False])
def test_nothing_leads_to_tickets_of_yoi(tasks: TaskWorkspace, *, has_tasks: bool) -> None:
    """A file that does not exist here, or a layout that is not used, is never named."""
    if has_tasks:
        tasks.path(2).write_text(tasks.text(2, STARTED, []).replace("status", "x"))
        named_for_another(tasks, 5, 3)
    else:
        for path in tasks.path(1).parent.glob("*.md"):
            path.unlink()
    for line in LINES:
        words = shlex.split(line.format(tasks.id(1), tasks.id(2), tasks.id(5)))
        ran = tasks.run(*words)
        assert "item.md" not in ran.out + ran.err, line
        assert ".yoi/tickets" not in ran.out + ran.err, line
