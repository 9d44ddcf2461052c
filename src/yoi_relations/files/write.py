"""The only writer of the truth: one new file, a record or a retirement. No file is ever altered.

It appears whole or not at all, and never in place of another: it is written beside, synced, and
linked to its name, which fails where the name is taken.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import time
from collections.abc import Iterator, Mapping

from yoi_relations.errors import WriteError
from yoi_relations.files.making import create_file, make_folder
from yoi_relations.files.stamps import NOT_THERE
from yoi_relations.files.workspace import Workspace

_NO_LINKS = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
_DRAFT = re.compile(rb"\.[0-9A-Z]{26}\.md\.[0-9]+\.tmp")
"""The name of a draft beside; only new records' names are sure to be no one else's."""
_ABANDONED = 3600
"""Seconds after which nobody is still about to finish a draft."""


def render_record(fields: Mapping[str, str | None], body: str | None) -> bytes:
    """The bytes of a record file; fields that are None are left out.

    Text that is not valid Unicode gives bytes that will not be read as a record.
    """
    lines = body + "\n" if body else ""
    return f"---\n{_render_fields(fields)}---\n{lines}".encode("utf-8", "surrogatepass")


def _render_fields(fields: Mapping[str, str | None]) -> str:
    import yaml  # noqa: PLC0415  # only writing needs it, and it costs start-up

    class Dumper(yaml.SafeDumper):
        """Quotes what another reader could take for a number or a boolean; leaves times plain."""

    def represent(dumper: Dumper, text: str) -> yaml.Node:
        # In any other style a line separator would come back as a space.
        style = '"' if text.splitlines() != [text] else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    Dumper.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }
    present = {key: value for key, value in fields.items() if value is not None}
    text: str = yaml.dump(present, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=2**20)
    return text


def write_new(
    workspace: Workspace, folder: str, name: str, data: bytes, temporary: str | None
) -> str:
    """Write a new file into a ticket folder's ``artifacts/relations/``.

    Args:
        workspace: where.
        folder: the ticket folder's path below the workspace root.
        name: the new file's name.
        data: its content.
        temporary: a folder to write it in first, or None for a dot-file beside the name.

    Returns:
        The new file's path below the workspace root.

    Raises:
        WriteError: it could not be written, or the name is taken; nothing is left behind.
    """
    path = f"{folder}/artifacts/relations/{name}"
    # Names are UTF-8 on the disk, whatever the locale makes of text.
    root = os.fsencode(workspace.root)
    final = os.path.join(root, path.encode())
    with _errors_about(path), _folders(os.path.join(root, folder.encode()), final):
        if temporary is None or not _link_from(os.fsencode(temporary), final, data):
            _link_beside(final, data)
        try:
            _sync_folder(os.path.dirname(final))
        except OSError:
            os.unlink(final)
            raise
    return path


def _link_from(temporary: bytes, final: bytes, data: bytes) -> bool:
    """Write in `temporary` and link to `final`; False where that is not possible.

    Somebody may delete the cache, and `temporary` with it, at any moment.
    """
    try:
        with _written(_draft(temporary, final), data) as draft:
            os.link(draft, final)
    except OSError as error:
        if error.errno in (*_NO_LINKS, *NOT_THERE):
            return False
        raise
    return True


def _link_beside(final: bytes, data: bytes) -> None:
    """Write a dot-file, which the scan ignores, and give it its name."""
    with _written(_beside(final), data) as draft:
        try:
            os.link(draft, final)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if os.path.lexists(final):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
            os.rename(draft, final)


def _draft(temporary: bytes, final: bytes) -> bytes:
    return os.path.join(temporary, b"tmp-%d-%s" % (os.getpid(), os.path.basename(final)))


def _beside(final: bytes) -> bytes:
    folder, name = os.path.split(final)
    _sweep(folder)
    return os.path.join(folder, b".%s.%d.tmp" % (name, os.getpid()))


def _sweep(folder: bytes) -> None:
    """Remove the drafts of new records that killed processes left here."""
    with contextlib.suppress(OSError):
        for name in filter(_DRAFT.fullmatch, os.listdir(folder)):
            draft = os.path.join(folder, name)
            with contextlib.suppress(OSError):
                if time.time() - os.lstat(draft).st_mtime > _ABANDONED:
                    os.unlink(draft)


@contextlib.contextmanager
def _written(draft: bytes, data: bytes) -> Iterator[bytes]:
    """`draft`, written and synced; gone afterwards."""
    try:
        with open(create_file(draft, os.O_WRONLY | os.O_EXCL), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        # One that stays is no harm: the scan ignores it, and what is surely ours is swept later.
        with contextlib.suppress(OSError):
            os.unlink(draft)


@contextlib.contextmanager
def _folders(ticket: bytes, final: bytes) -> Iterator[None]:
    """Make the folders between the ticket folder and `final`; unmake them after a failure."""
    artifacts = os.path.join(ticket, b"artifacts")
    made = []
    try:
        _refuse_link(ticket)
        for folder in (artifacts, os.path.dirname(final)):
            with contextlib.suppress(FileExistsError):
                make_folder(folder)
                made.append(folder)
            _refuse_link(folder)
        yield
    except OSError:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        raise


def _refuse_link(folder: bytes) -> None:
    """A folder behind a symbolic link is not read either.

    Its path may be another's: a name that is not UTF-8 is written as what another may be called.
    """
    if os.path.islink(folder):
        raise OSError(errno.ELOOP, f"{os.path.basename(folder).decode()} is a symbolic link")


@contextlib.contextmanager
def _errors_about(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = error.strerror or error
        hint = "nothing was recorded; fix that and run the command again"
        raise WriteError(f"{path}: cannot be written: {said}", hint) from error


def _sync_folder(folder: bytes) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
