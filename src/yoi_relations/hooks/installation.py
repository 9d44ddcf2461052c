"""Install, uninstall and list the git hooks that keep the index current.

Hooks only make answers faster; no answer depends on them. So a hook that somebody else wrote keeps
every byte, and a hook that cannot take a section safely is left unchanged and reported.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator

from yoi_relations.atomic import replacing, sync
from yoi_relations.errors import RelationsError, WriteError
from yoi_relations.files.open_folder import make_folders
from yoi_relations.files.safe_read import read_file
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.hooks import shell_section
from yoi_relations.hooks.folder import (
    UNPAIRED_MARK,
    UNREADABLE,
    Hook,
    HooksFolder,
    HookState,
    find_hooks_folder,
)

_CALL_BY_HAND = f"fix this and install again, or call this in the hook: {shell_section.CALL}"


def list_hooks(workspace: Workspace) -> list[Hook]:
    """Every hook in its present state.

    Raises:
        RelationsError: git is missing, or there is no work tree.
    """
    return find_hooks_folder(workspace).hooks()


def installed(workspace: Workspace) -> tuple[str, ...]:
    """Names of the hooks that refresh this workspace; empty if git is not installed."""
    try:
        hooks = list_hooks(workspace)
    except RelationsError:
        return ()
    return tuple(hook.name for hook in hooks if hook.state is HookState.INSTALLED)


def install(workspace: Workspace) -> list[Hook]:
    """Give every hook its section; the hooks afterwards.

    A foreign hook is left unchanged and does not stop the others; see `install_error`.

    Raises:
        RelationsError: git is missing, there is no work tree, or git's hooks are switched off; or
            the path of the workspace cannot be part of a script.
        WriteError: a hook cannot be written; it is unchanged.
    """
    folder = find_hooks_folder(workspace)
    if folder.section is None:
        raise RelationsError(
            f"{printable(workspace.root)}: contains a control character, so no hook may name it",
            "rename the folder; without hooks, answers are as correct, but slower",
        )
    _make_hooks_folder(folder)
    for hook in folder.hooks():
        if hook.state in {HookState.NOT_INSTALLED, HookState.OUTDATED}:
            with _write_errors(hook.path):
                exists = os.path.lexists(hook.path)
                script = read_file(hook.path) if exists else shell_section.NEW_HOOK
                _write(hook.path, _with_section(hook, script, folder.section))
    return folder.hooks()


def uninstall(workspace: Workspace) -> list[Hook]:
    """Remove every section, and every hook that contains nothing else; the hooks afterwards.

    Raises:
        RelationsError: git is missing, or there is no work tree.
        WriteError: a hook cannot be written; it is unchanged.
    """
    folder = find_hooks_folder(workspace)
    for hook in folder.hooks():
        # The target of a link belongs to somebody else, even if it contains a section.
        if not os.path.lexists(hook.path) or os.path.islink(hook.path):
            continue
        try:
            script = read_file(hook.path)
        except OSError:
            continue  # its state says so, and `uninstall_error` reports it
        rest = shell_section.without_section(script)
        # With an unpaired mark, the end of a section is unknown; the state of the hook says so.
        if rest == script or shell_section.has_unpaired_mark(script):
            continue
        with _write_errors(hook.path):
            if rest in {b"", shell_section.NEW_HOOK}:
                os.unlink(hook.path)
            else:
                _write(hook.path, rest)
    return folder.hooks()


def install_error(hooks: list[Hook]) -> RelationsError | None:
    """The error to raise for the hooks that `install` left unchanged; None if there are none."""
    unchanged = [f"{hook.name}: {hook.reason}" for hook in hooks if hook.state is HookState.FOREIGN]
    return _error_for(hooks, unchanged, _CALL_BY_HAND)


def uninstall_error(hooks: list[Hook]) -> RelationsError | None:
    """The error to raise for the hooks that `uninstall` left unchanged; None if there are none."""
    unchanged = [
        f"{hook.name}: {hook.reason or 'calls relations outside of a section'}"
        for hook in hooks
        if hook.state is HookState.INSTALLED
        or (hook.reason or "").startswith((UNPAIRED_MARK, UNREADABLE))
    ]
    return _error_for(hooks, unchanged, "remove the lines about relations by hand")


ACTIONS: dict[
    str, tuple[Callable[[Workspace], list[Hook]], Callable[[list[Hook]], RelationsError | None]]
] = {
    "install": (install, install_error),
    "uninstall": (uninstall, uninstall_error),
    "list": (list_hooks, lambda _: None),
}
"""For each command of `hooks`: what it does, and the error for what it could not do."""


def _error_for(hooks: list[Hook], unchanged: list[str], hint: str) -> RelationsError | None:
    if not unchanged:
        return None
    folder = printable(os.path.dirname(hooks[0].path))
    others = "; the other hooks are done" if len(unchanged) < len(hooks) else ""
    return RelationsError(f"{folder}: not changed: {'; '.join(unchanged)}{others}", hint)


def _make_hooks_folder(folder: HooksFolder) -> None:
    if os.path.lexists(folder.path) and not os.path.isdir(folder.path):
        raise RelationsError(
            f"{printable(folder.path)}: is not a folder, so git runs no hooks",
            "git config --show-origin core.hooksPath shows where it is set",
        )
    with _write_errors(folder.path):
        make_folders(folder.path)


def _with_section(hook: Hook, script: bytes, section: bytes) -> bytes:
    try:
        return shell_section.with_section(script, section)
    except ValueError as error:
        raise WriteError(f"{printable(hook.path)}: not changed: {error}", _CALL_BY_HAND) from error


def _write(path: str, script: bytes) -> None:
    """Replace the hook at `path` by `script` in one step: git may run it at any moment."""
    folder, name = os.path.split(path)
    draft = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    with replacing(path, draft, 0o777) as file:
        file.write(script)
        mode_source = path if os.path.lexists(path) else draft
        # The owner can run a new hook, whatever the umask.
        executable = 0 if mode_source is path else stat.S_IXUSR
        os.fchmod(file.fileno(), stat.S_IMODE(os.stat(mode_source).st_mode) | executable)
        sync(file)


@contextlib.contextmanager
def _write_errors(path: str) -> Iterator[None]:
    """Turn every OSError inside into a WriteError about `path`."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"{printable(path)}: cannot be written: {error.strerror or error}",
            "fix this and run the command again; finished hooks stay installed or removed",
        ) from error
