"""The server's responses to raw lines, in real processes with real pipes."""

from __future__ import annotations

import fcntl
import io
import itertools
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_client import TIMEOUT
from mcp_raw_client import (
    BATCHES,
    REVISIONS,
    RawClient,
    ServerRun,
    command,
    encode,
    environment,
    handshake,
    notification,
    raw_server,
    request,
    tool_call,
)
from workspace_builder import A, B, C, Workspace

from yoi_relations.mcp.message_reader import MAX_LINE, read_line

INVALID_REQUEST, PARSE_ERROR, INVALID_PARAMS = -32600, -32700, -32602
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def two(workspace: Workspace) -> Workspace:
    return workspace.pair(states=("queued", "ready"))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawClient]:
    """A server after the handshake."""
    with raw_server(Workspace(tmp_path_factory.mktemp("talking")).root) as server:
        server.send(*handshake())
        assert server.receive()["id"] == 0
        yield server


def records(workspace: Workspace) -> int:
    return len(list(workspace.tickets.glob("*/artifacts/relations/*.md")))


# The end of the input


@pytest.mark.parametrize("end", [b"\n", b"", b"\r\n"])
def test_answers_requests_read_before_the_end_of_input(two: Workspace, end: bytes) -> None:
    draft = tool_call(2, "add", ticket=A, kind="blocked_by", target=B)
    data = encode(*handshake(), tool_call(1, "check"), draft)

    ran = ServerRun(two.root, data.replace(b"\n", b"\r\n").rstrip() + end, "--allow-write")

    assert sorted(ran.responses) == [0, 1, 2]
    assert ran.responses[2]["result"]["structuredContent"]["changed"]
    assert (records(two), ran.code) == (1, 0)


def test_answers_many_calls_before_it_ends(two: Workspace) -> None:
    two.ticket(C)
    drafts = [tool_call(n, "add", ticket=A, kind="waiting", note=f"n {n}") for n in range(1, 31)]
    questions = [tool_call(f"q{n}", "check") for n in range(30)]
    calls = [call for pair in zip(drafts, questions, strict=True) for call in pair]

    ran = ServerRun(two.root, encode(*handshake(), *calls), "--allow-write")

    assert set(ran.responses) == {0, *range(1, 31), *(f"q{n}" for n in range(30))}
    assert not any(answer["result"].get("isError") for answer in ran.responses.values())
    assert (records(two), ran.code) == (30, 0)


@pytest.mark.parametrize("data", [b"", b"\n\r\n  \n", BOM])
def test_empty_input_ends_the_server(two: Workspace, data: bytes) -> None:
    ran = ServerRun(two.root, data)

    assert (ran.messages, ran.code, ran.err) == ([], 0, "")


def test_truncated_last_line_does_not_prevent_other_responses(two: Workspace) -> None:
    data = encode(*handshake(), tool_call(1, "check"), tool_call(2, "check"))

    ran = ServerRun(two.root, data[:-20])

    assert sorted(ran.responses, key=str) == [0, 1, None]
    assert ran.responses[None]["error"]["code"] == PARSE_ERROR
    assert ran.code == 0


def test_call_before_the_handshake_is_answered(two: Workspace) -> None:
    ran = ServerRun(two.root, encode(tool_call(1, "check")))

    assert "error" in ran.responses[1]
    assert ran.code == 0


@pytest.mark.parametrize("is_asked", [False, True])
def test_call_fails_if_input_ends_before_the_roots(two: Workspace, *, is_asked: bool) -> None:
    draft = tool_call(1, "add", ticket=A, kind="blocked_by", target=B)
    began = time.monotonic()
    with raw_server(two.root, "--allow-write") as server:
        server.send(*handshake(roots={}))
        assert server.receive()["id"] == 0
        server.send(draft)
        if is_asked:
            assert server.receive()["method"] == "roots/list"
        answer = server.rest()[-1]
        code = server.process.wait(TIMEOUT)

    assert answer["id"] == 1
    assert json.loads(answer["result"]["content"][0]["text"])["error"]["code"] == "workspace"
    assert (records(two), code) == (0, 0)
    assert time.monotonic() - began < TIMEOUT


# Interrupted calls


