"""Writes the answers of the `hooks` commands: every hook and its state."""

from __future__ import annotations

from collections.abc import Callable

from yoi_relations.errors import ExitCode, RelationsError
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.hooks import installation
from yoi_relations.hooks.folder import Hook
from yoi_relations.lean.types import Any
from yoi_relations.render.lines import tab_separated
from yoi_relations.render.output import JSON_VERSION, Mode, json_line, visible_lines, write_answer


def write_hooks(
    mode: Mode,
    workspace: Workspace,
    change: Callable[[Workspace], list[Hook]],
    error_of: Callable[[list[Hook]], RelationsError | None],
) -> ExitCode:
    """Change the hooks, and write their states.

    Args:
        mode: how to write the answer.
        workspace: the workspace whose hooks are meant.
        change: changes them, and returns them as they are after that.
        error_of: returns an error if the state of one of them means that its change failed.

    Raises:
        RelationsError: a hook could not be changed.
    """
    hooks = change(workspace)
    if error := error_of(hooks):
        raise error
    write_answer(_hooks_text(mode, workspace, hooks))
    return ExitCode.DONE


def hooks_document(workspace: Workspace, hooks: list[Hook]) -> dict[str, Any]:
    """The answer of the `hooks` commands as a JSON value, without anything about the index."""
    return {
        "schema_version": JSON_VERSION,
        "document": "hooks",
        "workspace": {"root": printable(workspace.root)},
        "hooks": [
            {
                "name": hook.name,
                "state": hook.state,
                "path": installation.displayed_path(workspace, hook),
                "reason": hook.reason,
            }
            for hook in hooks
        ],
    }


def _hooks_text(mode: Mode, workspace: Workspace, hooks: list[Hook]) -> str:
    if mode is Mode.JSON:
        return json_line(hooks_document(workspace, hooks))
    rows = [
        (hook.name, str(hook.state), installation.displayed_path(workspace, hook)) for hook in hooks
    ]
    if mode is Mode.PLAIN:
        return tab_separated(rows)
    name, state = (max(len(row[column]) for row in rows) for column in (0, 1))
    return visible_lines(f"{row[0]:{name}}  {row[1]:{state}}  {row[2]}" for row in rows)
