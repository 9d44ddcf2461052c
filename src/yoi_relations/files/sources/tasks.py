"""Where the tickets of other tools are found: task files, and folders of records beside them.

The tool's own folders are only read. Records are in ``.yoi/relations/<ticket id>``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.other_tools import Tool
from yoi_relations.files.parse import parse_source, unusable
from yoi_relations.files.parsed import Claim, Parsed
from yoi_relations.files.record import Record
from yoi_relations.files.scan_folder import Folder, FolderScanner, TicketFolderScan
from yoi_relations.files.scan_root import Listing
from yoi_relations.files.source import (
    TASK_FILES,
    Fault,
    FaultCode,
    Format,
    Source,
    SourceError,
)
from yoi_relations.files.sources.task_file import OtherIdError
from yoi_relations.files.stat_collector import StatCollector, unreadable
from yoi_relations.files.stray.names import is_loose
from yoi_relations.files.ticket_md import Ticket
from yoi_relations.files.workspace import RECORDS, Workspace, printable_bytes
from yoi_relations.lean.types import ClassVar

_RECORDS = os.fsencode(RECORDS)
_YOI = os.path.dirname(_RECORDS)


class TaskSource:
    """The tickets of another tool; a unit is a task file, or the folder of a ticket's records.

    Attributes:
        format: of the task files.
        usual_roots: the tool's own places.
        folders: below the tickets root, those with task files.
        scanner: for the files of the workspace.
    """

    format: ClassVar[Format]
    usual_roots: ClassVar[tuple[str, ...]]
    folders: ClassVar[tuple[str, ...]]

    def __init__(self, workspace: Workspace, tool: Tool) -> None:
        self.files = workspace.files
        self.tool = tool
        self.scanner = FolderScanner(workspace)
        root = os.fsencode(workspace.tickets_root)
        self._root = root
        self._folders = self._folders_in(root)

    def id_of(self, name: str) -> str | None:
        """The id of the ticket in a file of this name; None if it is not a task file."""
        raise NotImplementedError

    def parse_task(self, data: bytes, source: Source) -> Parsed:
        """The content of a task file.

        Raises:
            SourceError: it cannot be used.
        """
        raise NotImplementedError

    def task_text(self, holder: str, ticket: Ticket, records: Sequence[Record]) -> bytes:
        """The content of a task file of the ticket `holder`; `parse_task` reads these from it.

        It is only for merges that are not made: no task file is ever written.
        """
        raise NotImplementedError

    def list_root(self) -> Listing:
        """The task files and the folders of records."""
        collector = StatCollector(self.files, self.scanner.root, b"")
        if not stat.S_ISDIR(collector.add_mode(self._root)):
            raise _not_a_folder(collector, self._root)
        names: list[str] = []
        for folder in self._folders:
            found = _names_in(collector, folder)
            names += [name for name in found if self.id_of(os.path.basename(name))]
        names += _names_in(collector, _RECORDS)
        if _RECORDS not in collector.paths:
            collector.add_mode(_YOI)  # its stamp changes when the folder of records appears
        return Listing(Folder(collector.paths, collector.stamps, [], []), names, [])

    def scan(self, name: bytes, reliable: Mapping[bytes, bytes]) -> Folder:
        """Scan one of them."""
        if name.startswith(_RECORDS + b"/"):
            return _RecordFolderScan(self, name, reliable).run()
        return _TaskFileScan(self, name, reliable).run()

    def parse(self, source: Source, data: bytes) -> Parsed:
        """The content of a task file, or of a record."""
        if source.format not in TASK_FILES:
            return self._with_canonical_targets(parse_source(source, data), source.holder)
        try:
            return self.parse_task(data, source)
        except SourceError as error:
            parsed = unusable(source, error.message)
            fault = parsed.faults[0]._replace(line=error.line)
            parsed = parsed._replace(faults=[fault])
            if not (isinstance(error, OtherIdError) and self._may_name_a_file(error.id)):
                return parsed
            message = f"has the id of {error.id}, so the state of that ticket is not known"
            return parsed._replace(claim=Claim(error.id, fault._replace(message=message)))

    def _may_name_a_file(self, id_: str) -> bool:
        """Whether there could be a task file for a ticket with this id."""
        is_name = "/" not in id_ and not id_.startswith(".")
        return is_name and self.id_of(f"{id_.lower()}.md") is not None

    def _with_canonical_targets(self, parsed: Parsed, holder: str) -> Parsed:
        """The content of a record file, whose target may be spelled as the tool also accepts it."""
        if not parsed.records or parsed.records[0].target is None:
            return parsed
        (record,) = parsed.records
        target = self.tool.canonical(record.target or "")
        if target != holder:
            return parsed._replace(records=[record._replace(target=target)])
        message, code = "names its own ticket as its target", FaultCode.SELF_RELATION
        fault = Fault(message, code=code, targets=(target,))
        return parsed._replace(records=(), faults=[*parsed.faults, fault])

    def source_at(self, path: bytes, root: bytes) -> Source | None:
        """The source of records at a path below `root`."""
        place, name = os.path.split(path)
        shown = printable_bytes(path)
        if name.startswith(b"."):
            return None
        if root == _RECORDS:
            above, ticket = os.path.split(place)
            if above != root or ticket.startswith(b".") or not name.endswith(b".md"):
                return None
            holder = self.tool.canonical(printable_bytes(ticket))
            return Source(shown, path, Format.FRONTMATTER, holder, None, None)
        id_ = self.id_of(printable_bytes(name)) if place in self._folders_in(root) else None
        return Source(shown, path, self.format, id_, shown, None) if id_ else None

    def _folders_in(self, root: bytes) -> list[bytes]:
        """The folders with task files in a tickets root."""
        paths = (os.path.join(root, os.fsencode(name)) for name in self.folders)
        return [path.rstrip(b"/") for path in paths]

    def lasting_paths(self, paths: bytes) -> set[bytes]:
        """The paths of a snapshot, of a task file only its name."""
        folders = {*self._folders}
        parts = (os.path.split(path) for path in paths.split(b"\0"))
        return {name if folder in folders else os.path.join(folder, name) for folder, name in parts}


class _TaskFileScan(TicketFolderScan):
    """The scan of one task file, which is the whole ticket in the tool's own folders."""

    def __init__(self, source: TaskSource, name: bytes, reliable: Mapping[bytes, bytes]) -> None:
        super().__init__(source.scanner, name, reliable)
        self.bucket = None
        self.holder = source.id_of(os.path.basename(self.below)) or self.holder
        self._format = source.format

    def run(self) -> Folder:
        if not self.scan_file(b"", self._format):
            self.add(b"", None)
        return self.result()


