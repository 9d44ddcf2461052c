from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from diagram_parts import needs_graphviz
from hypothesis import example, given, settings
from hypothesis import strategies as st
from workspace_builder import A, B, C, Workspace

from yoi_relations.diagrams.dot import dot_text
from yoi_relations.diagrams.drawing import Drawing
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.output import visible


def drawn(text: str, form: str = "json") -> Any:
    ran = subprocess.run(["dot", f"-T{form}"], input=text.encode(), capture_output=True, check=True)
    assert ran.stderr == b""
    return json.loads(ran.stdout) if form == "json" else ran.stdout.decode()


@needs_graphviz
@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
@example("\ufffe and \uffff")
def test_graphviz_reads_any_title_as_text(title: str) -> None:
    ticket = TicketInfo("00001KT0000AA", title or "x", None, "ready", "x", 1)
    text = dot_text(Drawing({"t0": ticket}, frozenset(), [], 0))
    svg = ET.fromstring(drawn(text, "svg"))  # noqa: S314  # made by Graphviz
    texts = [node.text or "" for node in svg.iter("{http://www.w3.org/2000/svg}text")]
    words = visible(" ".join((title or "x").split()))
    words = words.replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
    shown = "".join("".join(texts[:-1]).split()).replace("\xa0", "")
    assert shown.removesuffix("…") in "".join(words.split())
    assert shown or not words.strip()


@needs_graphviz
def test_graph_has_a_node_per_ticket_and_an_edge_per_relation(workspace: Workspace) -> None:
    workspace.pair("blocked_by", states=("queued", "inprogress"))
    workspace.ticket(C, "planning")
    workspace.record(C, "after", A)
    workspace.record(C, "conflicts_with", B)
    document = drawn(workspace.run("graph", "--format", "dot").out)
    names = {node["_gvid"]: node["label"].rpartition("\\n")[2] for node in document["objects"]}
    edges = {(names[e["tail"]][:13], names[e["head"]][:13]) for e in document["edges"]}
    assert edges == {(B, A), (A, C), (B, C)}
    assert names[0] == f"{A} · queued"


@needs_graphviz
def test_svg_is_drawn_and_has_the_titles(edge: Workspace) -> None:
    ran = edge.run("graph", "--format", "svg")
    assert ran.code == 0
    svg = ET.fromstring(ran.out)  # noqa: S314  # made by Graphviz
    texts = {node.text for node in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert {f"Title of {A}", f"Title of {B}"} <= texts


@needs_graphviz
def test_conflicts_do_not_move_tickets(workspace: Workspace) -> None:
    ids = [f"00001KT00{number:04d}" for number in range(24)]
    for number, id_ in enumerate(ids):
        workspace.ticket(id_, "queued")
        if number % 3:
            workspace.record(id_, "blocked_by", ids[number - 1])
    without = places(workspace)
    for id_, other in zip(ids[::4], ids[7::3], strict=False):
        workspace.record(id_, "conflicts_with", other)
    assert places(workspace) == without


def corner(node: ET.Element) -> list[str]:
    shape = node.find(".//{*}polygon")
    assert shape is not None
    return shape.get("points", "").split()[0].split(",")


def places(workspace: Workspace) -> dict[str | None, tuple[int, int]]:
    """Where the nodes of the SVG are, seen from the first ticket, in whole points."""
    svg = ET.fromstring(workspace.run("graph", "--format", "svg").out)  # noqa: S314
    corners = {
        node.findtext("{*}title"): corner(node) for node in svg.iterfind(".//{*}g[@class='node']")
    }
    x0, y0 = map(float, corners["t0"])
    return {key: (round(float(x) - x0), round(float(y) - y0)) for key, (x, y) in corners.items()}


def test_svg_without_graphviz_fails_with_a_hint(
    edge: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    ran = edge.run("graph", "--format", "svg", "--json")
    assert ran.code == 2  # --json is the format json
    ran = edge.run("graph", "--format", "svg")
    assert (ran.code, ran.out) == (1, "")
    assert edge.run("graph", "--format", "dot").code == 0
