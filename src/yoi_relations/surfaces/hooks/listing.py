"""Writes the answers about git hooks: which there are, and in what state."""

from __future__ import annotations

from collections.abc import Callable

from yoi_relations.errors import ExitCode, RelationsError
from yoi_relations.files.workspace import Workspace
from yoi_relations.surfaces import plain
from yoi_relations.surfaces.hooks import manage
from yoi_relations.surfaces.hooks.state import HookState
from yoi_relations.surfaces.output import Mode, json_line, visible, write_answer


def answer(
    mode: Mode,
    workspace: Workspace,
    work: Callable[[Workspace], list[HookState]],
    left: Callable[[list[HookState]], RelationsError | None],
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


def _rendered(mode: Mode, workspace: Workspace, states: list[HookState]) -> str:
    if mode is Mode.JSON:
        return json_line(manage.hooks_document(workspace, states))
    rows = [(one.name, str(one.state), manage.shown_path(workspace, one)) for one in states]
    if mode is Mode.PLAIN:
        return plain.lines(rows)
    name, state = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = (f"{row[0]:{name}}  {row[1]:{state}}  {visible(row[2])}\n" for row in rows)
    return "".join(lines)
