"""Arguments of tool calls that deviate from the schema: accepted or rejected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_raw_client import ServerRun, encode, handshake, request, tool_call
from mcp_types import Tool
from workspace_builder import A, B, Workspace

from yoi_relations.errors import UsageError
from yoi_relations.mcp.arguments import read_arguments
from yoi_relations.mcp.tools import ADD, CHECK, RETIRE, SHOW

TEXT = st.text(min_size=1).filter(str.strip)
STATES = ["ready", "queued", "inprogress"]


@pytest.mark.parametrize(
    ("tool", "written", "meant"),
    [
        (CHECK, {"tickets": '["A"]'}, {"tickets": ["A"]}),
        (CHECK, {"tickets": ' ["A", "B"] '}, {"tickets": ["A", "B"]}),
        (CHECK, {"tickets": "A"}, {"tickets": ["A"]}),
        (CHECK, {"tickets": "00001234"}, {"tickets": ["00001234"]}),
        (CHECK, {"tickets": "[x] done"}, {"tickets": ["[x] done"]}),
        (CHECK, {"tickets": "[]"}, {"tickets": []}),
        (CHECK, {"states": "queued"}, {"states": ["queued"]}),
        (CHECK, {"states": '["queued"]', "limit": "5"}, {"states": ["queued"], "limit": 5}),
        (CHECK, {"tickets": "", "states": None, "expect": "", "limit": " "}, {}),
        (SHOW, {"kinds": "blocks"}, {"kinds": ["blocks"]}),
        (SHOW, {"all": "true"}, {"all": True}),
        (SHOW, {"all": "False"}, {"all": False}),
        (SHOW, {"limit": "0"}, {"limit": 0}),
        (SHOW, {"limit": "50.0"}, {"limit": 50}),
        (SHOW, {"limit": 50.0}, {"limit": 50}),
        (SHOW, {"ticket": "true", "all": ""}, {"ticket": "true"}),
        (SHOW, {"ticket": '["A"]'}, {"ticket": '["A"]'}),
        (
            ADD,
            {"ticket": "A", "kind": "blocks", "target": "B", "note": "", "branch": ""},
            {"ticket": "A", "kind": "blocks", "target": "B"},
        ),
    ],
    ids=str,
)
def test_accepts_text_with_one_interpretation(
    tool: Tool, written: dict[str, Any], meant: dict[str, Any]
) -> None:
    assert read_arguments(tool, written) == meant


@pytest.mark.parametrize(
    ("tool", "written"),
    [
        (SHOW, {"limit": "five"}),
        (SHOW, {"limit": "2.5"}),
        (SHOW, {"limit": "-1"}),
        (SHOW, {"limit": "true"}),
        (SHOW, {"limit": True}),
        (SHOW, {"limit": "9" * 5000}),
        (SHOW, {"limit": "[5]"}),
        (SHOW, {"limit": float("nan")}),
        (SHOW, {"all": "yes"}),
        (SHOW, {"all": 1}),
        (SHOW, {"ticket": ["A"]}),
        (CHECK, {"tickets": {"0": "A"}}),
        (CHECK, {"tickets": "[5]"}),
        (CHECK, {"tickets": "[null]"}),
        (CHECK, {"tickets": [["A"]]}),
        (CHECK, {"states": "open"}),
        (CHECK, {"states": "[" * 100_000}),
        (RETIRE, {"record": "x", "reason": ""}),
        (RETIRE, {"record": "", "reason": "x"}),
        (ADD, {"ticket": "A", "kind": "blocks", "targets": "B"}),
    ],
    ids=lambda value: str(value)[:50],
)
def test_rejects_text_without_an_interpretation(tool: Tool, written: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as refused:
        read_arguments(tool, written)

    assert len(refused.value.message) < 400


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "tickets": st.lists(TEXT),
            "states": st.lists(st.sampled_from(STATES)),
            "expect": TEXT,
            "limit": st.integers(0, 10**9),
        },
    )
)
def test_text_of_a_json_value_equals_the_value(meant: dict[str, Any]) -> None:
    as_text = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in meant.items()
    }

    assert read_arguments(CHECK, meant) == read_arguments(CHECK, as_text) == meant


@given(
    st.dictionaries(
        st.sampled_from([*SHOW.input_schema["properties"], "x"]),
        st.from_type(type(None))
        | st.text()
        | st.floats()
        | st.integers()
        | st.booleans()
        | st.lists(st.text() | st.integers()),
    )
)
def test_any_other_value_is_a_usage_error(written: dict[str, Any]) -> None:
    try:
        found = read_arguments(SHOW, written)
    except UsageError:
        return
    assert read_arguments(SHOW, found) == found


@pytest.mark.parametrize(
    "arguments", [json.dumps({"tickets": [A]}), {"tickets": [A]}, {"tickets": json.dumps([A])}]
)
def test_arguments_may_be_json_text(workspace: Workspace, arguments: object) -> None:
    workspace.pair(states=("queued", "queued"))
    call = request(1, "tools/call", name="relations_check", arguments=arguments)

    ran = ServerRun(workspace.root, encode(*handshake(), call))

    assert [check["ticket"] for check in checks(ran.responses[1])] == [A]


def test_empty_arguments_equal_missing_ones(workspace: Workspace) -> None:
    workspace.ticket(A, "queued")
    ways: list[Any] = ["", [], {}, None]
    calls = [
        request(n, "tools/call", name="relations_check", arguments=way)
        for n, way in enumerate(ways, 1)
    ]
    missing = request(9, "tools/call", name="relations_check")

    ran = ServerRun(workspace.root, encode(*handshake(), *calls, missing))

    for n in (1, 2, 3, 4, 9):
        assert [check["ticket"] for check in checks(ran.responses[n])] == [A]


def test_arguments_that_are_not_an_object_are_an_error(workspace: Workspace) -> None:
    calls = [
        request(n, "tools/call", name="relations_check", arguments=way)
        for n, way in enumerate(["A", "[1]", "{", [1], 5, True], 1)
    ]

    ran = ServerRun(workspace.root, encode(*handshake(), *calls, tool_call(9, "check")))

    assert all("error" in ran.responses[n] for n in range(1, 7))
    assert "result" in ran.responses[9]


def checks(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer["result"]["structuredContent"]["checks"]
    return found


MAX_ERROR = 2048
"""Maximum bytes of any error."""
LONG = ["x" * 100_000, "\u00e9" * 30_000, "\x01" * 30_000, '"\\' * 30_000]
ODD: list[Any] = [["a"] * 10_000, 10**400, {str(number): 1 for number in range(10_000)}]
DEEP = b"[" * 150 + b"]" * 150


def calls_with(value: Any) -> list[Any]:
    """Calls that have the value in every possible position."""
    texts = [
        ("show", ("ticket", "kinds", "states", "since", "limit", "all")),
        ("check", ("tickets", "states", "limit")),
        ("retire", ("record", "reason")),
    ]
    calls: list[Any] = [(tool, {key: value}) for tool, keys in texts for key in keys]
    calls += [("show", {"kinds": [value]}), ("check", {"tickets": [value]})]
    calls += [("retire", {"record": value, "reason": value})]
    calls += [("check", {"tickets": [A], "expect": value, "states": ["queued"]})]
    for at in range(3):
        given = [A, "related", B]
        given[at] = value
        calls.append(("add", dict(zip(("ticket", "kind", "target"), given, strict=True))))
    if isinstance(value, str):
        calls += [("show", {value[:10_000]: 1}), ("add", {"ticket": A, "kind": "waiting"})]
    requests = [
        tool_call(number, tool, **given) for number, (tool, given) in enumerate(calls, start=10)
    ]
    requests += [
        request(1, "tools/call", name=value, arguments={}),
        request(2, "tools/call", name="relations_show", arguments=value),
        request(3, "resources/read", uri=value),
        request(4, "resources/read", uri=f"relations://ticket/{value}"),
        {"jsonrpc": "2.0", "id": 5, "method": value},
        {"jsonrpc": "2.0", "id": 6, "method": "tools/list", "params": value},
    ]
    return requests


@pytest.mark.parametrize("value", [*LONG, *ODD], ids=["x", "wide", "control", "quote", *"lni"])
def test_every_error_is_short(workspace: Workspace, value: Any) -> None:
    workspace.ticket(A)
    workspace.ticket(B)
    calls = calls_with(value)
    deep = b'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"relations_show",'
    deep += b'"arguments":{"kinds":%b}}}' % DEEP
    last = tool_call(99, "show")
    ran = ServerRun(workspace.root, encode(*handshake(), *calls, deep, last), "--allow-write")
    responses = [response for response in ran.responses.values() if response["id"] not in (0, 99)]
    errors = [
        response
        for response in responses
        if "error" in response or response["result"].get("isError")
    ]
    assert len(responses) == len(calls) + 1
    assert len(errors) > len(responses) - 5  # some calls accept any number or any object
    assert all(
        len(json.dumps(response, ensure_ascii=False).encode()) < MAX_ERROR for response in errors
    )
    assert ran.responses[99]["result"]["structuredContent"]["exit_code"] == 0


def test_hint_explains_an_empty_workspace(workspace: Workspace) -> None:
    for tickets in ([], [A]):
        for ticket in tickets:
            workspace.ticket(ticket, "queued")
        data = encode(*handshake(), tool_call(1, "check"), tool_call(2, "show"))
        responses = ServerRun(workspace.root, data).responses
        for id_ in (1, 2):
            hint = responses[id_]["result"]["structuredContent"]["hint"]
            if tickets:
                assert hint is None
            else:
                assert str(workspace.tickets) in hint
