"""Ticket sources: where tickets and records are found, and how their files are read.

``yoi``: the two layouts of yoi. ``tk``, ``backlog``: the task files of other tools. ``tasks``: what
those have in common where they are found, and ``task_file`` where they are read.
"""

from __future__ import annotations

from collections.abc import Mapping

from yoi_relations.files.file_tree import FileTree
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.scan_folder import Folder
from yoi_relations.files.scan_root import Listing
from yoi_relations.files.source import Source
from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.types import Protocol


class TicketSource(Protocol):
    """The tickets of one workspace.

    A unit is what is listed, read and replaced together: the folder of a ticket, a task file, or a
    folder of records. Its name is its path below the workspace's `base`.
    """

    @property
    def files(self) -> FileTree:
        """Where they are: on the disk, or in a revision."""

    @property
    def usual_roots(self) -> tuple[str, ...]:
        """The tickets roots, below the workspace, of revisions whose configuration names none."""

    def list_root(self) -> Listing:
        """The names of all units, and the stamps that vouch for them.

        Raises:
            UnreadableFolderError: a folder cannot be listed.
        """

    def scan(self, name: bytes, reliable: Mapping[bytes, bytes]) -> Folder:
        """Scan one unit. A file that still has its stamp in `reliable`, by path, is not read.

        Raises:
            UnreadableFolderError: a folder in it cannot be listed.
        """

    def parse(self, source: Source, data: bytes) -> Parsed:
        """The content of a source of one of the units: a function of its path and its bytes."""

    def source_at(self, path: bytes, root: bytes) -> Source | None:
        """The source of records at a path below the workspace; None if it is another file.

        The path alone decides. Its file need not exist, and is a regular one.

        Args:
            path: below `root`, in the bytes of the file system or of git.
            root: a tickets root, or the folder of records about tickets of another tool.
        """

    def lasting_paths(self, paths: bytes) -> set[bytes]:
        """The paths of a snapshot, without the folder in which a ticket's state puts it."""


def ticket_source(workspace: Workspace) -> TicketSource:
    """The tickets of a workspace."""
    if workspace.tool is None:
        from yoi_relations.files.sources.yoi import YoiSource  # noqa: PLC0415  # only one is needed

        return YoiSource(workspace)
    from yoi_relations.files.other_tools import Provider  # noqa: PLC0415  # as above

    if workspace.tool.provider is Provider.TK:
        from yoi_relations.files.sources.tk import TkSource  # noqa: PLC0415  # as above

        return TkSource(workspace, workspace.tool)
    from yoi_relations.files.sources.backlog import BacklogSource  # noqa: PLC0415  # as above

    return BacklogSource(workspace, workspace.tool)
