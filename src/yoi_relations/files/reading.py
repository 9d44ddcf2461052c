"""Takes the bytes of one source, and no more of them than its format allows."""

from __future__ import annotations

import errno

from yoi_relations.files.faults import SourceError, UnreadableError
from yoi_relations.files.fences import through_closing_fence
from yoi_relations.files.formats import Format
from yoi_relations.files.opening import read_file
from yoi_relations.files.scan import Source

KIB = 1024
FRONTMATTER_LIMIT = 64 * KIB
RECORD_LIMIT = 64 * KIB
LIST_LIMIT = 4 * KIB * KIB
"""Bytes of a relations.json or an orchestration-plan.jsonl: some 10,000 records."""

_LIMITS = {
    Format.FRONTMATTER: RECORD_LIMIT,
    Format.RELATIONS_JSON: LIST_LIMIT,
    Format.PLAN_JSONL: LIST_LIMIT,
}


def read_source(source: Source) -> bytes | None:
    """The bytes that `source` is parsed from; None when it is gone.

    Of an item.md that is its beginning, through the end of its frontmatter.

    Raises:
        SourceError: it cannot be read, is no regular file, or is too large.
    """
    if source.fault is not None:
        raise SourceError(source.fault.message)
    try:
        return _read(source)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise SourceError("is a symbolic link, which is not followed") from error
        if error.errno in (errno.EINVAL, errno.ENXIO):  # ENXIO: a socket
            raise SourceError("is not a regular file") from error
        raise UnreadableError(f"cannot be read: {error.strerror}") from error


def _read(source: Source) -> bytes:
    if source.format is Format.ITEM:
        return through_closing_fence(read_file(source.fs_path, FRONTMATTER_LIMIT))
    limit = _LIMITS[source.format]
    data = read_file(source.fs_path, limit + 1)
    if len(data) > limit:
        raise SourceError(f"is larger than {limit // KIB} KiB")
    return data
