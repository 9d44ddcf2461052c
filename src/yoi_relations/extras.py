"""How to install an extra of the package."""

from __future__ import annotations

import os
import sys

_COMMANDS = {
    "pip": "pip install '.[{extra}]'",
    "pipx": "pipx install --force '.[{extra}]'",
    "uv": "uv tool install --force '.[{extra}]'",
}
_INSTALLER_FILES = {"pipx_metadata.json": "pipx", "uv-receipt.toml": "uv"}
"""Files by which pipx and uv mark the environment that they make for a program."""


def how_to_install(extra: str) -> str:
    """A hint with the command for the installer of this copy; if that is unknown, for every one."""
    found = [
        installer
        for file, installer in _INSTALLER_FILES.items()
        if os.path.exists(os.path.join(sys.prefix, file))
    ]
    commands = [_COMMANDS[installer].format(extra=extra) for installer in found or _COMMANDS]
    return f"in a clone, install it with its extra: {' or '.join(commands)}"
