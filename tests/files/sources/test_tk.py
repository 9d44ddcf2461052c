from __future__ import annotations

import pytest

from yoi_relations.files.frontmatter import through_heading
from yoi_relations.files.other_tools import Marker, Provider, Tool, configured_tool
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.safe_read import DISK
from yoi_relations.files.source import Effect, FaultCode, SourceError
from yoi_relations.files.sources import tk
from yoi_relations.states import State

TOOL = configured_tool(
    "/nowhere", Marker(Provider.TK, "", None), {"needs_testing": State.INPROGRESS}, DISK
)[1]
TASK = """---
id: ab-12cd
status: open
deps: [ab-3ef4, ab-5.1]
links: [ab-77]
created: 2026-03-21T21:52:57Z
type: task
priority: 2
assignee: @someone
---
# Let the parser keep comments

# Not the title
"""


def parse(text: str, tool: Tool = TOOL, holder: str = "ab-12cd") -> Parsed:
    return tk.parse_task(through_heading(text.encode()), holder, tool)


def test_reads_title_state_and_edges() -> None:
    found = parse(TASK)
    assert found.ticket == ("Let the parser keep comments", None, State.READY, "open")
    assert [(record.kind.name, record.target, record.line) for record in found.records] == [
        ("depends_on", "ab-3ef4", 4),
        ("depends_on", "ab-5.1", 4),
        ("related", "ab-77", 5),
    ]
    assert {(record.author, record.at, record.at_key) for record in found.records} == {
        (None, None, "")
    }
    assert list(found.faults) == []


def test_content_id_depends_on_the_edge_alone() -> None:
    others = parse(TASK.replace("deps: [ab-3ef4, ab-5.1]", "deps: [x-1, ab-3ef4, ab-3ef4]"))
    assert others.records[1].id == parse(TASK).records[0].id
    assert len(others.records) == 3
    assert len({record.id for record in others.records}) == 3


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("open", State.READY),
        ("in_progress", State.INPROGRESS),
        ("closed", State.CLOSED),
        ("done", State.DONE),
        ("needs_testing", State.INPROGRESS),
        ("'open'", None),
        ("open # it waits", None),
        ("Open", None),
        ("blocked", None),
    ],
)
def test_states(word: str, state: State | None) -> None:
    found = parse(TASK.replace("status: open", f"status: {word}"))
    assert found.ticket is not None
    assert (found.ticket.state, found.ticket.word) == (state, word)
    effects = [fault.effect for fault in found.faults]
    assert effects == ([] if state else [Effect.TICKET])


@pytest.mark.parametrize("lines", ["", "status:\n", "status:open\n", "status: []\n"])
def test_missing_status_is_unknown(lines: str) -> None:
    found = parse(TASK.replace("status: open\n", lines))
    assert found.ticket is not None
    assert found.ticket.state is None
    assert [fault.effect for fault in found.faults] == [Effect.TICKET]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("deps: [ab-3ef4, ab-5.1]", "deps: [ ab-3ef4,,   ab-5.1, ]"),
        ("deps: [ab-3ef4, ab-5.1]", "deps:\n  - ab-3ef4\n  - ab-5.1"),
        ("deps: [ab-3ef4, ab-5.1]", "deps:\n- 'ab-3ef4' # a reason\n-\n- ab-5.1"),
        ("assignee: @someone", "assignee: [@one]: two\nexternal-ref: *x: 3\ntags: [a, #b]\nfree"),
        ("priority: 2", "priority: 2\npriority: 3\n\tindented: x"),
        ("\n", "\r\n"),
        ("---\nid", "\ufeff---\nid"),
        ("priority: 2\n", ""),
        ("# Not the title\n", "\x00\ud7ff"),
    ],
)
def test_other_spellings_read_the_same(before: str, after: str) -> None:
    found, plain = parse(TASK.replace(before, after, -1 if before == "\n" else 1)), parse(TASK)
    assert found.ticket == plain.ticket
    assert [record.id for record in found.records] == [record.id for record in plain.records]
    assert list(found.faults) == []


@pytest.mark.parametrize("id_", ["1.10", "010", "1e3", "yes", "2026-01-01", "AB-1"])
def test_ids_are_text(id_: str) -> None:
    text = TASK.replace("id: ab-12cd", f"id: {id_}").replace("ab-3ef4", f"{id_}0")
    found = parse(text, holder=id_)
    assert found.ticket == parse(TASK).ticket
    assert found.records[0].target == f"{id_}0"


