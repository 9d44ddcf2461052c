"""Parses the files of commits: what each of them states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from yoi_relations.files.read_source import used_part
from yoi_relations.files.record import Record
from yoi_relations.files.source import TASK_FILES, Effect, Fault, Format, Source, SourceError
from yoi_relations.history.places import Places
from yoi_relations.history.present_files import FileKey
from yoi_relations.history.versions import (
    Statement,
    record_version,
    retired_version,
    unread_version,
)
from yoi_relations.index.folder_scan import content_digest
from yoi_relations.kinds import edge_of
from yoi_relations.lean.types import NamedTuple

_NO_PLAN = (None, None, None, None)
MISSING = "is missing in this partial clone"
"""What is wrong with a file that git does not have here."""


class Content(NamedTuple):
    """What one file states.

    Attributes:
        stated: its records and retirements, by digest; a list states each record once.
        fault: why a part of it, or all of it, cannot be used; None if all is used.
    """

    stated: dict[str, Statement]
    fault: str | None


NOTHING = Content({}, None)
"""What a file states that does not exist."""


def content_of(
    places: Places,
    source: Source,
    data: bytes,
    known: Mapping[FileKey, dict[str, Statement]] = MappingProxyType({}),
) -> Content:
    """What `source` states with this content; what is `known` of files is not parsed again."""
    try:
        used = used_part(source.format, data)
        if known:
            key = source.path, source.format.value, source.holder, content_digest(used)
            if key in known:
                return Content(known[key], None)
        parsed = places.parse(source, used)
    except SourceError as error:
        return Content({}, error.message)
    form, path = source.format.value, source.path
    found = {stated.version.digest: stated for stated in _stated(parsed.records, form, path)}
    for retirement in parsed.retirements:
        version = retired_version(
            form, retirement.holder, retirement.id, retirement.retires, *retirement.retired
        )
        found[version.digest] = Statement(version, path, None)
    faults = [fault for fault in parsed.faults if _may_hide_records(fault, source.format)]
    return Content(found, faults[0].message if faults else None)


def _may_hide_records(fault: Fault, form: Format) -> bool:
    """Whether a record may be missing because of a fault."""
    # A task file is also a ticket, and most of its faults are about both.
    return (
        fault.effect is not Effect.ADVICE if form in TASK_FILES else fault.effect is Effect.RECORD
    )


def missing_content(source: Source) -> Content:
    """What is known of a file that is missing in this clone: which record it states, or nothing."""
    stated = {}
    if source.format is Format.FRONTMATTER:
        id_ = source.path.rpartition("/")[2].removesuffix(".md")
        version = unread_version(source.format.value, source.holder, id_)
        stated[version.digest] = Statement(version, source.path, None)
    return Content(stated, MISSING)


def _stated(records: Iterable[Record], form: str, path: str) -> Iterator[Statement]:
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
        yield Statement(version, path, record.line)
        if record.retired is not None:
            ids = record.holder, record.id, record.id
            version = retired_version(form, *ids, *record.retired)
            yield Statement(version, path, record.line)
