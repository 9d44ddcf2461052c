"""A page in a real browser: headless Chromium, without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Self

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright
from workspace_builder import Workspace

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.page.document import page_value
from yoi_relations.page.html import page_text
from yoi_relations.queries.overview import Selection, find_overview
from yoi_relations.render.documents import Value

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_GO = """(to) => new Promise((done) => {
  if (to === (location.hash || "#")) return done();
  addEventListener("hashchange", done, { once: true });
  location.hash = to;
})"""
DESKTOP, PHONE = (1280, 800), (390, 844)


@contextmanager
def browser_process() -> Iterator[Browser]:
    """The browser that CHROMIUM names, or one on PATH; without any, the test is skipped.

    While it runs, this process cannot start an event loop.
    """
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on PATH or in CHROMIUM")
        pytest.skip("no Chromium on PATH or in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


def value_of(workspace: Workspace, selection: Selection | None = None) -> Value:
    """What the page of a workspace shows."""
    found = find_workspace(str(workspace.root))
    with open_index(found, lambda _: None) as index:
        overview = find_overview(index.connection, selection or Selection(inactive=True))
        return page_value(index, overview)


class Opened:
    """A page of a workspace in the browser.

    Attributes:
        page: Playwright's page.
        wrong: console lines, errors, dialogs and requests, of which there must be none.
    """

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.wrong: list[str] = []
        self.page.on("console", lambda line: self.wrong.append(line.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("dialog", self._refuse)
        self.page.on("request", self._note)

    def _refuse(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, request: Any) -> None:
        if not request.url.startswith(self.url):
            self.wrong.append(f"request: {request.url}")

    def at(self, fragment: str = "") -> Self:
        """Go to a fragment, in a new document."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}#{fragment}")
        return self

    def go(self, fragment: str = "") -> Self:
        """Go to a fragment in the same document, as a link does."""
        self.page.evaluate(_GO, f"#{fragment}")
        return self

    def find(self, selector: str) -> Locator:
        """The elements of a CSS selector."""
        return self.page.locator(selector)

    def texts(self, selector: str) -> list[str]:
        """What the elements of a CSS selector say."""
        return self.page.locator(selector).all_inner_texts()

    def values(self, selector: str, attribute: str) -> list[str]:
        """An attribute of the elements of a CSS selector."""
        script = "(found, name) => found.map((one) => one.getAttribute(name))"
        return list(self.page.locator(selector).evaluate_all(script, attribute))

    def tickets(self, selector: str = ".view .row") -> list[str]:
        """The ids of the tickets that rows show."""
        return self.values(selector, "data-ticket")

    def violations(self) -> list[str]:
        """What axe-core finds."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_AXE)
        found = self.page.evaluate("() => axe.run(document)")
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


class Pages:
    """Opens pages of workspaces."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self._contexts: list[BrowserContext] = []
        self._opened: list[Opened] = []

    def open(
        self,
        content: Workspace | Value,
        *,
        size: tuple[int, int] = DESKTOP,
        scheme: str = "light",
        script: bool = True,
    ) -> Opened:
        """The page of a workspace, or of a value."""
        value = value_of(content) if isinstance(content, Workspace) else content
        path = self._folder / f"page-{len(self._opened)}.html"
        path.write_text(page_text(value, live=False), "utf-8")
        return self.visit(path.as_uri(), size=size, scheme=scheme, script=script).at()

    def visit(self, url: str, *, offline: bool = True, **options: Any) -> Opened:
        """A page at an address, not loaded yet."""
        width, height = options.get("size", DESKTOP)
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=options.get("scheme", "light"),
            java_script_enabled=options.get("script", True),
            reduced_motion="reduce",
            offline=offline,
        )
        context.set_default_timeout(5000)
        self._contexts.append(context)
        self._opened.append(Opened(context, url))
        return self._opened[-1]

    def tab(self, opened: Opened) -> Opened:
        """Another page in the session of a page, not loaded yet."""
        self._opened.append(Opened(opened.page.context, opened.url))
        return self._opened[-1]

    def close(self) -> None:
        """Close all pages; nothing may have gone wrong in any of them."""
        for context in self._contexts:
            context.close()
        assert [line for opened in self._opened for line in opened.wrong] == []


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a folder."""
    with browser_process() as started:
        yield started


@pytest.fixture
def pages(browser: Browser, tmp_path: Path) -> Iterator[Pages]:
    """Opens pages; at the end, no page may have had an error, a dialog or a request."""
    opener = Pages(browser, tmp_path)
    yield opener
    opener.close()
