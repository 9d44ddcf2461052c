"""Which workspace an MCP server answers about, and how its process begins and ends."""

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
from mcp_client import Asker, Roots, connected
from mcp_lines import Hand, by_hand, called, opening
from mcp_types import INTERNAL_ERROR, METHOD_NOT_FOUND
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from workspace_builder import A, Workspace

from yoi_relations.errors import UsageError, WorkspaceError
from yoi_relations.files.workspace import ROOT_VARIABLE
from yoi_relations.mcp.roots import workspace_for


@pytest.fixture
def first(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "first of two, 50% ready — 一")


@pytest.fixture
def second(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "second")


@pytest.fixture(scope="module", params=["auto", "legacy"])
def connection(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Asker, Roots, Path]]:
    """A client with roots, and a server that was started with -C."""
    named = Workspace(tmp_path_factory.mktemp("named") / "named").root
    roots = Roots()
    folder = named.parent
    with connected(folder, "-C", str(named), roots=roots, mode=request.param) as asker:
        yield asker, roots, named


@pytest.fixture
def asking(connection: tuple[Asker, Roots, Path]) -> tuple[Asker, Roots, Path]:
    """That client, knowing no roots yet, with its server's -C."""
    _, roots, _ = connection
    roots.paths, roots.error = [], None
    return connection


def root(asker: Asker) -> str:
    found: str = asker.ask("relations_show")["workspace"]["root"]
    return found


def test_first_root_in_a_workspace_is_used(
    asking: tuple[Asker, Roots, Path], first: Workspace, second: Workspace, tmp_path: Path
) -> None:
    asker, roots, named = asking
    (first.root / "src").mkdir()
    (first.root / "file").touch()

    roots.paths = [tmp_path, second.root / "gone", first.root / "src", second.root]
    assert root(asker) == str(first.root)
    roots.paths = [first.root / "file"]
    assert root(asker) == str(first.root)
    roots.paths = [second.root, first.root]
    assert root(asker) == str(second.root)
    roots.paths = [tmp_path, "file:///nowhere%00"]
    assert root(asker) == str(named)
    assert roots.asked >= 4


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
"""URIs that name no folder of this machine."""
NEWEST = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {"roots": {}},
    "io.modelcontextprotocol/clientInfo": {"name": "by hand", "version": "0"},
}
"""What each request says of a client that speaks the newest protocol."""


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Hand, Hand]]:
    """A workspace that -C names, and two servers: for an older client and for a new one."""
    named = Workspace(tmp_path_factory.mktemp("hands") / "named").root
    with (
        by_hand(named.parent, "-C", str(named)) as older,
        by_hand(named.parent, "-C", str(named)) as newer,
    ):
        older.say(*opening(roots={}))
        assert older.hear()["id"] == 0
        yield named, older, newer


def listed(hands: tuple[Path, Hand, Hand], result: dict[str, Any]) -> list[Any]:
    """What is answered to clients that say this where they are asked for their roots."""
    _, older, newer = hands
    older.say(called(1, "show"))
    asked = older.hear()
    assert asked["method"] == "roots/list"
    older.say({"jsonrpc": "2.0", "id": asked["id"], **result})
    first, second = called(1, "show"), called(2, "show")
    for call in (first, second):
        call["params"]["_meta"] = NEWEST
    second["params"]["inputResponses"] = {"roots": result.get("result")}
    asked = newer.ask(first)
    assert asked["result"]["inputRequests"]["roots"]["method"] == "roots/list"
    return [older.hear(), newer.ask(second)]


@pytest.mark.parametrize("place", ["before", "behind", "alone"])
def test_roots_that_are_not_local_folders_are_ignored(
    hands: tuple[Path, Hand, Hand], first: Workspace, place: str
) -> None:
    ours = [first.root.as_uri()] if place != "alone" else []
    uris = [*ours, *FOREIGN] if place == "behind" else [*FOREIGN, *ours]
    roots = [{"uri": uri, "name": "x"} for uri in uris]

    for answer in listed(hands, {"result": {"roots": roots}}):
        found = answer["result"]["structuredContent"]["workspace"]["root"]
        assert found == str(first.root if ours else hands[0])


