"""The events of `log` in words."""

from __future__ import annotations

from yoi_relations.history.changes import What
from yoi_relations.history.lives import Event
from yoi_relations.kinds import Edge, named, sentence


def event_sentence(event: Event) -> str:
    """An event in words: who did what, and the relation."""
    edge = event_edge(event)
    return f"{event_deed(event)}: {sentence(edge) if edge else record_words(event)}"


def event_deed(event: Event) -> str:
    """Who did what, without the relation."""
    commit = event.commit
    if event.retirement is not None and event.what is What.RETIRED:
        return f"{event.retirement.author} retired"
    if event.what in (What.STATED, What.RETURNED) and event.record and event.record.author:
        return f"{event.record.author} stated{' again' * (event.what is What.RETURNED)}"
    return f"{_passive(event)} by {commit.author}" if commit else _passive(event)


def event_edge(event: Event) -> Edge | None:
    """The relation that the record of an event states; None if that is not known."""
    record = event.record
    if record is None or record.shown is None or record.edge_ticket is None:
        return None
    return Edge(record.shown, record.edge_ticket, record.edge_target)


def record_words(event: Event) -> str:
    """The record of an event by its id and its holder."""
    holder, id_ = event.key
    return f"record {id_} of {named(holder)}"


def _passive(event: Event) -> str:
    """What was done, by somebody whom the record does not name."""
    if event.what is What.STATED and event.record and event.record.kind:
        return "the record was stated in the task file"  # another tool names no author
    return _PASSIVE[event.what]


_PASSIVE = {
    What.STATED: "a file was added, which is missing in this partial clone",
    What.CHANGED: "the record was edited in place",
    What.RETIRED: "the record was retired",
    What.REINSTATED: "the retirement was removed",
    What.GONE: "the record was removed",
    What.RETURNED: "the record was added again",
    What.UNUSABLE: "the record became unusable",
}


def event_text(event: Event) -> str | None:
    """The reason of a retirement, or the text of a record that was stated; cut if it is long."""
    source = event.retirement or event.record
    if source is None or event.what in (What.GONE, What.UNUSABLE, What.REINSTATED):
        return None
    text = source.reason or source.summary or source.note
    return f"{text}\u2026" if text and source.text_cut else text
