"""The text of `graph` in each format, and the file that gets it."""

from __future__ import annotations

from yoi_relations.command_table import GraphFormat
from yoi_relations.diagrams.drawing import Drawing, draw
from yoi_relations.errors import WriteError
from yoi_relations.index.handle import Notify
from yoi_relations.queries.catalog import Catalog
from yoi_relations.queries.overview import Overview


def graph_text(format_: GraphFormat, catalog: Catalog, overview: Overview, notify: Notify) -> str:
    """The overview in a format; `notify` receives a notice if a diagram has nothing to draw.

    Raises:
        RelationsError: it is too large for Mermaid, or Graphviz is missing or fails.
    """
    if format_ is GraphFormat.JSON:
        from yoi_relations.render.graph import graph_document
        from yoi_relations.render.output import json_line

        return json_line(graph_document(catalog, overview))
    if format_ is GraphFormat.HTML:
        from yoi_relations.page.document import page_value
        from yoi_relations.page.html import page_text

        return page_text(page_value(catalog, overview), live=False)
    drawing = draw(overview)
    if not drawing.edges:
        notify(_nothing_message(overview))
    return _diagram(format_, drawing)


def _diagram(format_: GraphFormat, drawing: Drawing) -> str:
    if format_ is GraphFormat.MERMAID:
        from yoi_relations.diagrams.mermaid import mermaid_text

        return mermaid_text(drawing)
    if format_ is GraphFormat.DOT:
        from yoi_relations.diagrams.dot import dot_text

        return dot_text(drawing)
    from yoi_relations.diagrams.graphviz import svg_text

    return svg_text(drawing)


def _nothing_message(overview: Overview) -> str:
    """Why a diagram is empty, and what to try."""
    if overview.selection.inactive:
        return "no such relation between two tickets is recorded; there is nothing to draw"
    return "no active relation links these tickets; --all draws those that no longer count"


def write_file(path: str, text: str) -> None:
    """Write `text` to a file, which is replaced if it exists.

    Raises:
        WriteError: it cannot be written.
    """
    try:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise WriteError(f"{path}: cannot be written: {reason}", "choose another FILE") from error
