"""Opens an index that agrees with the files: the entry of this package.

The published index is used as it is if every stamp in its snapshot equals that on the disk, and
was reliable when it was taken. Otherwise `reconcile` lists and reads the folders with other stamps
and with racy ones. If their sources are unchanged too, the published index is current; if not, it
is updated and published. With ``--trust content`` no stamp counts; with ``index`` none is compared.
"""

from __future__ import annotations

import time

from yoi_relations.files.workspace import Workspace
from yoi_relations.index import store
from yoi_relations.index.handle import Index, Notify, OpenRequest, Trust
from yoi_relations.index.snapshot import UnprovenIndex, compare_stamps, load_snapshot
from yoi_relations.index.store import IndexState
from yoi_relations.lean.sqlite import SqliteError


def open_index(
    workspace: Workspace,
    notify: Notify,
    *,
    trust: Trust = Trust.STAT,
    publish: bool = True,
    wait: float | None = None,
) -> Index:
    """Open the index of `workspace`, and make it agree with the files first.

    Args:
        workspace: the files.
        notify: is called if the index had to be built, or could not be written.
        trust: what proves the published index current, see `Trust`.
        publish: False leaves the cache folder unchanged.
        wait: seconds to wait for another process that publishes; after that, the index is not
            published. None is the default wait.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    publish = publish and workspace.has_yoi
    request = OpenRequest(workspace, notify, trust, publish, wait, time.perf_counter())
    stored, state = store.load_published(workspace, note_stamp=publish)
    unproven = None
    if stored is not None:
        try:
            if trust is Trust.INDEX:
                return request.answer(stored, IndexState.UNCHECKED, stored.generation)
            snapshot = load_snapshot(stored.connection)
            everything = trust is Trust.CONTENT
            changes = compare_stamps(snapshot, workspace.base, everything=everything)
            if not changes.changed and not changes.racy:
                return request.answer(stored, IndexState.CURRENT, stored.generation)
            unproven = UnprovenIndex(stored, snapshot, changes)
        except SqliteError:
            stored.connection.close()
            state = IndexState.DAMAGED
    from yoi_relations.index.reconcile import reconcile  # noqa: PLC0415  # the YAML parser costs start-up

    return reconcile(request, state, unproven)
