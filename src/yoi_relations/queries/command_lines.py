"""Command lines that findings and other answers give: safe to be pasted into a shell as they are.

They are run in the workspace root. Each loses nothing: what cannot be written so that this is
certain is left to a person, and then there is no command.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable

from yoi_relations.lean.types import Connection, Self
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation

_MOST_RECORDS = 50
"""Records that one template names."""
_PLAIN_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}|x-[0-9a-f]{16}")


def shell_line(*words: str) -> str | None:
    """The words as one shell line; None where one holds a character that shows nothing."""
    return shlex.join(words) if all(map(str.isprintable, words)) else None


def shell_chain(*lines: str | None) -> str | None:
    """Lines of which each is run only where the one before it succeeded; None if one is None."""
    known = [line for line in lines if line is not None]
    return " && ".join(known) if known and len(known) == len(lines) else None


def is_argument(name: str) -> bool:
    """Whether a name can be given to a command; an option begins with a hyphen."""
    return not name.startswith("-")


def argument(name: str, otherwise: str) -> str:
    """A name as one word of a shell line; `otherwise`, a placeholder, where it can be none."""
    return (shell_line(name) if is_argument(name) else None) or otherwise


def retire_template(name: str) -> str:
    """The template that retires the record that goes by `name`."""
    return f"relations retire {argument(name, 'PATH')} --reason WHY"


def is_plain_id(id_: str) -> bool:
    """Whether an id is a ULID or a content id, as this tool writes them."""
    return _PLAIN_ID.fullmatch(id_) is not None


class RecordNames:
    """What `relations retire` knows records by: an id, or path and line where that is not enough.

    Args:
        shared: the ids of records that several tickets hold.
    """

    def __init__(self, shared: Collection[str]) -> None:
        self._shared = shared

    @classmethod
    def load(cls, connection: Connection) -> Self:
        """For the records of an index."""
        rows = connection.execute(
            "SELECT record_id FROM record GROUP BY record_id HAVING count(DISTINCT holder) > 1"
        )
        return cls({id_ for (id_,) in rows})

    def of(self, record: StoredRecord) -> str:
        """What to call a record."""
        if record.id in self._shared or not is_plain_id(record.id):
            return str(record.place)
        return record.id

    def with_place(self, record: StoredRecord, about: str = "") -> str:
        """What to call a record, what there is to say about it, and where it is."""
        name, place = self.of(record), str(record.place)
        return name + about if name == place else f"{name}{about} in {place}"

    def retiring(self, *relations: Relation) -> str:
        """What ends one of `relations`: a template for each, with all its records that count.

        Where it has very many records, the template says PATH instead.
        """
        return " or ".join(map(self._template, relations))

    def retire_line(self, record: StoredRecord, reason: str) -> str | None:
        """The line that retires a record, where the reason is known."""
        name = self.of(record)
        if not is_argument(name):
            return None
        return shell_line("relations", "retire", name, "--reason", reason)

    def _template(self, relation: Relation) -> str:
        # Each of very many records could ask for a template with all of them.
        few = len(relation.records) <= _MOST_RECORDS
        names = [self.of(one) for one in unique_by_id(relation.by_time())] if few else []
        usable = bool(names) and all(map(is_argument, names))
        whole = shell_line("relations", "retire", *names, "--reason", "WHY") if usable else None
        return whole or "relations retire PATH --reason WHY"


def unique_by_id(records: Iterable[StoredRecord]) -> list[StoredRecord]:
    """The records that are not retired; of those that one retirement retires, the first."""
    found: dict[tuple[str, str], StoredRecord] = {}
    for one in records:
        if not one.is_retired:
            found.setdefault((one.holder, one.id), one)
    return list(found.values())
