"""Objects of git that a command has read, so that the next one need not ask git for them.

They lead to the tickets of a revision: its commit, folders, and configurations. Their file is in
the cache folder. Objects never change, and the id of each is a digest of its content. So a file
that is damaged, or that came with a checkout, can lack objects, but it cannot alter one.
"""

from __future__ import annotations

import os

from yoi_relations.files.safe_read import read_file
from yoi_relations.git.objects import GitObject, object_id
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMIT = 64 << 10
"""Bytes of the file: enough for several revisions, also if many files are beside ``.yoi``."""
_OBJECT_LIMIT = 16 << 10
"""Bytes of an object in it."""
_SIZE_DIGITS = 5
"""Digits that a size in it has at most."""


def known_objects_file(object_format: str) -> str:
    """The name of the file in the cache folder."""
    return f"objects-{object_format}"


def read_known_objects(cache: str, object_format: str) -> dict[str, GitObject]:
    """The objects in the file in the folder `cache`, by id; none if it cannot be read."""
    try:
        data = read_file(os.path.join(cache, known_objects_file(object_format)), _LIMIT)
    except OSError:
        return {}
    return {
        found.id: found
        for found in _split(data)
        if found.id == object_id(object_format, found.type, found.data)
    }


def with_used(known: dict[str, GitObject], used: dict[str, GitObject]) -> bytes | None:
    """The content of a file with the objects `used`, and then those of `known`.

    None if `known` has all of them that are small.
    """
    small = {
        id_: found
        for id_, found in used.items()
        if found.type and found.size == len(found.data) <= _OBJECT_LIMIT
    }
    if small.keys() <= known.keys():
        return None
    parts = [
        b"%s %s %d\n%s" % (found.id.encode(), found.type.encode(), found.size, found.data)
        for found in (small | known).values()
    ]
    return b"".join(parts)[:_LIMIT]  # half an object proves nothing


def _split(data: bytes) -> Iterator[GitObject]:
    at = 0
    while (end := data.find(b"\n", at)) >= 0:
        words = data[at:end].decode("latin-1").split(" ")
        if len(words) != 3 or not words[2].isdecimal() or len(words[2]) > _SIZE_DIGITS:  # noqa: PLR2004  # id, type and size
            return
        at = end + 1 + int(words[2])
        content = data[end + 1 : at]
        yield GitObject(words[0], words[1], len(content), content)
