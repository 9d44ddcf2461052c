"""Reads the configuration of Backlog.md: where its folder is, and which words mean which states."""

from __future__ import annotations

import os
from itertools import takewhile

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.configuration import CONFIG_LIMIT, check_size
from yoi_relations.files.file_tree import FileTree, is_folder
from yoi_relations.lean.types import NamedTuple

ROOT_CONFIG = "backlog.config.yml"
BACKLOG_ROOTS = ("backlog", ".backlog")
"""Folders of Backlog.md, in the order in which it looks for them."""
_FOLDER_CONFIGS = ("config.yml", "config.yaml")
_QUOTES = ("'", '"')
_PLAIN = frozenset(" _0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""Characters of words that YAML and `_plain_list` read in the same way."""


class Config(NamedTuple):
    """What is used of a configuration of Backlog.md.

    Attributes:
        statuses: empty for those that the tool uses without any.
        prefix: of ids; empty for that which the tool uses without one.
        folder: of the tool, below the root; None if none is named.
    """

    statuses: list[str]
    prefix: str = ""
    folder: str | None = None


def place_and_config(root: str, tickets_root: str | None, files: FileTree) -> tuple[str, Config]:
    """The folder of Backlog.md, and its configuration."""
    config = _read_config(files, os.path.join(root, ROOT_CONFIG))
    if tickets_root is None and config is not None:
        tickets_root = config.folder
    elif config is not None and config.folder != os.path.normpath(tickets_root or ""):
        config = None
    if tickets_root is None:
        present = [name for name in BACKLOG_ROOTS if is_folder(files, os.path.join(root, name))]
        configured = [name for name in present if _folder_config(root, name, files)]
        tickets_root = (configured or present or BACKLOG_ROOTS)[0]
    return tickets_root, config or _folder_config(root, tickets_root, files) or Config([])


def configurations(tickets_root: str) -> list[str]:
    """The paths at which Backlog.md may have a configuration, below the root of the workspace."""
    folders = dict.fromkeys((*BACKLOG_ROOTS, tickets_root))
    return [ROOT_CONFIG, *(f"{folder}/{name}" for folder in folders for name in _FOLDER_CONFIGS)]


def _folder_config(root: str, folder: str, files: FileTree) -> Config | None:
    """The configuration in a folder of Backlog.md; None if there is none."""
    paths = (os.path.join(root, folder, name) for name in _FOLDER_CONFIGS)
    return next(filter(None, (_read_config(files, path) for path in paths)), None)


def _read_config(files: FileTree, path: str) -> Config | None:
    """The configuration of Backlog.md in a file, read by lines as that tool does.

    None if there is none.

    Raises:
        WorkspaceError: it cannot be read, is too large, is not UTF-8, or has a value that cannot be
            used.
    """
    try:
        _, data = files.read(os.fsencode(path), CONFIG_LIMIT + 1)
        check_size(path, data)
        lines = data.decode("utf-8-sig").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        hint = "make it readable; it says what the states of tickets mean"
        raise WorkspaceError(f"{path}: cannot be read: {error.strerror}", hint) from error
    except UnicodeDecodeError as error:
        raise WorkspaceError(f"{path}: is not UTF-8 text", "fix the file") from error
    values: dict[str, str] = {}
    for key, colon, value in (line.partition(":") for line in lines):
        if colon and not key.lstrip().startswith("#"):
            values[key.strip()] = value.strip().strip("'\"")
    prefix = values.get("task_prefix", "")
    if "#" in prefix:  # no file is called like that, so there would be no tickets
        message = (
            f"{path}: the value of 'task_prefix' has a comment, which Backlog.md does not drop"
        )
        raise WorkspaceError(message, "write the comment on a line of its own")
    folder = values.get("backlog_directory") or values.get("backlogDirectory")
    return Config(
        _statuses(lines, path),
        prefix,
        os.path.normpath(folder) if folder else None,
    )


def _statuses(lines: list[str], path: str) -> list[str]:
    """The words for states in a configuration; Backlog.md reads this key alone as YAML.

    Raises:
        WorkspaceError: they are not a list.
    """
    first = max((at for at, line in enumerate(lines) if _key_of(line) == "statuses"), default=None)
    if first is None:
        return []
    section = [lines[first], *takewhile(lambda line: not _key_of(line), lines[first + 1 :])]
    found = _plain_list(section[0].partition(":")[2].strip()) if len(section) == 1 else None
    if found is not None:
        return found
    from yoi_relations.files.source import SourceError  # noqa: PLC0415  # few lists need it
    from yoi_relations.files.yaml_full import parse_yaml  # noqa: PLC0415  # slow to import

    try:
        (value,) = parse_yaml("\n".join(section), first + 1).values()
    except SourceError as error:
        raise _unusable_statuses(f"{path}:{error.line}", error.message) from error
    if value.items is None and (value.text or not value.scalar):
        raise _unusable_statuses(f"{path}:{value.line}", "is not a list")
    return [text.strip() for text, _ in value.items or () if text.strip()]


def _unusable_statuses(place: str, what: str) -> WorkspaceError:
    message = f"{place}: the value of 'statuses' {what}"
    return WorkspaceError(message, "write the states as a list, such as [To Do, Done]")


def _key_of(line: str) -> str:
    """The key of a line that is not indented; empty if it has none."""
    key, colon, _ = line.partition(":")
    return key.rstrip() if colon and not line.startswith((" ", "\t", "#", "- ")) else ""


def _plain_list(written: str) -> list[str] | None:
    """The texts of a list in brackets; None if only YAML tells."""
    if not (written.startswith("[") and written.endswith("]")):
        return None
    items = [item.strip() for item in written[1:-1].split(",")]
    bare = [item[1:-1] if item[:1] in _QUOTES and item[:1] == item[-1:] else item for item in items]
    is_plain = _PLAIN.issuperset("".join(bare))
    return [item.strip() for item in bare if item.strip()] if is_plain else None
