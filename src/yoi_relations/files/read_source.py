"""Reads the bytes of one source, and no more than its format allows."""

from __future__ import annotations

import errno

from yoi_relations.files.file_tree import FileTree, Status
from yoi_relations.files.frontmatter import (
    FRONTMATTER_LIMIT,
    through_closing_fence,
    through_heading,
)
from yoi_relations.files.safe_read import DISK
from yoi_relations.files.source import Format, Source, SourceError, UnreadableError

RECORD_LIMIT = 64 * 1024
LIST_LIMIT = 4 * 1024 * 1024
"""Bytes of a relations.json or an orchestration-plan.jsonl: some 10,000 records."""

_LIMITS = {
    Format.FRONTMATTER: RECORD_LIMIT,
    Format.RELATIONS_JSON: LIST_LIMIT,
    Format.PLAN_JSONL: LIST_LIMIT,
}
"""Bytes of a source of records, by its format; a larger one is not read. Of other sources only the
frontmatter is read, or what ends with the title."""


def read_source(source: Source, files: FileTree = DISK) -> bytes | None:
    """The bytes that `source` is parsed from; None if it does not exist any more.

    For a ticket, they end with its frontmatter, or with its title.

    Raises:
        SourceError: it cannot be read, is not a regular file, or is too large.
    """
    if source.fault is not None:
        raise SourceError(source.fault.message)
    try:
        return read_at_once(files, source.fs_path, source.format)[1]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise SourceError("is a symbolic link, which is not followed") from error
        if error.errno in (errno.EINVAL, errno.ENXIO):  # ENXIO: a socket
            raise SourceError("is not a regular file") from error
        raise UnreadableError(f"cannot be read: {error.strerror}") from error


def read_at_once(files: FileTree, path: bytes, format_: Format) -> tuple[Status, bytes]:
    """The status of a file, taken before it is read, and the bytes that it is parsed from.

    Raises:
        OSError: it cannot be read, is a symbolic link, or is not a regular file.
        SourceError: it is too large.
    """
    limit = _LIMITS.get(format_)
    status, data = files.read(path, FRONTMATTER_LIMIT if limit is None else limit + 1)
    return status, used_part(format_, data)


def used_part(format_: Format, data: bytes) -> bytes:
    """The bytes that a file of this format is parsed from; `data` is its content.

    Raises:
        SourceError: it is too large.
    """
    limit = _LIMITS.get(format_)
    if limit is None:
        through = through_heading if format_ is Format.TK else through_closing_fence
        return through(data[:FRONTMATTER_LIMIT])
    if len(data) > limit:
        raise SourceError(f"is larger than {limit // 1024} KiB")
    return data
