"""What a server does with the lines that it reads: raw, in real processes, over real pipes."""

from __future__ import annotations

import fcntl
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
from mcp_client import PATIENCE
from mcp_lines import (
    BATCHES,
    REVISIONS,
    Hand,
    Piped,
    by_hand,
    called,
    command,
    environment,
    lines,
    notification,
    opening,
    request,
)
from workspace_builder import A, B, C, Workspace

from yoi_relations.mcp.message_reader import MAX_LINE, LineBuffer

INVALID_REQUEST, PARSE_ERROR, INVALID_PARAMS = -32600, -32700, -32602
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def two(workspace: Workspace) -> Workspace:
    return workspace.pair(states=("queued", "ready"))


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    """A server that has shaken hands."""
    with by_hand(Workspace(tmp_path_factory.mktemp("talking")).root) as hand:
        hand.say(*opening())
        assert hand.hear()["id"] == 0
        yield hand


def records(workspace: Workspace) -> int:
    return len(list(workspace.tickets.glob("*/artifacts/relations/*.md")))


# The end of the input


@pytest.mark.parametrize("end", [b"\n", b"", b"\r\n"])
def test_answers_requests_read_before_the_end_of_input(two: Workspace, end: bytes) -> None:
    draft = called(2, "add", ticket=A, kind="blocked_by", target=B)
    data = lines(*opening(), called(1, "check"), draft)

    ran = Piped(two.root, data.replace(b"\n", b"\r\n").rstrip() + end, "--allow-write")

    assert sorted(ran.answers) == [0, 1, 2]
    assert ran.answers[2]["result"]["structuredContent"]["changed"]
    assert (records(two), ran.code) == (1, 0)


def test_answers_many_calls_before_it_ends(two: Workspace) -> None:
    two.ticket(C)
    drafts = [called(n, "add", ticket=A, kind="waiting", note=f"n {n}") for n in range(1, 31)]
    questions = [called(f"q{n}", "check") for n in range(30)]
    calls = [one for pair in zip(drafts, questions, strict=True) for one in pair]

    ran = Piped(two.root, lines(*opening(), *calls), "--allow-write")

    assert set(ran.answers) == {0, *range(1, 31), *(f"q{n}" for n in range(30))}
    assert not any(answer["result"].get("isError") for answer in ran.answers.values())
    assert (records(two), ran.code) == (30, 0)


@pytest.mark.parametrize("data", [b"", b"\n\r\n  \n", BOM])
def test_empty_input_ends_the_server(two: Workspace, data: bytes) -> None:
    ran = Piped(two.root, data)

    assert (ran.said, ran.code, ran.err) == ([], 0, "")


def test_truncated_last_line_does_not_prevent_other_responses(two: Workspace) -> None:
    data = lines(*opening(), called(1, "check"), called(2, "check"))

    ran = Piped(two.root, data[:-20])

    assert sorted(ran.answers, key=str) == [0, 1, None]
    assert ran.answers[None]["error"]["code"] == PARSE_ERROR
    assert ran.code == 0


def test_call_before_the_handshake_is_answered(two: Workspace) -> None:
    ran = Piped(two.root, lines(called(1, "check")))

    assert "error" in ran.answers[1]
    assert ran.code == 0


@pytest.mark.parametrize("is_asked", [False, True])
def test_call_fails_if_input_ends_before_the_roots(two: Workspace, *, is_asked: bool) -> None:
    draft = called(1, "add", ticket=A, kind="blocked_by", target=B)
    began = time.monotonic()
    with by_hand(two.root, "--allow-write") as hand:
        hand.say(*opening(roots={}))
        assert hand.hear()["id"] == 0
        hand.say(draft)
        if is_asked:
            assert hand.hear()["method"] == "roots/list"
        answer = hand.rest()[-1]
        code = hand.process.wait(PATIENCE)

    assert answer["id"] == 1
    assert json.loads(answer["result"]["content"][0]["text"])["error"]["code"] == "workspace"
    assert (records(two), code) == (0, 0)
    assert time.monotonic() - began < PATIENCE


# Calls that are cut short


