"""`relations mcp` in processes of its own, asked by the SDK's client: tools, bounds, resources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_client import Asker, Roots, connected, document, said_to
from workspace_builder import A, B, C, Workspace

from yoi_relations.render.guide import GUIDE

READING = {"relations_show", "relations_check"}
WRITING = {"relations_add", "relations_retire"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Where the servers are started; a client's roots may lead elsewhere."""
    home = Workspace(tmp_path_factory.mktemp("home") / "home")
    home.ticket(A, "queued")
    return home


@pytest.fixture(scope="module")
def reader(home: Workspace) -> Iterator[Asker]:
    """A server that may only read, and a client that knows no roots."""
    with connected(home.root) as asker:
        yield asker


@pytest.fixture(scope="module")
def offered() -> Roots:
    return Roots()


@pytest.fixture(scope="module")
def writers(home: Workspace, offered: Roots) -> Iterator[list[Asker]]:
    """Two servers that may write; their clients speak the newest protocol and the one before."""
    folder, options = home.root.parent, ("-C", str(home.root), "--allow-write")
    with (
        connected(folder, *options, roots=offered) as new,
        connected(folder, *options, roots=offered, mode="legacy") as old,
    ):
        assert new.client.protocol_version != old.client.protocol_version
        yield [new, old]


@pytest.fixture(params=["new", "old"])
def writer(request: pytest.FixtureRequest, writers: list[Asker], offered: Roots) -> Asker:
    offered.paths, offered.error = [], None
    new, old = writers
    return new if request.param == "new" else old


def test_read_only_server_has_no_tool_that_writes(home: Workspace, reader: Asker) -> None:
    before = home.snapshot()

    assert set(reader.tools) == READING
    for name in WRITING:
        assert "--allow-write" in reader.refusal(name, ticket=A, kind="waiting", note="x")
    assert home.snapshot() == before


def test_tools_say_whether_they_write(writer: Asker) -> None:
    hints = {name: tool["annotations"] for name, tool in writer.tools.items()}

    assert {name for name, hint in hints.items() if hint["readOnlyHint"]} == READING
    assert {name for name, hint in hints.items() if not hint["readOnlyHint"]} == WRITING
    assert not any(hints[name]["destructiveHint"] for name in WRITING)


def test_descriptions_of_the_tools_are_short(writers: list[Asker]) -> None:
    # Four characters a token: 1,500 tokens.
    assert len(json.dumps(list(writers[0].tools.values()), separators=(",", ":"))) < 6000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"states": ["ready", "open"]}, "states.1: 'open' is not one of"),
        ({"ticket": 5}, "ticket: 5 is not of type 'string'"),
        ({"limit": -1}, "limit: -1 is less than the minimum"),
        ({"state": "ready"}, "relations_show: Additional properties are not allowed ('state'"),
        ({"kinds": ["blocked"]}, "unknown kind"),
        ({"kinds": {"x": "x" * 5000}}, "kinds: {'x': 'xxx"),
        ({"kinds": ["blocks"] * 51}, "kinds: ['blocks'"),
        ({"states": ["ready"] * 51}, "states: ['ready'"),
    ],
)
def test_invalid_arguments_are_usage_errors(
    reader: Asker, arguments: dict[str, Any], said: str
) -> None:
    error = reader.error("relations_show", **arguments)

    assert error["code"] == "usage"
    assert error["message"].startswith(said)
    assert len(error["message"]) < 400
    assert error["hint"]


LONG = "x" * 50_000


def test_error_is_reported_after_a_long_argument(reader: Asker) -> None:
    for arguments, said in (
        ({"limit": LONG}, " is not of type 'integer'"),
        ({"states": [LONG]}, "'inprogress', 'done', 'closed']"),
        ({"tickets": [A] * 1001}, " is too long"),
    ):
        message = reader.error("relations_check", **arguments)["message"]
        assert message.endswith(said)
        assert len(message) < 400


def test_errors_quote_long_names_in_part(writer: Asker) -> None:
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
    assert len(writer.refusal(LONG)) < 2100
    for uri in (f"relations://ticket/{LONG}", f"relations://{LONG}"):
        with pytest.raises(MCPError) as caught:
            writer.read(uri)
        assert len(json.dumps(caught.value.error.model_dump())) < 4500


