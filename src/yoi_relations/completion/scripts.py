"""The completion scripts for shells."""

from __future__ import annotations

from importlib import resources

from yoi_relations.render.documents import bare_document
from yoi_relations.render.output import Mode, json_line, write_answer


def print_script(mode: Mode, shell: str) -> None:
    """Print the script for `shell`: bash, zsh or fish."""
    folder = resources.files(__package__)
    script = folder.joinpath(f"completion.{shell}").read_text("utf-8")
    if mode is Mode.JSON:
        script = json_line(bare_document("completion") | {"shell": shell, "script": script})
    write_answer(script)
