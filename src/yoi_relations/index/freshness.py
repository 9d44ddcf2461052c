"""Makes sure that an answer is given from what lies on the disk now.

The published index remembers what the disk looked like. Where all is as it was, it answers as it
lies; where a stamp differs, or proves nothing, ``renewing`` looks at what lies there.
"""

from __future__ import annotations

import time

from yoi_relations.files.workspace import Workspace
from yoi_relations.index import store
from yoi_relations.index.handle import Index, Notify, OpenRequest, Trust
from yoi_relations.index.snapshot import load_snapshot, suspects
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
    """The index of `workspace`, made to agree with its files.

    Args:
        workspace: whose files.
        notify: is told when the index had to be built, or could not be kept.
        trust: `STAT` reads what its stamp does not vouch for, `CONTENT` reads everything, `INDEX`
            answers from a published index without a look at the files.
        publish: False leaves the cache folder alone.
        wait: seconds to wait for another process that publishes; then this one does not. None is
            as long as usual.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    request = OpenRequest(workspace, notify, trust, publish, wait, time.perf_counter())
    stored, found = store.published(workspace, prove=publish)
    doubt = None
    if stored is not None:
        try:
            if trust is Trust.INDEX:
                return request.answer(stored, IndexState.UNCHECKED, stored.generation)
            known = load_snapshot(stored.connection)
            suspected = suspects(known, workspace.tickets_path, everything=trust is Trust.CONTENT)
            if not suspected.changed and not suspected.racy:
                return request.answer(stored, IndexState.CURRENT, stored.generation)
            doubt = stored, known, suspected
        except SqliteError:
            stored.connection.close()
            found = IndexState.DAMAGED
    from yoi_relations.index.reconcile import renewed  # noqa: PLC0415  # its YAML costs start-up

    return renewed(request, found, doubt)
