"""The command line: errors, common options, JSON and plain output, pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from workspace_builder import A, B, Workspace

pytestmark = pytest.mark.usefixtures("either_command_line")


def assert_fails(workspace: Workspace, arguments: tuple[str, ...], code: int, *said: str) -> Any:
    """An error with and without --json; the error as JSON."""
    ran = workspace.run(*arguments)
    assert (ran.code, ran.out) == (code, ""), ran
    assert "error: " in ran.err
    assert "Traceback" not in ran.err
    assert [part for part in said if part not in ran.err] == []
    ran = workspace.run(*arguments, "--json")
    assert (ran.code, ran.out) == (code, ""), ran
    *notices, last = ran.errors
    assert all(one.keys() == {"level", "message"} for one in notices)
    assert (last.keys(), last["schema_version"]) == ({"schema_version", "error"}, 1)
    assert last["error"].keys() == {"code", "message", "hint"}
    text = f"{last['error']['message']} {last['error']['hint']}"
    assert [part for part in said if part not in text] == []
    return last["error"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "--kind", "bloked-by"), 2, ["bloked-by", "blocked-by"]),
        (("show", "--kind", "blocked-by,order"), 2, [": --kind blocked-by --kind order"]),
        (("show", "--kind=Blocks after"), 2, [": --kind blocks --kind after"]),
        (("show", "--kind", "blocks,a"), 2, ["blocks,a"]),
        (("show", "--state", "ready,done"), 2, [": --state ready --state done"]),
        (("check", "--state=ready,queued"), 2, [": --state ready --state queued"]),
        (("show", "--state", "ready,a"), 2, ["relations show --help"]),
        (("show", "--kind", "parent"), 2, ["parent"]),
        (("show", "--kind", "blocks", "--kind", "umbrella"), 2, ["umbrella"]),
        (("show", "--state", "finished"), 2, ["finished", "queued"]),
        (("show", "--limit", "-1"), 2, ["--limit"]),
        (("show", "--limit", "many"), 2, ["many"]),
        (("show", "--trust", "luck"), 2, ["luck"]),
        (("show", "--colour"), 2, ["--colour"]),
        (("show", A, B), 2, []),
        (("shew",), 2, ["shew"]),
        (("show", "nothing"), 3, ["nothing"]),
        (("show", "00001KT"), 3, [A, B, f"Title of {A}"]),
        (("add", A, "blocked-by", "nothing"), 3, ["nothing"]),
        (("-C", "no/such/folder", "show"), 2, ["no/such/folder"]),
    ],
)
def test_invalid_argument_is_an_error(
    edge: Workspace, arguments: tuple[str, ...], code: int, said: list[str]
) -> None:
    before = edge.snapshot()
    assert_fails(edge, arguments, code, *said)
    assert edge.snapshot() == before


@pytest.mark.parametrize(
    ("command", "option", "value"),
    [
        ("show", "--kind", "parent"),
        ("show", "--state", "finished"),
        ("show", "--limit", "many"),
        ("show", "--since", "never"),
        ("log", "--since", "never"),
        ("log", "-n", "-1"),
        ("log", "--kind", "parent"),
        ("tree", "--kind", "related"),
        ("tree", "--depth", "deep"),
        ("doctor", "--severity", "bad"),
        ("graph", "--format", "gif"),
        ("watch", "--timeout", "nan"),
        ("status", "--trust", "luck"),
    ],
)
def test_error_about_a_value_begins_with_its_option(
    edge: Workspace, command: str, option: str, value: str
) -> None:
    error = assert_fails(edge, (command, option, value), 2, value)
    assert error["message"].startswith(f"{option}: ")


def test_json_and_plain_exclude_each_other(edge: Workspace) -> None:
    for arguments in (("show", "--json", "--plain"), ("--plain", "show", "--json")):
        ran = edge.run(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.errors[-1]["error"]["code"] == "usage"


def test_problems_come_with_advice(edge: Workspace) -> None:
    edge.record_file(A, "x.md", "no record\n")

    ran = edge.run("show")

    problem, advice = ran.err.splitlines()[-2:]
    assert (ran.code, problem.startswith(f"problem: .yoi/tickets/{A}/")) == (4, True)
    assert "relations doctor --severity info" in advice


def test_missing_workspace_is_an_error(edge: Workspace, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for command in (("show",), ("status",), ("rebuild",), ("add", A, "related", B)):
        error = assert_fails(edge, ("-C", str(elsewhere), *command), 1, ".yoi", "-C")
        assert error["code"] == "workspace"
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("name", ["workspace.toml", "ticket.config.toml"])
@pytest.mark.parametrize(
    "text",
    [
        b"[ticket\n",
        b"\xff\xfe",
        b"[backend]\nroot = 3\n[ticket.backend]\nroot = 3\n",
        b'[backend]\nroot = "../out"\n[ticket.backend]\nroot = "../out"\n',
        b'[backend]\nroot = "/"\n[ticket.backend]\nroot = "/"\n',
    ],
)
def test_unusable_configuration_is_an_error(edge: Workspace, name: str, text: bytes) -> None:
    (edge.root / ".yoi" / name).write_bytes(text)
    before = edge.snapshot()
    for command in (("show",), ("add", A, "related", B), ("rebuild",)):
        assert_fails(edge, command, 1, f".yoi/{name}")
    assert edge.snapshot() == before
    assert not (edge.root / ".yoi/cache").exists()


def test_missing_tickets_root_is_an_error(edge: Workspace) -> None:
    (edge.root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = "tickets"\n')
    assert_fails(edge, ("show",), 1, "tickets")


@pytest.mark.parametrize("option", ["--json", "--plain"])
def test_common_options_work_before_and_after_the_command(edge: Workspace, option: str) -> None:
    edge.show()
    before, after = edge.run(option, "show", A), edge.run("show", A, option)
    assert before == after
    assert before.out.startswith("{" if option == "--json" else "dependency\t")
    inside = str(edge.tickets / A)
    outside = edge.run("-C", inside, "show", option, YOI_RELATIONS_ROOT="/")
    assert outside == edge.run("show", option, "-C", inside) == edge.run("show", option)


def test_environment_variable_names_the_root(edge: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other")
    inside = str(edge.tickets / A)
    assert other.run("show", YOI_RELATIONS_ROOT=inside).out == edge.run("show").out != ""
    assert other.run("-C", ".", "show", YOI_RELATIONS_ROOT=inside).out == ""


def test_plain_lines_have_eleven_escaped_fields(edge: Workspace) -> None:
    edge.ticket(B, "done", title='"\\e[31mred"')
    note = "tab\there\nnew line \\ backslash \\n \x1b[31m red \x9b31m \r \x07 end"
    edge.run("add", A, "related", B, "--note", "-", stdin=note.encode())
    ran = edge.run("show", "--plain")
    (line,) = ran.out.splitlines()
    fields = line.split("\t")
    assert fields[:6] == ["reference", "related", A, "planning", B, "done"]
    assert len(fields) == 11
    (record,) = edge.show()["relations"][0]["records"]
    assert fields[8:] == ["tester", record["id"], ""]
    assert fields[7].startswith("tab\\there\\nnew line \\\\ backslash \\\\n ")
    assert [sign for sign in fields[7] if ord(sign) < 0x20 or 0x7F <= ord(sign) < 0xA0] == []
    assert json.loads(edge.run("show", "--json").out)["relations"][0]["note"] == note


def test_pipe_gets_plain_lines(edge: Workspace) -> None:
    assert edge.process("show", TERM="xterm-256color").out == edge.run("show", "--plain").out


@pytest.mark.parametrize("arguments", [("--help",), ("show", "--help"), ("--version",), ()])
def test_help_and_version_need_no_workspace(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "yoi_relations", *arguments]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "relations" in ran.stdout


@pytest.mark.parametrize("option", ["--json", "--plain"])
def test_closed_pipe_is_not_an_error(edge: Workspace, option: str) -> None:
    kind = "waiting_capacity_note"
    edge.plan_lines(A, *({"kind": kind, "note": "x" * 2000} for _ in range(200)))
    edge.show()
    command = [sys.executable, "-m", "yoi_relations", "show", "--all", "--limit", "0", option]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=edge.root, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(10) in {0, -signal.SIGPIPE, 128 + signal.SIGPIPE}


def test_interrupt_exits_with_130(edge: Workspace) -> None:
    edge.show()
    before = edge.snapshot()
    command = [sys.executable, "-m", "yoi_relations", "add", A, "after", B, "--note", "-"]
    environ = os.environ | {"YOI_RELATIONS_AUTHOR": "tester"}
    with subprocess.Popen(
        command, cwd=edge.root, env=environ, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stderr
        wait_for_reading(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert b"Traceback" not in process.stderr.read()
    assert edge.snapshot() == before


def wait_for_reading(pid: int) -> None:
    """Wait until the process sleeps in a read of its standard input."""
    for _ in range(500):
        called = Path(f"/proc/{pid}/syscall").read_text().split()
        if called[:2] == ["0", "0x0"]:
            return
        signal.sigtimedwait([], 0.01)
    pytest.fail("it never asked for its input")
