"""Writes the address of the page that `serve` serves."""

from __future__ import annotations

from yoi_relations.render.output import JSON_VERSION, Mode, json_line, write_answer


def write_address(mode: Mode, address: str) -> None:
    """Write the address, which holds the secret that a browser needs."""
    if mode is Mode.JSON:
        value = {"schema_version": JSON_VERSION, "document": "serve", "address": address}
        write_answer(json_line(value))
    else:
        write_answer(f"{address}\n")
