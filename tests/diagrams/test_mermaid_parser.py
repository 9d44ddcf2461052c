"""Mermaid itself reads and draws the diagrams, in a browser, with the settings of GitHub."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from diagram_parts import TITLES
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from page_browser import browser_process
from playwright.sync_api import Browser
from workspace_builder import Workspace

from yoi_relations.diagrams.drawing import Drawing, name_line, title_lines
from yoi_relations.diagrams.mermaid import MAX_CHARACTERS, MAX_EDGES, mermaid_text
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.states import State

PACKAGE = "mermaid@12"
_DRAW = """async (text) => {
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
  await mermaid.parse(text);
  const { svg } = await mermaid.render("drawn", text);
  document.body.innerHTML = svg;
  const texts = (selector) =>
    [...document.querySelectorAll(selector)].map((one) => one.textContent);
  return {
    nodes: Object.fromEntries(
      [...document.querySelectorAll(".node")].map((node) => [
        node.id.match(/-(t\\d+)-/)[1],
        node.textContent,
      ]),
    ),
    labels: texts(".edgeLabel .edgeLabel"),
    edges: document.querySelectorAll("path.flowchart-link").length,
    made: texts(".node a, .node img, .node script, .node i, .node b, .node svg").length,
  };
}"""
Draw = Callable[[str], Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that ends before other folders start theirs: a process has one at a time."""
    with browser_process() as started:
        yield started


@pytest.fixture(scope="module")
def draw(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Draw]:
    """What Mermaid draws of a text; an error of its parser is an error of the test."""
    script = mermaid_script(tmp_path_factory.mktemp("mermaid"))
    context = browser.new_context(offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.add_script_tag(path=script)
    yield lambda text: page.evaluate(_DRAW, text)
    context.close()
    assert wrong == []


def mermaid_script(folder: Path) -> Path:
    """Mermaid's script from its package; without npm or a registry, the test is skipped."""
    miss = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    npm = shutil.which("npm")
    if npm is None:
        miss("no npm on PATH")
    command = [npm, "pack", "--silent", PACKAGE]
    packed = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    if packed.returncode:
        miss(f"npm cannot get {PACKAGE}")
    (archive,) = folder.glob("*.tgz")
    script = folder / "mermaid.min.js"
    with tarfile.open(archive) as tar:
        member = tar.extractfile("package/dist/mermaid.min.js")
        assert member is not None
        script.write_bytes(member.read())
    return script


def bare(text: str) -> str:
    """`text` without white space, which lines break at, and without what prevents icons."""
    return "".join(text.replace("\u2060", "").split())


def expected(ticket: TicketInfo) -> str:
    return bare("".join([*title_lines(ticket, 60, 1), name_line(ticket)]))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(titles=st.lists(st.tuples(TITLES, st.sampled_from([*State, None])), min_size=1, max_size=40))
@example(titles=[("style fa:fa-car & C:\\new $$$x$$", State.READY)])
def test_any_title_is_drawn_as_text(draw: Draw, titles: list[tuple[str, str | None]]) -> None:
    tickets = {
        f"t{number}": TicketInfo(f"0000{number:09}", title, None, state, "x", 1)
        for number, (title, state) in enumerate(titles)
    }
    drawn = draw(mermaid_text(Drawing(tickets, frozenset(), [], 0)))
    assert {key: bare(text) for key, text in drawn["nodes"].items()} == {
        key: expected(ticket) for key, ticket in tickets.items()
    }
    assert drawn["made"] == 0


def test_all_states_kinds_and_cycles_are_drawn(draw: Draw, workspace: Workspace) -> None:
    kinds = ("blocked_by", "before", "after", "do_not_parallelize", "conflicts_with", "related")
    ids = [f"0000000000{number:03}" for number in range(7)]
    for id_, state in zip(ids, [*State, "unheard-of"], strict=True):
        workspace.ticket(id_, state)
    for id_ in ids:
        for kind, other in zip(kinds, (other for other in ids if other != id_), strict=False):
            workspace.record(id_, kind, other, "A note.")
    workspace.record(ids[0], "blocked_by", "0000000000999")
    for options in ((), ("--all",), ("--kind", "related", "--all"), (ids[0], "--depth", "1")):
        edges = json.loads(workspace.run("graph", *options, "--json").out)["edges"]
        chosen = "--kind" in options
        shown = [edge for edge in edges if chosen or edge["class"] != "reference"]
        drawn = draw(workspace.run("graph", *options).out)
        assert drawn["edges"] == len(shown) > 0
        ends = {end for edge in shown for end in (edge["ticket"], edge["target"])}
        assert {end for end in ends if any(end in text for text in drawn["nodes"].values())} == ends
        assert len(drawn["nodes"]) == len(ends)


def test_diagram_at_the_limits_is_drawn(draw: Draw, workspace: Workspace) -> None:
    ids = [f"0000{number:09}" for number in range(MAX_EDGES + 1)]
    for number, id_ in enumerate(ids):
        workspace.ticket(id_, "queued", title="'" + "<>" * 28 + "'")
        if number:
            workspace.record(id_, "blocked_by", ids[(number - 1) // 2])
    text = workspace.run("graph").out
    assert MAX_CHARACTERS * 0.8 < len(text) <= MAX_CHARACTERS
    drawn = draw(text)
    assert (drawn["edges"], len(drawn["nodes"])) == (MAX_EDGES, len(ids))
