"""The tools of ``relations mcp`` as clients see them: names, words, what they take and give.

A client's model reads all of this before it asks anything, so each word has to earn its place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from yoi_relations.command_table import LIST_LIMIT
from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.states import State

Schema = dict[str, Any]

LIMIT = LIST_LIMIT
"""Relations or checks in an answer, unless another number is asked for."""
MOST_WORDS = 50
"""Kinds or states in a question: more than there are."""
MOST_TICKETS = 1000
"""Tickets in a question."""


class Tool(NamedTuple):
    """One tool.

    Attributes:
        name: as clients call it.
        description: for the model that decides whether to call it.
        takes: JSON schema of its arguments.
        gives: JSON schema of its answer.
        writes: whether it changes the files.
    """

    name: str
    description: str
    takes: Schema
    gives: Schema
    writes: bool = False


def tools(*, allow_write: bool) -> dict[str, Tool]:
    """The tools of a server, by name; of one that may not write, those that read."""
    return {tool.name: tool for tool in _TOOLS if allow_write or not tool.writes}


def _takes(properties: Schema, *required: str) -> Schema:
    """Arguments: these, of which some must be there, and no others."""
    needed = {"required": list(required)} if required else {}
    closed = {"additionalProperties": False}
    return {"type": "object", "properties": properties} | needed | closed


def _gives(*names: str, **properties: Schema) -> Schema:
    """An answer that has these fields at least, beside those of every document."""
    return _fields(*names, workspace=_fields(root=_TEXT), **properties)


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _some(item: Schema, most: int, description: str) -> Schema:
    return _list_of(item) | {"maxItems": most, "description": description}


def _text(description: str) -> Schema:
    return _TEXT | _error_value(description)


def _whole(description: str, **more: object) -> Schema:
    return {"type": "integer", **_error_value(description), **more}


def _error_value(description: str | None) -> Schema:
    return {"description": description} if description else {}


def _fields(*names: str, **known: Schema) -> Schema:
    """An object that has these fields at least."""
    properties = {"properties": known} if known else {}
    return {"type": "object", **properties, "required": [*known, *names]}


_TEXT: Schema = {"type": "string"}  # and no list of types: not every client takes one
_BOOL: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer"}
_KINDS = "; ".join(
    f"{cls}: {', '.join(kind.name for kind in KINDS.values() if kind.cls is cls)}"
    for cls in RelationClass
)
_STATES = {"type": "string", "enum": [state.value for state in State]}
_AUTHOR = _text("Who says so; default: server's user")
_LIMIT = _whole("0: all", minimum=0, default=LIMIT)
_PAGE: Schema = {
    "count": _COUNT,
    "returned": _COUNT,
    "truncated": _BOOL,
}
_PROBLEMS: Schema = {
    "problems": _list_of(_fields("path", "line", "message")),
    "problems_total": _COUNT,
}
_RECORDED = _gives(
    changed=_BOOL,
    sentence=_TEXT,
    active=_BOOL,
    record=_fields(id=_TEXT, path=_TEXT),
)

SHOW = Tool(
    "relations_show",
    "Relations between tickets as the files hold them now: all active ones, or those of one ticket"
    " or record.",
    _takes(
        {
            "ticket": _text("Id, slug, end of an id, path; or a record's id"),
            "kinds": _some(_TEXT, MOST_WORDS, f"Classes and their kinds. {_KINDS}"),
            "states": _some(_STATES, MOST_WORDS, "The ticket's state"),
            "all": _BOOL | _error_value("Also what no longer counts"),
            "since": _text("RFC 3339, day or age (7d)"),
            "author": _TEXT,
            "limit": _LIMIT,
        }
    ),
    _gives(
        "hint",
        **_PAGE,
        relations=_list_of(
            _fields("kind", "ticket", "target", "active", "note", "records"),
        ),
        **_PROBLEMS,
        exit_code={"enum": [0, 4], "description": "4: a problem could alter a row"},
    ),
)
CHECK = Tool(
    "relations_check",
    "May tickets be accepted now? A verdict each, with its reasons; ask before accepting or"
    " starting one. Without tickets and states: all unresolved.",
    _takes(
        {
            "tickets": _some(_TEXT, MOST_TICKETS, "As in relations_show"),
            "states": _some(_STATES, MOST_WORDS, "Instead of tickets: all in these states"),
            "expect": _text("Digest of the one ticket's earlier check"),
            "limit": _LIMIT,
        }
    ),
    _gives(
        "hint",
        **_PAGE,
        checks=_list_of(
            _fields(
                "plan",
                "state",
                ticket=_TEXT,
                verdict={"enum": [verdict.word for verdict in Verdict]},
                digest=_TEXT,
                reasons=_list_of(_fields("verdict", "code", "sentence", "ticket", "records")),
            ),
        ),
        **_PROBLEMS,
        exit_code={
            "enum": [0, 9, 10, 11, 12],
            "description": "The worst of all: 9 caution, 10 hold, 11 unknown; 12 not as expected",
        },
    ),
)
ADD = Tool(
    "relations_add",
    "Record a decision, as one file in the ticket's folder. Said before word for word: nothing"
    " changes. Never secrets, processes, absolute paths.",
    _takes(
        {
            "ticket": _TEXT,
            "kind": _text("A kind of relations_show; read as TICKET KIND TARGET"),
            "target": _text("The other ticket; waiting and accepted_plan need none"),
            "note": _text("Why; of accepted_plan the summary"),
            "branch": _text("Of accepted_plan, as are the next two"),
            "worktree": _text("Relative path"),
            "role_plan": _text("Who does what"),
            "replaces": _text("Of waiting: an earlier note, retired with it"),
            "author": _AUTHOR,
        },
        "ticket",
        "kind",
    ),
    _RECORDED,
    writes=True,
)
RETIRE = Tool(
    "relations_retire",
    "Retire a record that no longer holds; it stays. Other records may still state the relation.",
    _takes(
        {
            "record": _text("Its id, start or end of it, or PATH:LINE"),
            "reason": _text("Why it ends"),
            "author": _AUTHOR,
        },
        "record",
        "reason",
    ),
    _RECORDED,
    writes=True,
)
_TOOLS = (SHOW, CHECK, ADD, RETIRE)
