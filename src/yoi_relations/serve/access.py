"""Decides which requests are answered: those of a browser on this machine that has the token.

A page of any web site can send requests to a loopback address, and by DNS rebinding even read the
answers. So the host, the origin and a secret are checked, and nothing can be written.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

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

    def refusal(self, method: str, headers: Mapping[str, str], token: str | None) -> Refusal | None:
        """Why a request is refused; None if it is answered.

        Args:
            method: of the request.
            headers: of the request; their names are compared without regard to case.
            token: of the query; None if it has none.
        """
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            return Refusal(400, "This address is for this machine alone.")
        if method not in ("GET", "HEAD"):
            return Refusal(405, "Nothing can be written here.")
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host}":
            return Refusal(403, "Another site has sent this request.")
        has_token = token is not None and self._is_token(token)
        if headers.get("sec-fetch-site", "none") not in _ALLOWED_SITES and not has_token:
            return Refusal(403, "Another site has sent this request: open the printed address.")
        if not has_token and not self._has_cookie(headers.get("cookie", "")):
            return Refusal(403, "Open the address that the command relations serve has printed.")
        return None

    def _is_token(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.token.encode())

    def _has_cookie(self, header: str) -> bool:
        try:
            sent = SimpleCookie(header).get(self.cookie_name)
        except CookieError:
            return False
        value = sent.value if sent is not None else ""
        return secrets.compare_digest(value.encode(), self.cookie.encode())
