"""The server in its own process, called by the client of the SDK: tools, limits, resources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_client import Roots, SdkClient, connected, document, responses_to_lines
from workspace_builder import A, B, C, Workspace

from yoi_relations.render.guide import GUIDE

READING = {"relations_show", "relations_check", "relations_diff"}
WRITING = {"relations_add", "relations_retire"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The folder where the servers start; the roots of a client may be elsewhere."""
    home = Workspace(tmp_path_factory.mktemp("home") / "home")
    home.ticket(A, "queued")
    return home


@pytest.fixture(scope="module")
def reader(home: Workspace) -> Iterator[SdkClient]:
    """A client without roots, and a read-only server."""
    with connected(home.root) as client:
        yield client


@pytest.fixture(scope="module")
def offered() -> Roots:
    return Roots()


@pytest.fixture(scope="module")
def writers(home: Workspace, offered: Roots) -> Iterator[list[SdkClient]]:
    """Clients with the newest protocol and with the previous one; their servers may write."""
    folder, options = home.root.parent, ("-C", str(home.root), "--allow-write")
    with (
        connected(folder, *options, roots=offered) as new,
        connected(folder, *options, roots=offered, mode="legacy") as old,
    ):
        assert new.sdk_client.protocol_version != old.sdk_client.protocol_version
        yield [new, old]


@pytest.fixture(params=["new", "old"])
def writer(request: pytest.FixtureRequest, writers: list[SdkClient], offered: Roots) -> SdkClient:
    offered.paths, offered.error = [], None
    new, old = writers
    return new if request.param == "new" else old


def test_read_only_server_has_no_tool_that_writes(home: Workspace, reader: SdkClient) -> None:
    before = home.snapshot()

    assert set(reader.tools) == READING
    for name in WRITING:
        assert "--allow-write" in reader.protocol_error(name, ticket=A, kind="waiting", note="x")
    assert home.snapshot() == before


def test_tools_say_whether_they_write(writer: SdkClient) -> None:
    hints = {name: tool["annotations"] for name, tool in writer.tools.items()}

    assert {name for name, hint in hints.items() if hint["readOnlyHint"]} == READING
    assert {name for name, hint in hints.items() if not hint["readOnlyHint"]} == WRITING
    assert not any(hints[name]["destructiveHint"] for name in WRITING)


def test_descriptions_of_the_tools_are_short(writers: list[SdkClient]) -> None:
    # 1,600 tokens of four characters each.
    assert len(json.dumps(list(writers[0].tools.values()), separators=(",", ":"))) < 6400


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"states": ["ready", "open"]}, "states.1: 'open' is not one of"),
        ({"ticket": 5}, "ticket: 5 is not of type 'string'"),
        ({"limit": -1}, "limit: -1 is less than the minimum"),
        ({"state": "ready"}, "relations_show: Additional properties are not allowed ('state'"),
        ({"kinds": ["blocked"]}, "kinds: unknown kind"),
        ({"since": "never"}, "since: "),
        ({"kinds": {"x": "x" * 5000}}, "kinds: {'x': 'xxx"),
        ({"kinds": ["blocks"] * 51}, "kinds: ['blocks'"),
        ({"states": ["ready"] * 51}, "states: ['ready'"),
    ],
)
def test_invalid_arguments_are_usage_errors(
    reader: SdkClient, arguments: dict[str, Any], expected: str
) -> None:
    error = reader.error("relations_show", **arguments)

    assert error["code"] == "usage"
    assert error["message"].startswith(expected)
    assert len(error["message"]) < 400
    assert error["hint"]


LONG = "x" * 50_000


def test_error_is_reported_after_a_long_argument(reader: SdkClient) -> None:
    for arguments, expected in (
        ({"limit": LONG}, " is not of type 'integer'"),
        ({"states": [LONG]}, "'inprogress', 'done', 'closed']"),
        ({"tickets": [A] * 1001}, " is too long"),
    ):
        message = reader.error("relations_check", **arguments)["message"]
        assert message.endswith(expected)
        assert len(message) < 400


def test_errors_quote_long_names_in_part(writer: SdkClient) -> None:
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("relations_show", {"ticket": LONG}),
        ("relations_show", {"kinds": [LONG]}),
        ("relations_check", {"tickets": [A, LONG]}),
        ("relations_add", {"ticket": LONG, "kind": "blocks"}),
        ("relations_add", {"ticket": A, "kind": LONG}),
        ("relations_add", {"ticket": A, "kind": "accepted_plan", "target": LONG}),
        ("relations_retire", {"record": LONG, "reason": "over"}),
    ]
    for tool, arguments in wrong:
        error = writer.error(tool, **arguments)
        assert len(error["message"]) < 2100
        assert len(error["hint"]) < 2100
    assert len(writer.protocol_error(LONG)) < 2100
    for uri in (f"relations://ticket/{LONG}", f"relations://{LONG}"):
        with pytest.raises(MCPError) as caught:
            writer.read(uri)
        assert len(json.dumps(caught.value.error.model_dump())) < 4500


def test_missing_argument_is_named_and_null_counts_as_missing(writer: SdkClient) -> None:
    assert "'reason' is a required" in writer.error("relations_retire", record="x")["message"]
    assert writer.ask("relations_show", ticket=None, kinds=None, limit=None)["count"] == 0
    for tool in ("relations_show", "relations_check"):
        assert writer.ask(tool, limit=50.0)["exit_code"] == 0


