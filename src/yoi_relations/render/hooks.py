"""Writes the answers of the `hooks` commands: every hook and its state."""

from __future__ import annotations

import os

from yoi_relations.errors import ExitCode
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.hooks.folder import Hook
from yoi_relations.lean.types import Any
from yoi_relations.render.documents import bare_document
from yoi_relations.render.lines import tab_separated
from yoi_relations.render.output import Mode, json_line, visible_lines, write_answer


def write_hooks(mode: Mode, workspace: Workspace, hooks: list[Hook]) -> ExitCode:
    """Write the states of the hooks of `workspace`."""
    if mode is Mode.JSON:
        write_answer(json_line(hooks_document(workspace, hooks)))
        return ExitCode.DONE
    rows = [(hook.name, str(hook.state), _displayed_path(workspace, hook)) for hook in hooks]
    if mode is Mode.PLAIN:
        write_answer(tab_separated(rows))
    else:
        name, state = (max(len(row[column]) for row in rows) for column in (0, 1))
        write_answer(visible_lines(f"{row[0]:{name}}  {row[1]:{state}}  {row[2]}" for row in rows))
    return ExitCode.DONE


def hooks_document(workspace: Workspace, hooks: list[Hook]) -> dict[str, Any]:
    """The answer of the `hooks` commands as a JSON value, without anything about the index."""
    return bare_document("hooks") | {
        "workspace": {"root": printable(workspace.root)},
        "hooks": [
            {
                "name": hook.name,
                "state": hook.state,
                "path": _displayed_path(workspace, hook),
                "reason": hook.reason,
            }
            for hook in hooks
        ],
    }


def _displayed_path(workspace: Workspace, hook: Hook) -> str:
    """The path of the hook, relative to the workspace root if it is below it."""
    return printable(hook.path.removeprefix(os.path.join(workspace.root, "")))
