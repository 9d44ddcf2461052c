"""Git hooks that keep the index warm: put in, taken out, listed.

Hooks only make answers cheaper; no answer rests on them. So a hook that somebody else wrote keeps
every byte, and one that cannot take a section safely is left alone and reported.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator

from yoi_relations.atomic import replacing, sync
from yoi_relations.errors import RelationsError, WriteError
from yoi_relations.files.folders import make_folders
from yoi_relations.files.safe_read import read_file
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.hooks import shell
from yoi_relations.hooks.state import (
    STRAY_MARK,
    UNREADABLE,
    HooksFolder,
    HookState,
    State,
    find_place,
)

_BY_HAND = f"fix that and install again, or call by hand in it: {shell.CALL}"


def list_hooks(workspace: Workspace) -> list[HookState]:
    """The state of every hook.

    Raises:
        RelationsError: there is no git, or no work tree.
    """
    return find_place(workspace).states()


def installed(workspace: Workspace) -> tuple[str, ...]:
    """Names of the hooks that refresh this workspace; none where there is no git."""
    try:
        states = list_hooks(workspace)
    except RelationsError:
        return ()
    return tuple(one.name for one in states if one.state is State.INSTALLED)


def install(workspace: Workspace) -> list[HookState]:
    """Give every hook its section; the states afterwards.

    A foreign hook is left alone, and keeps no other one from its section; `left_to_do` tells.

    Raises:
        RelationsError: there is no git, or no work tree, or git's hooks are switched off; or the
            workspace's path cannot be part of a script.
        WriteError: a hook cannot be written; it is as it was.
    """
    place = find_place(workspace)
    if place.section is None:
        raise RelationsError(
            f"{printable(workspace.root)}: holds a control character, so no hook may name it",
            "rename the folder; answers are as right without hooks, and only slower",
        )
    _make_folder(place)
    for hook in place.states():
        if hook.state in {State.NOT_INSTALLED, State.OUTDATED}:
            with _errors_about(hook.path):
                there = os.path.lexists(hook.path)
                script = read_file(hook.path) if there else shell.NEW_HOOK
                _write(hook.path, _extended(hook, script, place.section))
    return place.states()


def uninstall(workspace: Workspace) -> list[HookState]:
    """Take every section out, and remove a hook that held nothing else; the states afterwards.

    Raises:
        RelationsError: there is no git, or no work tree.
        WriteError: a hook cannot be written; it is as it was.
    """
    place = find_place(workspace)
    for hook in place.states():
        # A section is ours wherever it stands, but for one behind a link: that is another's file.
        if not os.path.lexists(hook.path) or os.path.islink(hook.path):
            continue
        try:
            script = read_file(hook.path)
        except OSError:
            continue  # its state says so, and `left_by_uninstall` tells
        rest = shell.without_section(script)
        # With a stray mark in it nobody can tell where a section ends; its state says so.
        if rest == script or shell.has_stray_mark(script):
            continue
        with _errors_about(hook.path):
            if rest in {b"", shell.NEW_HOOK}:
                os.unlink(hook.path)
            else:
                _write(hook.path, rest)
    return place.states()


def left_by_install(states: list[HookState]) -> RelationsError | None:
    """What `install` left to be done by hand, as an error to raise."""
    left = [f"{one.name}: {one.reason}" for one in states if one.state is State.FOREIGN]
    return _left(states, left, _BY_HAND)


def left_by_uninstall(states: list[HookState]) -> RelationsError | None:
    """What `uninstall` left to be done by hand, as an error to raise."""
    left = [
        f"{one.name}: {one.reason or 'calls relations outside of a section'}"
        for one in states
        if one.state is State.INSTALLED or (one.reason or "").startswith((STRAY_MARK, UNREADABLE))
    ]
    return _left(states, left, "take out by hand what is about relations")


def shown_path(workspace: Workspace, hook: HookState) -> str:
    """The hook's path below the workspace root; absolute where it lies elsewhere."""
    return printable(hook.path.removeprefix(os.path.join(workspace.root, "")))


def _left(states: list[HookState], left: list[str], hint: str) -> RelationsError | None:
    if not left:
        return None
    folder = printable(os.path.dirname(states[0].path))
    others = "; the other hooks are done" if len(left) < len(states) else ""
    return RelationsError(f"{folder}: left as they were: {'; '.join(left)}{others}", hint)


def _make_folder(place: HooksFolder) -> None:
    if os.path.lexists(place.folder) and not os.path.isdir(place.folder):
        raise RelationsError(
            f"{printable(place.folder)}: is not a folder, so git runs no hooks",
            "git config --show-origin core.hooksPath tells who set it",
        )
    with _errors_about(place.folder):
        make_folders(place.folder)


def _extended(hook: HookState, script: bytes, section: bytes) -> bytes:
    try:
        return shell.with_section(script, section)
    except ValueError as error:
        raise WriteError(f"{printable(hook.path)}: is left as it was: {error}", _BY_HAND) from error


def _write(path: str, script: bytes) -> None:
    """Make `script` the hook at `path` in one step: git may run it at any moment."""
    folder, name = os.path.split(path)
    draft = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    with replacing(path, draft, 0o777) as file:
        file.write(script)
        like = path if os.path.lexists(path) else draft
        # A new one is run by its owner, whatever the umask.
        runs = 0 if like is path else stat.S_IXUSR
        os.fchmod(file.fileno(), stat.S_IMODE(os.stat(like).st_mode) | runs)
        sync(file)


@contextlib.contextmanager
def _errors_about(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"{printable(path)}: cannot be written: {error.strerror or error}",
            "fix that and run the command again; hooks that are done stay done",
        ) from error
