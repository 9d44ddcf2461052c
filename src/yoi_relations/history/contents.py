"""Parses the files of commits: what each of them states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.files.read_source import used_part
from yoi_relations.files.record import Record
from yoi_relations.files.source import TASK_FILES, Effect, Fault, Format, Source, SourceError
from yoi_relations.history.places import Places
from yoi_relations.history.versions import (
    Stated,
    Version,
    record_version,
    retired_version,
    unread_version,
)
from yoi_relations.kinds import edge_of
from yoi_relations.lean.types import NamedTuple

_NO_PLAN = (None, None, None, None)


class Content(NamedTuple):
    """What one file states.

    Attributes:
        stated: its records and retirements, by digest; a list states each record once.
        fault: why a part of it, or all of it, cannot be used; None if all is used.
    """

    stated: dict[str, Stated]
    fault: str | None


NOTHING = Content({}, None)
"""What a file states that does not exist."""


def content_of(places: Places, source: Source, data: bytes) -> Content:
    """What `source` states with this content."""
    try:
        parsed = places.parse(source, used_part(source.format, data))
    except SourceError as error:
        return Content({}, error.message)
    form = source.format.value
    found = {stated.version.digest: stated for stated in _stated(parsed.records, form)}
    for retirement in parsed.retirements:
        version = retired_version(
            form, retirement.holder, retirement.id, retirement.retires, *retirement.retired
        )
        found[version.digest] = Stated(version, None)
    faults = [fault for fault in parsed.faults if _may_hide_records(fault, source.format)]
    return Content(found, faults[0].message if faults else None)


def _may_hide_records(fault: Fault, form: Format) -> bool:
    """Whether a record may be missing because of a fault."""
    # A task file is also a ticket, and most of its faults are about both.
    return (
        fault.effect is not Effect.ADVICE if form in TASK_FILES else fault.effect is Effect.RECORD
    )


def missing_version(source: Source) -> Version | None:
    """The record or retirement in a file that is missing in this clone; None for a list."""
    if source.format is not Format.FRONTMATTER:
        return None
    id_ = source.path.rpartition("/")[2].removesuffix(".md")
    return unread_version(source.format.value, source.holder, id_)


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