def test_missing_argument_is_named_and_null_counts_as_missing(writer: Asker) -> None:
    assert "'reason' is a required" in writer.error("relations_retire", record="x")["message"]
    assert writer.ask("relations_show", ticket=None, kinds=None, limit=None)["count"] == 0
    for tool in ("relations_show", "relations_check"):
        assert writer.ask(tool, limit=50.0)["exit_code"] == 0


def test_answers_are_limited_and_hint_at_the_rest(
    writer: Asker, offered: Roots, workspace: Workspace
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


def test_schemas_have_one_type_each(writer: Asker) -> None:
    assert '"type":[' not in json.dumps(writer.tools, separators=(",", ":"))


def test_resources_are_listed(reader: Asker) -> None:
    (guide,) = reader.portal.call(reader.client.list_resources).resources
    templates = reader.portal.call(reader.client.list_resource_templates).resource_templates

    assert str(guide.uri) == "relations://guide"
    assert [template.uri_template for template in templates] == ["relations://ticket/{id}"]


def test_guide_is_short(reader: Asker) -> None:
    guide = reader.read("relations://guide")

    assert (guide.text, guide.mime_type) == (GUIDE, "text/markdown")
    assert len(GUIDE.splitlines()) < 60


def test_ticket_is_a_resource(writer: Asker, offered: Roots, workspace: Workspace) -> None:
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
    assert [one["active"] for one in found["relations"]] == [False, True]
    assert len(found["relations"][0]["note"]) == 5000
    assert found["problems"] == relations["problems"] != []
    assert found["check"] == check["checks"][0]
    # The file of B that cannot be used could say that A is superseded: that is worse than a doubt.
    assert (relations["exit_code"], check["exit_code"], found["exit_code"]) == (4, 9, 9)


def test_unknown_resource_is_an_error(reader: Asker) -> None:
    for uri, data in (
        ("relations://ticket/nobody", "not_found"),
        ("relations://ticket/", "not_found"),
        ("relations://tickets", None),
    ):
        with pytest.raises(MCPError) as error:
            reader.read(uri)
        assert (error.value.error.data or {}).get("code") == data


def test_concurrent_clients_are_answered(
    reader: Asker, writers: list[Asker], offered: Roots, home: Workspace
) -> None:
    """On a workspace without an index, where each call could be the one that builds it."""
    offered.paths, offered.error = [], None
    home.ticket(B, "ready")
    askers = [reader, *writers]
    draft = {"ticket": A, "kind": "blocked_by", "target": B, "note": "once"}

    questions = [asker.starts("relations_show") for asker in askers for _ in range(8)]
    drafts = [asker.starts("relations_add", **draft) for asker in writers for _ in range(4)]

    for question in questions:
        assert document(question.result())["count"] in {0, 1}
    assert sum(document(added.result())["changed"] for added in drafts) == 1
    for asker in askers:
        assert asker.ask("relations_check", tickets=[A])["exit_code"] == 10
        assert "Traceback" not in asker.stderr
        assert "cannot write the index" not in asker.stderr


def test_notices_go_to_stderr(writer: Asker, offered: Roots, tmp_path: Path) -> None:
    fresh = Workspace(tmp_path / "fresh")
    fresh.ticket(A)
    offered.paths = [fresh.root]

    assert writer.ask("relations_check")["count"] == 1
    assert "index: built from 1 files" in writer.stderr


NO_MESSAGES: dict[bytes, int | str | None] = {
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
"""Lines, and the id of the answer that each gets."""


def test_line_that_is_not_a_message_is_answered(workspace: Workspace) -> None:
    for said, id_ in zip(
        said_to(workspace.root, [*NO_MESSAGES]), NO_MESSAGES.values(), strict=True
    ):
        (answer,) = said
        assert answer["id"] == id_
        assert answer["error"]["code"] in {-32700, -32600}
        assert len(answer["error"]["message"]) < 200


def test_notification_gets_no_response(workspace: Workspace) -> None:
    notice = rb'{"jsonrpc":"2.0","method":"notifications/x","params":{"x":"\ud800"}}'

    assert said_to(workspace.root, [b"", b"  ", notice]) == [[], [], []]
