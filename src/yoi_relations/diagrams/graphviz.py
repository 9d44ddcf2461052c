"""Draws a drawing as SVG, with the programs of an installed Graphviz."""

from __future__ import annotations

import subprocess

from yoi_relations.diagrams.dot import dot_text, edge_lines
from yoi_relations.diagrams.drawing import Drawing
from yoi_relations.errors import RelationsError
from yoi_relations.kinds import SEQUENCE_CLASSES

TIME_LIMIT = 60.0
"""Seconds for one program; 100 edges take about a tenth of a second."""


def svg_text(drawing: Drawing) -> str:
    """The drawing as SVG.

    Dependencies and orderings decide the places. The other edges are drawn in a second step: with
    them, the places that ``dot`` finds differ from run to run (seen with Graphviz 2.43).

    Raises:
        RelationsError: Graphviz is not installed, fails, or takes too long.
    """
    deciding = [edge for edge in drawing.edges if edge.relation.cls in SEQUENCE_CLASSES]
    others = [edge for edge in drawing.edges if edge.relation.cls not in SEQUENCE_CLASSES]
    placed = _output_of(["dot", "-Tdot"], dot_text(drawing._replace(edges=deciding)))
    body, _, _ = placed.rpartition("}")
    lines = "".join(f"{line}\n" for line in edge_lines(others))
    return _output_of(["neato", "-n2", "-Gsplines=true", "-Tsvg"], f"{body}{lines}}}\n")


def _output_of(command: list[str], text: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # fixed commands
            command, input=text.encode(), capture_output=True, check=False, timeout=TIME_LIMIT
        )
    except FileNotFoundError:
        raise RelationsError(
            f"svg: the program {command[0]} is not installed",
            "install Graphviz, or use --format html, mermaid or dot",
        ) from None
    except subprocess.TimeoutExpired:
        raise RelationsError(
            f"svg: Graphviz drew for more than {TIME_LIMIT:g} s",
            "name a ticket with --depth, or use --format html",
        ) from None
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise RelationsError(
            f"svg: Graphviz failed: {reason}", "use --format dot and run it by hand"
        )
    return done.stdout.decode()