def test_cancelled_call_writes_nothing_or_is_answered(two: Workspace) -> None:
    """At whatever time it is cancelled; and a cancelled call does not delay other calls."""
    messages: list[Any] = []
    for n in range(1, 41):
        messages.append(tool_call(n, "add", ticket=A, kind="waiting", note=f"n {n}"))
        messages += [request(f"p{n}-{more}", "ping") for more in range(n % 5)]
        messages.append(notification("notifications/cancelled", requestId=n))

    ran = ServerRun(two.root, encode(*handshake(), *messages), "--allow-write")

    written = {
        id_
        for id_, answer in ran.responses.items()
        if isinstance(id_, int) and id_ and "error" not in answer
    }
    assert records(two) == len(written)
    assert ran.code == 0


@pytest.mark.parametrize(
    ("number", "answered"),
    [(signal.SIGTERM, 0), (signal.SIGTERM, 1), (signal.SIGINT, 3), (signal.SIGHUP, 2)],
)
def test_signal_leaves_no_write_unanswered(
    two: Workspace, number: signal.Signals, answered: int
) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("the signal is ignored here, as under nohup, and in what is started")
    drafts = [tool_call(n, "add", ticket=A, kind="waiting", note=f"n {n}") for n in range(1, 21)]
    with raw_server(two.root, "--allow-write") as server:
        server.send(*handshake())
        server.receive()
        server.send(*drafts)
        received = [server.receive() for _ in range(answered)]
        server.process.send_signal(number)
        assert server.process.stdout
        received += [json.loads(line) for line in server.process.stdout]
        code = server.process.wait(TIMEOUT)

    assert records(two) == sum("result" in message for message in received)
    assert code == -number


@pytest.mark.parametrize("id_", [0, 1.0, "1", 1.5, True, None, [], "", 77, 10**400])
def test_cancellation_of_any_id_does_not_stop_the_server(session: RawClient, id_: Any) -> None:
    session.send(notification("notifications/cancelled", requestId=id_))

    assert session.ask(request(1, "ping"))["result"] == {}


def test_repeated_id_is_answered_each_time(two: Workspace) -> None:
    draft = tool_call(1, "add", ticket=A, kind="blocked_by", target=B)

    ran = ServerRun(
        two.root, encode(*handshake(), tool_call(1, "check"), draft, draft), "--allow-write"
    )

    assert [message["id"] for message in ran.messages] == [0, 1, 1, 1]
    assert records(two) == 1