@pytest.mark.parametrize(
    "said",
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
    hands: tuple[Path, Hand, Hand], said: dict[str, Any]
) -> None:
    for answer in listed(hands, said):
        assert answer["result"]["isError"]
        error = json.loads(answer["result"]["content"][0]["text"])["error"]
        assert error["code"] == "workspace"


def test_reading_a_resource_requests_the_roots(
    asking: tuple[Asker, Roots, Path], second: Workspace
) -> None:
    asker, roots, _ = asking
    second.ticket(A)
    roots.paths = [second.root]

    assert str(second.root) in asker.read(f"relations://ticket/{A}").text


def test_root_whose_name_is_not_utf_8_is_used(
    asking: tuple[Asker, Roots, Path], tmp_path: Path
) -> None:
    asker, roots, _ = asking
    odd = Workspace(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")))
    folder = odd.ticket(A, "queued")
    os.rename(folder, os.fsdecode(os.fsencode(folder) + b"\xff"))
    odd.record(A, "waiting", note="x")
    roots.paths = [odd.root]

    found = asker.ask("relations_show", all=True)

    assert found["workspace"]["root"].endswith("/caf\\xe9")
    assert asker.ask("relations_check")["count"] == 2
    (odd.root / ".yoi" / "workspace.toml").write_text("no TOML")
    assert asker.error("relations_show")["code"] == "workspace"


def test_client_that_does_not_list_its_roots_gets_an_error(
    asking: tuple[Asker, Roots, Path], first: Workspace
) -> None:
    asker, roots, named = asking
    roots.paths, roots.error = [first.root], INTERNAL_ERROR
    if asker.client.protocol_version in MODERN_PROTOCOL_VERSIONS:
        # There the client asks itself, and never comes back with an answer.
        assert "out of order" in asker.refusal("relations_show")
        return

    error = asker.error("relations_show")
    assert (error["code"], "out of order" in error["message"]) == ("workspace", True)
    roots.error = METHOD_NOT_FOUND
    assert root(asker) == str(named)


def test_error_about_a_folder_whose_name_is_not_utf_8_is_sent(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    odd.mkdir()
    with connected(odd) as asker:
        assert "/caf\\xe9: there is no .yoi" in asker.error("relations_show")["message"]
        with pytest.raises(MCPError, match=r"/caf\\xe9: there is no .yoi"):
            asker.read("relations://ticket/x")


def test_server_without_roots_finds_the_workspace_like_the_command_line(
    first: Workspace, second: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    monkeypatch.chdir(first.root)
    assert workspace_for([], None).root == str(first.root)
    assert workspace_for([], str(second.root)).root == str(second.root)
    assert workspace_for([str(first.root)], str(second.root)).root == str(first.root)
    with pytest.raises(UsageError):
        workspace_for([], str(tmp_path / "gone"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(ROOT_VARIABLE, str(second.root))
    assert workspace_for([str(tmp_path)], None).root == str(second.root)
    monkeypatch.delenv(ROOT_VARIABLE)
    with pytest.raises(WorkspaceError):
        workspace_for([str(tmp_path)], None)


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
def speaking(workspace: Workspace) -> Iterator[subprocess.Popen[str]]:
    """A server that was spoken to by hand, and has begun to answer."""
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
    with speaking(workspace) as process:
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
        said = process.stderr.read()

    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[1]["result"]["structuredContent"]["count"] == 0
    assert code == (0 if sent is None else -sent)
    assert said == "index: built from 1 files; there was none yet\n"


def test_command_needs_the_extra_and_rejects_trust_index(workspace: Workspace) -> None:
    program = (
        "import sys; sys.modules['mcp'] = None; sys.argv[1:] = ['mcp', '--json']\n"
        "from yoi_relations.__main__ import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=workspace.root, capture_output=True, check=False
    )
    error = json.loads(ran.stderr)["error"]
    assert ran.returncode == 1
    for way in ("pip install", "pipx install --force", "uv tool install --force"):
        assert f"{way} '.[mcp]'" in error["hint"]

    refused = workspace.run("mcp", "--trust", "index")
    assert (refused.code, "look at the files" in refused.err) == (2, True)
