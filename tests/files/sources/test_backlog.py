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
  - '@someone'
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
def test_words_are_compared_without_case_and_white_space(word: str, state: State) -> None:
    found = parse(TASK.replace("To Do", word))
    assert found.ticket is not None
    assert found.ticket.state is state


@pytest.mark.parametrize("word", ["D one", "Do ne"])
def test_white_space_in_the_word_for_done_makes_another_word(word: str) -> None:
    found = parse(TASK.replace("To Do", word))
    assert found.ticket is not None
    assert found.ticket.state is None


@pytest.mark.parametrize(
    "people",
    [
        "assignee: @someone",
        "assignee: Some One: the second",
        'assignee: O\'Neil & "x" #3\nreporter: `y`',
        "assignee: [@one, two, '@three']",
        "assignee: *someone",
    ],
)
def test_people_need_not_be_yaml(people: str) -> None:
    found = parse(TASK.replace("assignee:\n  - '@someone'", people))
    assert found.ticket == parse(TASK).ticket
    assert len(found.records) == 2


@pytest.mark.parametrize(
    "people", ["assignee:\n  - @someone", "assignee: 'a' b", "assignee: [a] b"]
)
def test_other_people_must_be_yaml(people: str) -> None:
    with pytest.raises(SourceError):
        parse(TASK.replace("assignee:\n  - '@someone'", people))


@pytest.mark.parametrize("listed", ["task-1", "{a: b}", "[[task-1]]", "['']", "[task-74]"])
def test_unusable_dependencies_make_the_state_unknown(listed: str) -> None:
    found = parse(TASK.replace("\n  - task-070\n  - TASK-71.02", f" {listed}"))
    assert found.ticket is not None
    assert found.ticket.state is None
    assert [fault.effect for fault in found.faults] == [Effect.TICKET]


@pytest.mark.parametrize("number", ["010", "00", "1.10", "1.0", "1234567890123456", "'1.10'"])
def test_number_that_yaml_changes_is_not_an_id(number: str) -> None:
    found = parse(TASK.replace("task-070", number))
    assert found.ticket is not None
    assert found.ticket.state is None
    assert [(fault.effect, fault.line) for fault in found.faults] == [(Effect.TICKET, 10)]
    assert [record.target for record in found.records] == ["TASK-71.2"]
    done = parse(TASK.replace("task-070", number), is_done=True)
    assert [fault.effect for fault in done.faults] == [Effect.NONE]
    with pytest.raises(SourceError) as caught:
        parse(TASK.replace("id: task-074", f"id: {number}"))
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("number", "target"),
    [("10", "TASK-10"), ("08", "TASK-8"), ("1.5", "TASK-1.5"), ("1.2.10", "TASK-1.2.10")],
)
def test_other_bare_numbers_are_read_as_yaml_reads_them(number: str, target: str) -> None:
    assert parse(TASK.replace("task-070", number)).records[0].target == target


@pytest.mark.parametrize("word", ["1e3", "0x10", "1_0", "+5", ".5", "5.", "yes", "true", "~"])
def test_other_words_are_no_numbers(word: str) -> None:
    (record, _) = parse(TASK.replace("task-070", word)).records
    assert record.target == word.upper()


def test_bare_number_in_a_file_has_the_prefix_of_the_tool_and_not_the_configured_one() -> None:
    tool = TOOL._replace(prefix="back")
    text = TASK.replace("id: task-074", "id: BACK-74").replace("task-070", "70")
    found = backlog.parse_task(text.encode(), NAME, "BACK-74", tool, is_done=False)
    assert [record.target for record in found.records] == ["TASK-70", "TASK-71.2"]
    assert tool.canonical("070") == "BACK-70"


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
        ("task-epic-011.20", "TASK-EPIC-011.20"),
        ("task-epic", "TASK-EPIC"),
        ("task-high.01", "TASK-HIGH.01"),
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
    ("name", "id_", "slug"),
    [
        (NAME, "TASK-74", "Keep-the-cache-small"),
        ("task-9.1 - A - B.md", "TASK-9.1", "A - B"),
        ("task-9.md", "TASK-9", None),
        ("task-9 - .md", "TASK-9", None),
        ("task-09-some-words.md", "TASK-9", "some-words"),
        ("task-9 -X.md", "TASK-9", "X"),
        ("task-9.md.md", "TASK-9", ".md"),
        ("task-9 \u2013 Dash.md", "TASK-9", "\u2013 Dash"),
        ("task-template.md", "TASK-TEMPLATE", None),
        ("task-epic-11.1 - A - B.md", "TASK-EPIC-11.1", "A - B"),
    ],
)
def test_file_names(name: str, id_: str, slug: str | None) -> None:
    assert backlog.id_and_slug(name, TOOL) == (id_, slug)


@pytest.mark.parametrize(
    "name", ["TASK-9 - A.md", "back-9 - A.md", "task-9 - A.txt", "README.md", "tasks.md"]
)
def test_names_of_other_files(name: str) -> None:
    assert backlog.id_and_slug(name, TOOL) is None


def test_text_that_yaml_drops_from_a_title_is_for_doctor() -> None:
    found = parse(TASK.replace("cache small", "cache small #2"))
    assert [(fault.effect, fault.line) for fault in found.faults] == [(Effect.ADVICE, 3)]
