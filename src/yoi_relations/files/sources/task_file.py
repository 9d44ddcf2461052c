"""What the task files of other tools have in common: fields with a state and lists of ids.

A fault is confined to the ticket of its file. Its dependencies are its own, so a field that cannot
be used makes the state of this ticket unknown, and hides nothing from any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

from yoi_relations.characters import escaped
from yoi_relations.files.other_tools import Tool
from yoi_relations.files.record import Record, check_text
from yoi_relations.files.source import Effect, Fault, FaultCode, Format, SourceError
from yoi_relations.files.yaml_plain import Value
from yoi_relations.kinds import KINDS, Kind
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import NamedTuple
from yoi_relations.states import RESOLVED, State

DEPENDENCY, RELATED = KINDS["depends_on"], KINDS["related"]
"""The kinds that the lists of other tools state."""
_OTHER_NUMBER = re.compile(r"0[0-7]+|[0-9]+\.[0-9]*0|(?=.{16})[0-9]+(?:\.[0-9]+)?")
"""A number that YAML changes: octal, with a last zero that it drops, or with too many digits."""


class OtherIdError(SourceError):
    """A task file has another id than its name says.

    Attributes:
        id: that id.
    """

    def __init__(self, message: str, line: int, id_: str) -> None:
        super().__init__(message, line)
        self.id = id_


class Task(NamedTuple):
    """What a task file says, without its title.

    Attributes:
        state: None if it is not known, or if a dependency is not.
        word: for the state, as it was read; empty if it cannot be.
    """

    state: State | None
    word: str
    records: list[Record]
    faults: list[Fault]


def targets_of(records: Iterable[Record], kind: Kind) -> list[str]:
    """The targets of the records of a kind, in their order."""
    return [record.target for record in records if record.kind is kind and record.target]


class TaskReader(NamedTuple):
    """How the task files of a tool are read.

    Attributes:
        tool: with the states that its words mean.
        format: of the files, and of the records that are read from them.
        lists: by key, the kind that its ids state.
    """

    tool: Tool
    format: Format
    lists: dict[str, Kind]

    def read(self, fields: dict[str, Value], holder: str, *, is_done: bool = False) -> Task:
        """The task with these fields, in a file whose name is that of the ticket `holder`.

        `is_done` says that it is done whatever its state is.

        Raises:
            OtherIdError: they name another id.
            SourceError: they name none that can be used.
        """
        self._check_id(fields.get("id"), holder)
        faults: list[Fault] = []
        state, word = self._state(fields.get("status"), faults, is_done=is_done)
        records: list[Record] = []
        for key, kind in self.lists.items():
            found, wrong = self._records(key, fields.get(key), kind, holder)
            records += found
            hides = kind is DEPENDENCY and state not in RESOLVED
            effect = Effect.TICKET if hides else Effect.NONE
            faults += [fault._replace(effect=effect) for fault in wrong]
            if wrong and hides:
                state = None
        return Task(state, word, records, faults)

    def _check_id(self, value: Value | None, holder: str) -> None:
        if value is None or value.text is None:
            raise SourceError("has no id", value.line if value else None)
        id_ = self._canonical("id", value.text, value.line)
        if id_ != holder:
            message = f"has the id '{escaped(value.text)}', but its name is that of {holder}"
            raise OtherIdError(message, value.line, id_)

    def _canonical(self, key: str, text: str, line: int) -> str:
        """An id in the field `key`.

        Raises:
            SourceError: it is not possible, or a number that YAML reads as another one.
        """
        if self.format is Format.BACKLOG and _OTHER_NUMBER.fullmatch(text.strip()):
            message = f"has the number {text} in {key}, which YAML can read as another one"
            raise SourceError(f"{message}; write the id with its prefix", line)
        return check_text(key, self.tool.canonical(text), line)

    def _state(
        self, value: Value | None, faults: list[Fault], *, is_done: bool
    ) -> tuple[State | None, str]:
        text = (value.text if value else None) or ""
        word = " ".join(text.split())  # it is part of a sentence
        if is_done:
            return State.DONE, word
        state = self.tool.state_of(text) if word else None
        if state is None:
            what = f"has the status '{escaped(word)}', which" if word else "has no status, so it"
            message = (
                f"{what} has no known state; [ticket.backend.states] of .yoi/workspace.toml"
                " can say what a word means"
            )
            faults.append(Fault(message, Effect.TICKET, value.line if value else None))
        return state, word

    def _records(
        self, key: str, value: Value | None, kind: Kind, holder: str
    ) -> tuple[list[Record], list[Fault]]:
        """The records of a list, each target once; and what is wrong with it."""
        if value is None or (value.scalar and not value.text):
            return [], []
        if value.items is None:
            return [], [Fault(f"has {key} that are not a list of ids", line=value.line)]
        records: dict[str, Record] = {}
        faults: list[Fault] = []
        for text, line in value.items:
            try:
                target = self._canonical(key, text, line)
            except SourceError as error:
                faults.append(Fault(error.message, line=line))
                continue
            if target == holder:
                message = f"names its own ticket in its {key}"
                faults.append(Fault(message, line=line, code=FaultCode.SELF_RELATION))
                continue
            records.setdefault(target, self._record(kind, holder, target, line))
        return list(records.values()), faults

    def _record(self, kind: Kind, holder: str, target: str, line: int) -> Record:
        entry = json_text({"kind": kind.name, "target": target, "ticket_id": holder})
        id_ = f"x-{sha256(entry.encode()).hexdigest()[:16]}"
        # No tool says who stated it, or when: it counts as older than every record.
        return Record(
            id_, self.format, kind, holder, target, None, None, None, None, "", line, None
        )
