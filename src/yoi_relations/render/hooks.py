"""Writes the answers about git hooks: which there are, and in what state."""

from __future__ import annotations

from collections.abc import Callable

from yoi_relations.errors import ExitCode, RelationsError
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.hooks import installation
from yoi_relations.hooks.folder import Hook
from yoi_relations.lean.types import Any
from yoi_relations.render.lines import tab_separated
from yoi_relations.render.output import SCHEMA_VERSION, Mode, json_line, visible, write_answer


def write_hooks(
    mode: Mode,
    workspace: Workspace,
    work: Callable[[Workspace], list[Hook]],
    left: Callable[[list[Hook]], RelationsError | None],
) -> ExitCode:
    """Do the work, and answer with the states of the hooks.

    Args:
        mode: how to answer.
        workspace: whose hooks.
        work: what is done; it gives the states after it.
        left: what could not be done, if anything.

    Raises:
        RelationsError: something could not be done.
    """
    states = work(workspace)
    if error := left(states):
        raise error
    write_answer(_rendered(mode, workspace, states))
    return ExitCode.DONE


def hooks_document(workspace: Workspace, states: list[Hook]) -> dict[str, Any]:
    """The answer of the hooks commands for JSON; it says nothing of the index."""
    return {
        "schema_version": SCHEMA_VERSION,
        "document": "hooks",
        "workspace": {"root": printable(workspace.root)},
        "hooks": [
            {
                "name": one.name,
                "state": one.state,
                "path": installation.displayed_path(workspace, one),
                "reason": one.reason,
            }
            for one in states
        ],
    }


def _rendered(mode: Mode, workspace: Workspace, states: list[Hook]) -> str:
    if mode is Mode.JSON:
        return json_line(hooks_document(workspace, states))
    rows = [
        (one.name, str(one.state), installation.displayed_path(workspace, one)) for one in states
    ]
    if mode is Mode.PLAIN:
        return tab_separated(rows)
    name, state = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = (f"{row[0]:{name}}  {row[1]:{state}}  {visible(row[2])}\n" for row in rows)
    return "".join(lines)
