"""What a conflict of a merge says about tickets and records, read from both sides.

A state is known if both sides agree, or only one of them changed it. Entries of the two older
formats are those of both sides, without those that one side removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yoi_relations.files.frontmatter import FRONTMATTER_LIMIT, through_closing_fence
from yoi_relations.files.nfc import composed
from yoi_relations.files.read_source import LIST_LIMIT
from yoi_relations.files.source import Format, SourceError
from yoi_relations.files.stray.names import BUCKETS
from yoi_relations.files.ticket_md import Ticket, parse_item
from yoi_relations.files.workspace import printable_bytes
from yoi_relations.git.merge import BASE, OURS, THEIRS
from yoi_relations.lean.types import NamedTuple

UNDECIDED = b"<<<<<<< ours\n=======\n>>>>>>> theirs\n"
"""The content of an item.md whose state is not known; the reader says that it is a conflict."""
_FORMATS = {
    b"item.md": Format.ITEM,
    b"artifacts/relations.json": Format.RELATIONS_JSON,
    b"artifacts/orchestration-plan.jsonl": Format.PLAN_JSONL,
}
_RECORDS = b"artifacts/relations/"


class Conflict(NamedTuple):
    """A source on which both sides of a merge differ.

    Attributes:
        path: below the top of the work tree, printable.
        folder: its ticket's folder below the tickets root, in the bytes that git holds.
        ticket: id of its ticket.
        format: what it is read as.
        states: of an item.md, its state in the merge base, here and in the branch; None if it has
            none or is not there. Empty for a file of records.
        content: what to read in place of the merged file; None to read that.
    """

    path: str
    folder: bytes
    ticket: str
    format: Format
    states: tuple[str | None, ...]
    content: bytes | None

    @property
    def decided(self) -> bool:
        """Whether what it says is known."""
        return self.content is not None and self.content != UNDECIDED


class ConflictPath(NamedTuple):
    """Where a source is: its ticket's folder, the bucket around that, and what it is read as."""

    folder: bytes
    ticket: str
    bucket: str | None
    format: Format


def find_source(path: bytes) -> ConflictPath | None:
    """What is at a path below the tickets root; None if no source is."""
    first, _, rest = path.partition(b"/")
    name = printable_bytes(first)
    bucket = name if name in BUCKETS else None
    folder, _, inside = (rest if bucket else path).partition(b"/")
    place = b"%s/%s" % (first, folder) if bucket else folder
    format_ = Format.FRONTMATTER if inside.startswith(_RECORDS) else _FORMATS.get(inside)
    if format_ is None:
        return None
    return ConflictPath(place, composed(printable_bytes(folder)), bucket, format_)


def settle(
    path: bytes, place: ConflictPath, stages: dict[int, str], read: Callable[[str, int], bytes]
) -> Conflict:
    """What a conflict says.

    Args:
        path: of the file, below the top of the work tree.
        place: what it is.
        stages: by stage, the id of the file there.
        read: the start of the object with an id, up to a number of bytes.
    """
    conflict = Conflict(printable_bytes(path), place.folder, place.ticket, place.format, (), None)
    if place.format is Format.ITEM:
        heads = {stage: read(id_, FRONTMATTER_LIMIT) for stage, id_ in stages.items()}
        return _settle_item(conflict, place.bucket, heads)
    if place.format is Format.FRONTMATTER or not stages.keys() >= {OURS, THEIRS}:
        return conflict
    texts = [
        read(stages[stage], LIST_LIMIT + 1) if stage in stages else b""
        for stage in (BASE, OURS, THEIRS)
    ]
    too_large = max(map(len, texts)) > LIST_LIMIT
    return conflict._replace(content=None if too_large else _join(place, texts))


def _settle_item(conflict: Conflict, bucket: str | None, data: dict[int, bytes]) -> Conflict:
    heads = {stage: through_closing_fence(text) for stage, text in data.items()}
    tickets = {stage: parse_item(head, bucket)[0] for stage, head in heads.items()}
    states = tuple(_state(tickets.get(stage)) for stage in (BASE, OURS, THEIRS))
    conflict = conflict._replace(states=states)
    if not heads.keys() >= {OURS, THEIRS}:
        # One side removed it. Without a base, it was moved here, and is as that side has it.
        return conflict._replace(content=UNDECIDED if BASE in heads else None)
    state = _merged(*states)
    decided = [stage for stage in (OURS, THEIRS) if state and _state(tickets[stage]) == state]
    if not decided:
        return conflict._replace(content=UNDECIDED)
    title = _merged(*(ticket and ticket.title for ticket in map(tickets.get, (BASE, OURS, THEIRS))))
    best = next((stage for stage in decided if tickets[stage].title == title), decided[0])
    return conflict._replace(content=heads[best])


def _state(ticket: Ticket | None) -> str | None:
    return ticket.state.value if ticket is not None and ticket.state is not None else None


def _merged(base: str | None, ours: str | None, theirs: str | None) -> str | None:
    """The value that both sides have, or the one that only one side changed; otherwise None."""
    if theirs in (ours, base):
        return ours
    return theirs if ours == base else None


def _join(place: ConflictPath, texts: list[bytes]) -> bytes | None:
    """The entries of a base and two sides in one file; None if a side cannot be read."""
    if place.format is Format.PLAN_JSONL:
        base, ours, theirs = (
            [line for line in text.split(b"\n") if line.strip()] for text in texts
        )
        return b"\n".join(_join_lists(base, ours, theirs)) + b"\n"
    import json  # noqa: PLC0415  # for a rare conflict

    from yoi_relations.files.record_json import parse_relations  # noqa: PLC0415  # imports json

    lists: list[list[bytes]] = []
    for text in texts:
        try:
            if text and parse_relations(text, place.ticket)[1]:
                return None
        except SourceError:
            return None
        entries = json.loads(text.removeprefix(b"\xef\xbb\xbf"))["relations"] if text else []
        lists.append([json.dumps(entry, sort_keys=True).encode() for entry in entries])
    joined = b",\n".join(_join_lists(*lists))
    return b'{"version": 1, "relations": [\n%s\n]}\n' % joined


def _join_lists(base: list[bytes], ours: list[bytes], theirs: list[bytes]) -> Iterator[bytes]:
    """What both have, and what one of them has added."""
    before, here, there = set(base), set(ours), set(theirs)
    yield from (entry for entry in ours if entry in there or entry not in before)
    yield from (entry for entry in theirs if entry not in here and entry not in before)
