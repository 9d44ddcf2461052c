"""The commands about a shared database: `publish`, `server ...`, and `watch --publish`."""

from __future__ import annotations

from collections.abc import Callable

from yoi_relations.call import Call
from yoi_relations.errors import ExitCode, RelationsError, UsageError
from yoi_relations.files.workspace import Workspace
from yoi_relations.files.workspace_name import WorkspaceName, name_of
from yoi_relations.index.handle import Index
from yoi_relations.render import server as render
from yoi_relations.render.terminal.progress import progress_bar
from yoi_relations.server import directory, publication, schema
from yoi_relations.server.age import Head, read_head, refuse_other_branch
from yoi_relations.server.connection import database_named, failures_reported
from yoi_relations.ticket_ids import is_workspace_name


def publish(call: Call, to: str | None, name: str | None, *, force: bool) -> ExitCode:
    """Put the answers of the workspace into a database, and show what that changed."""
    call.refuse_unchecked("publish")
    mode, database, workspace = call.mode, database_named(to), call.workspace()
    chosen, aliases = _chosen_name(workspace, name)
    head = read_head(workspace)
    if name is None and not force:
        refuse_other_branch(chosen, head)
    with call.open_index() as index:
        request = publication.Request(index, chosen, head, force, aliases)
        _refuse_moved(request)
        with failures_reported(), progress_bar("publishing") as progress:
            done = publication.publish(database, request, progress)
        if done.same_commit:
            call.notify(
                f"{chosen}: another checkout had published this commit with other files; these"
                " take their place"
            )
        for alias in done.unusable_aliases:
            call.notify(
                f"{chosen}: its alias {alias} is the name of a published workspace, which is what"
                f" records mean by it; relations server forget {alias} removes that one"
            )
        return render.write_published(mode, index, done)


def publisher(call: Call) -> Callable[[], Callable[[Index], None]]:
    """A function that is called before a scan; what it returns publishes the index of that scan.

    It publishes as `publish` does.

    Raises:
        UsageError: no database or no name is known.
    """
    database, workspace = database_named(None), call.workspace()
    _chosen_name(workspace, None)

    def begin() -> Callable[[Index], None]:
        # They may have changed, and another command may have published that.
        name, aliases = _chosen_name(workspace, None)
        head = read_head(workspace)
        refuse_other_branch(name, head)

        def publish_index(index: Index) -> None:
            request = publication.Request(index, name, head, force=False, aliases=aliases)
            _refuse_moved(request)
            with failures_reported():
                publication.publish(database, request, lambda _done, _total: None)

        return publish_index

    return begin


def migrate(call: Call, to: str | None) -> ExitCode:
    """Bring the tables of a database up to date, and show their revision."""
    mode, database = call.mode, database_named(to)
    with failures_reported():
        before, after = schema.migrate(database)
    return render.write_migrated(mode, before, after)


def list_all(call: Call, to: str | None) -> ExitCode:
    """Show the workspaces in a database."""
    mode, database = call.mode, database_named(to)
    with failures_reported():
        found = directory.list_workspaces(database)
    return render.write_workspaces(mode, found)


def forget(call: Call, name: str, to: str | None) -> ExitCode:
    """Delete a workspace from a database."""
    mode, database = call.mode, database_named(to)
    with failures_reported():
        directory.forget_workspace(database, name)
    return render.write_forgotten(mode, name)


def _chosen_name(workspace: Workspace, name: str | None) -> tuple[str, tuple[str, ...]]:
    """The name to publish under, and the aliases; another name than the workspace's has none."""
    called = name_of(workspace)
    if name not in (None, called.name):
        called = WorkspaceName(name, ())
    found = called.name
    hint = 'give --name, or write name = "acme/loans" into .yoi/workspace.toml'
    if found is None:
        raise UsageError("the workspace has no name, and no git remote to take one from", hint)
    if not is_workspace_name(found):
        raise UsageError(f"'{found}' cannot be the name of a workspace", hint)
    return found, called.aliases


def _refuse_moved(request: publication.Request) -> None:
    """Refuse an index that was read while another commit was checked out."""
    now: Head | None = read_head(request.opened.workspace)
    if now != request.head:
        raise RelationsError(
            f"{request.name}: another commit was checked out meanwhile", "run the command again"
        )
