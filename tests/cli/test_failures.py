"""An error of the machine is one error of the program, and never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from workspace_builder import A, B, Ran, Workspace

START = "from yoi_relations.__main__ import main; main()"
NO_SQLITE = "import sys; sys.modules['_sqlite3'] = sys.modules['sqlite3'] = None\n"
BROKEN_SQLITE = """
import _sqlite3
def connect(*_given, **_named):
    raise _sqlite3.OperationalError('near "STRICT": syntax error')
_sqlite3.connect = connect
"""
POOR_SQLITE = """
import _sqlite3
class Poor(_sqlite3.Connection):
    def __getattribute__(self, name):
        if name in ("executescript", "deserialize"):
            raise AttributeError(name)
        return super().__getattribute__(name)
connect = _sqlite3.connect
_sqlite3.connect = lambda *given, **named: connect(*given, factory=Poor, **named)
"""
NO_TYPER = "import sys; sys.modules['typer'] = None\n"
MACHINES = {"none": NO_SQLITE, "broken": BROKEN_SQLITE, "poor": POOR_SQLITE}
COMMANDS = [
    ["show"],
    ["check"],
    ["doctor"],
    ["status"],
    ["rebuild"],
    ["verify"],
    ["add", A, "after", B],
    ["retire", "01KT", "--reason", "x"],
    ["watch", "--once", "--timeout", "1"],
]


def ran_on(machine: str, workspace: Workspace, *arguments: str, stdin: bytes = b"") -> Ran:
    ran = subprocess.run(
        [sys.executable, "-c", machine + START, *arguments],
        cwd=workspace.root,
        input=stdin,
        capture_output=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_machine_error_is_one_error(edge: Workspace, machine: str, command: list[str]) -> None:
    before = edge.snapshot()
    ran = ran_on(MACHINES[machine], edge, *command)
    assert (ran.code, ran.out) == (1, ""), ran
    assert [line.partition(": ")[0] for line in ran.err.splitlines()] == ["error", "hint"]

    (error,) = ran_on(MACHINES[machine], edge, *command, "--json").errors
    assert (error["error"]["code"], error["schema_version"]) == ("failed", 1)
    assert edge.snapshot() == before


@pytest.mark.parametrize("machine", MACHINES)
def test_hook_ignores_machine_errors(edge: Workspace, machine: str) -> None:
    ran = ran_on(MACHINES[machine], edge, "hooks", "run", "-C", ".")
    # Without SQLite the program cannot be loaded; the section of the hook swallows the error.
    assert (ran.code, ran.out) == (int(machine == "none"), "")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("machine", ["broken", "poor"])
def test_mcp_client_gets_the_error(edge: Workspace, machine: str) -> None:
    start: dict[str, object] = {"protocolVersion": "2025-06-18", "capabilities": {}}
    start |= {"clientInfo": {"name": "tester", "version": "1"}}
    messages: list[dict[str, object]] = [
        {"id": 1, "method": "initialize", "params": start},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "relations_show", "arguments": {}}},
    ]
    with subprocess.Popen(
        [sys.executable, "-c", MACHINES[machine] + START, "mcp"],
        cwd=edge.root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdin
        assert server.stdout
        for message in messages:
            server.stdin.write(json.dumps({"jsonrpc": "2.0"} | message).encode() + b"\n")
            server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(2)]
        server.stdin.close()
    result = answers[1]["result"]
    assert result["isError"] is True
    assert json.loads(result["content"][0]["text"])["error"]["code"] == "failed"


@pytest.mark.parametrize("command", [["--help"], ["show", "-C."]], ids=" ".join)
def test_missing_package_is_one_error(edge: Workspace, command: list[str]) -> None:
    ran = ran_on(NO_TYPER, edge, *command)
    assert (ran.code, ran.out) == (1, "")
    assert [line.partition(": ")[0] for line in ran.err.splitlines()] == ["error", "hint"]
    assert "typer" in ran.err
    assert ran_on(NO_TYPER, edge, "show", "--json").json["count"] == 1


def test_error_names_the_sqlite_version(edge: Workspace) -> None:
    version = subprocess.check_output(
        [sys.executable, "-c", "import _sqlite3; print(_sqlite3.sqlite_version)"], text=True
    ).strip()
    assert f"SQLite {version}" in ran_on(BROKEN_SQLITE, edge, "show").err
