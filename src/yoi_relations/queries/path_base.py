"""What a path on the command line may be relative to."""

from __future__ import annotations

import os
from itertools import product

from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from yoi_relations.files.other_tools import Tool


class PathBase(NamedTuple):
    """The folders that a path may be relative to.

    Attributes:
        workspace: the workspace of the tickets and records; its root is one of the folders. None in
            a shared database, where a path is as in the answers.
        here: another such folder, usually the current directory; None for none.
    """

    workspace: Workspace | None
    here: str | None = None

    @property
    def tool(self) -> Tool | None:
        """The other tool that keeps the tickets of the workspace, if any."""
        return self.workspace.tool if self.workspace else None

    def below_root(self, given: str) -> set[str]:
        """The paths that `given` may mean, as in the index: relative to the workspace root."""
        if self.workspace is None:
            return {os.path.normpath(given)}
        root = self.workspace.root
        # The tickets root may be a link; the paths of sources go through it.
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
            except ValueError:  # a path has no NUL, and is valid text
                continue
            relative = os.path.relpath(absolute, tickets)
            found.add(os.path.normpath(os.path.join(self.workspace.tickets_root, relative)))
        return {_printable(path) for path in found}


def _printable(path: str) -> str:
    try:
        return printable(path)
    except UnicodeEncodeError:  # no file has such a name in this locale
        return path if path.isprintable() else ""
