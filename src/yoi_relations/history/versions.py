"""What files state, as values that can be compared between revisions; and those of the index."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from yoi_relations.lean.digest import digest_of
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Any, Connection, NamedTuple

Key = tuple[str, str]
"""What identifies a record: its holder and its id."""
TEXT_LIMIT = 280
"""Characters of a text that are kept; a longer one is cut."""
_TEXTS = ("note", "summary", "role_plan", "reason")


class Version(NamedTuple):
    """What one version of a file states: a record, or a retirement.

    Attributes:
        digest: of all that it states, texts in full.
        holder: id of the ticket in whose folder it is.
        id: of the record, or of the retirement.
        retires: id of the record that a retirement retires; None for a record.
        format: of the file.
        kind: as recorded; None for a retirement, or if the file is missing in this clone.
        shown: the kind of the relation.
        edge_ticket, edge_target: its ends.
        target: as recorded.
        note, summary, branch, worktree, role_plan: texts of a record; long ones are cut.
        author: who recorded or retired it; None if the file is missing.
        at: when, RFC 3339 in UTC.
        reason: why it was retired; cut.
        text_cut: 1 if a text was cut.
    """

    digest: str
    holder: str
    id: str
    retires: str | None
    format: str
    kind: str | None
    shown: str | None
    edge_ticket: str | None
    edge_target: str | None
    target: str | None
    note: str | None
    summary: str | None
    branch: str | None
    worktree: str | None
    role_plan: str | None
    author: str | None
    at: str | None
    reason: str | None
    text_cut: int

    @property
    def key(self) -> Key:
        """The key of the record that it states or retires."""
        return self.holder, self.id if self.retires is None else self.retires


class Stated(NamedTuple):
    """A version, and the line of its file; None for a file of its own."""

    version: Version
    line: int | None


def current_versions(
    connection: Connection, keys: Collection[Key] | None
) -> Iterator[tuple[str, Stated]]:
    """What the index holds of some records, or of all (None), with the path of each file."""
    table, values = keys_table(keys)
    join, retired = ("", "") if keys is None else (_OF_RECORD, _OF_RETIREMENT)
    rows = connection.execute(
        "SELECT source.path, line, format, record.holder, record_id, kind, shown, edge_ticket,"  # noqa: S608  # fixed text
        " edge_target, target, note, summary, branch, worktree, role_plan, author, at, retired_at,"
        f" retired_by, retired_reason FROM {table} record {join}"
        " JOIN source ON source.id = source_id",
        values,
    )
    for path, line, form, *fields, retired_at, retired_by, reason in rows:
        yield path, Stated(record_version(form, *fields), line)
        if retired_at is not None:
            holder, id_, *_ = fields
            in_place = (holder, id_, id_, retired_at, retired_by, reason)
            yield path, Stated(retired_version(form, *in_place), line)
    rows = connection.execute(
        "SELECT path, format, retirement.holder, record_id, retires, retired_at, retired_by,"  # noqa: S608  # fixed text
        f" retired_reason FROM {table} retirement {retired}"
        " JOIN source ON source.id = source_id",
        values,
    )
    for path, form, *fields in rows:
        yield path, Stated(retired_version(form, *fields), None)


_OF_RECORD = "ON record.holder = wanted_holder AND record_id = wanted_id"
_OF_RETIREMENT = "ON retirement.holder = wanted_holder AND retires = wanted_id"


def keys_table(keys: Collection[Key] | None) -> tuple[str, list[str]]:
    """SQL before the name of a table that is joined with `keys`, and its values.

    The columns of the keys are ``wanted_holder`` and ``wanted_id``. Without keys it is empty.
    """
    if keys is None:
        return "", []
    select = "SELECT json_extract(value, '$[0]') AS wanted_holder, json_extract(value, '$[1]')"
    return f"({select} AS wanted_id FROM json_each(?)) CROSS JOIN", [json_text(sorted(keys))]


def record_version(form: str, *fields: Any) -> Version:  # noqa: ANN401  # the fields of a row
    """A record; `fields` are those of `Version` from `holder` to `at`, without `retires`."""
    holder, id_, *rest = fields
    return _cut(Version(digest_of(fields), holder, id_, None, form, *rest, None, 0))


def retired_version(form: str, *fields: str) -> Version:
    """A retirement; one that a record states of itself has the id of that record."""
    holder, id_, retires, at, by, reason = fields
    unset = (None,) * 10
    return _cut(Version(digest_of(fields), holder, id_, retires, form, *unset, by, at, reason, 0))


def unread_version(form: str, holder: str, id_: str) -> Version:
    """A record or retirement whose file is missing in this clone."""
    return Version("", holder, id_, None, form, *(None,) * 13, 0)


def _cut(version: Version) -> Version:
    """A version whose long texts are cut."""
    texts = ((name, getattr(version, name)) for name in _TEXTS)
    cut = {name: text[:TEXT_LIMIT] for name, text in texts if text and len(text) > TEXT_LIMIT}
    return version._replace(**cut, text_cut=1) if cut else version
