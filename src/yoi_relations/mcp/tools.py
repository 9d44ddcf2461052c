"""The tools of ``relations mcp`` as clients see them: names, descriptions, JSON schemas.

A client's model reads all of this before its first call, so every word must be useful.
"""

from __future__ import annotations

from typing import Any

from mcp_types import Tool, ToolAnnotations

from yoi_relations.command_table import DEFAULT_LIMIT
from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.render.diff import LISTS
from yoi_relations.states import State

Schema = dict[str, Any]

LIMIT = DEFAULT_LIMIT
"""Default for the number of relations or checks in an answer."""
_MAX_NAMES = 50
"""Kinds or states in one call: more than exist."""
_MAX_TICKETS = 1000
"""Tickets in one call."""


_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
# A tool that writes only adds files, and a repeated call changes nothing.
_WRITES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def tools(*, allow_write: bool) -> dict[str, Tool]:
    """The tools of a server by name; only those that read, unless it may write."""
    return {tool.name: tool for tool in _TOOLS if allow_write or not writes(tool)}


def tools_of_database() -> dict[str, Tool]:
    """The tools of a server that asks a database, by name; it knows neither git nor a disk."""
    return {tool.name: _of_database(tool) for tool in (SHOW, CHECK)}


def _of_database(tool: Tool) -> Tool:
    given = tool.input_schema["properties"].items()
    taken = {name: value for name, value in given if name not in _OF_FILES}
    schema = dict(tool.output_schema or {})
    workspaces = {"workspaces": _list_of(_object("age_seconds", name=_TEXT))}
    required = [name for name in schema["required"] if name != "workspace"]
    schema |= {
        "properties": workspaces | schema["properties"],
        "required": [*workspaces, *required],
    }
    return tool.model_copy(update={"input_schema": _input(taken), "output_schema": schema})


def writes(tool: Tool) -> bool:
    """Whether a call of `tool` can change files."""
    return tool.annotations == _WRITES


def _input(properties: Schema, *required: str) -> Schema:
    """The schema of arguments: these properties and no others, some of them required."""
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    return schema | {"additionalProperties": False}


def _output(*names: str, **properties: Schema) -> Schema:
    """The schema of an answer: at least these fields and those of every document."""
    return _object("workspace", *names, **properties)


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _bounded_list(item: Schema, limit: int, description: str) -> Schema:
    return _list_of(item) | {"maxItems": limit, "description": description}


def _text(description: str) -> Schema:
    return _TEXT | {"description": description}


def _object(*names: str, **typed: Schema) -> Schema:
    """The schema of an object with at least these fields; only some have a schema."""
    properties = {"properties": typed} if typed else {}
    return {"type": "object", **properties, "required": [*typed, *names]}


_TEXT: Schema = {"type": "string"}  # one type: not every client accepts a list of types
_BOOL: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer"}
_KINDS = "; ".join(
    f"{cls}: {', '.join(kind.name for kind in KINDS.values() if kind.cls is cls)}"
    for cls in RelationClass
)
_STATES = {"type": "string", "enum": [state.value for state in State]}
_AUTHOR = _text("Who records; default: server's user")
_LIMIT = _COUNT | {"description": "0: all", "minimum": 0, "default": LIMIT}
_PAGE = ("hint", "count", "returned", "truncated")
_PROBLEMS = ("problems", "problems_total")
_RECORDED = _output("sentence", "active", changed=_BOOL, record=_object(id=_TEXT, path=_TEXT))
_OF_FILES: Schema = {
    "at": _text("Git revision; default: present files"),
    "worktrees": _BOOL | {"description": "Also ask the other work trees"},
}
"""Arguments that only files have an answer to."""

