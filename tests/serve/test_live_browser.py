"""The page of a real server in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from page_browser import Opened, Pages
from page_workspaces import busy, busy_day, many
from playwright.sync_api import expect
from serve_process import Server
from workspace_builder import A, B, C, Workspace

SOON = 20_000.0
"""Milliseconds until something must be seen, on a busy machine; scans are 5 s apart at most."""
CURRENT = re.compile(r"^as of \d\d:\d\d:\d\d, \d+ s ago$")
_SHOW = """({ hidden }) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}"""
"""Headless Chromium never hides a page."""


def base(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/"


def opened(pages: Pages, server: Server, fragment: str = "") -> Opened:
    """The page, by the printed address."""
    page = pages.visit(base(server), offline=False)
    page.page.goto(server.address)
    return page.go(fragment) if fragment else page


def without_cut_connections(page: Opened) -> None:
    """Forget the browser's own lines about requests that failed or were refused."""
    page.wrong = [line for line in page.wrong if "Failed to load resource" not in line]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[tuple[Workspace, Server]]:
    workspace = busy_day(tmp_path / "day")
    with Server(workspace, "--json") as started:
        yield workspace, started


def test_secret_leaves_the_address(server: Server, pages: Pages) -> None:
    page = opened(pages, server)
    assert page.page.url == base(server)
    expect(page.find("#held .row")).to_have_count(1)
    assert "token" not in page.page.evaluate("() => document.documentElement.outerHTML + location")
    assert page.page.evaluate("() => document.cookie") == ""
    assert page.page.evaluate("() => history.length") <= 2
    page.page.reload()
    expect(page.find("#held .row")).to_have_count(1)


def test_place_stays_when_the_answer_changes(day: tuple[Workspace, Server], pages: Pages) -> None:
    workspace, server = day
    page = opened(pages, server, f"v=now&t={busy(4)}&q=number")
    page.page.set_viewport_size({"width": 900, "height": 400})
    page.page.evaluate("() => { window.mark = 1; }")
    page.find("aside summary").last.click()
    page.find("#search").focus()
    page.page.keyboard.press("ArrowLeft")
    page.page.mouse.move(300, 300)
    page.page.mouse.wheel(0, 120)
    page.page.wait_for_function("() => scrollY > 0")
    before = page.page.evaluate("() => [scrollY, document.activeElement.selectionStart]")
    group = page.find(f'section:has([data-ticket="{busy(2)}"])').first.get_attribute("id")
    workspace.ticket(busy(0), "done", title="A ticket of a busy day, number 0")
    expect(page.find("#running .row")).to_have_count(0, timeout=SOON)
    assert group == "held"
    expect(page.find(f'#held [data-ticket="{busy(2)}"]')).to_have_count(0)
    assert page.page.evaluate("() => window.mark") == 1
    assert page.find("#search").input_value() == "number"
    expect(page.find("#search")).to_be_focused()
    expect(page.find("aside .top code")).to_have_text(busy(4))
    assert page.find("aside details[open]").count() == 1
    assert page.page.evaluate("() => [scrollY, document.activeElement.selectionStart]") == before


def test_map_keeps_its_size_and_place(tmp_path: Path, pages: Pages) -> None:
    workspace = many(tmp_path / "many", 60)
    with Server(workspace, "--json") as server:
        page = opened(pages, server, "v=map")
        for _ in range(3):
            page.find("button[aria-label=Larger]").click()
        page.find(".map").evaluate("(map) => map.scrollTo(150, 90)")
        card = page.find(".card").nth(3)
        card.focus()
        page.find(".map").evaluate("(map) => map.scrollTo(150, 90)")
        script = """() => {
          const map = document.querySelector(".map");
          const sheet = document.querySelector(".sheet");
          return [map.scrollLeft, map.scrollTop, sheet.style.transform];
        }"""
        before = page.page.evaluate(script)
        assert before[0] == 150
        assert before[2] != "scale(1)"
        digest = page.find(".facts code").inner_text()
        workspace.ticket("another", "ready")
        expect(page.find(".facts code")).not_to_have_text(digest, timeout=SOON)
        assert page.page.evaluate(script) == before
        expect(page.find(".card").nth(3)).to_be_focused()


