"""How to install an extra of the package."""

from __future__ import annotations

import os
import sys

_PIP = "pip install '.[{extra}]'"
_INSTALLERS = {
    "pipx_metadata.json": "pipx install --force '.[{extra}]'",
    "uv-receipt.toml": "uv tool install --force '.[{extra}]'",
}
"""The commands of pipx and uv, by the file that marks an environment made by them."""


def how_to_install(extra: str) -> str:
    """A hint with the command for the installer of this copy; if that is unknown, for every one."""
    found = [
        command
        for file, command in _INSTALLERS.items()
        if os.path.exists(os.path.join(sys.prefix, file))
    ]
    commands = " or ".join(found or [_PIP, *_INSTALLERS.values()])
    return f"in a clone, install it with its extra: {commands.format(extra=extra)}"
