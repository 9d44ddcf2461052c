"""Shell lines for findings and other answers, quoted so that they can be pasted into a shell.

They are to be run in the workspace root. None of them loses data: if that is not certain, a person
has to decide, and there is no line.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable

from yoi_relations.files.ids import ULID
from yoi_relations.lean.types import Connection, Self
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tool_commands import command_to_take_back, is_kept_by_tool

_MAX_RECORDS = 50
"""Records that one template names."""
_PLAIN_ID = re.compile(rf"{ULID}|x-[0-9a-f]{{16}}")


def shell_line(*words: str) -> str | None:
    """The words as one quoted shell line; None if a word has an unprintable character."""
    return shlex.join(words) if all(map(str.isprintable, words)) else None


def shell_chain(*lines: str | None) -> str | None:
    """Shell lines joined with ``&&``; None if there is none, or one of them is None."""
    present = [line for line in lines if line is not None]
    return " && ".join(present) if present and len(present) == len(lines) else None


def is_argument(name: str) -> bool:
    """Whether a name can be an argument of a command, because it does not look like an option."""
    return not name.startswith("-")


def argument(name: str, otherwise: str) -> str:
    """A name as one word of a shell line; if that is impossible, the placeholder `otherwise`."""
    return (shell_line(name) if is_argument(name) else None) or otherwise


def retire_template(name: str) -> str:
    """The template of a command that retires the record with this name."""
    return f"relations retire {argument(name, 'PATH')} --reason WHY"


def is_plain_id(id_: str) -> bool:
    """Whether an id is a ULID or a content id, as this tool writes them."""
    return _PLAIN_ID.fullmatch(id_) is not None


class RecordNames:
    """Names of records for `relations retire`: an id; path and line if several tickets hold it."""

    def __init__(self, connection: Connection, shared: Collection[str]) -> None:
        self._connection = connection
        self._shared = shared

    @classmethod
    def load(cls, connection: Connection) -> Self:
        """The names of the records of an index."""
        rows = connection.execute(
            "SELECT record_id FROM record GROUP BY record_id HAVING count(DISTINCT holder) > 1"
        )
        return cls(connection, {id_ for (id_,) in rows})

    def of(self, record: StoredRecord) -> str:
        """The name of a record."""
        if record.id in self._shared or not is_plain_id(record.id):
            return str(record.place)
        return record.id

    def with_place(self, record: StoredRecord, about: str = "") -> str:
        """The name of a record, with a text about it, and where it is."""
        name, place = self.of(record), str(record.place)
        return name + about if name == place else f"{name}{about} in {place}"

    def retiring(self, *relations: Relation) -> str:
        """Templates that retire all records of one of `relations`, joined with "or".

        The template of a relation with very many records has PATH instead of their names.
        """
        return " or ".join(map(self._template, relations))

    def retire_line(self, record: StoredRecord, reason: str) -> str | None:
        """The shell line that retires a record.

        None if its name cannot be an argument, or if another tool keeps it.
        """
        name = self.of(record)
        if not is_argument(name) or is_kept_by_tool(record):
            return None
        return shell_line("relations", "retire", name, "--reason", reason)

    def ending(self, record: StoredRecord) -> str:
        """The template that retires a record, or the command of the tool that keeps it."""
        if is_kept_by_tool(record):
            return command_to_take_back(self._connection, record)
        return retire_template(self.of(record))

    def _template(self, relation: Relation) -> str:
        kept = [record for record in relation.records if is_kept_by_tool(record)]
        if kept:
            return " and ".join(map(self.ending, unique_by_id(relation.by_time())))
        # Otherwise a finding for each of very many records could repeat all of them.
        few = len(relation.records) <= _MAX_RECORDS
        names = [self.of(record) for record in unique_by_id(relation.by_time())] if few else []
        usable = bool(names) and all(map(is_argument, names))
        whole = shell_line("relations", "retire", *names, "--reason", "WHY") if usable else None
        return whole or "relations retire PATH --reason WHY"


def unique_by_id(records: Iterable[StoredRecord]) -> list[StoredRecord]:
    """The records that are not retired, one per holder and id: a retirement retires them all."""
    found: dict[tuple[str, str], StoredRecord] = {}
    for record in records:
        if not record.is_retired:
            found.setdefault((record.holder, record.id), record)
    return list(found.values())
