"""The tickets as an HTML list: what the page shows where no script runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from yoi_relations.render.documents import Value
from yoi_relations.render.glyphs import state_glyph
from yoi_relations.render.output import visible
from yoi_relations.render.phrases import GROUP_TITLES

MAX_ITEMS = 100
"""Tickets of a group in the list."""


def static_list(value: Value) -> str:
    """The content of the page's body before its script replaces it."""
    name = _text(value["workspace"]["root"])
    nodes = {node["ticket"]: node for node in value["nodes"]}
    tickets = {group["name"]: group["tickets"] for group in value["groups"]}
    parts = [_group(name, tickets[name], nodes) for name in GROUP_TITLES if tickets[name]]
    body = "\n".join(parts) or f"<p>{_nothing(value)}</p>"
    return f"""<header><h1>{name}</h1></header>
<main class="plain">
<p>{value["unresolved"]} open of {value["workspace"]["tickets"]} tickets, as a list. The map, the \
table and the search need JavaScript.</p>
{body}
</main>"""


def _nothing(value: Value) -> str:
    if value["unresolved"]:
        return "No open ticket is in this selection."
    return "Every ticket is done or closed, so nothing waits."


def _group(name: str, ids: list[str], nodes: Mapping[str, Value]) -> str:
    items = "\n".join(_item(nodes[id_], nodes) for id_ in ids[:MAX_ITEMS])
    more = len(ids) - MAX_ITEMS
    rest = f"\n<p>{more} more are not in this list.</p>" if more > 0 else ""
    heading = f"<h2>{GROUP_TITLES[name]} <span class='count'>{len(ids)}</span></h2>"
    return f'<section class="group {name}">\n{heading}\n<ul>\n{items}\n</ul>{rest}\n</section>'


def _item(node: Value, nodes: Mapping[str, Value]) -> str:
    waits = _waits(node["waits_for"], nodes)
    return (
        f"<li>{state_glyph(node['state'])} {_title(node)}"
        f" <small>{node['state'] or 'state not known'}"
        f" <code>{_text(node['short_id'])}</code>{waits}</small></li>"
    )


def _waits(ids: Iterable[str], nodes: Mapping[str, Value]) -> str:
    titles = [_title(nodes[id_]) if id_ in nodes else _text(id_) for id_ in ids]
    return f", waits for {', '.join(titles)}" if titles else ""


def _title(node: Value) -> str:
    return _text(node["title"] or node["ticket"])


def _text(text: str) -> str:
    return f'<bdi lang="">{escape(visible(text))}</bdi>'