def test_ids_are_in_one_form_of_unicode() -> None:
    text = TASK.replace("id: ab-12cd", "id: e\u0301-1").replace("ab-3ef4", "e\u0301-2")
    found = parse(text, holder="\u00e9-1")
    assert found.ticket == parse(TASK).ticket
    assert found.records[0].target == "\u00e9-2"
    assert tk.id_of("e\u0301-1.md") == "\u00e9-1"


@pytest.mark.parametrize(("status", "state"), [("open", None), ("closed", State.CLOSED)])
@pytest.mark.parametrize(
    "deps", ["ab-3ef4", "{a: b}", "[ab-3ef4] # why", "[ab-3ef4,", "[ab-12cd]", f"[{'x' * 2000}]"]
)
def test_unusable_dependencies_hide_the_state_only_of_open_work(
    deps: str, status: str, state: State | None
) -> None:
    text = TASK.replace("status: open", f"status: {status}")
    found = parse(text.replace("[ab-3ef4, ab-5.1]", deps))
    assert found.ticket is not None
    assert found.ticket.state == state
    effect = Effect.NONE if state else Effect.TICKET
    assert [(fault.effect, fault.line) for fault in found.faults] == [(effect, 4)]
    assert [record.kind.name for record in found.records] == ["related"]


def test_self_dependency_has_its_code() -> None:
    (fault,) = parse(TASK.replace("[ab-3ef4, ab-5.1]", "[ab-12cd]")).faults
    assert fault.code is FaultCode.SELF_RELATION


def test_unusable_links_hide_nothing() -> None:
    found = parse(TASK.replace("[ab-77]", "ab-77"))
    assert found.ticket is not None
    assert found.ticket.state is State.READY
    assert [fault.effect for fault in found.faults] == [Effect.NONE]


def test_usable_dependencies_of_a_spoiled_list_are_read() -> None:
    found = parse(TASK.replace("ab-5.1", "ab-12cd"))
    assert [record.target for record in found.records] == ["ab-3ef4", "ab-77"]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("---\nid", "id", 1),
        ("id: ab-12cd\n", "", None),
        ("id: ab-12cd\n", "id:\n", 2),
        ("id: ab-12cd\n", "id: ab-12ce\n", 2),
        ("id: ab-12cd\n", "id: AB-12CD\n", 2),
        ("id: ab-12cd\n", "id: [ab-12cd]\n", 2),
        ("status: open\n", "<<<<<<< HEAD\nstatus: open\n=======\nstatus: closed\n", 3),
        ("status: open\n", "status: open\nstatus: closed\n", 4),
        ("id: ab-12cd\n", "id: 'ab-12cd'\n", 2),
        ("deps", "deps: []\ndeps", 5),
    ],
)
def test_unusable_file(before: str, after: str, line: int | None) -> None:
    with pytest.raises(SourceError) as caught:
        parse(TASK.replace(before, after, 1))
    assert caught.value.line == line


@pytest.mark.parametrize("heading", ["", "#No space\n", "## Design\n"])
def test_missing_title_is_for_doctor(heading: str) -> None:
    found = parse(TASK.partition("# Let")[0] + heading)
    assert found.ticket is not None
    assert found.ticket.title is None
    assert [fault.effect for fault in found.faults] == [Effect.ADVICE]


def test_comments_of_the_frontmatter_are_not_the_title() -> None:
    found = parse(TASK.replace("type: task", "# Not the title\ntype: task"))
    assert found.ticket == parse(TASK).ticket


def test_no_more_is_read_than_through_the_title() -> None:
    data = through_heading(TASK.encode())
    assert data.endswith(b"\n# Let the parser keep comments")
    assert through_heading(data) == data
    untitled = TASK.partition("# Let")[0].encode()
    assert through_heading(untitled + b"text\n") == untitled


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("ab-12cd.md", "ab-12cd"),
        ("a-1.2.md", "a-1.2"),
        ("notes.md", "notes"),
        ("README.md", None),
        ("readme.md", None),
        (".md", None),
        ("ab-12cd.txt", None),
        ("ab-12cd", None),
    ],
)
def test_file_names(name: str, id_: str | None) -> None:
    assert tk.id_of(name) == id_
