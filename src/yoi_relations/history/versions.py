"""What files state, as values that can be compared between revisions; and those of the index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from yoi_relations.lean.digest import digest_of
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Any, Connection, NamedTuple

Key = tuple[str, str]
"""What identifies a record: its holder and its id."""
TEXT_LIMIT = 280
"""Characters of a text that are kept; a longer one is cut."""


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


_TEXTS = tuple(map(Version._fields.index, ("note", "summary", "role_plan", "reason")))


class Statement(NamedTuple):
    """A file states a version.

    Attributes:
        version: what it states.
        path: of the file, below the workspace.
        line: of an entry; None for a file of its own.
    """

    version: Version
    path: str
    line: int | None

    @property
    def at(self) -> tuple[str, str]:
        """Path and digest: what tells it from the other statements of a record."""
        return self.path, self.version.digest


State = Mapping[tuple[str, str], Statement]
"""All statements of one record, and of its retirements, by `Statement.at`."""


def by_record(statements: Iterable[Statement]) -> dict[Key, State]:
    """The states of records, from what files state."""
    states: dict[Key, dict[tuple[str, str], Statement]] = {}
    for statement in statements:
        states.setdefault(statement.version.key, {})[statement.at] = statement
    return {**states}


def current_statements(
    connection: Connection, keys: Collection[Key] | None
) -> Iterator[tuple[int, Statement]]:
    """What the files state of some records, or of all (None), from the index.

    Each statement comes with the number of its source, and those of one source in its order.
    """
    table, values = keys_table(keys)
    join, retired = ("", "") if keys is None else (_OF_RECORD, _OF_RETIREMENT)
    rows = connection.execute(
        "SELECT source_id, source.path, line, format, record.holder, record_id, kind, shown,"  # noqa: S608  # fixed text
        " edge_ticket, edge_target, target, note, summary, branch, worktree, role_plan, author, at,"
        f" retired_at, retired_by, retired_reason FROM {table} record {join}"
        " JOIN source ON source.id = source_id ORDER BY record.id",
        values,
    )
    for source, path, line, form, *fields, retired_at, retired_by, reason in rows:
        yield source, Statement(record_version(form, *fields), path, line)
        if retired_at is not None:
            holder, id_, *_ = fields
            in_place = (holder, id_, id_, retired_at, retired_by, reason)
            yield source, Statement(retired_version(form, *in_place), path, line)
    rows = connection.execute(
        "SELECT source_id, path, format, retirement.holder, record_id, retires, retired_at,"  # noqa: S608  # fixed text
        f" retired_by, retired_reason FROM {table} retirement {retired}"
        " JOIN source ON source.id = source_id",
        values,
    )
    for source, path, form, *fields in rows:
        yield source, Statement(retired_version(form, *fields), path, None)


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
    return _cut([digest_of(fields), *fields[:2], None, form, *fields[2:], None, 0])


def retired_version(form: str, *fields: str) -> Version:
    """A retirement; one that a record states of itself has the id of that record."""
    *ids, at, by, reason = fields
    return _cut([digest_of(fields), *ids, form, *(None,) * 10, by, at, reason, 0])


def unread_version(form: str, holder: str, id_: str) -> Version:
    """A record or retirement whose file is missing in this clone."""
    row: tuple[Any, ...] = ("", holder, id_, None, form, *(None,) * 13, 0)
    return Version(*row)


def _cut(row: list[Any]) -> Version:
    """The version with these fields, of which long texts are cut."""
    for at in _TEXTS:
        if row[at] and len(row[at]) > TEXT_LIMIT:
            row[at] = row[at][:TEXT_LIMIT]
            row[-1] = 1
    return Version(*row)
