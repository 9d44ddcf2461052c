from __future__ import annotations

from pathlib import Path

import pytest

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.other_tools import (
    Marker,
    Provider,
    configured_tool,
    marked_around,
    marker_in,
)
from yoi_relations.files.safe_read import DISK
from yoi_relations.states import State

MARKERS = {
    ".tickets/ab-1.md": Provider.TK,
    "backlog/config.yml": Provider.BACKLOG,
    ".backlog/config.yml": Provider.BACKLOG,
    "backlog.config.yml": Provider.BACKLOG,
}


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("name", MARKERS)
def test_marker_is_found_from_below(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)
    below = tmp_path / "src" / "deep"
    below.mkdir(parents=True)
    found = marked_around(str(below), DISK)
    assert found is not None
    assert (found[0], found[1].provider) == (str(tmp_path), MARKERS[name])


def test_nearest_marker_wins(tmp_path: Path) -> None:
    write(tmp_path / ".tickets" / "ab-1.md")
    write(tmp_path / "part" / "backlog" / "config.yml")
    found = marked_around(str(tmp_path / "part"), DISK)
    assert found is not None
    assert found[0] == str(tmp_path / "part")


@pytest.mark.parametrize("other", list(MARKERS)[1:])
def test_two_markers_are_an_error_with_the_lines_to_add(tmp_path: Path, other: str) -> None:
    write(tmp_path / ".tickets" / "ab-1.md")
    write(tmp_path / other)
    with pytest.raises(WorkspaceError) as caught:
        marker_in(str(tmp_path), DISK)
    assert caught.value.message.startswith(str(tmp_path))
    for line in ('provider = "tk"', 'provider = "backlog.md"', "[ticket.backend]"):
        assert line in str(caught.value.hint)


def test_file_called_tickets_and_folder_called_config_are_no_markers(tmp_path: Path) -> None:
    write(tmp_path / ".tickets")
    (tmp_path / "backlog.config.yml").mkdir()
    assert marker_in(str(tmp_path), DISK) is None


def test_folder_that_cannot_be_searched_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "backlog" / "config.yml")
    (tmp_path / "x").write_text("")
    long = "x" * 300
    with pytest.raises(WorkspaceError):
        marker_in(str(tmp_path / long), DISK)


@pytest.mark.parametrize(
    ("text", "states", "prefix"),
    [
        ("", ["todo", "inprogress", "done"], "task"),
        ('statuses: ["A", "B b", "C", "D"]\ntask_prefix: "BACK"\n', ["a", "bb", "c", "d"], "back"),
        ("statuses: [A, B]   # the columns\n", ["a", "b"], "task"),
        ("statuses:\n  - A\n  - 'B'\nlabels:\n  - x\n", ["a", "b"], "task"),
        ("\ufeff# statuses: [X]\r\nstatuses: [A, 'B']\r\n", ["a", "b"], "task"),
        ("statuses: [\"A, b\", Won't do, 'C']\n", ["a,b", "won'tdo", "c"], "task"),
        ("statuses: [\n  'A',\n  B, # the last\n]\nlabels: [x]\n", ["a", "b"], "task"),
        ("statuses:\n- A # first\n- 'It''s b'\nlabels:\n- x\n", ["a", "it's b"], "task"),
        ('statuses: ["A", "\\u2705 b"]\nx: [\n', ["a", "\u2705 b"], "task"),
        (
            "x:\n  statuses: [X]\nstatuses: [Y]\nstatuses: [A, All done]\n",
            ["a", "all done"],
            "task",
        ),
        ("statuses:\nlabels: [x]\n", ["todo", "inprogress", "done"], "task"),
        ("statuses: []\ntask_prefix:\n", ["todo", "inprogress", "done"], "task"),
    ],
)
def test_first_status_is_ready_and_the_last_is_done(
    tmp_path: Path, text: str, states: list[str], prefix: str
) -> None:
    write(tmp_path / "backlog" / "config.yml", text)
    place, tool = configured_tool(str(tmp_path), Marker(Provider.BACKLOG, "", None), {}, DISK)
    between = dict.fromkeys(states[1:-1], State.INPROGRESS)
    assert tool.states == {states[0]: State.READY, **between, states[-1]: State.DONE}
    assert (place, tool.prefix) == ("backlog", prefix)


