"""``relations hooks`` on the command line."""

from __future__ import annotations

from collections.abc import Callable

from yoi_relations.errors import ExitCode, RelationsError
from yoi_relations.files.workspace import Workspace
from yoi_relations.surfaces import plain
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.cli.app import App
from yoi_relations.surfaces.cli.options import with_common
from yoi_relations.surfaces.hooks import manage
from yoi_relations.surfaces.hooks.run import refresh_quietly
from yoi_relations.surfaces.hooks.state import HookState
from yoi_relations.surfaces.output import Mode, json_line, visible, write_answer

_HELP = "Git hooks that keep the index warm after checkout, merge and rebase."

hooks_app = App(help=_HELP)


@hooks_app.callback(help=_HELP)
@with_common
def _hooks(_call: Call) -> None:
    """Take the options that stand between ``hooks`` and its command."""


@hooks_app.command(
    help="Add a section to post-checkout, post-merge and post-rewrite; what is there stays."
)
@with_common
def install(call: Call) -> ExitCode:
    """Install the hooks, and answer with their states."""
    return _answer(call, manage.install, manage.left_by_install)


@hooks_app.command(help="Take the sections out again, and nothing else.")
@with_common
def uninstall(call: Call) -> ExitCode:
    """Uninstall the hooks, and answer with their states."""
    return _answer(call, manage.uninstall, manage.left_by_uninstall)


@hooks_app.command("list", help="Tell which hooks keep the index warm, and where they are.")
@with_common
def list_(call: Call) -> ExitCode:
    """Answer with the states of the hooks."""
    return _answer(call, manage.list_hooks, lambda _: None)


@hooks_app.command(help="Refresh the index, quietly: what the hooks call.", hidden=True)
@with_common
def run(call: Call) -> ExitCode:
    """Refresh the index."""
    refresh_quietly(call.directory)
    return ExitCode.DONE


def _answer(
    call: Call,
    work: Callable[[Workspace], list[HookState]],
    left: Callable[[list[HookState]], RelationsError | None],
) -> ExitCode:
    mode = call.mode
    workspace = call.workspace()
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
