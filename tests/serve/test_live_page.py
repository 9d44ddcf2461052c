from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from serve_process import Server
from workspace_builder import A, B, Workspace


def verdict(data: Any, ticket: str) -> str | None:
    (found,) = (node["verdict"] for node in data["nodes"] if node["ticket"] == ticket)
    return None if found is None else str(found)


def test_events_follow_the_files(server: Server, edge: Workspace) -> None:
    cookie = server.cookie()
    before = server.data(cookie)
    assert verdict(before, A) == "hold"
    with server.events(cookie) as states:
        first = next(states)
        assert first["digest"] == before["freshness"]["digest"]
        assert (first["answered_at"] >= before["answered_at"], first["error"]) == (True, None)
        edge.ticket(B, "done")
        state = next(one for one in states if one["digest"] != first["digest"])
    after = server.data(cookie)
    assert (after["freshness"]["digest"], verdict(after, A)) == (state["digest"], "caution")
    assert after["answered_at"] >= before["answered_at"]


def test_answer_stays_while_the_files_cannot_be_read(server: Server, edge: Workspace) -> None:
    cookie = server.cookie()
    with server.events(cookie) as states:
        good = next(states)
        away = edge.tickets.rename(edge.root / "away")
        failed = next(state for state in states if state["error"] is not None)
        assert failed["digest"] == good["digest"]
        data = server.data(cookie)
        assert (data["error"], verdict(data, A)) == (failed["error"], "hold")
        away.rename(edge.tickets)
        assert any(state["error"] is None for state in states)
        assert server.data(cookie)["error"] is None


def test_page_and_data_have_no_path_of_the_machine(server: Server, edge: Workspace) -> None:
    cookie = server.cookie()
    for path in ("/", "/data"):
        assert str(edge.root).encode() not in server.request(path, headers=cookie).body
    assert server.data(cookie)["workspace"]["root"] == edge.root.name


@pytest.mark.parametrize(("signal", "status"), [(2, 130), (15, -15)])
def test_signal_ends_it_while_streams_are_open(server: Server, signal: int, status: int) -> None:
    cookie = server.cookie()
    with contextlib.ExitStack() as streams:
        for _ in range(3):
            next(streams.enter_context(server.events(cookie)))
        server.process.send_signal(signal)
        assert server.process.wait(10) == status
    assert [json.loads(line)["level"] for line in server.err.rest()] == ["notice"]
