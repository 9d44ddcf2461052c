"""How to add an extra to the copy that runs, in the way in which it was installed."""

from __future__ import annotations

import os
import sys


def hint_for(extra: str) -> str:
    """The command that installs `extra`, to be run in a clone.

    Args:
        extra: its name in ``pyproject.toml``.
    """
    return f"in a clone of yoi-relations: {_command()} '.[{extra}]'"


def _command() -> str:
    if _has("uv-receipt.toml"):
        return "uv tool install --force"
    if _has("pipx_metadata.json"):
        return "pipx install --force"
    # An environment that uv has made holds no pip.
    return "uv pip install" if "uv = " in _settings() else "pip install"


def _has(name: str) -> bool:
    """Whether the environment that runs holds a file that its maker leaves there."""
    return os.path.isfile(os.path.join(sys.prefix, name))


def _settings() -> str:
    """What the environment says of its maker; nothing where it is not a virtual one."""
    try:
        with open(os.path.join(sys.prefix, "pyvenv.cfg"), encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""