def test_signal_waits_a_bounded_time_for_a_write(two: Workspace) -> None:
    """Another process holds the lock, so that the write takes as long as possible."""
    folder = two.root / ".yoi" / "cache" / "relations"
    with raw_server(two.root, "--allow-write") as server:
        server.send(*handshake())
        server.receive()
        server.ask(tool_call(1, "check"))
        with (folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            server.send(tool_call(2, "add", ticket=A, kind="blocked_by", target=B))
            time.sleep(1)
            server.process.terminate()
            messages = server.receive()
            assert server.process.wait(TIMEOUT) == -signal.SIGTERM

    assert messages["id"] == 2


@pytest.mark.campaign
def test_server_ends_in_time_if_responses_are_not_read(two: Workspace) -> None:
    with raw_server(two.root, "--allow-write") as server:
        server.send(*handshake(), *[tool_call(n, "check", note="x") for n in range(1, 2001)])
        assert server.process.stdin
        server.process.stdin.close()
        assert server.process.wait(TIMEOUT) == 1
        assert server.process.stderr
        assert b"not every call was answered" in server.process.stderr.read()


def test_signal_ends_an_idle_server(two: Workspace) -> None:
    with raw_server(two.root) as server:
        server.send(*handshake())
        server.receive()
        server.process.terminate()
        assert server.process.wait(TIMEOUT) == -signal.SIGTERM
        assert server.process.stderr
        assert server.process.stderr.read() == b""


# The other streams


@pytest.mark.parametrize("calls", [0, 5])
@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_server_ends_if_its_output_is_closed(two: Workspace, calls: int, kind: str) -> None:
    ours, theirs = socket.socketpair()
    read, write = os.pipe()
    stdout = write if kind == "pipe" else theirs.fileno()
    with raw_server(two.root, stdout=stdout) as server:
        theirs.close()
        os.close(write)
        server.send(*handshake())
        received = os.read(read if kind == "pipe" else ours.fileno(), 100)
        server.send(*[tool_call(n, "check") for n in range(1, calls + 1)])
        os.close(read)
        ours.close()

        assert server.process.wait(TIMEOUT) == 0
        assert server.process.stderr
        assert b"rror" not in server.process.stderr.read()
        assert received


def test_reports_an_output_that_cannot_be_written(two: Workspace) -> None:
    with open("/dev/full", "wb") as full, raw_server(two.root, stdout=full) as server:
        server.send(*handshake())
        assert server.process.wait(TIMEOUT) == 1
        assert server.process.stderr
        assert b"standard output" in server.process.stderr.read()


def test_answers_if_stderr_is_not_read(two: Workspace) -> None:
    (two.root / ".yoi" / "cache").write_text("in the way")  # so that each call prints a notice
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while os.write(write, bytes(65536)):
            pass
    except BlockingIOError:
        os.set_blocking(write, True)
    with raw_server(two.root, stderr=write) as server:
        server.send(
            *handshake(), b'{"jsonrpc":"2.0","method":"notifications/progress","params":{}}'
        )
        assert server.receive()["id"] == 0
        for n in range(1, 4):
            assert server.ask(tool_call(n, "check"))["result"]["structuredContent"]["count"] == 2
        assert server.rest() == []
        assert server.process.wait(TIMEOUT) == 0
    os.close(read)
    os.close(write)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_notice_is_printed_once(two: Workspace, options: tuple[str, ...]) -> None:
    (two.root / ".yoi" / "cache").write_text("in the way")
    calls = [tool_call(n, "check") for n in range(1, 6)]

    ran = ServerRun(two.root, encode(*handshake(), *calls), *options)

    assert len(ran.responses) == 6
    assert ran.err.count("cannot write the index") == 1


def test_answers_if_stderr_is_closed(two: Workspace) -> None:
    ran = subprocess.run(
        ["sh", "-c", '"$@" 2>&-', "sh", *command()],
        cwd=two.root,
        env=environment(),
        input=encode(*handshake(), tool_call(1, "check")),
        stdout=subprocess.PIPE,
        timeout=TIMEOUT,
        check=False,
    )

    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == [0, 1]
    assert ran.returncode == 0


# Ids


@pytest.mark.parametrize(
    ("sent", "answered"),
    [("1.0", 1), ("1e2", 100), ("-0.0", 0), ('"1.0"', "1.0"), (str(2**70), 2**70)],
)
def test_integral_id_is_answered_as_an_integer(
    session: RawClient, sent: str, answered: Any
) -> None:
    session.send(b'{"jsonrpc":"2.0","id":%s,"method":"ping"}' % sent.encode())

    assert session.receive() == {"jsonrpc": "2.0", "id": answered, "result": {}}


@pytest.mark.parametrize("sent", ["2.5", "true", "false", "null", "[1]", '{"a":1}', "1e400", "NaN"])
@pytest.mark.parametrize("method", ["ping", "tools/call", "no/such"])
def test_any_other_id_is_an_invalid_request(session: RawClient, sent: str, method: str) -> None:
    session.send(f'{{"jsonrpc":"2.0","id":{sent},"method":"{method}"}}'.encode())

    messages = session.receive()
    assert messages["id"] is None
    assert messages["error"]["code"] in {INVALID_REQUEST, PARSE_ERROR}


def test_response_with_a_float_id_is_accepted(two: Workspace, tmp_path: Path) -> None:
    with raw_server(tmp_path) as server:
        server.send(*handshake(roots={}))
        server.receive()
        server.send(tool_call(1, "check"))
        roots_request = server.receive()
        result = {"roots": [{"uri": two.root.as_uri()}]}
        server.send({"jsonrpc": "2.0", "id": float(roots_request["id"]), "result": result})
        assert server.receive()["result"]["structuredContent"]["count"] == 2


# Lines


def test_byte_order_mark_is_ignored(two: Workspace) -> None:
    ran = ServerRun(
        two.root, BOM + encode(*handshake(), BOM + json.dumps(tool_call(1, "check")).encode())
    )

    assert sorted(ran.responses) == [0, 1]


def test_line_that_is_not_utf_8_is_a_parse_error(two: Workspace) -> None:
    draft = tool_call(1, "add", ticket=A, kind="waiting", note="caf?")
    data = encode(*handshake(), draft, tool_call(2, "check")).replace(b"caf?", b"caf\xe9")

    ran = ServerRun(two.root, data, "--allow-write")

    assert ran.responses[1]["error"]["code"] == PARSE_ERROR
    assert "result" in ran.responses[2]
    assert records(two) == 0


def test_line_of_any_length_is_answered(session: RawClient) -> None:
    for length in (100_000, 5_000_000):
        messages = session.ask(tool_call(length, "show", ticket="x" * length))
        assert json.loads(messages["result"]["content"][0]["text"])["error"]["code"] == "not_found"
    session.send(b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * MAX_LINE + b'"}')
    assert session.receive()["error"]["code"] == INVALID_REQUEST
    assert session.ask(request(2, "ping"))["result"] == {}


class Pieces(io.RawIOBase):
    """A stream whose reads return one piece after the other."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = next(self._pieces, b"")
        buffer[: len(piece)] = piece
        return len(piece)


@given(st.binary(max_size=200), st.lists(st.integers(0, 200)))
def test_lines_do_not_depend_on_chunk_boundaries(data: bytes, cuts: list[int]) -> None:
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(bounds) if start < end]
    stream = io.BufferedReader(Pieces(pieces))

    assert list(iter(lambda: read_line(stream), b"")) == io.BytesIO(data).readlines()


# Methods, tokens, revisions


def test_unknown_method_is_answered(session: RawClient) -> None:
    session.send(notification("notifications/no-such"), notification("no/such"))
    for method in ("no/such", "prompts/list", "completion/complete", "sampling/createMessage", ""):
        assert "error" in session.ask(request(1, method))
    assert session.ask({"jsonrpc": "2.0", "id": 2, "method": "ping"})["result"] == {}
    assert session.ask({"jsonrpc": "2.0", "id": 3, "method": "ping", "params": []})["result"] == {}
    assert session.ask({"jsonrpc": "2.0", "id": 4, "method": "ping", "params": None})


@pytest.mark.parametrize("token", ["t", 7, 2.5, True, None, [], {}])
def test_any_progress_token_is_answered(session: RawClient, token: Any) -> None:
    call = tool_call(1, "check")
    call["params"]["_meta"] = {"progressToken": token}

    messages = session.ask(call)

    assert "result" in messages or messages["error"]["code"] == INVALID_PARAMS


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("able", [{}, None, "missing"])
def test_older_clients_are_answered(two: Workspace, revision: str, able: Any) -> None:
    first, second = handshake(revision)
    assert isinstance(first, dict)
    first["params"]["capabilities"] = able
    if able == "missing":
        del first["params"]["capabilities"]

    ran = ServerRun(
        two.root, encode(first, second, request(1, "tools/list"), tool_call(2, "check"))
    )

    assert ran.responses[0]["result"]["protocolVersion"] == revision
    assert {tool["name"] for tool in ran.responses[1]["result"]["tools"]} == {
        "relations_show",
        "relations_check",
        "relations_diff",
    }
    assert json.loads(ran.responses[2]["result"]["content"][0]["text"])["count"] == 2


# Batches


def test_batch_is_answered_by_a_batch(two: Workspace) -> None:
    array = [
        tool_call(1, "check"),
        notification("notifications/no-such"),
        {"jsonrpc": "2.0", "id": 2.5, "method": "ping"},
        tool_call(3, "add", ticket=A, kind="blocked_by", target=B),
        5,
        request(4, "no/such"),
    ]

    ran = ServerRun(
        two.root, encode(*handshake(BATCHES), array, request(9, "ping")), "--allow-write"
    )

    (responses,) = [message for message in ran.messages if isinstance(message, list)]
    assert sorted((message["id"] for message in responses), key=str) == [1, 3, 4, None, None]
    assert {message["id"] for message in ran.messages if not isinstance(message, list)} == {0, 9}
    assert (records(two), ran.code) == (1, 0)


def test_batch_of_notifications_gets_no_response(two: Workspace) -> None:
    with raw_server(two.root) as server:
        server.send(*handshake(BATCHES))
        server.receive()
        server.send([notification("notifications/no-such")])
        server.send([])
        assert server.receive()["error"]["code"] == INVALID_REQUEST
        array = [tool_call(1, "check"), notification("notifications/cancelled", requestId=1)]
        server.send([*array, tool_call(2, "check")])
        responses = server.receive()
        assert {message["id"] for message in responses} in ({1, 2}, {2})
        assert server.ask(request(3, "ping"))["result"] == {}


@pytest.mark.parametrize("revision", [message for message in REVISIONS if message != BATCHES])
def test_batch_is_invalid_in_other_revisions(two: Workspace, revision: str) -> None:
    ran = ServerRun(
        two.root, encode(*handshake(revision), [tool_call(1, "check")], request(2, "ping"))
    )

    assert set(ran.responses) == {0, 2, None}
    assert ran.responses[None]["error"]["code"] == INVALID_REQUEST
