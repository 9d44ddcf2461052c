"""Finds the record that a person names by id, by a part of an id, or by path and line."""

from __future__ import annotations

import os
from collections.abc import Callable

from yoi_relations.errors import AmbiguousError, NotFoundError
from yoi_relations.lean.types import Connection
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.records import StoredRecord, find_records
from yoi_relations.queries.scope import scope_of

MIN_PART = 4
"""The least number of characters of a shortened record id."""
_MAX_DIGITS = 9
"""Digits of a line number; Python refuses to read very long ones."""


def find_record(connection: Connection, name: str, base: PathBase) -> StoredRecord:
    """The record that `name` means: a ULID, a content id, a part of one, or PATH[:LINE].

    Raises:
        NotFoundError: no record has that name.
        AmbiguousError: several records have that name.
    """
    records = find_records(connection, *scope_of(connection).ids_like(name, _paths(name, base)))
    for matches in (
        _is_at(name, base),
        lambda record: name in (record.id, os.path.basename(record.path)),
        lambda record: is_part(name, record.id),
    ):
        found = [record for record in records if matches(record)]
        # Identical entries of one folder share their content id; one retirement retires them all.
        if len({(record.holder, record.id) for record in found}) == 1:
            return found[0]
        if found:
            listed = [str(record.place) for record in found]
            hint = "give more of the id, or PATH:LINE"
            raise AmbiguousError.among(name, "records", listed, hint)
    raise NotFoundError(
        f"no record is called '{name}'",
        "name it by its id (relations show TICKET --json), or by PATH:LINE",
    )


def _split(name: str) -> tuple[str, int | None]:
    """The path and the line of PATH:LINE; the line is None if there is none."""
    path, _, digits = name.rpartition(":")
    if path and digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS:
        return path, int(digits)
    return name, None


def _paths(name: str, base: PathBase) -> set[str]:
    return base.below_root(_split(name)[0])


def _is_at(name: str, base: PathBase) -> Callable[[StoredRecord], bool]:
    _, line = _split(name)
    paths = _paths(name, base)
    lines = {line, None} if line == 1 else {line}
    return lambda record: record.path in paths and (line is None or record.line in lines)


def is_part(name: str, id_: str) -> bool:
    """Whether a name is the start or the end of a record's id, in any case and long enough."""
    part, whole = name.lower().removeprefix("x-"), id_.lower()
    at_end = whole.removeprefix("x-").startswith(part) or whole.endswith(part)
    return at_end and len(part) >= MIN_PART
