"""What a conflict of a merge says about tickets and records, read from both sides.

A state is known if both sides agree, or only one of them changed it. Entries of the two older
formats, and the records in a task file, are those of both sides, without those that one side
removed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from yoi_relations.files.frontmatter import FRONTMATTER_LIMIT
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.read_source import LIST_LIMIT
from yoi_relations.files.record import Record
from yoi_relations.files.source import TASK_FILES, Effect, Format, Source, SourceError
from yoi_relations.files.sources import TicketSource
from yoi_relations.files.sources.tasks import TaskSource
from yoi_relations.git.merge import BASE, OURS, THEIRS
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import AnyStr

UNDECIDED = b"<<<<<<< ours\n=======\n>>>>>>> theirs\n"
"""The content of a source that cannot be used; the reader says that it is a conflict."""
_STAGES = (BASE, OURS, THEIRS)
_TICKETS = TASK_FILES | {Format.ITEM}
"""The formats of a source that is a ticket."""


class Conflict(NamedTuple):
    """A source on which both sides of a merge differ.

    Attributes:
        path: below the top of the work tree, printable.
        unit: what it is a part of, as `TicketSource` names it.
        source: the source in the merged files.
        states: of a ticket, its state in the merge base, here and in the branch; None if it has
            none or is not there. Empty for a file of records.
        content: what to read in place of the merged file; None to read that.
        decided: whether what it says is known.
    """

    path: str
    unit: bytes
    source: Source
    states: tuple[str | None, ...]
    content: bytes | None
    decided: bool


def settle(
    conflict: Conflict, tickets: TicketSource, stages: dict[int, str], read: Callable[..., bytes]
) -> Conflict:
    """The conflict with its states, its content, and whether it is decided.

    Args:
        conflict: the conflict, of which only the place is known.
        tickets: reads the source.
        stages: by stage, the id of the file there.
        read: the start of the object with an id, up to a number of bytes.
    """
    format_ = conflict.source.format
    parsed: dict[int, Parsed] = {}
    if format_ in _TICKETS:
        heads = {stage: read(id_, FRONTMATTER_LIMIT) for stage, id_ in stages.items()}
        parsed = {stage: tickets.parse(conflict.source, head) for stage, head in heads.items()}
        conflict = conflict._replace(states=tuple(_state(parsed.get(stage)) for stage in _STAGES))
    if not stages.keys() >= {OURS, THEIRS}:
        if BASE in stages:  # one side removed it
            return conflict._replace(content=UNDECIDED)
        # It was moved here, and is as the side has it that did so.
        return conflict._replace(decided=not conflict.states or any(conflict.states))
    content = None
    if format_ is Format.ITEM:
        best = _best_side(parsed)
        content = heads[best] if best else None
    elif isinstance(tickets, TaskSource) and format_ in TASK_FILES:
        content = _join_tasks(conflict.source.holder, tickets, parsed)
    elif format_ is not Format.FRONTMATTER:
        texts = [
            read(stages[stage], LIST_LIMIT + 1) if stage in stages else b"" for stage in _STAGES
        ]
        content = _join(conflict.source, texts)
    if content is None:
        return conflict._replace(content=UNDECIDED)
    return conflict._replace(content=content, decided=True)


def _state(parsed: Parsed | None) -> str | None:
    ticket = parsed and parsed.ticket
    return ticket.state.value if ticket and ticket.state else None


def _title(parsed: Parsed | None) -> str | None:
    return parsed.ticket.title if parsed and parsed.ticket else None


def _best_side(parsed: dict[int, Parsed]) -> int | None:
    """The side whose state counts, and if possible its title, too; None if no state is known."""
    base, ours, theirs = (_state(parsed.get(stage)) for stage in _STAGES)
    if ours is None or theirs is None:
        return None
    state = _merged(base, ours, theirs)
    sides = [stage for stage in (OURS, THEIRS) if _state(parsed[stage]) == state]
    title = _merged(*(_title(parsed.get(stage)) for stage in _STAGES))
    sides.sort(key=lambda stage: _title(parsed[stage]) != title)
    return sides[0] if sides else None


def _merged(base: str | None, ours: str | None, theirs: str | None) -> str | None:
    """The value that both sides have, or the one that only one side changed; otherwise None."""
    if theirs in (ours, base):
        return ours
    return theirs if ours == base else None


def _join_tasks(holder: str, tickets: TaskSource, parsed: dict[int, Parsed]) -> bytes | None:
    """A task file with the ticket and the records of both sides; None if a side cannot be read."""
    best = _best_side(parsed)
    faults = (fault for stage in (OURS, THEIRS) for fault in parsed[stage].faults)
    if best is None or any(fault.effect is not Effect.ADVICE for fault in faults):
        return None
    ticket = parsed[best].ticket
    assert ticket is not None  # noqa: S101  # `_best_side` names only sides that have one
    base, ours, theirs = (_by_edge(parsed.get(stage)) for stage in _STAGES)
    records = ours | theirs
    return tickets.task_text(
        holder, ticket, [records[key] for key in _join_lists(base, ours, theirs)]
    )


def _by_edge(parsed: Parsed | None) -> dict[str, Record]:
    """The records in a task file, by id, which says kind and target."""
    return {record.id: record for record in parsed.records} if parsed else {}


def _join(source: Source, texts: list[bytes]) -> bytes | None:
    """The entries of a base and two sides in one file; None if a side cannot be read."""
    if max(map(len, texts)) > LIST_LIMIT:
        return None
    if source.format is Format.PLAN_JSONL:
        base, ours, theirs = (
            [line for line in text.split(b"\n") if line.strip()] for text in texts
        )
        return b"\n".join(_join_lists(base, ours, theirs)) + b"\n"
    import json  # noqa: PLC0415  # for a rare conflict

    from yoi_relations.files.record_json import parse_relations  # noqa: PLC0415  # imports json

    lists: list[list[bytes]] = []
    for text in texts:
        try:
            if text and parse_relations(text, source.holder)[1]:
                return None
        except SourceError:
            return None
        entries = json.loads(text.removeprefix(b"\xef\xbb\xbf"))["relations"] if text else []
        lists.append([json.dumps(entry, sort_keys=True).encode() for entry in entries])
    joined = b",\n".join(_join_lists(*lists))
    return b'{"version": 1, "relations": [\n%s\n]}\n' % joined


def _join_lists(
    base: Collection[AnyStr], ours: Collection[AnyStr], theirs: Collection[AnyStr]
) -> Iterator[AnyStr]:
    """What both have, and what one of them has added."""
    before, here, there = set(base), set(ours), set(theirs)
    yield from (entry for entry in ours if entry in there or entry not in before)
    yield from (entry for entry in theirs if entry not in here and entry not in before)
