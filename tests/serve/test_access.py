from __future__ import annotations

import pytest
from serve_process import Server

PATHS = ("/", "/data", "/events")


def test_token_is_exchanged_for_a_cookie(server: Server) -> None:
    response = server.request(server.first)
    assert (response.status, response.headers["Location"]) == (303, "/")
    name, *attributes = response.headers["Set-Cookie"].split(";")
    assert name.startswith(f"relations-{server.port}=")
    assert {"httponly", "samesite=strict"} <= {part.strip().lower() for part in attributes}
    assert server.request("/", headers=server.cookie()).status == 200


@pytest.mark.parametrize("path", PATHS)
def test_request_without_the_secret_is_refused(server: Server, path: str) -> None:
    for headers in (
        {},
        {"Cookie": f"relations-{server.port}=x"},
        {"Cookie": "relations-1=\xe9; ;;=\x01"},
    ):
        assert server.request(path, headers=headers).status == 403
    assert server.request(f"{path}?token=").status == 403
    assert server.request(f"{path}?token=x%C3%A9").status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:{port}"}, 400),
        ({"Host": "127.0.0.1"}, 400),
        ({"Host": "127.0.0.1:1"}, 400),
        ({"Host": "localhost.evil.example:{port}"}, 400),
        ({"Host": ""}, 400),
        ({"Host": None}, 400),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "https://127.0.0.1:{port}"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"X-Forwarded-Host": "evil.example", "Origin": "http://evil.example"}, 403),
    ],
)
def test_foreign_request_is_refused_even_with_the_cookie(
    server: Server, headers: dict[str, str | None], status: int
) -> None:
    filled = {
        name: value and value.replace("{port}", str(server.port)) for name, value in headers.items()
    }
    for path in PATHS:
        assert server.request(path, headers={**server.cookie(), **filled}).status == status


def test_requests_of_the_page_itself_are_answered(server: Server) -> None:
    for host in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]"):
        name = f"{host}:{server.port}"
        headers = {"Host": name, "Origin": f"http://{name}", "Sec-Fetch-Site": "same-origin"}
        assert server.request("/data", headers={**server.cookie(), **headers}).status == 200


def test_printed_address_works_from_another_site(server: Server) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert server.request(server.first, headers=headers).status == 303


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "X"])
def test_only_reading_methods_are_answered(server: Server, method: str) -> None:
    response = server.request("/", method, server.cookie())
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")
    assert server.request(server.first, method).status == 405


def test_head_has_no_body(server: Server) -> None:
    for path in PATHS:
        response = server.request(path, "HEAD", server.cookie())
        assert (response.status, response.body) == (200, b"")


def test_every_response_has_the_security_headers(server: Server) -> None:
    cookie = server.cookie()
    responses = [
        server.request(server.first),
        server.request("/", headers=cookie),
        server.request("/data", headers=cookie),
        server.request("/events", "HEAD", cookie),
        server.request("/missing", headers=cookie),
        server.request("/"),
        server.request("/", "POST"),
    ]
    assert [response.status for response in responses] == [303, 200, 200, 200, 404, 403, 405]
    for _, headers, _ in responses:
        policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
        assert {"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"} <= policy
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Access-Control-Allow-Origin"] is None
        assert headers["Server"] is None


def test_token_is_written_once_and_to_stdout_alone(server: Server) -> None:
    token = server.address.partition("token=")[2]
    server.request(server.first)
    server.request(f"/?token={token}x")
    server.stop()
    assert server.first_line.count(token) == 1
    assert server.out.rest() == []
    assert token not in "".join(server.err.rest())