SHOW = Tool(
    name="relations_show",
    description="Current relations between tickets: all active ones, or those of one ticket or"
    " record.",
    input_schema=_input(
        {
            "ticket": _text("Id, slug, end of an id, path; or a record's id"),
            "kinds": _bounded_list(_TEXT, _MAX_NAMES, f"Classes and their kinds. {_KINDS}"),
            "states": _bounded_list(_STATES, _MAX_NAMES, "The ticket's state"),
            "all": _BOOL | {"description": "Also inactive ones"},
            "since": _text("RFC 3339, day or age (7d)"),
            "author": _TEXT,
            "limit": _LIMIT,
            **_OF_FILES,
        }
    ),
    output_schema=_output(
        *_PAGE,
        *_PROBLEMS,
        relations=_list_of(
            _object("kind", "ticket", "target", "active", "note", "records"),
        ),
        exit_code={"enum": [0, 4], "description": "4: a problem could affect a relation"},
    ),
    annotations=_READS,
)
CHECK = Tool(
    name="relations_check",
    description="May tickets be accepted now? One verdict per ticket, with reasons; call before"
    " accepting or starting one. Without tickets and states: all unresolved.",
    input_schema=_input(
        {
            "tickets": _bounded_list(_TEXT, _MAX_TICKETS, "As in relations_show"),
            "states": _bounded_list(_STATES, _MAX_NAMES, "Instead of tickets: all in these states"),
            "expect": _text("Digest of the one ticket's earlier check"),
            "limit": _LIMIT,
            **_OF_FILES,
        }
    ),
    output_schema=_output(
        *_PAGE,
        *_PROBLEMS,
        checks=_list_of(
            _object(
                "plan",
                "state",
                ticket=_TEXT,
                verdict={"enum": [verdict.word for verdict in Verdict]},
                digest=_TEXT,
                reasons=_list_of(_object("verdict", "code", "sentence", "ticket", "records")),
            ),
        ),
        exit_code={
            "enum": [0, 9, 10, 11, 12],
            "description": "The worst: 9 caution, 10 hold, 11 unknown; 12 digest differs",
        },
    ),
    annotations=_READS,
)
DIFF = Tool(
    name="relations_diff",
    description="What changed in meaning between git revisions, and which verdicts follow; or what"
    " merging a branch into HEAD would change.",
    input_schema=_input(
        {
            "earlier": _text("Default: HEAD"),
            "later": _text("Default: present files"),
            "merge": _text("The branch; no other revision then"),
            "limit": _LIMIT | {"description": "Of each list; 0: all"},
        }
    ),
    output_schema=_output(
        *_PAGE,
        *LISTS,
        different=_BOOL,
        exit_code={
            "enum": [0, 5],
            "description": "5: merge makes a hold, cycle or contradiction",
        },
    ),
    annotations=_READS,
)
ADD = Tool(
    name="relations_add",
    description="Record a decision, as one file in the ticket's folder. An exact repetition"
    " changes nothing. Never include secrets, processes, absolute paths.",
    input_schema=_input(
        {
            "ticket": _TEXT,
            "kind": _text("A kind of relations_show; read as TICKET KIND TARGET"),
            "target": _text(
                "The other ticket, or workspace:ID; waiting and accepted_plan need none"
            ),
            "note": _text("Why; for accepted_plan: the summary"),
            "branch": _text("For accepted_plan, like the next two"),
            "worktree": _text("Relative path"),
            "role_plan": _text("Who does what"),
            "replaces": _text("For waiting: an earlier note, which it retires"),
            "author": _AUTHOR,
        },
        "ticket",
        "kind",
    ),
    output_schema=_RECORDED,
    annotations=_WRITES,
)
RETIRE = Tool(
    name="relations_retire",
    description="Retire a record that no longer holds; its file stays. Others may still state the"
    " relation.",
    input_schema=_input(
        {
            "record": _text("Its id, start or end of it, or PATH:LINE"),
            "reason": _text("Why it ends"),
            "author": _AUTHOR,
        },
        "record",
        "reason",
    ),
    output_schema=_RECORDED,
    annotations=_WRITES,
)
_TOOLS = (SHOW, CHECK, DIFF, ADD, RETIRE)
