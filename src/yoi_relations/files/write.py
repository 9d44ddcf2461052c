"""The only writer of ticket folders. It writes one new record or retirement, and alters no file.

The new file appears complete or not at all, and never replaces another one: a draft is written,
synced, and linked to the final name, which fails if that name is taken.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import time
from collections.abc import Iterator, Mapping

from yoi_relations.atomic import create_file, sync
from yoi_relations.errors import WriteError
from yoi_relations.files.open_folder import open_folder
from yoi_relations.files.stat_stamp import NOT_THERE
from yoi_relations.files.workspace import RECORDS, Workspace

_NO_LINKS = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
_DRAFT = re.compile(r"\.[0-9A-Z]{26}\.md\.[0-9]+\.tmp")
"""The name of a draft of a new record; other programs have no such names."""
_MAX_DRAFT_AGE = 3600
"""Seconds after which a draft is abandoned."""


def render_record(fields: Mapping[str, str | None], body: str | None) -> bytes:
    """The bytes of a record file, without the fields that are None.

    Text that is not valid Unicode gives bytes that the reader refuses.
    """
    import yaml  # noqa: PLC0415  # slow to import, and only writing needs it

    class Dumper(yaml.SafeDumper):
        """Quotes text that other readers could read as a number or a boolean, but not times."""

    def represent(dumper: Dumper, text: str) -> yaml.Node:
        # In other styles, a line separator would be read back as a space.
        style = '"' if text.splitlines() != [text] else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    Dumper.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }
    present = {key: value for key, value in fields.items() if value is not None}
    text = yaml.dump(present, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=2**20)
    lines = body + "\n" if body else ""
    return f"---\n{text}---\n{lines}".encode("utf-8", "surrogatepass")


def records_folder(workspace: Workspace, ticket: str, folder: str | None) -> str:
    """The folder of a ticket's records in Markdown, below the workspace root.

    Args:
        workspace: of the ticket.
        ticket: its id.
        folder: path of its own folder, which another tool does not have.
    """
    return f"{RECORDS}/{ticket}" if workspace.tool else f"{folder}/artifacts/relations"


def write_new(
    workspace: Workspace, folder: str, name: str, data: bytes, temporary: int | None
) -> str:
    """Write a new file into a ticket's folder of records.

    Args:
        workspace: of the ticket.
        folder: that folder's path below the workspace root, as `records_folder` returns it. Its
            last two parts, or all parts where another tool keeps the tickets, are made if missing.
        name: of the new file.
        data: its content.
        temporary: descriptor of a folder for the draft, or None for a dot-file in the same folder.

    Returns:
        The new file's path below the workspace root.

    Raises:
        WriteError: it could not be written, or the name is taken. Nothing has changed then.
    """
    path = f"{folder}/{name}"
    root, base = workspace.root, os.curdir if workspace.tool else workspace.tickets_root
    # Names on the disk are UTF-8 under every locale.
    final, parts = name.encode(), folder.removeprefix(workspace.prefix).encode().split(b"/")
    made = 0 if workspace.tool else -2
    try:
        with open_folder(root, base, parts[:made], parts[made:]) as relations:
            if temporary is None or not _link_from(temporary, relations, final, data):
                _link_in_folder(relations, final, data)
            try:
                os.fsync(relations)
            except OSError:
                os.unlink(final, dir_fd=relations)
                raise
    except OSError as error:
        hint = "nothing was recorded; fix this and retry"
        raise WriteError(f"{path}: cannot be written: {error.strerror or error}", hint) from error
    return path


def _link_from(temporary: int, folder: int, final: bytes, data: bytes) -> bool:
    """Write a draft in `temporary` and link it to `final` in `folder`; False if impossible.

    The cache, and `temporary` with it, may be deleted at any moment.
    """
    draft = b"tmp-%d-%s" % (os.getpid(), final)
    try:
        with _written(temporary, draft, data):
            _link(temporary, draft, folder, final)
    except OSError as error:
        if error.errno in (*_NO_LINKS, *NOT_THERE):
            return False
        raise
    return True


def _link_in_folder(folder: int, final: bytes, data: bytes) -> None:
    """Write a draft as a dot-file, which scans ignore, and give it its final name."""
    _sweep(folder)
    draft = b".%s.%d.tmp" % (final, os.getpid())
    with _written(folder, draft, data):
        try:
            _link(folder, draft, folder, final)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            with contextlib.suppress(FileNotFoundError):
                os.lstat(final, dir_fd=folder)
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
            os.rename(draft, final, src_dir_fd=folder, dst_dir_fd=folder)


def _link(source: int, draft: bytes, folder: int, final: bytes) -> None:
    os.link(draft, final, src_dir_fd=source, dst_dir_fd=folder, follow_symlinks=False)


def _sweep(folder: int) -> None:
    """Remove the drafts that killed processes left in a folder."""
    with contextlib.suppress(OSError):
        for draft in filter(_DRAFT.fullmatch, os.listdir(folder)):
            with contextlib.suppress(OSError):
                status = os.stat(draft, dir_fd=folder, follow_symlinks=False)
                if time.time() - status.st_mtime > _MAX_DRAFT_AGE:
                    os.unlink(draft, dir_fd=folder)


@contextlib.contextmanager
def _written(folder: int, draft: bytes, data: bytes) -> Iterator[None]:
    """`draft` in `folder`, written and synced; removed afterwards."""
    try:
        flags = os.O_WRONLY | os.O_EXCL
        with open(create_file(draft, flags, dir_fd=folder), "wb") as file:
            file.write(data)
            sync(file)
        yield
    finally:
        # A leftover draft does no harm: scans ignore it, and a later write sweeps it.
        with contextlib.suppress(OSError):
            os.unlink(draft, dir_fd=folder)
