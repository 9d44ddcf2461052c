"""The workspace that an MCP server answers about, and the start and end of its process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_client import Roots, SdkClient, connected
from mcp_raw_client import RawClient, handshake, raw_server, tool_call
from mcp_types import INTERNAL_ERROR, METHOD_NOT_FOUND
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from workspace_builder import A, Workspace

from yoi_relations.errors import UsageError, WorkspaceError
from yoi_relations.files.workspace import ROOT_VARIABLE, find_workspace
from yoi_relations.mcp.roots import folder_for


@pytest.fixture
def first(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "first of two, 50% ready — 一")


@pytest.fixture
def second(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "second")


@pytest.fixture(scope="module", params=["auto", "legacy"])
def connection(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SdkClient, Roots, Path]]:
    """A client with roots, and a server that was started with -C."""
    named = Workspace(tmp_path_factory.mktemp("named") / "named").root
    roots = Roots()
    folder = named.parent
    with connected(folder, "-C", str(named), roots=roots, mode=request.param) as client:
        yield client, roots, named


@pytest.fixture
def fresh_connection(connection: tuple[SdkClient, Roots, Path]) -> tuple[SdkClient, Roots, Path]:
    """The connection, with a client that has no roots yet."""
    _, roots, _ = connection
    roots.paths, roots.error = [], None
    return connection


def root(client: SdkClient) -> str:
    found: str = client.ask("relations_show")["workspace"]["root"]
    return found


def test_first_root_in_a_workspace_is_used(
    fresh_connection: tuple[SdkClient, Roots, Path],
    first: Workspace,
    second: Workspace,
    tmp_path: Path,
) -> None:
    client, roots, named = fresh_connection
    (first.root / "src").mkdir()
    (first.root / "file").touch()

    roots.paths = [tmp_path, second.root / "gone", first.root / "src", second.root]
    assert root(client) == str(first.root)
    roots.paths = [first.root / "file"]
    assert root(client) == str(first.root)
    roots.paths = [second.root, first.root]
    assert root(client) == str(second.root)
    roots.paths = [tmp_path, "file:///nowhere%00"]
    assert root(client) == str(named)
    assert roots.requests >= 4


FOREIGN = [
    "vscode-remote://wsl+ubuntu/home/me",
    "https://example.com/repository",
    "untitled:Untitled-1",
    "file://server/share",
    "file:relative",
    "file:///nowhere%00",
    "file://[bad",
    "http://[bad",
    "/no/uri/at/all",
    "",
    "\n",
]
"""URIs that do not name a folder of this machine."""
NEWEST = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {"roots": {}},
    "io.modelcontextprotocol/clientInfo": {"name": "by hand", "version": "0"},
}
"""The metadata in each request of a client with the newest protocol."""


@pytest.fixture(scope="module")
def two_servers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, RawClient, RawClient]]:
    """A workspace that -C names, and two servers: for an older client and for a new one."""
    named = Workspace(tmp_path_factory.mktemp("hands") / "named").root
    with (
        raw_server(named.parent, "-C", str(named)) as older,
        raw_server(named.parent, "-C", str(named)) as newer,
    ):
        older.send(*handshake(roots={}))
        assert older.receive()["id"] == 0
        yield named, older, newer


def list_roots(two_servers: tuple[Path, RawClient, RawClient], result: dict[str, Any]) -> list[Any]:
    """The responses to an older and to a new client that list their roots like this."""
    _, older, newer = two_servers
    older.send(tool_call(1, "show"))
    roots_request = older.receive()
    assert roots_request["method"] == "roots/list"
    older.send({"jsonrpc": "2.0", "id": roots_request["id"], **result})
    first, second = tool_call(1, "show"), tool_call(2, "show")
    for call in (first, second):
        call["params"]["_meta"] = NEWEST
    second["params"]["inputResponses"] = {"roots": result.get("result")}
    roots_request = newer.ask(first)
    assert roots_request["result"]["inputRequests"]["roots"]["method"] == "roots/list"
    return [older.receive(), newer.ask(second)]


@pytest.mark.parametrize("position", ["before", "after", "alone"])
def test_roots_that_are_not_local_folders_are_ignored(
    two_servers: tuple[Path, RawClient, RawClient], first: Workspace, position: str
) -> None:
    ours = [first.root.as_uri()] if position != "alone" else []
    uris = [*ours, *FOREIGN] if position == "after" else [*FOREIGN, *ours]
    roots = [{"uri": uri, "name": "x"} for uri in uris]

    for answer in list_roots(two_servers, {"result": {"roots": roots}}):
        found = answer["result"]["structuredContent"]["workspace"]["root"]
        assert found == str(first.root if ours else two_servers[0])


@pytest.mark.parametrize(
    "response",
    [
        {"result": {}},
        {"result": {"roots": None}},
        {"result": {"roots": {}}},
        {"result": {"roots": "file:///"}},
        {"result": {"roots": [None]}},
        {"result": {"roots": [{"name": "x"}]}},
        {"result": {"roots": [{"uri": "file:///"}, {"uri": 5}]}},
        {"result": []},
        {"result": None},
        {"result": "x"},
        {"error": "no"},
        {"error": {"code": "x"}},
        {"error": {"code": -32000, "message": "not now"}},
        {},
    ],
    ids=str,
)
def test_invalid_list_of_roots_is_an_error(
    two_servers: tuple[Path, RawClient, RawClient], response: dict[str, Any]
) -> None:
    for answer in list_roots(two_servers, response):
        assert answer["result"]["isError"]
        error = json.loads(answer["result"]["content"][0]["text"])["error"]
        assert error["code"] == "workspace"


def test_reading_a_resource_requests_the_roots(
    fresh_connection: tuple[SdkClient, Roots, Path], second: Workspace
) -> None:
    client, roots, _ = fresh_connection
    second.ticket(A)
    roots.paths = [second.root]

    assert str(second.root) in client.read(f"relations://ticket/{A}").text


def test_root_whose_name_is_not_utf_8_is_used(
    fresh_connection: tuple[SdkClient, Roots, Path], tmp_path: Path
) -> None:
    client, roots, _ = fresh_connection
    odd = Workspace(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")))
    folder = odd.ticket(A, "queued")
    os.rename(folder, os.fsdecode(os.fsencode(folder) + b"\xff"))
    odd.record(A, "waiting", note="x")
    roots.paths = [odd.root]

    found = client.ask("relations_show", all=True)

    assert found["workspace"]["root"].endswith("/caf\\xe9")
    assert client.ask("relations_check")["count"] == 2
    (odd.root / ".yoi" / "workspace.toml").write_text("no TOML")
    assert client.error("relations_show")["code"] == "workspace"


def test_client_that_does_not_list_its_roots_gets_an_error(
    fresh_connection: tuple[SdkClient, Roots, Path], first: Workspace
) -> None:
    client, roots, named = fresh_connection
    roots.paths, roots.error = [first.root], INTERNAL_ERROR
    if client.sdk_client.protocol_version in MODERN_PROTOCOL_VERSIONS:
        # With this protocol, the client fails by itself and sends no second call.
        assert "out of order" in client.protocol_error("relations_show")
        return

    error = client.error("relations_show")
    assert (error["code"], "out of order" in error["message"]) == ("workspace", True)
    roots.error = METHOD_NOT_FOUND
    assert root(client) == str(named)


def test_error_about_a_folder_whose_name_is_not_utf_8_is_sent(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    odd.mkdir()
    with connected(odd) as client:
        assert "/caf\\xe9: " in client.error("relations_show")["message"]
        with pytest.raises(MCPError, match=r"/caf\\xe9: "):
            client.read("relations://ticket/x")


def test_server_without_roots_finds_the_workspace_like_the_command_line(
    first: Workspace, second: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    monkeypatch.chdir(first.root)
    assert find_workspace(folder_for([], None)).root == str(first.root)
    assert find_workspace(folder_for([], str(second.root))).root == str(second.root)
    assert find_workspace(folder_for([str(first.root)], str(second.root))).root == str(first.root)
    with pytest.raises(UsageError):
        find_workspace(folder_for([], str(tmp_path / "gone")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(ROOT_VARIABLE, str(second.root))
    assert find_workspace(folder_for([str(tmp_path)], None)).root == str(second.root)
    monkeypatch.delenv(ROOT_VARIABLE)
    with pytest.raises(WorkspaceError):
        find_workspace(folder_for([str(tmp_path)], None))


OPENING: list[dict[str, Any]] = [
    {
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "nobody", "version": "0"},
        },
    },
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/call", "params": {"name": "relations_show"}},
]


@contextlib.contextmanager
def answering_server(workspace: Workspace) -> Iterator[subprocess.Popen[str]]:
    """A server that got three messages, and has begun to answer."""
    with subprocess.Popen(
        [sys.executable, "-m", "yoi_relations", "mcp", "--allow-write"],
        cwd=workspace.root,
        env={key: value for key, value in os.environ.items() if key != ROOT_VARIABLE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin
        for message in OPENING:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()
        yield process


@pytest.mark.parametrize("sent", [None, signal.SIGTERM, signal.SIGINT])
def test_server_ends_at_a_signal(workspace: Workspace, sent: signal.Signals | None) -> None:
    workspace.ticket(A)
    with answering_server(workspace) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        if sent is None:
            process.stdin.close()
        else:
            process.send_signal(sent)
        code = process.wait(20)
        assert process.stdout.read() == ""
        response = process.stderr.read()

    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[1]["result"]["structuredContent"]["count"] == 0
    assert code == (0 if sent is None else -sent)
    assert (response.partition(": ")[0], response.count("\n")) == ("index", 1)


def test_command_rejects_trust_index(workspace: Workspace) -> None:
    refused = workspace.run("mcp", "--trust", "index")
    assert (refused.code, refused.out) == (2, "")