class _RecordFolderScan(TicketFolderScan):
    """The scan of the folder of one ticket's records, or of a loose file beside such folders."""

    records = b""

    def __init__(self, source: TaskSource, name: bytes, reliable: Mapping[bytes, bytes]) -> None:
        super().__init__(source.scanner, name, reliable)
        self.bucket = self.folder = None
        self.holder = source.tool.canonical(self.holder)

    def run(self) -> Folder:
        own = self.lstat(b"")
        if own is None or (stat.S_ISREG(own.st_mode) and not is_loose(self.name)):
            self.add(b"", own)
        elif stat.S_ISREG(own.st_mode):
            self.scan_loose()
        else:
            self.scan_records()
        return self.result()


def _names_in(collector: StatCollector, folder: bytes) -> list[str]:
    """The paths of what is in a folder, without dot-files; empty if there is no such folder.

    Raises:
        UnreadableFolderError: it cannot be listed, or is not a folder.
    """
    if folder not in collector.paths:
        mode = collector.add_mode(folder)
        if mode and not stat.S_ISDIR(mode):
            raise _not_a_folder(collector, folder)
        if not mode:
            return []
    names = (name for name in collector.names(folder) if not name.startswith(b"."))
    return [os.fsdecode(os.path.join(folder, name)) for name in names]


def _not_a_folder(collector: StatCollector, folder: bytes) -> UnreadableFolderError:
    path = os.fsdecode(collector.place + folder)
    mode = collector.mode(folder)
    if not mode:
        return unreadable(path, FileNotFoundError())
    what = "is a symbolic link, which is not followed" if stat.S_ISLNK(mode) else "is not a folder"
    return UnreadableFolderError(f"{path}: {what}", "put the folder itself there")
