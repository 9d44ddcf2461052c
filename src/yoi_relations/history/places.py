"""Where records were kept: the tickets roots of all revisions, and the sources below them.

A root counts in all revisions if the configuration of any revision names it, or if it is the root
now, or the default. The folder of the workspace itself must have been the same in the repository.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.nfc import composed
from yoi_relations.files.source import Format, Source
from yoi_relations.files.workspace import (
    CONFIGURATIONS,
    DEFAULT_TICKETS_ROOT,
    Workspace,
    named_root,
    printable_bytes,
)
from yoi_relations.lean.types import Self

_ARTIFACTS = b"artifacts"
_BELOW_FOLDER = b"/%s/" % _ARTIFACTS
_LISTS = {form.encode(): form for form in (Format.RELATIONS_JSON, Format.PLAN_JSONL)}
_RELATIONS = b"relations"
_BUCKETS = (b"open", b"pending", b"closed")


class Places:
    """Where the records of a workspace were kept.

    Attributes:
        roots: the tickets roots, below the workspace.
    """

    def __init__(self, workspace: Workspace, prefix: str, roots: Iterable[bytes] = ()) -> None:
        self._prefix = os.fsencode(os.path.join(prefix, ""))
        self.roots = {
            os.fsencode(DEFAULT_TICKETS_ROOT),
            os.fsencode(workspace.tickets_root),
            os.fsencode(workspace.real_tickets_root),
            *roots,
        }
        self._sources: dict[bytes, Source | None] = {}
        self._configurations = {self.in_git(path): path for path in CONFIGURATIONS}

    @property
    def roots_text(self) -> str:
        """The roots as text that can be compared and stored: each byte is a character."""
        return "\0".join(sorted(root.decode("latin-1") for root in self.roots))

    @classmethod
    def of_text(cls, workspace: Workspace, prefix: str, text: str) -> Self:
        """The places with the roots of `roots_text`, and those that count now."""
        return cls(workspace, prefix, (root.encode("latin-1") for root in text.split("\0")))

    @property
    def paths(self) -> list[bytes]:
        """The files and folders below the top of the work tree that are to be read."""
        return sorted({self._prefix + root for root in self.roots} | self._configurations.keys())

    def in_git(self, path: str) -> bytes:
        """A path below the workspace as one below the top of the work tree."""
        return self._prefix + os.fsencode(path)

    def is_configuration(self, path: bytes) -> bool:
        """Whether a path below the top is that of a configuration of the workspace."""
        return path in self._configurations

    def root_in(self, path: bytes, data: bytes) -> bytes | None:
        """The root that a configuration names, below the workspace; None for none."""
        try:
            value = named_root(self._configurations[path], data)
        except WorkspaceError:
            return None  # in that revision there was no answer at all
        root = os.path.normpath(os.fsencode(value)) if value else b""
        return None if root.startswith((b"/", b"..")) or root in (b"", b".") else root

    def may_matter(self, path: bytes) -> bool:
        """Whether a path below the top can be a source or a configuration; a fast test."""
        return _BELOW_FOLDER in path or path in self._configurations

    def add_root(self, root: bytes) -> None:
        """Add a tickets root."""
        self.roots.add(root)
        self._sources.clear()

    def source_at(self, path: bytes) -> Source | None:
        """The source of records that a path below the top is; None if it is another file."""
        if path not in self._sources:
            self._sources[path] = self._find_source(path)
        return self._sources[path]

    def _find_source(self, path: bytes) -> Source | None:
        if not path.startswith(self._prefix):
            return None
        path = path[len(self._prefix) :]
        for root in sorted(self.roots, key=len, reverse=True):
            if path.startswith(root + b"/"):
                return _source(path, root)
        return None


def _source(path: bytes, root: bytes) -> Source | None:
    parts = path[len(root) + 1 :].split(b"/")
    bucket = None
    if parts[0] in _BUCKETS and parts[1:2] != [_ARTIFACTS]:
        bucket, parts = parts[0].decode(), parts[1:]
    form = _format(parts[2:]) if parts[1:2] == [_ARTIFACTS] else None
    if form is None or parts[0].startswith(b"."):
        return None
    holder = composed(printable_bytes(parts[0]))
    folder = printable_bytes(path.removesuffix(b"/".join([b"", *parts[1:]])))
    return Source(printable_bytes(path), path, form, holder, folder, bucket)


def _format(parts: list[bytes]) -> Format | None:
    """The format of the source with this path below ``artifacts``."""
    match parts:
        case [name]:
            return _LISTS.get(name)
        case [folder, name] if folder == _RELATIONS:
            is_record = name.endswith(b".md") and not name.startswith(b".")
            return Format.FRONTMATTER if is_record else None
    return None
