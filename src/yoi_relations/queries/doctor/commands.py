"""Command lines that findings give: safe to be pasted into a shell as they are.

They are run in the workspace root. Each loses nothing: what cannot be written so that this is
certain is left to a person, and then there is no command.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from yoi_relations.queries.relations import Relation
from yoi_relations.queries.statements import Statement, path_and_line

_PLAIN_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}|x-[0-9a-f]{16}")


def shell_line(*words: str) -> str | None:
    """The words as one shell line; None where one holds a character that shows nothing."""
    return shlex.join(words) if all(map(str.isprintable, words)) else None


def in_turn(*lines: str | None) -> str | None:
    """Lines of which each is run only where the one before it succeeded; None if one is None."""
    known = [line for line in lines if line is not None]
    return " && ".join(known) if known and len(known) == len(lines) else None


def is_argument(name: str) -> bool:
    """Whether a name can be given to a command; an option begins with a hyphen."""
    return not name.startswith("-")


def argument(name: str, otherwise: str) -> str:
    """A name as one word of a shell line; `otherwise`, a placeholder, where it can be none."""
    return (shell_line(name) if is_argument(name) else None) or otherwise


def retiring_by(name: str) -> str:
    """The template that retires the record that goes by `name`."""
    return f"relations retire {argument(name, 'PATH')} --reason WHY"


def record_name(record: Statement, *, shared: bool = False) -> str:
    """What `relations retire` knows a record by: its id, or else its path.

    Args:
        record: the record.
        shared: whether another ticket holds a record of the same id.
    """
    if shared or not _PLAIN_ID.fullmatch(record.id):
        return path_and_line(record.path, record.line)
    return record.id


def retiring(*relations: Relation) -> str:
    """What ends one of `relations`: a template for each, with all its records that count."""
    return " or ".join(_template(relation.by_time()) for relation in relations)


def retire_line(record: Statement, reason: str, *, shared: bool) -> str | None:
    """The line that retires a record, where the reason is known."""
    name = record_name(record, shared=shared)
    return (
        shell_line("relations", "retire", name, "--reason", reason) if is_argument(name) else None
    )


def _template(records: Iterable[Statement]) -> str:
    names = [record_name(one) for one in records if not one.retired_at]
    usable = bool(names) and all(map(is_argument, names))
    whole = shell_line("relations", "retire", *names, "--reason", "WHY") if usable else None
    return whole or "relations retire PATH --reason WHY"