def test_age_of_the_answer_counts_and_each_scan_renews_it(server: Server, pages: Pages) -> None:
    page = opened(pages, server)
    expect(page.find(".live")).to_have_text(CURRENT)
    ages = []
    time = page.find(".live").inner_text().split(",")[0]
    for age in (2, 3, 4):
        expect(page.find(".live")).to_have_text(re.compile(f", {age} s ago$"), timeout=SOON)
        ages.append(page.find(".live").inner_text())
    # Nothing has changed, but the files were scanned again.
    expect(page.find(".live")).not_to_contain_text(time, timeout=SOON)
    expect(page.find(".live")).to_have_text(re.compile(r", [0-2] s ago$"), timeout=SOON)


def test_page_says_that_the_server_has_ended_and_that_another_one_answers(
    edge: Workspace, pages: Pages
) -> None:
    with Server(edge, "--json") as server:
        page = opened(pages, server)
        expect(page.find(".live")).to_have_text(CURRENT)
        server.process.kill()
        expect(page.find(".live.cut")).to_contain_text("No connection", timeout=SOON)
        expect(page.find("#held .row")).to_have_count(1)
    with Server(edge, "--json", "--port", str(server.port)) as again:
        expect(page.find(".live.cut")).to_contain_text("open the address", timeout=SOON)
        edge.ticket(B, "done")
        tab = pages.tab(page)
        tab.page.goto(again.address)
        expect(tab.find(".live")).to_have_text(CURRENT)
        # The browser has the new secret now, so the first page continues.
        expect(page.find(".live")).to_have_text(CURRENT, timeout=SOON)
        expect(page.find("#held .row")).to_have_count(0)
        assert page.find(".live.cut").count() == 0
        without_cut_connections(page)


def test_answer_stays_with_the_reason_while_the_files_cannot_be_read(
    server: Server, edge: Workspace, pages: Pages
) -> None:
    page = opened(pages, server)
    expect(page.find(".live")).to_have_text(CURRENT)
    away = edge.tickets.rename(edge.root / "away")
    expect(page.find(".live.cut")).to_contain_text("cannot be read", timeout=SOON)
    expect(page.find("#held .row")).to_have_count(1)
    # Whoever opens the page now sees the same.
    tab = pages.tab(page).at()
    expect(tab.find(".live.cut")).to_contain_text("cannot be read", timeout=SOON)
    expect(tab.find("#held .row")).to_have_count(1)
    away.rename(edge.tickets)
    expect(page.find(".live")).to_have_text(CURRENT, timeout=SOON)
    expect(tab.find(".live")).to_have_text(CURRENT, timeout=SOON)


def test_hidden_page_has_no_stream(server: Server, edge: Workspace, pages: Pages) -> None:
    page = opened(pages, server)
    expect(page.find(".live")).to_have_text(CURRENT)
    streams: list[str] = []
    page.page.on("request", lambda request: streams.append(request.url))
    with page.page.expect_event("requestfailed", lambda request: "/events" in request.url):
        page.page.evaluate(_SHOW, {"hidden": True})
    tab = pages.tab(page).at()
    edge.ticket(C, "ready")
    expect(tab.find("#can_start .row")).to_have_count(1, timeout=SOON)
    assert page.find("#can_start .row").count() == 0
    assert streams == []
    page.page.evaluate(_SHOW, {"hidden": False})
    expect(page.find("#can_start .row")).to_have_count(1, timeout=SOON)
    assert streams == [f"{base(server)}events", f"{base(server)}data"]


def test_two_tabs_follow_the_files(server: Server, edge: Workspace, pages: Pages) -> None:
    first = opened(pages, server, f"t={A}")
    second = pages.tab(first).at("v=table")
    edge.ticket(B, "done")
    expect(first.find("#held .row")).to_have_count(0, timeout=SOON)
    expect(second.find("tbody tr")).to_have_count(0, timeout=SOON)
    expect(first.find("aside .top code")).to_have_text(A)


def test_page_follows_many_changes_to_the_last(
    server: Server, edge: Workspace, pages: Pages
) -> None:
    page = opened(pages, server)
    for number in range(30):
        edge.ticket(A, "ready", title=f"Title {number} {quote('<b>')}")
    expect(page.find(f'#held .row[data-ticket="{A}"]')).to_contain_text("Title 29", timeout=SOON)
