"""Parses the files of commits: what each of them states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.files.parse import parse_source
from yoi_relations.files.read_source import LIMITS
from yoi_relations.files.record import Record
from yoi_relations.files.source import Effect, Format, Source
from yoi_relations.history.versions import (
    Stated,
    Version,
    new_version,
    record_version,
    retired_version,
)
from yoi_relations.kinds import edge_of
from yoi_relations.lean.types import NamedTuple

_NO_PLAN = (None, None, None, None)


class Content(NamedTuple):
    """What one file states.

    Attributes:
        stated: its records and retirements; a list states each record once.
        fault: why a part of it, or all of it, cannot be used; None if all is used.
    """

    stated: list[Stated]
    fault: str | None


NOTHING = Content([], None)
"""What a file states that does not exist."""


def content_of(source: Source, data: bytes) -> Content:
    """What `source` states with this content."""
    limit = LIMITS[source.format]
    if len(data) > limit:
        return Content([], f"is larger than {limit // 1024} KiB")
    parsed = parse_source(source, data)
    form = source.format.value
    found = {stated.version.digest: stated for stated in _stated(parsed.records, form)}
    for retirement in parsed.retirements:
        version = retired_version(
            form, retirement.holder, retirement.id, retirement.retires, *retirement.retired
        )
        found[version.digest] = Stated(version, None)
    faults = [fault for fault in parsed.faults if fault.effect is Effect.RECORD]
    return Content([*found.values()], faults[0].message if faults else None)


def missing_version(source: Source) -> Version | None:
    """The record or retirement in a file that is missing in this clone; None for a list."""
    if source.format is not Format.FRONTMATTER:
        return None
    id_ = source.path.rpartition("/")[2].removesuffix(".md")
    return new_version("", holder=source.holder, id=id_, format=source.format.value)


def _stated(records: Iterable[Record], form: str) -> Iterator[Stated]:
    for record in records:
        edge = edge_of(record.kind, record.holder, record.target)
        texts = (record.note, *(record.plan or _NO_PLAN))
        version = record_version(
            form,
            record.holder,
            record.id,
            record.kind.name,
            *edge,
            record.target,
            *texts,
            record.author,
            record.at,
        )
        yield Stated(version, record.line)
        if record.retired is not None:
            ids = record.holder, record.id, record.id
            yield Stated(retired_version(form, *ids, *record.retired), record.line)
