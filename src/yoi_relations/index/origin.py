"""Who made the index, and whether its folder is where it seems to be."""

from __future__ import annotations

import errno
import os

from yoi_relations.files.workspace import CACHE, Workspace


def is_by_one_of_us(status: os.stat_result, workspace: Workspace) -> bool:
    """Whether a file was made by somebody who could have written the tickets as well."""
    owner = status.st_uid
    return owner in (os.geteuid(), 0) or owner == os.stat(workspace.tickets_path).st_uid


def refuse_links(workspace: Workspace) -> None:
    """Refuse to read an index behind a link: it could be of other tickets.

    Raises:
        OSError: one of the folders on the way to it is a symbolic link, or ``.yoi`` is one that
            leads out of the workspace.
    """
    yoi, cache, _ = CACHE.split("/")
    for path in (f"{yoi}/{cache}", CACHE):
        if os.path.islink(os.path.join(workspace.root, path)):
            raise OSError(errno.ELOOP, f"{path} is a symbolic link, which is not followed")
    folder = os.path.join(workspace.root, yoi)
    if os.path.islink(folder):
        within = os.path.join(workspace.root, "")
        if not os.path.realpath(folder).startswith(within):
            raise OSError(errno.ELOOP, f"{yoi} is a symbolic link out of the workspace")
