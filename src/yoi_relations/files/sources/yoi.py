"""Tickets of yoi: a folder per ticket, below the tickets root or in a bucket."""

from __future__ import annotations

import os
from collections.abc import Mapping

from yoi_relations.files import scan_root
from yoi_relations.files.nfc import composed
from yoi_relations.files.parse import parse_source
from yoi_relations.files.scan_folder import Folder, FolderScanner
from yoi_relations.files.scan_root import Listing
from yoi_relations.files.source import Format, Source
from yoi_relations.files.stray.names import BUCKETS, RELATIONS
from yoi_relations.files.stray.sources import ARTIFACTS
from yoi_relations.files.workspace import DEFAULT_TICKETS_ROOT, Workspace, printable_bytes

_BUCKETS = frozenset(os.fsencode(bucket) for bucket in BUCKETS)
_ARTIFACTS = ARTIFACTS[1:]
_IN_ARTIFACTS = ARTIFACTS + b"/"
_LISTS = {form.encode(): form for form in (Format.RELATIONS_JSON, Format.PLAN_JSONL)}


class YoiSource:
    """The tickets in the two layouts of yoi; a unit is the folder of a ticket."""

    parse = staticmethod(parse_source)
    usual_roots = (DEFAULT_TICKETS_ROOT,)

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

    def source_at(self, path: bytes, root: bytes) -> Source | None:
        """The source of records at a path below `root`."""
        if _IN_ARTIFACTS not in path:
            return None  # most files of a ticket
        bucket, *parts = path[len(root) + 1 :].split(b"/")
        if bucket not in _BUCKETS or parts[:1] == [_ARTIFACTS]:
            bucket, parts = b"", [bucket, *parts]
        form = _format(parts[2:]) if parts[1:2] == [_ARTIFACTS] else None
        if form is None or parts[0].startswith(b"."):
            return None
        folder = os.path.join(root, bucket, parts[0])
        holder = composed(printable_bytes(parts[0]))
        paths = printable_bytes(path), path, form, holder, printable_bytes(folder)
        return Source(*paths, bucket.decode() or None)

    def lasting_paths(self, paths: bytes) -> set[bytes]:
        """The paths of a snapshot without the bucket that each folder is in."""
        parts = (path.partition(b"/") for path in paths.split(b"\0"))
        found = {tail if head in _BUCKETS else head + slash + tail for head, slash, tail in parts}
        return {path for path in found if b"/" in path}  # a ticket's folder is no path of its own


def _format(parts: list[bytes]) -> Format | None:
    """The format of the source with this path below ``artifacts``."""
    match parts:
        case [name]:
            return _LISTS.get(name)
        case [folder, name] if folder == RELATIONS:
            is_record = name.endswith(b".md") and not name.startswith(b".")
            return Format.FRONTMATTER if is_record else None
    return None
