"""The completion scripts for shells."""

from __future__ import annotations

from importlib import resources

from yoi_relations.render.output import JSON_VERSION, Mode, json_line, write_answer


def print_script(mode: Mode, shell: str) -> None:
    """Print the script for `shell`: bash, zsh or fish."""
    folder = resources.files(__package__)
    script = folder.joinpath(f"completion.{shell}").read_text("utf-8")
    if mode is Mode.JSON:
        document = {"schema_version": JSON_VERSION, "document": "completion"}
        script = json_line(document | {"shell": shell, "script": script})
    write_answer(script)
