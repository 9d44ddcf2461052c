"""Tools other than yoi that keep tickets: how they are recognised, and how their states are read.

The list is closed. Their files are only read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.file_tree import FileTree, is_folder
from yoi_relations.files.stat_stamp import NOT_THERE
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import NamedTuple, StrEnum
from yoi_relations.states import State

TK_ROOT = ".tickets"
"""The folder of tk."""
_ROOT_CONFIG = "backlog.config.yml"
BACKLOG_ROOTS = ("backlog", ".backlog")
"""Folders of Backlog.md, in the order in which it looks for them."""
_FOLDER_CONFIGS = ("config.yml", "config.yaml")
_CONFIG_LIMIT = 64 * 1024
_STATUSES = ("To Do", "In Progress", "Done")
"""What Backlog.md uses if its configuration names none."""
_PREFIX = "task"
_MAX_DIGITS = 64
"""Digits of a number in an id; `int` refuses some thousands."""
_TK_STATES = {
    "open": State.READY,
    "in_progress": State.INPROGRESS,
    "closed": State.CLOSED,
    "done": State.DONE,
}


class Provider(StrEnum):
    """A tool whose tickets can be read, by its name in the configuration."""

    TK = "tk"
    BACKLOG = "backlog.md"


class Tool(NamedTuple):
    """A tool, with the parts of its configuration that decide how its files are read.

    Attributes:
        provider: the tool.
        states: by word, as `state_key` returns it, the state that it means.
        prefix: with which names of task files start; empty for any name.
    """

    provider: Provider
    states: Mapping[str, State]
    prefix: str = ""

    def state_key(self, word: str) -> str:
        """A word for a state as the tool compares it."""
        return word if self.provider is Provider.TK else "".join(word.split()).lower()

    def canonical(self, id_: str) -> str:
        """An id as the tool compares it.

        For Backlog.md that is in upper case, without leading zeros, and with a prefix.
        """
        bare = id_.strip()
        if self.provider is Provider.TK or ":" in bare:  # with a colon it is elsewhere
            return bare
        head, hyphen, number = bare.upper().rpartition("-")
        parts = number.split(".")
        if not hyphen and all(map(_is_number, parts)):
            head, hyphen = self.prefix.upper(), "-"
        numbers = (str(int(part)) if _is_number(part) else part for part in parts)
        return f"{head}{hyphen}{'.'.join(numbers)}"

    @property
    def identity(self) -> str:
        """All of it as text: an index of the same files by another tool is another index."""
        return json_text([self.provider.value, self.prefix, dict(sorted(self.states.items()))])


class Marker(NamedTuple):
    """A sign that a tool keeps tickets in a folder.

    Attributes:
        provider: the tool.
        path: of the sign, below the folder.
        root: of the tickets, below the folder; None if the tool's configuration names it.
    """

    provider: Provider
    path: str
    root: str | None

    @property
    def lines(self) -> str:
        """The lines of the configuration that choose it."""
        line = f'provider = "{self.provider.value}"'
        return line if self.root is None else f'{line} and root = "{self.root}"'


def configured_marker(name: str, config: str, root: str | None) -> Marker:
    """The tool that the configuration `config` names, with its tickets root if it names one.

    Raises:
        WorkspaceError: tickets of a tool with this name cannot be read.
    """
    for provider in Provider:
        if provider.value == name:
            return Marker(provider, config, root)
    raise WorkspaceError(
        f"{config}: the provider '{name}' is not known",
        f"known: {', '.join(Provider)}; leave it out for tickets of yoi",
    )


_MARKERS = (
    Marker(Provider.TK, TK_ROOT, TK_ROOT),
    *(Marker(Provider.BACKLOG, f"{folder}/config.yml", folder) for folder in BACKLOG_ROOTS),
    Marker(Provider.BACKLOG, _ROOT_CONFIG, None),
)


def marker_in(folder: str, files: FileTree) -> Marker | None:
    """The only marker in a folder, which is absolute; None if there is none.

    Raises:
        WorkspaceError: there are several, or the folder cannot be searched.
    """
    found = [marker for marker in _MARKERS if _exists(files, folder, marker)]
    if len(found) > 1:
        paths = " and ".join(marker.path for marker in found)
        choices = "; or ".join(marker.lines for marker in found)
        raise WorkspaceError(
            f"{folder}: has tickets of several tools: {paths}",
            f"write [ticket.backend] into .yoi/workspace.toml, and below it {choices}",
        )
    return found[0] if found else None


def marked_around(path: str, files: FileTree) -> tuple[str, Marker] | None:
    """The nearest of `path`, which is absolute without links, and its parents with a marker.

    Raises:
        WorkspaceError: the nearest has several markers, or one cannot be searched.
    """
    at = path
    while (marker := marker_in(at, files)) is None:
        parent = os.path.dirname(at)
        if parent == at:
            return None
        at = parent
    return at, marker


def _exists(files: FileTree, folder: str, marker: Marker) -> bool:
    path = os.path.join(folder, marker.path)
    try:
        mode = files.stat(path).st_mode
    except OSError as error:
        if error.errno in NOT_THERE:
            return False
        raise WorkspaceError(
            f"{path}: cannot be examined: {error.strerror}",
            "make it readable; tickets may be there",
        ) from error
    return stat.S_ISDIR(mode) if marker.path == TK_ROOT else stat.S_ISREG(mode)


def configured_tool(
    root: str, marker: Marker, states: Mapping[str, State], files: FileTree
) -> tuple[str, Tool]:
    """The tickets root of a tool in the workspace at `root`, and its resolved configuration.

    Args:
        root: absolute path.
        marker: the tool, and the tickets root if one is named; otherwise it is the tool's own.
        states: by word, the states of words that the tool's own configuration does not settle.
        files: where all this is.

    Raises:
        WorkspaceError: the tool's configuration cannot be read.
    """
    provider = marker.provider
    if provider is Provider.TK:
        return marker.root or TK_ROOT, Tool(provider, {**states, **_TK_STATES})
    place, config = _backlog_place(root, marker.root, files)
    statuses = config.get("statuses") or _STATUSES
    (prefix,) = config.get("task_prefix", ())[:1] or [_PREFIX]
    tool = Tool(provider, {}, prefix.lower())
    meant = {tool.state_key(word): State.INPROGRESS for word in statuses}
    meant[tool.state_key(statuses[0])] = State.READY
    meant[tool.state_key(statuses[-1])] = State.DONE
    extra = {tool.state_key(word): state for word, state in states.items()}
    return place, tool._replace(states={**extra, **meant})


def configurations(tickets_root: str) -> list[str]:
    """The paths at which Backlog.md may have a configuration, below the root of the workspace."""
    folders = dict.fromkeys((*BACKLOG_ROOTS, tickets_root))
    return [_ROOT_CONFIG, *(f"{folder}/{name}" for folder in folders for name in _FOLDER_CONFIGS)]


def states_named(table: object, config: str) -> dict[str, State]:
    """The states of words, as the configuration `config` has them.

    Raises:
        WorkspaceError: they are not a table of words, or a state is not known.
    """
    if table is None:
        return {}
    if not isinstance(table, dict):
        raise WorkspaceError(f"{config}: states must be a table", "fix the file")
    for word, state in table.items():
        if state not in list(State):
            raise WorkspaceError(
                f"{config}: '{word}' has the state '{state}', which is not known",
                f"known: {', '.join(State)}",
            )
    return {word: State(state) for word, state in table.items()}


_Config = Mapping[str, list[str]]
"""The values of a configuration of Backlog.md by key; a text is a list of one."""


def _backlog_place(root: str, tickets_root: str | None, files: FileTree) -> tuple[str, _Config]:
    """The folder of Backlog.md, and its configuration."""
    config = _read_config(files, os.path.join(root, _ROOT_CONFIG))
    if tickets_root is None and config is not None:
        named = config.get("backlog_directory") or config.get("backlogDirectory")
        tickets_root = named[0] if named else None
    elif config is None or config.get("backlog_directory") != [tickets_root]:
        config = None
    if tickets_root is None:
        present = (name for name in BACKLOG_ROOTS if is_folder(files, os.path.join(root, name)))
        tickets_root = next(present, BACKLOG_ROOTS[0])
    for name in _FOLDER_CONFIGS:
        if config is None:
            config = _read_config(files, os.path.join(root, tickets_root, name))
    return tickets_root, config or {}


def _read_config(files: FileTree, path: str) -> _Config | None:
    """The configuration of Backlog.md in a file, read line by line as that tool does.

    None if there is none.

    Raises:
        WorkspaceError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        _, data = files.read(os.fsencode(path), _CONFIG_LIMIT + 1)
        lines = data.decode("utf-8-sig").splitlines()
    except OSError as error:
        if error.errno in NOT_THERE:
            return None
        hint = "make it readable; it says what the states of tickets mean"
        raise WorkspaceError(f"{path}: cannot be read: {error.strerror}", hint) from error
    except UnicodeDecodeError as error:
        raise WorkspaceError(f"{path}: is not UTF-8 text", "fix the file") from error
    if len(data) > _CONFIG_LIMIT:
        raise WorkspaceError(f"{path}: is larger than {_CONFIG_LIMIT} bytes", "shorten the file")
    found: dict[str, list[str]] = {}
    key = ""
    for text in map(str.strip, lines):
        if text.startswith("- "):
            found.setdefault(key, []).append(_unquoted(text[2:]))
        elif not text.startswith("#") and ":" in text:
            key, _, value = (part.strip() for part in text.partition(":"))
            found[key] = _values(value)
    return found


def _values(written: str) -> list[str]:
    """The texts of a list in brackets, or one text; none for an empty value."""
    if not written.startswith(('"', "'")):
        written = written.partition(" #")[0].rstrip()
    if not (written.startswith("[") and written.endswith("]")):
        return [_unquoted(written)] if written else []
    items, quote = [""], ""
    for char in written[1:-1]:
        if char == quote:
            quote = ""
        elif char in "'\"" and not quote and not items[-1].strip():
            quote = char
        if char == "," and not quote:
            items.append("")
        else:
            items[-1] += char
    return [text for item in items if (text := _unquoted(item))]


def _unquoted(text: str) -> str:
    bare = text.strip()
    is_quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\""
    return bare[1:-1] if is_quoted else bare


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
