"""How to install what the package needs for one of its extras."""

from __future__ import annotations

import os
import sys

_WAYS = {
    "pip": "pip install '.[{extra}]'",
    "pipx": "pipx install --force '.[{extra}]'",
    "uv": "uv tool install --force '.[{extra}]'",
}
_RECEIPTS = {"pipx_metadata.json": "pipx", "uv-receipt.toml": "uv"}
"""What pipx and uv leave in the environment that they make for a program."""


def how_to_install(extra: str) -> str:
    """The command line for the way in which this copy was installed, or for each way."""
    told = [
        way for name, way in _RECEIPTS.items() if os.path.exists(os.path.join(sys.prefix, name))
    ]
    ways = [_WAYS[way].format(extra=extra) for way in told or _WAYS]
    return f"in a clone, install it with its extra: {' or '.join(ways)}"
