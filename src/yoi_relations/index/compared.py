"""Opens the indexes of revisions of one repository, and the two that `diff` compares."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yoi_relations.errors import RevisionError, UsageError
from yoi_relations.files.revision import OpenRepository, find_states, start_root
from yoi_relations.files.workspace import Workspace
from yoi_relations.git.repository import Revision, find_range, find_revisions
from yoi_relations.index.handle import Index, Notify
from yoi_relations.index.revision_index import open_revision
from yoi_relations.lean.types import NamedTuple

_HEAD = "HEAD"


class OpenedTree(NamedTuple):
    """The index of a revision, and the id of its tree of tickets."""

    opened: Index
    tree: str

    def fits(self, workspace: Workspace) -> bool:
        """Whether its tickets are where those of `workspace` are, and kept by the same tool."""
        own = self.opened.workspace
        is_same_tool = own.tool_identity == workspace.tool_identity
        return is_same_tool and own.tickets_root == workspace.tickets_root


def open_compared(
    start: str | None,
    earlier: str | None,
    later: str | None,
    notify: Notify,
    open_present: Callable[[], Index],
) -> tuple[Index, Index]:
    """The indexes of the earlier and of the later state; the caller closes both.

    Args:
        start: as in `find_workspace`.
        earlier: a revision, or ``:`` for what is staged; or two revisions that are joined by
            ``..`` or ``...``; None for ``HEAD``.
        later: a revision or ``:``; None for the working files.
        notify: is called with what has to be said about the revisions.
        open_present: opens the index of the working files.

    Raises:
        UsageError: there are more than two revisions.
        RevisionError: a revision names nothing, or two have no common history.
        GitError: git failed.
        RelationsError: an index cannot be opened.
    """
    if earlier is not None and ".." in earlier:
        if later is not None:
            raise UsageError(f"{earlier}: are two revisions, and {later} is a third", "give two")
        root, folder = start_root(start)
        opened = open_all(root, _ends_of(folder, earlier, notify), notify)
    else:
        names = [_HEAD if earlier is None else earlier, *([] if later is None else [later])]
        opened = open_states(start, names, notify)
    if len(opened) == 1:
        try:
            opened.append(open_present())
        except BaseException:
            opened[0].close()
            raise
    return opened[0], opened[1]


def open_states(start: str | None, names: Sequence[str], notify: Notify) -> list[Index]:
    """The indexes of revisions, or of ``:``, of one repository; the caller closes all.

    Args:
        start: as in `find_workspace`.
        names: any revisions that git understands.
        notify: is called with what git says about a name.

    Raises:
        RevisionError: a revision names nothing, or a file.
        GitError: git is missing, refuses the repository, or lacks a part of a revision.
        GitTimeoutError: git did not answer in time.
        RelationsError: an index cannot be opened.
    """
    root, folder = start_root(start)
    return open_all(root, find_states(folder, names), notify)


def open_all(root: str | None, found: list[Revision], notify: Notify) -> list[Index]:
    """The indexes of revisions of one repository, read with the same processes of git."""
    for revision in found:
        if revision.warning:
            notify(revision.warning)
    indexes: list[Index] = []
    try:
        with OpenRepository(found[0].repository, root) as repository:
            for revision in found:
                workspace, files = repository.workspace(revision)
                indexes.append(open_revision(workspace, files, notify))
            here = [index.workspace for index in indexes if index.workspace.root == root]
            if here:
                _keep_objects(repository, here[0])
    except BaseException:
        for index in indexes:
            index.close()
        raise
    return indexes


def _keep_objects(repository: OpenRepository, workspace: Workspace) -> None:
    """Keep what led to the tickets of the revisions, in the cache folder of `workspace`."""
    new = repository.new_objects()
    if new is None:
        return
    from yoi_relations.index.cache_folder import cache_folder, put  # noqa: PLC0415  # once for each revision

    try:
        with cache_folder(workspace) as folder:
            put(folder, *new)
    except OSError:
        pass  # git is asked again next time


def _ends_of(folder: str, name: str, notify: Notify) -> list[Revision]:
    """The two revisions that ``A..B`` or ``A...B`` compare."""
    dots = "..." if "..." in name else ".."
    first, _, second = (part or _HEAD for part in name.partition(dots))
    if dots == "..":
        return find_revisions(folder, [first, second])
    found = find_range(folder, first, second)
    if not found.bases:
        raise no_common_history(found.first, found.second)
    if len(found.bases) > 1:
        notify(f"{name}: has {len(found.bases)} merge bases; compared from {found.bases[0]}")
    title = f"the merge base of {first} and {second}"
    return [found.first._replace(name=title, id=found.bases[0]), found.second]


def no_common_history(first: Revision, second: Revision) -> RevisionError:
    """The error for two commits whose histories do not meet."""
    text = f"{first.name} and {second.name}: have no commit in common"
    if first.repository.shallow is None:
        return RevisionError(text, "name two commits of one history")
    return RevisionError(
        f"{text} in this shallow clone", "fetch the history (git fetch --unshallow)"
    )
