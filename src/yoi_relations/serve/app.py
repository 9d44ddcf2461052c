"""The answers of the server: the page, its data, and events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from sse_starlette.event import ServerSentEvent
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yoi_relations.page.html import content_security_policy, page_text
from yoi_relations.render.output import json_line
from yoi_relations.serve.access import Access
from yoi_relations.serve.live_page import LivePage, ScanSignal

PING_SECONDS = 15
"""Seconds between comments that keep the stream of events open."""
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def make_app(live: LivePage, access: Access, signal: Callable[[], ScanSignal]) -> ASGIApp:
    """The application.

    Args:
        live: what the page shows.
        access: decides which requests are answered.
        signal: returns the signal of the running event loop.
    """

    async def page(_request: Request) -> Response:
        return HTMLResponse(page_text(live.value(), live=True))

    async def data(_request: Request) -> Response:
        return Response(json_line(live.value()), media_type="application/json")

    async def events(_request: Request) -> Response:
        return EventSourceResponse(_states(live, signal()), ping=PING_SECONDS)

    routes = [Route("/", page), Route("/data", data), Route("/events", events)]
    return _Guard(Starlette(routes=routes), access)


async def _states(live: LivePage, signal: ScanSignal) -> AsyncIterator[ServerSentEvent]:
    """The state now, and again after each scan."""
    while not signal.ended:
        yield ServerSentEvent(json_line(live.state()).strip())
        await signal.wait()


class _Guard:
    """Refuses requests, exchanges the token for the cookie, and adds headers to all responses."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access
        policy = content_security_policy(live=True)  # a page cannot set the last part itself
        self._headers = _HEADERS | {
            "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        response = self._response(scope)
        await (response or self._app)(scope, receive, send_with_headers)

    def _response(self, scope: Scope) -> Response | None:
        """The response without the application; None if the application answers."""
        token = QueryParams(scope["query_string"]).get("token")
        refusal = self._access.refusal(scope["method"], Headers(scope=scope), token)
        if refusal is not None:
            return PlainTextResponse(f"{refusal.reason}\n", refusal.status, {"Allow": "GET, HEAD"})
        scope["state"]["connection"].accepted()
        if token is None:
            return None
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(
            self._access.cookie_name, self._access.cookie, httponly=True, samesite="strict"
        )
        return response
