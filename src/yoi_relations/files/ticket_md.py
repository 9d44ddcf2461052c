"""Reads an item.md: the title, the slug and the state of a ticket."""

from __future__ import annotations

from collections.abc import Mapping

from yoi_relations.characters import escaped, is_invisible
from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.source import Effect, Fault, SourceError
from yoi_relations.files.stray.names import one_edit_apart
from yoi_relations.files.yaml_dropped_text import dropped_text_faults
from yoi_relations.files.yaml_plain import Value
from yoi_relations.lean.types import NamedTuple
from yoi_relations.states import State, suggest_state

_STATES = {state.value: state for state in State} | {"intake": State.PLANNING}
_STATUSES = _STATES | {"open": State.PLANNING, "pending": State.PLANNING}
# The first key that is there decides; older files have the later ones.
_STATE_KEYS = (("state", _STATES), ("workflow_state", _STATES), ("status", _STATUSES))
_OTHER_KEYS = frozenset(
    (*(key for key, _ in _STATE_KEYS), "stage", "stale", "stake", "stats", "slate", "estate")
)
"""Other keys that resemble such a key and have their own meaning."""


class Ticket(NamedTuple):
    """The fields of a ticket that relations need; None if the file does not have them.

    Attributes:
        title: on one line.
        slug: a short name.
        state: what its state means.
        word: for the state, in a file of another tool; empty if it cannot be read.
    """

    title: str | None
    slug: str | None
    state: State | None
    word: str | None = None


def parse_item(data: bytes, bucket: str | None) -> tuple[Ticket, list[Fault]]:
    """The ticket that an item.md describes, and its faults.

    An unusable file gives a ticket without any field.
    """
    try:
        fields = parse_document(data).fields
    except SourceError as error:
        return Ticket(None, None, None), [Fault(error.message, Effect.TICKET, error.line)]
    faults: list[Fault] = []
    title = _text(fields, "title", Effect.TICKET, faults)
    value = fields.get("title")
    if _is_empty(title) and (value is None or value.scalar):
        message = "has no title" if value is None else "has an empty title"
        faults.append(Fault(message, Effect.ADVICE, value.line if value else None))
    faults += dropped_text_faults(fields, ("title",))
    slug = _text(fields, "slug", Effect.NONE, faults)
    return Ticket(title, slug, _state(fields, bucket, faults)), faults


def _state(fields: dict[str, Value], bucket: str | None, faults: list[Fault]) -> State | None:
    """The state by the first of the keys, or by the bucket; None if a similar key hides it."""
    for key, known in _STATE_KEYS:
        if key in fields:
            return _state_at(fields, key, known, faults)
        near = next((name for name in fields if _is_nearly(name, key)), None)
        if near is not None:
            message = f"has the key '{escaped(near)}' instead of '{key}', so its state is unknown"
            faults.append(Fault(message, Effect.TICKET, fields[near].line))
            return None
    if bucket is not None:
        return _STATUSES[bucket]
    faults.append(Fault(f"has no state; {_known(_STATES)}", Effect.TICKET))
    return None


def _state_at(
    fields: dict[str, Value], key: str, known: Mapping[str, State], faults: list[Fault]
) -> State | None:
    """The state by a key, which decides even if it is empty."""
    word = _text(fields, key, Effect.TICKET, faults)
    if word is not None and word in known:
        return known[word]
    if fields[key].scalar:
        if word is None:
            message = f"has an empty {key}; {_known(known)}"
        else:
            message = f"has an unknown {key} '{escaped(word)}'; {_known(known)}"
            hint = suggest_state(word, known)
            message += f"; {hint}" * (hint is not None)
        faults.append(Fault(message, Effect.TICKET, fields[key].line))
    return None


def _known(words: Mapping[str, State]) -> str:
    return f"known: {', '.join(words)}"


def _is_nearly(name: str, key: str) -> bool:
    """Whether a name is `key`, except for case, separators, invisible characters or one letter."""
    if name in _OTHER_KEYS:
        return False
    if not name.isascii():
        import unicodedata  # noqa: PLC0415  # few keys need it

        name = unicodedata.normalize("NFKC", name)
    bare = "".join(sign for sign in name.casefold() if sign.isalnum())
    return one_edit_apart(bare, key.replace("_", ""))


def _is_empty(title: str | None) -> bool:
    """Whether a title has no visible character."""
    if title is None or title.isascii():
        return not title or title.isspace()
    return all(is_invisible(sign) for sign in title)


def _text(fields: dict[str, Value], key: str, effect: Effect, faults: list[Fault]) -> str | None:
    value = fields.get(key)
    if value is None:
        return None
    if not value.scalar:
        faults.append(Fault(f"has a {key} that is not text", effect, value.line))
    return value.text
