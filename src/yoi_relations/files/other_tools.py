"""Tools other than yoi that keep tickets: how they are recognised, and how their states are read.

The list is closed. Their files are only read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.backlog_config import BACKLOG_ROOTS, ROOT_CONFIG, place_and_config
from yoi_relations.files.file_tree import FileTree
from yoi_relations.files.nfc import composed
from yoi_relations.files.stat_stamp import NOT_THERE
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import NamedTuple, StrEnum
from yoi_relations.states import State

TK_ROOT = ".tickets"
"""The folder of tk."""
_STATUSES = ("To Do", "In Progress", "Done")
"""What Backlog.md uses if its configuration names none."""
DEFAULT_PREFIX = "task"
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
        states: by word, the state that it means; words of Backlog.md are in lower case, and
            without white space unless they mean that the work is done.
        prefix: with which names of task files start; empty for any name.
    """

    provider: Provider
    states: Mapping[str, State]
    prefix: str = ""

    def state_of(self, word: str) -> State | None:
        """The state that a word means; None if it is not known.

        White space within a word makes no difference, unless it means that the work is done.
        """
        if self.provider is Provider.TK:
            return self.states.get(word)
        found = self.states.get(_exact(word))
        if found is None and (loosely := self.states.get(_loose(word))) is not State.DONE:
            found = loosely
        return found

    def canonical(self, id_: str) -> str:
        """An id as the tool compares it, in Unicode NFC.

        For Backlog.md that is in upper case, without leading zeros, and with a prefix.
        """
        bare = composed(id_.strip())
        if self.provider is Provider.TK or ":" in bare:  # with a colon it is elsewhere
            return bare
        head, hyphen, number = composed(bare.upper()).rpartition("-")
        parts = number.split(".")
        is_numeric = all(map(_is_number, parts))
        if is_numeric and not hyphen:
            head, hyphen = self.prefix.upper(), "-"
        if is_numeric and head.isalpha():  # in TASK-EPIC-011 and TASK-HIGH.01, zeros count
            parts = [str(int(part)) for part in parts]
        return f"{head}{hyphen}{'.'.join(parts)}"

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
    Marker(Provider.BACKLOG, ROOT_CONFIG, None),
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
    place, config = place_and_config(root, marker.root, files)
    words = config.statuses or _STATUSES
    meant = dict.fromkeys(words, State.INPROGRESS) | {words[0]: State.READY, words[-1]: State.DONE}
    settled = set(map(_loose, meant))
    extra = [pair for pair in states.items() if _loose(pair[0]) not in settled]
    all_ = [*extra, *meant.items()]
    keys = {_exact(word) if state is State.DONE else _loose(word): state for word, state in all_}
    return place, Tool(provider, keys, config.prefix.lower() or DEFAULT_PREFIX)


def _exact(word: str) -> str:
    return word.strip().lower()


def _loose(word: str) -> str:
    return "".join(word.split()).lower()


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


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
