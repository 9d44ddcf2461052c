from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoi_relations.files.other_tools import Provider, Tool
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.source import Effect, SourceError
from yoi_relations.files.sources import backlog
from yoi_relations.states import State

STATES = {"todo": State.READY, "inprogress": State.INPROGRESS, "done": State.DONE}
TOOL = Tool(Provider.BACKLOG, STATES, "task")
NAME = "task-074 - Keep-the-cache-small.md"
TASK = """---
id: task-074
title: Keep the cache small
status: To Do
assignee:
  - @someone
created_date: '2026-05-01 10:00'
labels: []
dependencies:
  - task-070
  - TASK-71.02
references: [task-1]
parent_task_id: task-60
---

# Another heading
"""


def parse(text: str, *, is_done: bool = False) -> Parsed:
    return backlog.parse_task(text.encode(), NAME, "TASK-74", TOOL, is_done=is_done)


def test_reads_title_slug_state_and_dependencies() -> None:
    found = parse(TASK)
    expected = ("Keep the cache small", "Keep-the-cache-small", State.READY, "To Do")
    assert found.ticket == expected
    assert [(record.kind.name, record.target, record.line) for record in found.records] == [
        ("depends_on", "TASK-70", 10),
        ("depends_on", "TASK-71.2", 11),
    ]
    assert list(found.faults) == []


@pytest.mark.parametrize(
    ("word", "state"),
    [("to do", State.READY), ("IN  PROGRESS", State.INPROGRESS), ("Done", State.DONE)],
)
def test_states_are_compared_as_the_tool_does(word: str, state: State) -> None:
    found = parse(TASK.replace("To Do", word))
    assert found.ticket is not None
    assert found.ticket.state is state


def test_word_is_one_line() -> None:
    found = parse(TASK.replace("status: To Do", 'status: "To\\n  Do"'))
    assert found.ticket is not None
    assert (found.ticket.state, found.ticket.word) == (State.READY, "To Do")


@pytest.mark.parametrize("status", ["status: To Do\n", "status: Later\n", ""])
def test_completed_folder_means_done(status: str) -> None:
    found = parse(TASK.replace("status: To Do\n", status), is_done=True)
    assert found.ticket is not None
    assert found.ticket.state is State.DONE
    assert list(found.faults) == []


def test_unknown_status_is_a_problem_of_this_ticket() -> None:
    found = parse(TASK.replace("To Do", "Later"))
    assert found.ticket is not None
    assert (found.ticket.state, found.ticket.word) == (None, "Later")
    assert [(fault.effect, fault.line) for fault in found.faults] == [(Effect.TICKET, 4)]


def test_id_of_the_file_must_be_that_of_its_name() -> None:
    assert parse(TASK.replace("id: task-074", "id: TASK-74")).ticket == parse(TASK).ticket
    with pytest.raises(SourceError) as caught:
        parse(TASK.replace("id: task-074", "id: task-740"))
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("task-074", "TASK-74"),
        (" Task-007.010 ", "TASK-7.10"),
        ("task-0", "TASK-0"),
        ("200", "TASK-200"),
        ("0200.01", "TASK-200.1"),
        ("back-24.1", "BACK-24.1"),
        ("task-epic-011.20", "TASK-EPIC-11.20"),
        ("task-epic", "TASK-EPIC"),
        ("task-0a", "TASK-0A"),
        ("task", "TASK"),
        ("", ""),
        ("task-" + "0" * 9999, "TASK-" + "0" * 9999),
    ],
)
def test_canonical_ids(text: str, id_: str) -> None:
    assert TOOL.canonical(text) == id_


@given(st.text(max_size=20))
def test_canonical_id_is_stable_and_ignores_case(text: str) -> None:
    once = TOOL.canonical(text)
    assert TOOL.canonical(once) == once
    if text.isascii() and ":" not in text:
        assert TOOL.canonical(text.lower()) == once


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        (NAME, "TASK-74"),
        ("TASK-9.1 - A - B.md", "TASK-9.1"),
        ("task-9.md", "TASK-9"),
        ("back-9 - A.md", None),
        ("task-9 - A.txt", None),
        ("README.md", None),
        ("tasks.md", None),
    ],
)
def test_file_names(name: str, id_: str | None) -> None:
    assert backlog.id_of(name, TOOL) == id_


def test_text_that_yaml_drops_from_a_title_is_for_doctor() -> None:
    found = parse(TASK.replace("cache small", "cache small #2"))
    assert [(fault.effect, fault.line) for fault in found.faults] == [(Effect.ADVICE, 3)]
