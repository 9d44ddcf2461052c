"""What holds for `graph` in every format."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from diagram_parts import FRAGMENTS, needs_graphviz
from workspace_builder import A, Workspace

from yoi_relations.diagrams.drawing import Drawing, name_line, title_lines
from yoi_relations.diagrams.graphviz import svg_text
from yoi_relations.queries.tickets import TicketInfo

FORMATS = ("mermaid", "dot", pytest.param("svg", marks=needs_graphviz), "html", "json")


@pytest.mark.parametrize("form", FORMATS)
def test_few_tickets_are_an_answer_and_unreadable_ones_are_none(
    workspace: Workspace, form: str
) -> None:
    assert workspace.run("graph", "--format", form).code == 0
    workspace.ticket(A, "ready")
    assert workspace.run("graph", "--format", form).code == 0
    workspace.tickets.rename(workspace.root / "away")
    ran = workspace.run("graph", "--format", form)
    assert (ran.code, ran.out) == (1, "")


@pytest.mark.parametrize("form", FORMATS)
def test_cycle_through_everything_is_an_answer(workspace: Workspace, form: str) -> None:
    ids = [f"0000{number:09}" for number in range(140)]
    for id_ in ids:
        workspace.ticket(id_, "queued")
    for first, second in pairwise([*ids, ids[0]]):
        workspace.record(first, "blocked_by", second)
    ran = workspace.run("graph", "--format", form)
    assert ran.code == 0
    assert all(id_ in ran.out for id_ in ids)


@needs_graphviz
def test_svg_of_many_hostile_titles_has_all_of_them_as_text() -> None:
    drawn = random.Random(7)  # noqa: S311  # no secret
    parts = [
        *FRAGMENTS,
        "\\N",
        "\\G",
        "\\L",
        "\\E",
        "\\l",
        "\\\\",
        '\\"',
        "&nbsp;",
        "\x00",
        "\uffff",
    ]
    tickets = {
        f"t{number}": TicketInfo(
            f"0000{number:09}",
            "".join(drawn.choices(parts, k=drawn.randrange(1, 9))),
            None,
            "ready",
            "x",
            1,
        )
        for number in range(400)
    }
    svg = ET.fromstring(svg_text(Drawing(tickets, frozenset(), [], 0)))  # noqa: S314
    space = "{http://www.w3.org/2000/svg}"
    texts = {
        group.findtext(f"{space}title"): "".join(
            text.text or "" for text in group.iter(f"{space}text")
        )
        for group in svg.iter(f"{space}g")
        if group.get("class") == "node"
    }
    assert {key: bare(text) for key, text in texts.items()} == {
        key: bare("".join([*title_lines(ticket, 32, 3), name_line(ticket)]))
        for key, ticket in tickets.items()
    }


def bare(text: str) -> str:
    """`text` without white space, and with escapes in place of what XML cannot hold."""
    return "".join(text.split()).replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
