"""The page of a server: it follows the events, and says when they end."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from page_browser import Pages, value_of
from playwright.sync_api import expect
from workspace_builder import A, B, C, Workspace

from yoi_relations.lean.json_encoder import json_text
from yoi_relations.page.html import page_text


class Server:
    """Serves the page of a workspace, its data, and digests as events."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.streams: list[queue.Queue[str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name of the base class
                server.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def value(self) -> Any:
        return value_of(self.workspace) | {"answered_at": "2026-06-01T12:00:00Z"}

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        name = request.path.partition("?")[0]
        kinds = {"/": "text/html; charset=utf-8", "/data": "application/json"}
        request.send_response(200)
        request.send_header("Content-Type", kinds.get(name, "text/event-stream"))
        request.end_headers()
        if name == "/":
            request.wfile.write(page_text(self.value(), live=True).encode())
        elif name == "/data":
            request.wfile.write(json_text(self.value()).encode())
        else:
            events: queue.Queue[str] = queue.Queue()
            self.streams.append(events)
            events.put(self.value()["freshness"]["digest"])
            while event := events.get():
                request.wfile.write(f"data: {event}\n\n".encode())
                request.wfile.flush()

    def send(self) -> None:
        """Send the digest to every stream."""
        for stream in self.streams:
            stream.put(self.value()["freshness"]["digest"])

    def stop(self) -> None:
        """End every stream, and answer nothing more."""
        self._http.shutdown()
        self._http.server_close()
        for stream in self.streams:
            stream.put("")


@pytest.fixture
def server(workspace: Workspace) -> Iterator[Server]:
    started = Server(workspace.pair("blocked_by", "Why.", states=("queued", "ready")))
    yield started
    started.stop()


def test_page_follows_the_files(server: Server, pages: Pages) -> None:
    opened = pages.visit(server.url, offline=False).at(f"t={A}&q=title")
    expect(opened.find("#held .row")).to_have_count(1)
    expect(opened.find(".live")).to_contain_text("ago")
    opened.find("aside summary").last.click()
    opened.find("#search").focus()
    server.workspace.ticket(C, "ready")
    server.workspace.ticket(B, "done")
    server.send()
    expect(opened.find("#can_start .row")).to_have_count(2)
    expect(opened.find("#held .row")).to_have_count(0)
    # Panel, search, focus and folds stay.
    expect(opened.find("aside .top code")).to_have_text(A)
    expect(opened.find("#search")).to_be_focused()
    assert opened.find("#search").input_value() == "title"
    assert opened.find("aside details[open]").count() == 1


def test_every_event_says_that_the_page_is_current(server: Server, pages: Pages) -> None:
    opened = pages.visit(server.url, offline=False).at()
    # The first event has the digest of the page, whose own time is months ago.
    expect(opened.find(".live")).to_have_text(re.compile(r", \d s ago$"))


def test_page_says_that_the_stream_is_cut(server: Server, pages: Pages) -> None:
    opened = pages.visit(server.url, offline=False).at()
    expect(opened.find(".live")).to_contain_text("ago")
    assert opened.find(".live.cut").count() == 0
    server.stop()
    expect(opened.find(".live.cut")).to_be_visible()
    opened.wrong = [line for line in opened.wrong if "ERR_" not in line]
