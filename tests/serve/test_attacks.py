"""What other users of the machine, and web sites, can send."""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from serve_process import Server
from watch_process import TIMEOUT
from workspace_builder import A, Workspace

from yoi_relations.serve.connections import MAX_STRANGERS

SECRET_PARTS = (A.encode(), b"<script>", b"Title of")
"""What only the page and its data have."""


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), TIMEOUT)


def answer(server: Server, request: bytes) -> bytes:
    """All that comes back until the server closes the connection; it must do so."""
    received = b""
    with connected(server) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        while part := connection.recv(1 << 16):
            received += part
    return received


def statuses(received: bytes) -> list[int]:
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


def memory(server: Server) -> int:
    """Kilobytes of memory that the server has had at most."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    (peak,) = (line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1])


def descriptors(server: Server) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for many requests."""
    workspace = Workspace(tmp_path_factory.mktemp("shared") / "work")
    with Server(workspace.pair("blocked_by", "first"), "--json") as started:
        yield started


@pytest.fixture
def quiet(server: Server) -> Iterator[Server]:
    """A server that still answers at the end, and has written nothing."""
    cookie = server.cookie()
    yield server
    assert server.request("/", headers=cookie).status == 200
    server.stop()
    assert len(server.err.rest()) == 1  # of the index that it has built


@pytest.mark.parametrize(
    "request_line",
    [
        "GET / HTTP/1.0",
        "GET /data HTTP/1.1",
        "GET /%64ata HTTP/1.1",
        "GET //data HTTP/1.1",
        "GET /./data HTTP/1.1",
        "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
        "GET /?token=%ff%fe&token HTTP/1.1",
        "GET /?token=%ed%a0%80 HTTP/1.1",
        "GET http://{host}/data HTTP/1.1",
        "GET http://evil.example/data HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "CONNECT {host} HTTP/1.1",
        "GET /",
        "PRI * HTTP/2.0",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Host: {host}\r\n",
        "Host: {host}\r\nHost: evil.example\r\n",
        "Host: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        "Host: {host}\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n",
        "Host: {host}\r\nExpect: 100-continue\r\nContent-Length: 9\r\n",
    ],
)
def test_odd_request_without_the_secret_is_refused(
    shared: Server, request_line: str, headers: str
) -> None:
    host = f"127.0.0.1:{shared.port}"
    text = f"{request_line}\r\n{headers}\r\n".replace("{host}", host)
    received = answer(shared, text.encode("latin-1"))
    assert set(statuses(received)) <= {400, 403, 405}
    assert received
    assert not any(part in received for part in SECRET_PARTS)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Host: {host}\r\nHost: evil.example\r\n", 400),
        ("Host: evil.example\r\nHost: {host}\r\n", 400),
        ("Host: {host}@evil.example\r\n", 400),
        ("Host: {host}.\r\n", 400),
        ("Host: {host}\r\nOrigin: http://{host}\r\nOrigin: http://evil.example\r\n", 403),
    ],
)
def test_ambiguous_request_is_refused_even_with_the_cookie(
    shared: Server, headers: str, expected: int
) -> None:
    cookie = f"Cookie: {shared.cookie()['Cookie']}\r\n"
    text = f"GET /data HTTP/1.1\r\n{headers}{cookie}Connection: close\r\n\r\n"
    received = answer(shared, text.replace("{host}", f"127.0.0.1:{shared.port}").encode())
    assert statuses(received) == [expected]


@pytest.mark.parametrize(
    "others", ['prefs={{"a": "b c", d}}; two words; {}', "{name}=old; {}", "a=\xe9; {}; \x01=;;"]
)
def test_cookies_of_other_servers_do_not_matter(shared: Server, others: str) -> None:
    cookie = shared.cookie()["Cookie"]
    sent = others.format(cookie, name=cookie.partition("=")[0])
    assert shared.request("/data", headers={"Cookie": sent}).status == 200


def test_cookie_may_be_in_a_second_header(shared: Server) -> None:
    cookie = shared.cookie()["Cookie"]
    host = f"Host: 127.0.0.1:{shared.port}"
    text = f"GET /data HTTP/1.1\r\n{host}\r\nCookie: a=b\r\nCookie: {cookie}\r\n\r\n"
    assert statuses(answer(shared, text.encode())) == [200]


def test_large_requests_take_no_memory(quiet: Server) -> None:
    host = f"Host: 127.0.0.1:{quiet.port}\r\n".encode()
    before = memory(quiet)
    for request in (
        b"GET /" + b"a" * 25_000_000,
        b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 25_000_000,
        b"GET / HTTP/1.1\r\n" + host + b"X: y\r\n" * 1_000_000,
        b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 25000000\r\n\r\n" + b"a" * 25_000_000,
        (b"GET /data HTTP/1.1\r\n" + host + b"\r\n") * 5_000,
    ):
        assert set(statuses(answer(quiet, request))) <= {400, 403, 405}
    assert memory(quiet) - before < 20_000


def test_connections_of_strangers_are_few(quiet: Server, edge: Workspace) -> None:
    limit = 256
    resource.prlimit(quiet.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
    cookie = quiet.cookie()
    before = memory(quiet)
    with contextlib.ExitStack() as stack:
        states = stack.enter_context(quiet.events(cookie))
        first = next(states)
        for number in range(400):
            connection = stack.enter_context(connected(quiet))
            if number % 2:
                with contextlib.suppress(ConnectionError):
                    connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 1000)
        assert quiet.request("/", headers=cookie).status == 200
        edge.ticket(A, "done")
        # The stream is not a stranger's, and there are descriptors for a scan.
        state = next(one for one in states if one["digest"] != first["digest"])
        assert state["error"] is None
        assert descriptors(quiet) < MAX_STRANGERS + 50
    assert memory(quiet) - before < 20_000


def test_stranger_who_reads_nothing_is_cut_off(quiet: Server) -> None:
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{quiet.port}\r\n\r\n".encode() * 200
    with contextlib.ExitStack() as stack:
        for _ in range(2 * MAX_STRANGERS):
            connection = stack.enter_context(connected(quiet))
            with contextlib.suppress(ConnectionError):
                connection.sendall(request)
        assert quiet.request("/", headers=quiet.cookie()).status == 200
        assert descriptors(quiet) < MAX_STRANGERS + 50


def test_streams_that_are_left_are_forgotten(quiet: Server) -> None:
    cookie = quiet.cookie()
    with quiet.events(cookie) as states:
        next(states)
        before = descriptors(quiet)
    with contextlib.ExitStack() as stack:
        for _ in range(150):
            next(stack.enter_context(quiet.events(cookie)))
        assert descriptors(quiet) > before + 100
    end = time.monotonic() + TIMEOUT
    while descriptors(quiet) > before + 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert descriptors(quiet) <= before + 2
