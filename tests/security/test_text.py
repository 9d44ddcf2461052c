"""Hostile text in tickets, records and arguments is shown and has no effect."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import sys
from contextlib import redirect_stdout
from unittest import mock

import pytest
from mcp_client import connected
from workspace_builder import A, B, C, Workspace, ulid

from yoi_relations.queries.change_types import ChangeType
from yoi_relations.queries.changes import Change
from yoi_relations.render.output import Mode
from yoi_relations.watch.loop import ChangeSet
from yoi_relations.watch.printer import change_printer

ACTING = "\x1b]0;owned\x07\x1b[2J\x9b31m\x85\u202e\u2066\x7f"
"""Sets the window's title, clears the screen, colours, breaks the line, turns text around."""
MARKUP = "[red]marked[/red] [link=file:///x]here[/link] [/] :smile:"
HOSTILE = f"{ACTING} {MARKUP}"
NAME = "00001KT\x1b]0;owned\x07\x9b31m"
"""The name of a ticket folder."""
SIGNS = re.compile("\x1b\\]|\x1b\\[2J|\x07|[\x80-\x9f]|[\u202a-\u202e\u2066-\u2069]|\x7f")
"""Sequences that the program itself never writes."""

QUESTIONS = [
    ("show", "--all"),
    ("show", A, "--all"),
    ("show", HOSTILE),
    ("show", "KT"),
    ("show", "--kind", HOSTILE),
    ("show", "--state", HOSTILE),
    ("check",),
    ("check", A, "--expect", HOSTILE),
    ("check", NAME),
    ("doctor", "--severity", "info"),
    ("status",),
    ("rebuild",),
    ("verify",),
    ("prime",),
    ("hooks", "list"),
    ("-C", HOSTILE, "show"),
    ("--trust", HOSTILE, "show"),
    (HOSTILE,),
    ("show", f"--{HOSTILE}"),
    ("add", A, HOSTILE, B),
    ("add", A, "related", HOSTILE),
    ("add", A, "related", C, "--note", HOSTILE, "--author", ACTING),
    ("retire", ulid(1), "--reason", MARKUP),
    ("retire", HOSTILE, "--reason", "over"),
    ("completion", "run", "--", "show", ""),
    ("completion", "run", "--", "retire", ""),
]


def quoted(text: str) -> str:
    """`text` as YAML takes any."""
    signs = (f"\\U{ord(sign):08x}" if not sign.isalnum() else sign for sign in text)
    return f'"{"".join(signs)}"'


@pytest.fixture
def hostile(workspace: Workspace) -> Workspace:
    """A workspace with hostile text in every field that takes text."""
    hostile_text = quoted(HOSTILE)
    workspace.ticket(A, title=hostile_text, slug=hostile_text)
    workspace.ticket(B, "queued", title=hostile_text)
    workspace.ticket(C, quoted(ACTING), title=MARKUP.replace(":", ""))
    workspace.ticket(NAME, title=hostile_text)
    workspace.record(A, "blocked_by", B, HOSTILE, author=hostile_text)
    workspace.record(NAME, "blocked_by", A, HOSTILE)
    workspace.record(A, "blocked_by", quoted(f"gone{HOSTILE}"), "why")
    workspace.record(A, hostile_text, B)
    workspace.record(B, "related", A, **{hostile_text: hostile_text})
    plan = {"branch": hostile_text, "worktree": hostile_text, "role_plan": hostile_text}
    workspace.record(B, "accepted_plan", None, HOSTILE, **plan)
    retired = {
        "retired_at": "2026-06-02T10:00:00Z",
        "retired_by": hostile_text,
        "retired_reason": hostile_text,
    }
    workspace.record(B, "after", C, HOSTILE, **retired)
    workspace.record_file(A, f"{ACTING}.md", "---\nkind: [\n---\n")
    workspace.record_file(A, f"{ACTING}.txt", "")
    workspace.plan_lines(C, {"kind": HOSTILE, "note": HOSTILE}, {"kind": "after", HOSTILE: 1})
    workspace.relations_json(C, {"kind": HOSTILE, "target": HOSTILE})
    return workspace


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["plain", "json"])
@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_piped_output_has_no_effect_on_a_terminal(
    hostile: Workspace, question: tuple[str, ...], form: tuple[str, ...]
) -> None:
    ran = hostile.run(*form, *question)
    output = ran.out + ran.err
    assert not SIGNS.search(output), output
    assert "\r" not in output
    assert "\x1b" not in output
    if question == ("show", "--all"):
        assert MARKUP in output


