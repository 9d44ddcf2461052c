"""Finds the record that a person names: by id, by a part of an id, or by path and line."""

from __future__ import annotations

import os
from collections.abc import Callable

from yoi_relations.errors import AmbiguousError, NotFoundError
from yoi_relations.lean.types import Connection
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.records import StoredRecord, find_records

MIN_PART = 4
"""Characters that a shortened record id must have."""
_DIGITS = 9
"""Of a line number; Python refuses to read very long ones."""


def find_record(connection: Connection, name: str, base: PathBase) -> StoredRecord:
    """The record that `name` stands for: a ULID, a content id, either shortened, or PATH[:LINE].

    Raises:
        NotFoundError: no record is called that; `AmbiguousError` where several are.
    """
    statements = find_records(connection)
    for matches in (_at_place(name, base), _called(name), _called_in_part(name)):
        found = [one for one in statements if matches(one)]
        # Entries alike to the letter in one folder share their content id: one mark is for all.
        if len({(one.holder, one.id) for one in found}) == 1:
            return found[0]
        if found:
            listed = [str(one.place) for one in found]
            hint = "give more of the id, or PATH:LINE"
            raise AmbiguousError.among(name, "records", listed, hint)
    raise NotFoundError(
        f"no record is called '{name}'",
        "name it by its id (relations show TICKET --json), or by PATH:LINE",
    )


def _at_place(name: str, base: PathBase) -> Callable[[StoredRecord], bool]:
    path, _, digits = name.rpartition(":")
    numbered = digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS
    line = int(digits) if path and numbered else None
    paths = base.below_root(path if line is not None else name)
    return lambda one: (
        one.path in paths and (line is None or one.line == line or (one.line is None and line == 1))
    )


def _called(name: str) -> Callable[[StoredRecord], bool]:
    return lambda one: one.id == name or os.path.basename(one.path) == name


def _called_in_part(name: str) -> Callable[[StoredRecord], bool]:
    small = name.lower().removeprefix("x-")
    if len(small) < MIN_PART:
        return lambda _: False
    return lambda one: (
        one.id.lower().removeprefix("x-").startswith(small) or (one.id.lower().endswith(small))
    )
