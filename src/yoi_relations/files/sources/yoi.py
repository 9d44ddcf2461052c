"""Tickets of yoi: a folder per ticket, below the tickets root or in a bucket."""

from __future__ import annotations

import os
from collections.abc import Mapping

from yoi_relations.files import scan_root
from yoi_relations.files.parse import parse_source
from yoi_relations.files.scan_folder import Folder, FolderScanner
from yoi_relations.files.scan_root import Listing
from yoi_relations.files.stray.names import BUCKETS
from yoi_relations.files.workspace import Workspace

_BUCKETS = frozenset(os.fsencode(bucket) for bucket in BUCKETS)


class YoiSource:
    """The tickets in the two layouts of yoi; a unit is the folder of a ticket."""

    parse = staticmethod(parse_source)

    def __init__(self, workspace: Workspace) -> None:
        self.files = workspace.files
        self._workspace = workspace
        self._scanner = FolderScanner(workspace)

    def list_root(self) -> Listing:
        """The ticket folders and loose files."""
        return scan_root.list_root(self._workspace)

    def scan(self, name: bytes, reliable: Mapping[bytes, bytes]) -> Folder:
        """Scan one of them."""
        return self._scanner.scan(name, reliable)

    def lasting_paths(self, paths: bytes) -> set[bytes]:
        """The paths of a snapshot without the bucket that each folder is in."""
        parts = (path.partition(b"/") for path in paths.split(b"\0"))
        found = {tail if head in _BUCKETS else head + slash + tail for head, slash, tail in parts}
        return {path for path in found if b"/" in path}  # a ticket's folder is no path of its own