@pytest.mark.parametrize(
    ("files", "named", "place", "first"),
    [
        ({".backlog/config.yml": "statuses: [A, B]"}, None, ".backlog", "a"),
        ({"backlog/config.yaml": "statuses: [A, B]"}, None, "backlog", "a"),
        ({"backlog.config.yml": "backlog_directory: 'docs/b'"}, None, "docs/b", "todo"),
        ({"backlog.config.yml": "backlog_directory: ./docs/b/"}, "docs/b/", "docs/b/", "todo"),
        (
            {"backlog.config.yml": "", "backlog/x.md": "", ".backlog/config.yml": ""},
            None,
            ".backlog",
            "todo",
        ),
        (
            {"backlog.config.yml": "statuses: [A, B]", "backlog/config.yml": "statuses: [C, D]"},
            None,
            "backlog",
            "a",
        ),
        (
            {"backlog.config.yml": "statuses: [A, B]", "other/config.yml": "statuses: [C, D]"},
            "other",
            "other",
            "c",
        ),
        ({"backlog.config.yml": "backlog_directory: x\nstatuses: [A, B]"}, "x", "x", "a"),
        ({}, None, "backlog", "todo"),
    ],
)
def test_place_and_configuration(
    tmp_path: Path, files: dict[str, str], named: str | None, place: str, first: str
) -> None:
    for name, text in files.items():
        write(tmp_path / name, text)
    found, tool = configured_tool(str(tmp_path), Marker(Provider.BACKLOG, "", named), {}, DISK)
    assert (found, tool.states[first]) == (place, State.READY)


def test_table_of_states_adds_to_what_the_tool_settles(tmp_path: Path) -> None:
    table = {"To Do": State.DONE, "Needs Test": State.QUEUED, "Given Up": State.DONE}
    _, tool = configured_tool(str(tmp_path), Marker(Provider.BACKLOG, "", None), table, DISK)
    words = ("to do", "ToDo", "needs  test", "given up", "GivenUp")
    expected = [State.READY, State.READY, State.QUEUED, State.DONE, None]
    assert [tool.state_of(word) for word in words] == expected


@pytest.mark.parametrize(
    "data",
    [
        *(b"\xff", b"a: b\n" * 20000, b"statuses: A, B\n", b"statuses: [A\n", b"statuses: [[A]]\n"),
        b"task_prefix: 'task' # of all tasks\n",
    ],
)
def test_unusable_configuration_is_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "backlog.config.yml").write_bytes(data)
    with pytest.raises(WorkspaceError) as caught:
        configured_tool(str(tmp_path), Marker(Provider.BACKLOG, "", None), {}, DISK)
    assert caught.value.message.startswith(str(tmp_path / "backlog.config.yml"))


def test_size_of_a_configuration_is_checked_before_its_text(tmp_path: Path) -> None:
    (tmp_path / "backlog.config.yml").write_bytes(b"# " + "\u00e9".encode() * 40_000)
    with pytest.raises(WorkspaceError, match="is larger than 65536 bytes"):
        configured_tool(str(tmp_path), Marker(Provider.BACKLOG, "", None), {}, DISK)


@pytest.mark.parametrize("name", ["backlog.config.yml", "backlog/config.yml"])
def test_configuration_behind_a_link_is_an_error(tmp_path: Path, name: str) -> None:
    """It is not followed, and without it the words of the tool would have other meanings."""
    write(tmp_path / "elsewhere.yml", "statuses: [Done, To Do]\n")
    (tmp_path / "backlog").mkdir()
    (tmp_path / name).symlink_to(tmp_path / "elsewhere.yml")
    with pytest.raises(WorkspaceError, match="cannot be read"):
        configured_tool(str(tmp_path), Marker(Provider.BACKLOG, "", None), {}, DISK)


def test_identity_tells_mappings_apart(tmp_path: Path) -> None:
    plain = configured_tool(str(tmp_path), Marker(Provider.TK, "", None), {}, DISK)[1]
    other = configured_tool(str(tmp_path), Marker(Provider.TK, "", None), {"x": State.READY}, DISK)[
        1
    ]
    assert plain.identity != other.identity
    assert (
        plain.identity
        == configured_tool(str(tmp_path), Marker(Provider.TK, "", None), {}, DISK)[1].identity
    )
