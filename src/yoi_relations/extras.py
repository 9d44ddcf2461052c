"""The extras of the package: what to say if one is not installed."""

from __future__ import annotations

import os
import sys

from yoi_relations.errors import RelationsError

_PIP = "pip install '.[{extra}]'"
_INSTALLERS = {
    "pipx_metadata.json": "pipx install --force '.[{extra}]'",
    "uv-receipt.toml": "uv tool install --force '.[{extra}]'",
}
"""The commands of pipx and uv, by the file that marks an environment made by them."""


class ExtraNeeded:
    """A block with the imports that need an extra of the package.

    Raises:
        RelationsError: an import failed, so the extra is missing.
    """

    def __init__(self, extra: str) -> None:
        self._extra = extra

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        """Report a failed import."""
        if isinstance(error, ImportError):
            message = f"this command line needs the extra '{self._extra}': {error}"
            raise RelationsError(message, how_to_install(self._extra)) from error


def how_to_install(extra: str) -> str:
    """A hint with the command for the installer of this copy; if that is unknown, for every one."""
    found = [
        command
        for file, command in _INSTALLERS.items()
        if os.path.exists(os.path.join(sys.prefix, file))
    ]
    commands = " or ".join(found or [_PIP, *_INSTALLERS.values()])
    return f"in a clone, install it with its extra: {commands.format(extra=extra)}"
