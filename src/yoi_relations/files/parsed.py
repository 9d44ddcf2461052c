"""The content of one source, as its parser returns it."""

from __future__ import annotations

from collections.abc import Sequence

from yoi_relations.files.record import Record, Retirement
from yoi_relations.files.source import Fault
from yoi_relations.files.ticket_md import Ticket
from yoi_relations.lean.types import NamedTuple


class Claim(NamedTuple):
    """A task file has the id of another ticket than its name: it could be that ticket, too."""

    id: str
    fault: Fault


class Parsed(NamedTuple):
    """The content of one source, and its faults."""

    ticket: Ticket | None = None
    records: Sequence[Record] = ()
    retirements: Sequence[Retirement] = ()
    faults: Sequence[Fault] = ()
    claim: Claim | None = None
