from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_browser import value_of
from page_workspaces import busy_day, hostile
from workspace_builder import Workspace

from yoi_relations.page import html
from yoi_relations.page.html import content_security_policy, page_text
from yoi_relations.page.lines import CARD_HEIGHT, CARD_WIDTH

FOLDER = Path(html.__file__).with_name("script")
SCRIPTS = sorted(FOLDER.glob("*.js"))


class Elements(HTMLParser):
    """The elements of a page, each with the text before the next tag."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self._inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))
        self._inside = True

    def handle_endtag(self, _: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def of(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attributes, text) for found, attributes, text in self.found if found == tag]


def digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@pytest.mark.parametrize("live", [False, True])
def test_policy_names_the_one_style_and_the_one_script(tmp_path: Path, *, live: bool) -> None:
    elements = Elements(page_text(value_of(busy_day(tmp_path)), live=live))
    (style,) = elements.of("style")
    data, script = elements.of("script")
    policy = content_security_policy(live=live)
    assert data[0]["type"] == "application/json"
    assert dict(part.split(" ", 1) for part in policy.split("; ")) == {
        "default-src": "'none'",
        "script-src": f"'{digest(script[1])}'",
        "style-src": f"'{digest(style[1])}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    } | ({"connect-src": "'self'"} if live else {})
    metas = [attributes for attributes, _ in elements.of("meta")]
    assert {"http-equiv": "Content-Security-Policy", "content": policy} in metas
    (page,) = elements.of("html")
    assert ("data-live" in page[0]) is live


def test_page_names_no_address_and_no_handler(tmp_path: Path) -> None:
    text = page_text(value_of(hostile(tmp_path)), live=False)
    elements = Elements(text)
    for tag, attributes, _ in elements.found:
        assert tag not in {"link", "img", "iframe", "object", "base", "form", "svg"}
        assert not {name for name in attributes if name.startswith("on") or name == "style"}
        assert not attributes.keys() & {"src", "href", "srcset", "action"}
    assert len(elements.of("script")) == 2


@given(st.text(), st.text())
@settings(max_examples=50, deadline=None)
def test_data_survives_and_ends_no_element(title: str, note: str) -> None:
    value = {**EMPTY, "nodes": [], "extra": [title, note, "</script>", "<!--<script>", "\u2028"]}
    text = page_text(value, live=False)
    (raw,) = re.findall(
        r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL
    )
    assert json.loads(raw) == value
    assert not set(raw) & set("<\u2028\u2029")


EMPTY = {"workspace": {"root": "x", "tickets": 0}, "unresolved": 0, "groups": []}
EMPTY["groups"] = [
    {"name": name, "tickets": []}
    for name in ("running", "can_start", "look_first", "held", "being_planned")
]


def test_the_same_workspace_makes_the_same_bytes_anywhere(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom page_browser import value_of\n"
        "from workspace_builder import Workspace\nfrom yoi_relations.page.html import page_text\n"
        "text = page_text(value_of(Workspace(Path(sys.argv[1]))), live=False)\n"
        "sys.stdout.buffer.write(text.encode())\n"
    )
    made = []
    for number, folder in enumerate(("one", "other")):
        workspace = busy_day(tmp_path / folder / "work")
        path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, sys.path)])
        environment = os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": str(number)}
        command = [sys.executable, "-c", script, str(workspace.root)]
        ran = subprocess.run(command, env=environment, capture_output=True, check=True)
        made.append(ran.stdout)
    assert made[0] == made[1]
    assert len(made[0]) > 10_000


def test_static_list_names_every_open_ticket_as_text(tmp_path: Path) -> None:
    value = value_of(hostile(tmp_path))
    text = page_text(value, live=False).split('<script type="application/json"')[0]
    elements = Elements(text)
    ids = {ticket for group in value["groups"] for ticket in group["tickets"]}
    assert len(elements.of("li")) == len(ids) == value["unresolved"]
    assert "<img src=x onerror=alert(1)>" in [text for _, text in elements.of("bdi")]
    assert not elements.of("img")
    assert "\\u202e" in text


def test_size_of_the_script_and_of_an_empty_page(workspace: Workspace) -> None:
    script = "".join(path.read_text("utf-8") for path in SCRIPTS)
    assert len(gzip.compress(script.encode(), 9)) <= 15_000
    assert len(page_text(value_of(workspace), live=False).encode()) <= 110_000


def test_styles_have_the_size_of_a_card() -> None:
    styles = FOLDER.with_name("page.css").read_text("utf-8")
    assert re.search(rf"width: {CARD_WIDTH}px;\s+height: {CARD_HEIGHT}px;", styles)


def test_every_script_is_part_of_the_page(workspace: Workspace) -> None:
    text = page_text(value_of(workspace), live=False)
    for path in SCRIPTS:
        assert path.read_text("utf-8") in text


def test_scripts_pass_the_type_checker(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("no npm on PATH")
    tools = Path(tmp_path.parent, "typescript")
    install = ["npm", "install", "--silent", "--prefix", str(tools), "typescript@7"]
    try:
        subprocess.run(install, capture_output=True, check=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("npm cannot install typescript")
    options = "--noEmit --allowJs --checkJs --strict --target es2022 --lib es2022,dom,dom.iterable"
    command = [str(tools / "node_modules/.bin/tsc"), *options.split(), *map(str, FOLDER.iterdir())]
    checked = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    assert (checked.returncode, checked.stdout) == (0, "")
