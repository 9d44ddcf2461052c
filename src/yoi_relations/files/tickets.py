"""Reads an item.md: the title, the slug and the state of a ticket."""

from __future__ import annotations

from yoi_relations.files.faults import Effect, Fault, SourceError
from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.plain_yaml import Value
from yoi_relations.states import State
from yoi_relations.typed import NamedTuple

_STATES = {state.value: state for state in State} | {"intake": State.PLANNING}
_STATUSES = _STATES | {"open": State.PLANNING, "pending": State.PLANNING}
# The first key that is there decides; older files have the later ones.
_STATE_KEYS = (("state", _STATES), ("workflow_state", _STATES), ("status", _STATUSES))


class Ticket(NamedTuple):
    """What relations need to know of a ticket; None where the file does not say."""

    title: str | None
    slug: str | None
    state: State | None


def parse_item(data: bytes, bucket: str | None) -> tuple[Ticket, list[Fault]]:
    """The ticket that an item.md describes, and what is wrong with it.

    A file that cannot be used gives a ticket of which nothing is known.
    """
    try:
        fields = parse_document(data).fields
    except SourceError as error:
        return Ticket(None, None, None), [Fault(error.message, Effect.TICKET, error.line)]
    faults: list[Fault] = []
    title = _text(fields, "title", Effect.TICKET, faults)
    slug = _text(fields, "slug", Effect.NONE, faults)
    return Ticket(title, slug, _state(fields, bucket, faults)), faults


def _state(fields: dict[str, Value], bucket: str | None, faults: list[Fault]) -> State | None:
    for key, known in _STATE_KEYS:
        if key in fields and (fields[key].text is not None or not fields[key].scalar):
            word = _text(fields, key, Effect.TICKET, faults)
            if word is not None and word not in known:
                message = f"has an unknown {key} '{word}'; known: {', '.join(State)}"
                faults.append(Fault(message, Effect.TICKET, fields[key].line))
            return known.get(word or "")
    if bucket is not None:
        return _STATUSES[bucket]
    faults.append(Fault(f"has no state; known: {', '.join(State)}", Effect.TICKET))
    return None


def _text(fields: dict[str, Value], key: str, effect: Effect, faults: list[Fault]) -> str | None:
    value = fields.get(key)
    if value is None:
        return None
    if not value.scalar:
        faults.append(Fault(f"has a {key} that is not text", effect, value.line))
    return value.text
