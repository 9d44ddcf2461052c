"""Writes the address of the page that `serve` serves."""

from __future__ import annotations

from yoi_relations.render.documents import bare_document
from yoi_relations.render.output import Mode, json_line, write_answer


def write_address(mode: Mode, address: str) -> None:
    """Write the address, which holds the secret that a browser needs."""
    if mode is Mode.JSON:
        write_answer(json_line(bare_document("serve") | {"address": address}))
    else:
        write_answer(f"{address}\n")
