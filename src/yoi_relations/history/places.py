"""Where records were kept: the tickets roots of all revisions, and the sources below them.

A root counts in all revisions if the configuration of any revision names it, if it is the root now,
or if it needs no configuration. The folder of the workspace itself must have been the same in the
repository, and the tickets are those of the tool that keeps them now.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.configuration import CONFIGURATIONS, named_root
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.source import Source
from yoi_relations.files.sources import ticket_source
from yoi_relations.files.workspace import Workspace


class Places:
    """Where the records of a workspace were kept.

    Attributes:
        roots: the folders with sources, below the workspace.
    """

    def __init__(self, workspace: Workspace, prefix: str, roots: Iterable[bytes]) -> None:
        self._tool = workspace.tool
        self._source = ticket_source(workspace)
        self._prefix = os.fsencode(os.path.join(prefix, ""))
        known = (*workspace.source_roots, *self._source.usual_roots)
        self.roots = {*map(os.fsencode, known), *roots}
        self._sources: dict[bytes, Source | None] = {}
        self._folders: list[tuple[bytes, bytes]] = []
        self._set_folders()
        self._configurations = {self.in_git(path): path for path in CONFIGURATIONS}

    @property
    def paths(self) -> list[bytes]:
        """The files and folders below the top of the work tree that are to be read."""
        # Git compares each file with the last path first, and most files are below a root.
        return [*self._configurations, *sorted(self._prefix + root for root in self.roots)]

    def in_git(self, path: str) -> bytes:
        """A path below the workspace as one below the top of the work tree."""
        return self._prefix + os.fsencode(path)

    def is_configuration(self, path: bytes) -> bool:
        """Whether a path below the top is that of a configuration of the workspace."""
        return path in self._configurations

    def root_in(self, path: bytes, data: bytes) -> bytes | None:
        """The root that a configuration names, below the workspace; None for none."""
        try:
            value = named_root(self._configurations[path], data, self._tool)
        except WorkspaceError:
            return None  # in that revision there was no answer at all
        root = os.path.normpath(os.fsencode(value)) if value else b""
        return None if root.startswith((b"/", b"..")) or root in (b"", b".") else root

    def add_root(self, root: bytes) -> None:
        """Add a tickets root."""
        self.roots.add(root)
        self._sources.clear()
        self._set_folders()

    def source_at(self, path: bytes) -> Source | None:
        """The source of records that a path below the top is; None if it is another file."""
        if path not in self._sources:
            self._sources[path] = self._find_source(path)
        return self._sources[path]

    def is_wanted(self, path: bytes) -> bool:
        """Whether a path below the top is that of a source of records or a configuration."""
        return self.source_at(path) is not None or self.is_configuration(path)

    def parse(self, source: Source, data: bytes) -> Parsed:
        """The content of a source."""
        return self._source.parse(source, data)

    def _find_source(self, path: bytes) -> Source | None:
        for folder, root in self._folders:
            if path.startswith(folder):
                return self._source.source_at(path[len(self._prefix) :], root)
        return None

    def _set_folders(self) -> None:
        """Set the roots as folders below the top, each after those in it."""
        roots = sorted(self.roots, key=len, reverse=True)
        self._folders = [(self._prefix + root + b"/", root) for root in roots]