def test_answers_are_limited_and_hint_at_the_rest(
    writer: SdkClient, offered: Roots, workspace: Workspace
) -> None:
    offered.paths = [workspace.root]
    for number in range(55):
        workspace.ticket(f"T{number:012d}", "ready")
        workspace.record(f"T{number:012d}", "waiting", note="x")
        workspace.artifact(f"T{number:012d}", "relations.json", "no JSON")

    for tool, rows in (("relations_show", "relations"), ("relations_check", "checks")):
        some = writer.ask(tool)
        assert (some["count"], some["returned"], some["truncated"]) == (55, 50, True)
        assert (len(some[rows]), len(some["problems"])) == (50, 50)
        assert some["problems_total"] == 55
        assert "limit" in some["hint"]
        every = writer.ask(tool, limit=0)
        assert (every["returned"], every["truncated"], every["hint"]) == (55, False, None)
        assert len(every[rows]) == len(every["problems"]) == 55
        assert some["exit_code"] == every["exit_code"] != 0


def test_schemas_have_one_type_each(writer: SdkClient) -> None:
    assert '"type":[' not in json.dumps(writer.tools, separators=(",", ":"))


def test_resources_are_listed(reader: SdkClient) -> None:
    (guide,) = reader.portal.call(reader.sdk_client.list_resources).resources
    templates = reader.portal.call(reader.sdk_client.list_resource_templates).resource_templates

    assert str(guide.uri) == "relations://guide"
    assert [template.uri_template for template in templates] == ["relations://ticket/{id}"]


def test_guide_is_short(reader: SdkClient) -> None:
    guide = reader.read("relations://guide")

    assert (guide.text, guide.mime_type) == (GUIDE, "text/markdown")
    assert len(GUIDE.splitlines()) < 60


def test_ticket_is_a_resource(writer: SdkClient, offered: Roots, workspace: Workspace) -> None:
    offered.paths = [workspace.root]
    workspace.ticket(A, "queued", slug="a b/c")
    workspace.ticket(B, "done")
    workspace.ticket(C, "ready")
    workspace.record(A, "blocked_by", B, "y" * 5000)
    workspace.record(C, "after", A)
    workspace.artifact(B, "relations.json", "no JSON")

    found = json.loads(writer.read("relations://ticket/a%20b%2Fc").text)

    relations = writer.ask("relations_show", ticket=A, all=True)
    check = writer.ask("relations_check", tickets=[A])
    assert found["document"] == "ticket"
    assert found["relations"] == relations["relations"]
    assert [relation["active"] for relation in found["relations"]] == [False, True]
    assert len(found["relations"][0]["note"]) == 5000
    assert found["problems"] == relations["problems"] != []
    assert found["check"] == check["checks"][0]
    # The file of B that cannot be used could say that A is superseded: that is worse than a doubt.
    assert (relations["exit_code"], check["exit_code"], found["exit_code"]) == (4, 9, 9)


def test_unknown_resource_is_an_error(reader: SdkClient) -> None:
    for uri, data in (
        ("relations://ticket/nobody", "not_found"),
        ("relations://ticket/", "not_found"),
        ("relations://tickets", None),
    ):
        with pytest.raises(MCPError) as error:
            reader.read(uri)
        assert (error.value.error.data or {}).get("code") == data


def test_concurrent_clients_are_answered(
    reader: SdkClient, writers: list[SdkClient], offered: Roots, home: Workspace
) -> None:
    """In a workspace without an index, so that any of the calls may build it."""
    offered.paths, offered.error = [], None
    home.ticket(B, "ready")
    clients = [reader, *writers]
    draft = {"ticket": A, "kind": "blocked_by", "target": B, "note": "once"}

    questions = [client.start_call("relations_show") for client in clients for _ in range(8)]
    drafts = [client.start_call("relations_add", **draft) for client in writers for _ in range(4)]

    for question in questions:
        assert document(question.result())["count"] in {0, 1}
    assert sum(document(added.result())["changed"] for added in drafts) == 1
    for client in clients:
        assert client.ask("relations_check", tickets=[A])["exit_code"] == 10
        assert "Traceback" not in client.stderr
        assert "cannot write the index" not in client.stderr


def test_notices_go_to_stderr(writer: SdkClient, offered: Roots, tmp_path: Path) -> None:
    fresh = Workspace(tmp_path / "fresh")
    fresh.ticket(A)
    offered.paths = [fresh.root]

    assert writer.ask("relations_check")["count"] == 1
    assert "index: built from 1 file" in writer.stderr


INVALID_LINES: dict[bytes, int | str | None] = {
    rb'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"\ud800"}}': 7,
    rb'{"jsonrpc":"2.0","id":"s","method":"ping","params":{"x":["\udc00\ud800"]}}': "s",
    rb'{"jsonrpc":"2.0","id":"\ud800","method":"ping"}': None,
    b'{"jsonrpc":"2.0","id":7,"method":"ping",': None,
    b"[" * 100_000: None,
    b"[]": None,
    b'{"jsonrpc":"1.0","id":7,"method":"ping"}': 7,
    b'{"jsonrpc":"2.0","id":7,"method":"ping","params":[1]}': 7,
    b'{"jsonrpc":"1.0","id":7.5,"method":"ping"}': None,
    rb'{"jsonrpc":"2.0","id":7,"result":"\ud800"}': None,
}
"""Invalid lines, and the id in the response to each."""


def test_line_that_is_not_a_message_is_answered(workspace: Workspace) -> None:
    for expected, id_ in zip(
        responses_to_lines(workspace.root, [*INVALID_LINES]), INVALID_LINES.values(), strict=True
    ):
        (answer,) = expected
        assert answer["id"] == id_
        assert answer["error"]["code"] in {-32700, -32600}
        assert len(answer["error"]["message"]) < 200


def test_notification_gets_no_response(workspace: Workspace) -> None:
    notice = rb'{"jsonrpc":"2.0","method":"notifications/x","params":{"x":"\ud800"}}'

    assert responses_to_lines(workspace.root, [b"", b"  ", notice]) == [[], [], []]
