"""The objects of a repository; git is not started before one is needed."""

from __future__ import annotations

from yoi_relations.files.workspace import Workspace, cache_in
from yoi_relations.git.repository import Repository
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from yoi_relations.git.objects import ObjectReader
    from yoi_relations.git.scratch import ScratchRepository


class Objects:
    """Objects in a scratch repository in the cache folder of `workspace`; close it at the end.

    Attributes:
        workspace: the workspace.
    """

    def __init__(self, workspace: Workspace, repository: Repository) -> None:
        self.workspace = workspace
        self._repository = repository
        self._reader: ObjectReader | None = None

    @property
    def scratch(self) -> ScratchRepository:
        """The scratch repository, which is made if necessary."""
        return self.reader.scratch

    @property
    def reader(self) -> ObjectReader:
        """Reads objects."""
        if self._reader is None:
            from yoi_relations.git.objects import ObjectReader  # noqa: PLC0415  # rarely needed

            self._reader = ObjectReader(self._repository, cache_in(self.workspace.root))
        return self._reader

    def close(self) -> None:
        """End git, and remove what is temporary."""
        if self._reader is not None:
            self._reader.__exit__()