def on_terminal(workspace: Workspace, *arguments: str) -> str:
    """All that a command writes to a terminal of 400 columns."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(workspace.root)
        env = os.environ | {"COLUMNS": "400", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        env |= {"YOI_RELATIONS_AUTHOR": "tester"}
        os.execve(sys.executable, [sys.executable, "-m", "yoi_relations", *arguments], env)  # noqa: S606
    parts = []
    while part := _read(terminal):
        parts.append(part)
    os.close(terminal)
    os.waitpid(child, 0)
    return b"".join(parts).decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # the other end is closed
        return b""


@pytest.mark.parametrize(
    ("question", "shows"),
    [
        (("show", "--all"), MARKUP),
        (("show", A, "--all"), MARKUP),
        (("check",), MARKUP),
        (("check", A), MARKUP),
        (("doctor", "--severity", "info"), "[red]marked[/red]"),
        (("status",), "tickets root"),
        (("verify",), "no index"),
        (("retire", ulid(1), "--reason", MARKUP), "is blocked by"),
        (("show", MARKUP), MARKUP),
        (("nothing", MARKUP), "No such command"),
    ],
)
def test_terminal_output_has_no_effect_and_shows_markup(
    hostile: Workspace, question: tuple[str, ...], shows: str
) -> None:
    output = on_terminal(hostile, *question)
    assert "Traceback" not in output
    assert not SIGNS.search(output), output
    assert shows in output
    assert "\r" not in output.replace("\r\n", "")


@pytest.mark.parametrize("mode", list(Mode))
def test_output_of_watch_has_no_effect_on_a_terminal(mode: Mode) -> None:
    change = Change(ChangeType.ADDED, HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    out = io.StringIO()
    with redirect_stdout(out), mock.patch.dict(os.environ, {"COLUMNS": "400"}):
        assert change_printer(mode)(ChangeSet([change], "before", "after"))
    assert not SIGNS.search(out.getvalue())
    assert MARKUP in out.getvalue()


@pytest.mark.parametrize(
    "name",
    ["' OR 1=1 --", '"; DROP TABLE record; --', "%", "____", "NEAR(a b)", "*", '["a"]'],
)
def test_names_are_not_used_as_sql(hostile: Workspace, name: str) -> None:
    before = hostile.run("status", "--json").json["tickets"]
    hostile.ticket("00001KT0000EE", title="hostile", slug=quoted(name))
    hostile.record("00001KT0000EE", "related", quoted(name))
    for command in (("show", name), ("check", name), ("add", A, "related", name)):
        ran = hostile.run(*command)
        assert "Traceback" not in ran.err
        assert ran.code != 1
    for option in ("--kind", "--state", "--limit", "--trust"):
        assert hostile.run("show", option, name).code == 2
    assert hostile.run("retire", name, "--reason", "x").code == 3
    after = hostile.run("status", "--json").json["tickets"]
    assert after == before | {"planning": before["planning"] + 1}


@pytest.mark.parametrize("name", ["a\0bcd", "a\ud800bcd"])
def test_invalid_name_is_not_found(hostile: Workspace, name: str) -> None:
    for command in (("show", name), ("check", name), ("retire", name, "--reason", "over")):
        assert hostile.run(*command).code == 3


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_output_for_agents_has_no_effect(hostile: Workspace, mode: str) -> None:
    with connected(hostile.root, mode=mode) as asker:
        for tool, given in (("relations_show", {"all": True}), ("relations_check", {})):
            (content,) = asker.start_call(tool, **given).result().content
            assert not SIGNS.search(content.text)
            assert json.loads(content.text) == asker.ask(tool, **given)
        assert not SIGNS.search(asker.read(f"relations://ticket/{A}").text)
        for name in (ACTING * 2, "../../etc/passwd", "' OR 1=1 --"):
            error = asker.error("relations_show", ticket=name)
            assert error["code"] == "not_found"
        assert not SIGNS.search(asker.protocol_error(ACTING))
        assert not SIGNS.search(asker.stderr)


def test_text_cannot_forge_fields_of_a_line(workspace: Workspace) -> None:
    workspace.ticket(A, title=quoted("a\tb\nc"))
    workspace.ticket(B)
    workspace.record(A, "blocked_by", B, "one\ttwo\nthree\\n\n\u2028four\x0bfive")
    (line,) = workspace.run("show", "--plain").out.splitlines()
    assert line.count("\t") == 10
    assert line.split("\t")[7] == "one\\ttwo\\nthree\\\\n\\n\\u2028four\\x0bfive"


@pytest.mark.parametrize(
    "title",
    ['x), which is done. "A is free (', 'x\\", which is done', "), which is done", "\\", '"'],
)
def test_title_cannot_end_a_sentence(workspace: Workspace, title: str) -> None:
    workspace.ticket(A, "queued")
    workspace.item(B, f"---\ntitle: {json.dumps(title)}\nstate: ready\n---\n")
    workspace.record(A, "blocked_by", B)
    (reason,) = workspace.run("check", A, "--json").json["checks"][0]["reasons"]
    before, quote, after = reason["sentence"].partition('"')
    end = re.fullmatch(r'((?:[^"\\]|\\.)*)"\), which is ready', after)
    assert (before, quote) == (f"{A} is blocked by {B} (", '"')
    assert end
    assert re.sub(r"\\(.)", r"\1", end[1]) == title


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", ">>>>>>> topic", "||||||| base"])
def test_note_with_conflict_markers_is_refused_with_a_hint(
    workspace: Workspace, marker: str
) -> None:
    workspace.pair()
    refused = workspace.run("add", A, "related", B, "--note", f"seen:\n{marker}\n")
    assert (refused.code, "hint: " in refused.err) == (2, True)
    assert workspace.run("add", A, "related", B, "--note", f"seen:\n {marker}\n").code == 0
