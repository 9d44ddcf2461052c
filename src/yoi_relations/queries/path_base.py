"""Tickets and records by path: what a path on the command line may be relative to."""

from __future__ import annotations

import os
from itertools import product

from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.lean.types import NamedTuple


class PathBase(NamedTuple):
    """Where paths are read from.

    Attributes:
        workspace: whose tickets and records they name.
        here: the folder that a path may be relative to, beside the workspace root.
    """

    workspace: Workspace
    here: str | None = None

    def below_root(self, given: str) -> set[str]:
        """The paths below the workspace root, as the index has them, that `given` may be."""
        root = self.workspace.root
        # The tickets root may be a link, which the paths of sources go through.
        tickets = os.path.realpath(self.workspace.tickets_path)
        found = {os.path.normpath(given)}
        paths = {given}
        if not given.isascii():
            from yoi_relations.files.locale_names import as_name  # noqa: PLC0415  # rare

            paths.add(as_name(given))
        for base, path in product((self.here, root), paths):
            if base is None:
                continue
            try:
                absolute = os.path.realpath(os.path.join(base, path))
            except ValueError:  # with a NUL, or not text: it is not a path
                continue
            below = os.path.relpath(absolute, tickets)
            found.add(os.path.normpath(os.path.join(self.workspace.tickets_root, below)))
        return {_printable(path) for path in found}


def _printable(path: str) -> str:
    try:
        return printable(path)
    except UnicodeEncodeError:  # by this locale, no file has such a name
        return path if path.isprintable() else ""