def test_cancelled_call_writes_nothing_or_is_answered(two: Workspace) -> None:
    """However soon the cancellation comes; and what is cancelled holds up nothing."""
    said: list[Any] = []
    for n in range(1, 41):
        said.append(called(n, "add", ticket=A, kind="waiting", note=f"n {n}"))
        said += [request(f"p{n}-{more}", "ping") for more in range(n % 5)]
        said.append(notification("notifications/cancelled", requestId=n))

    ran = Piped(two.root, lines(*opening(), *said), "--allow-write")

    written = {
        id_
        for id_, answer in ran.answers.items()
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
    drafts = [called(n, "add", ticket=A, kind="waiting", note=f"n {n}") for n in range(1, 21)]
    with by_hand(two.root, "--allow-write") as hand:
        hand.say(*opening())
        hand.hear()
        hand.say(*drafts)
        heard = [hand.hear() for _ in range(answered)]
        hand.process.send_signal(number)
        assert hand.process.stdout
        heard += [json.loads(line) for line in hand.process.stdout]
        code = hand.process.wait(PATIENCE)

    assert records(two) == sum("result" in one for one in heard)
    assert code == -number


@pytest.mark.parametrize("id_", [0, 1.0, "1", 1.5, True, None, [], "", 77, 10**400])
def test_cancellation_of_any_id_does_not_stop_the_server(talking: Hand, id_: Any) -> None:
    talking.say(notification("notifications/cancelled", requestId=id_))

    assert talking.ask(request(1, "ping"))["result"] == {}


def test_repeated_id_is_answered_each_time(two: Workspace) -> None:
    draft = called(1, "add", ticket=A, kind="blocked_by", target=B)

    ran = Piped(two.root, lines(*opening(), called(1, "check"), draft, draft), "--allow-write")

    assert [one["id"] for one in ran.said] == [0, 1, 1, 1]
    assert records(two) == 1


def test_signal_waits_a_bounded_time_for_a_write(two: Workspace) -> None:
    """Another process holds the lock, so that the write takes as long as it may."""
    folder = two.root / ".yoi" / "cache" / "relations"
    with by_hand(two.root, "--allow-write") as hand:
        hand.say(*opening())
        hand.hear()
        hand.ask(called(1, "check"))
        with (folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            hand.say(called(2, "add", ticket=A, kind="blocked_by", target=B))
            time.sleep(1)
            hand.process.terminate()
            said = hand.hear()
            assert hand.process.wait(PATIENCE) == -signal.SIGTERM

    assert said["id"] == 2


@pytest.mark.campaign
def test_server_ends_in_time_if_responses_are_not_read(two: Workspace) -> None:
    with by_hand(two.root, "--allow-write") as hand:
        hand.say(*opening(), *[called(n, "check", note="x") for n in range(1, 2001)])
        assert hand.process.stdin
        hand.process.stdin.close()
        assert hand.process.wait(PATIENCE) == 1
        assert hand.process.stderr
        assert b"not every call was answered" in hand.process.stderr.read()


def test_signal_ends_an_idle_server(two: Workspace) -> None:
    with by_hand(two.root) as hand:
        hand.say(*opening())
        hand.hear()
        hand.process.terminate()
        assert hand.process.wait(PATIENCE) == -signal.SIGTERM
        assert hand.process.stderr
        assert hand.process.stderr.read() == b""


# The other streams


@pytest.mark.parametrize("calls", [0, 5])
@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_server_ends_if_its_output_is_closed(two: Workspace, calls: int, kind: str) -> None:
    ours, theirs = socket.socketpair()
    read, write = os.pipe()
    stdout = write if kind == "pipe" else theirs.fileno()
    with by_hand(two.root, stdout=stdout) as hand:
        theirs.close()
        os.close(write)
        hand.say(*opening())
        heard = os.read(read if kind == "pipe" else ours.fileno(), 100)
        hand.say(*[called(n, "check") for n in range(1, calls + 1)])
        os.close(read)
        ours.close()

        assert hand.process.wait(PATIENCE) == 0
        assert hand.process.stderr
        assert b"rror" not in hand.process.stderr.read()
        assert heard


def test_reports_an_output_that_cannot_be_written(two: Workspace) -> None:
    with open("/dev/full", "wb") as full, by_hand(two.root, stdout=full) as hand:
        hand.say(*opening())
        assert hand.process.wait(PATIENCE) == 1
        assert hand.process.stderr
        assert b"standard output" in hand.process.stderr.read()


def test_answers_if_stderr_is_not_read(two: Workspace) -> None:
    (two.root / ".yoi" / "cache").write_text("in the way")  # so that each call has a notice
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while os.write(write, bytes(65536)):
            pass
    except BlockingIOError:
        os.set_blocking(write, True)
    with by_hand(two.root, stderr=write) as hand:
        hand.say(*opening(), b'{"jsonrpc":"2.0","method":"notifications/progress","params":{}}')
        assert hand.hear()["id"] == 0
        for n in range(1, 4):
            assert hand.ask(called(n, "check"))["result"]["structuredContent"]["count"] == 2
        assert hand.rest() == []
        assert hand.process.wait(PATIENCE) == 0
    os.close(read)
    os.close(write)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_notice_is_printed_once(two: Workspace, options: tuple[str, ...]) -> None:
    (two.root / ".yoi" / "cache").write_text("in the way")
    calls = [called(n, "check") for n in range(1, 6)]

    ran = Piped(two.root, lines(*opening(), *calls), *options)

    assert len(ran.answers) == 6
    assert ran.err.count("cannot write the index") == 1


def test_answers_if_stderr_is_closed(two: Workspace) -> None:
    ran = subprocess.run(
        ["sh", "-c", '"$@" 2>&-', "sh", *command()],
        cwd=two.root,
        env=environment(),
        input=lines(*opening(), called(1, "check")),
        stdout=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )

    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == [0, 1]
    assert ran.returncode == 0


# Ids


@pytest.mark.parametrize(
    ("sent", "answered"),
    [("1.0", 1), ("1e2", 100), ("-0.0", 0), ('"1.0"', "1.0"), (str(2**70), 2**70)],
)
def test_integral_id_is_answered_as_an_integer(talking: Hand, sent: str, answered: Any) -> None:
    talking.say(b'{"jsonrpc":"2.0","id":%s,"method":"ping"}' % sent.encode())

    assert talking.hear() == {"jsonrpc": "2.0", "id": answered, "result": {}}


@pytest.mark.parametrize("sent", ["2.5", "true", "false", "null", "[1]", '{"a":1}', "1e400", "NaN"])
@pytest.mark.parametrize("method", ["ping", "tools/call", "no/such"])
def test_any_other_id_is_an_invalid_request(talking: Hand, sent: str, method: str) -> None:
    talking.say(f'{{"jsonrpc":"2.0","id":{sent},"method":"{method}"}}'.encode())

    said = talking.hear()
    assert said["id"] is None
    assert said["error"]["code"] in {INVALID_REQUEST, PARSE_ERROR}


def test_response_with_a_float_id_is_accepted(two: Workspace, tmp_path: Path) -> None:
    with by_hand(tmp_path) as hand:
        hand.say(*opening(roots={}))
        hand.hear()
        hand.say(called(1, "check"))
        asked = hand.hear()
        result = {"roots": [{"uri": two.root.as_uri()}]}
        hand.say({"jsonrpc": "2.0", "id": float(asked["id"]), "result": result})
        assert hand.hear()["result"]["structuredContent"]["count"] == 2


# Lines


def test_byte_order_mark_is_ignored(two: Workspace) -> None:
    ran = Piped(two.root, BOM + lines(*opening(), BOM + json.dumps(called(1, "check")).encode()))

    assert sorted(ran.answers) == [0, 1]


def test_line_that_is_not_utf_8_is_a_parse_error(two: Workspace) -> None:
    draft = called(1, "add", ticket=A, kind="waiting", note="caf?")
    data = lines(*opening(), draft, called(2, "check")).replace(b"caf?", b"caf\xe9")

    ran = Piped(two.root, data, "--allow-write")

    assert ran.answers[1]["error"]["code"] == PARSE_ERROR
    assert "result" in ran.answers[2]
    assert records(two) == 0


def test_line_of_any_length_is_answered(talking: Hand) -> None:
    for length in (100_000, 5_000_000):
        said = talking.ask(called(length, "show", ticket="x" * length))
        assert json.loads(said["result"]["content"][0]["text"])["error"]["code"] == "not_found"
    talking.say(b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * MAX_LINE + b'"}')
    assert talking.hear()["error"]["code"] == INVALID_REQUEST
    assert talking.ask(request(2, "ping"))["result"] == {}


@given(st.binary(max_size=200), st.lists(st.integers(0, 200)))
def test_lines_do_not_depend_on_chunk_boundaries(data: bytes, cuts: list[int]) -> None:
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    buffer = LineBuffer()
    found = [
        line for start, end in itertools.pairwise(bounds) for line in buffer.feed(data[start:end])
    ]
    found += buffer.finish()

    assert b"\n".join(line or b"" for line in found) == data.removesuffix(b"\n")


# Methods, tokens, revisions


def test_unknown_method_is_answered(talking: Hand) -> None:
    talking.say(notification("notifications/no-such"), notification("no/such"))
    for method in ("no/such", "prompts/list", "completion/complete", "sampling/createMessage", ""):
        assert "error" in talking.ask(request(1, method))
    assert talking.ask({"jsonrpc": "2.0", "id": 2, "method": "ping"})["result"] == {}
    assert talking.ask({"jsonrpc": "2.0", "id": 3, "method": "ping", "params": []})["result"] == {}
    assert talking.ask({"jsonrpc": "2.0", "id": 4, "method": "ping", "params": None})


@pytest.mark.parametrize("token", ["t", 7, 2.5, True, None, [], {}])
def test_any_progress_token_is_answered(talking: Hand, token: Any) -> None:
    call = called(1, "check")
    call["params"]["_meta"] = {"progressToken": token}

    said = talking.ask(call)

    assert "result" in said or said["error"]["code"] == INVALID_PARAMS


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("able", [{}, None, "missing"])
def test_older_clients_are_answered(two: Workspace, revision: str, able: Any) -> None:
    first, second = opening(revision)
    assert isinstance(first, dict)
    first["params"]["capabilities"] = able
    if able == "missing":
        del first["params"]["capabilities"]

    ran = Piped(two.root, lines(first, second, request(1, "tools/list"), called(2, "check")))

    assert ran.answers[0]["result"]["protocolVersion"] == revision
    assert {tool["name"] for tool in ran.answers[1]["result"]["tools"]} == {
        "relations_show",
        "relations_check",
    }
    assert json.loads(ran.answers[2]["result"]["content"][0]["text"])["count"] == 2


# Arrays of messages


def test_batch_is_answered_by_a_batch(two: Workspace) -> None:
    array = [
        called(1, "check"),
        notification("notifications/no-such"),
        {"jsonrpc": "2.0", "id": 2.5, "method": "ping"},
        called(3, "add", ticket=A, kind="blocked_by", target=B),
        5,
        request(4, "no/such"),
    ]

    ran = Piped(two.root, lines(*opening(BATCHES), array, request(9, "ping")), "--allow-write")

    (answers,) = [one for one in ran.said if isinstance(one, list)]
    assert sorted((one["id"] for one in answers), key=str) == [1, 3, 4, None, None]
    assert {one["id"] for one in ran.said if not isinstance(one, list)} == {0, 9}
    assert (records(two), ran.code) == (1, 0)


def test_batch_of_notifications_gets_no_response(two: Workspace) -> None:
    with by_hand(two.root) as hand:
        hand.say(*opening(BATCHES))
        hand.hear()
        hand.say([notification("notifications/no-such")])
        hand.say([])
        assert hand.hear()["error"]["code"] == INVALID_REQUEST
        array = [called(1, "check"), notification("notifications/cancelled", requestId=1)]
        hand.say([*array, called(2, "check")])
        answers = hand.hear()
        assert {one["id"] for one in answers} in ({1, 2}, {2})
        assert hand.ask(request(3, "ping"))["result"] == {}


@pytest.mark.parametrize("revision", [one for one in REVISIONS if one != BATCHES])
def test_batch_is_invalid_in_other_revisions(two: Workspace, revision: str) -> None:
    ran = Piped(two.root, lines(*opening(revision), [called(1, "check")], request(2, "ping")))

    assert set(ran.answers) == {0, 2, None}
    assert ran.answers[None]["error"]["code"] == INVALID_REQUEST
