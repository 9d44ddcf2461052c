"""Decides which requests are answered: those of a browser on this machine that has the token.

A page of any web site can send requests to a loopback address, and by DNS rebinding even read the
answers. So the host, the origin and a secret are checked, and nothing can be written.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from starlette.datastructures import Headers

_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_HTTP_PORT = 80
_ALLOWED_SITES = ("same-origin", "none")
"""Values of Sec-Fetch-Site that say that no other site has caused the request."""


class Refusal(NamedTuple):
    """Why a request is not answered.

    Attributes:
        status: the status of the response.
        reason: one line for the person who sees it.
    """

    status: int
    reason: str


class Access:
    """The secrets of one server, and what a request needs to be answered.

    Args:
        port: on which the server listens.

    Attributes:
        token: the secret in the printed address; whoever has it gets the cookie.
        cookie_name: has the port in it, because a browser shares cookies between ports.
        cookie: the secret that each request but the first needs.
    """

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        self.cookie_name = f"relations-{port}"
        self.cookie = secrets.token_urlsafe(32)
        suffixes = [f":{port}", *([""] if port == _HTTP_PORT else [])]
        self._hosts = {f"{host}{suffix}" for host in _HOSTS for suffix in suffixes}

    def refusal(self, method: str, headers: Headers, token: str | None) -> Refusal | None:
        """Why a request is refused; None if it is answered.

        Args:
            method: of the request.
            headers: of the request.
            token: of the query; None if it has none.
        """
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            return Refusal(400, "This address is for this machine alone.")
        if method not in ("GET", "HEAD"):
            return Refusal(405, "Nothing can be written here.")
        if any(origin.lower() != f"http://{host}" for origin in headers.getlist("origin")):
            return Refusal(403, "Another site has sent this request.")
        has_token = token is not None and self._is_token(token)
        if headers.get("sec-fetch-site", "none") not in _ALLOWED_SITES and not has_token:
            return Refusal(403, "Another site has sent this request: open the printed address.")
        if not has_token and not self._has_cookie(headers.getlist("cookie")):
            return Refusal(403, "Open the address that the command relations serve has printed.")
        return None

    def _is_token(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.token.encode())

    def _has_cookie(self, headers: list[str]) -> bool:
        """Whether one of the cookies is the secret.

        The browser also sends the cookies of other servers on this machine, whatever is in them.
        """
        pairs = [pair.strip() for header in headers for pair in header.split(";")]
        expected = f"{self.cookie_name}={self.cookie}".encode()
        return any(secrets.compare_digest(pair.encode(), expected) for pair in pairs)
