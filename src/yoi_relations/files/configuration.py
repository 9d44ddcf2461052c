"""Reads the configuration of a workspace: which tool keeps the tickets, and where their root is."""

from __future__ import annotations

import os

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.safe_read import DISK
from yoi_relations.files.toml_plain import read_plain
from yoi_relations.lean.types import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from yoi_relations.files.file_tree import FileTree
    from yoi_relations.files.other_tools import Tool

CONFIG_LIMIT = 64 * 1024
"""Largest size of a configuration, in bytes."""
_TABLES = {
    ".yoi/workspace.toml": ("ticket", "backend"),
    ".yoi/ticket.config.toml": ("backend",),
}
"""The table about the tickets in each configuration."""
CONFIGURATIONS = tuple(_TABLES)
"""The configurations that may name a tickets root, as paths below the root of the workspace.

The first that names one, or another tool, decides.
"""
_BUILTIN = "builtin:"
"""The start of the names of providers that are layouts of yoi."""


class Backend(NamedTuple):
    """What a configuration says about the tickets.

    Attributes:
        provider: the name of the other tool that keeps them; None for the layouts of yoi.
        root: the tickets root; None if it names none.
        states: the states of words of that tool, not checked yet.
    """

    provider: str | None
    root: str | None
    states: object


def read_backend(root: str, config: str, files: FileTree) -> Backend:
    """What the configuration `config`, a path below `root`, says about the tickets.

    Raises:
        WorkspaceError: as `read_configuration`; or the root or the provider is not text.
    """
    return _backend_in(config, read_configuration(root, config, files))


def named_root(config: str, data: bytes, tool: Tool | None) -> str | None:
    """The tickets root that the configuration `config` names for tickets of `tool`; or None.

    Args:
        config: its path below the workspace.
        data: its content.
        tool: None for the layouts of yoi.

    Raises:
        WorkspaceError: it is not valid TOML, or the root or the provider is not text.
    """
    backend = _backend_in(config, _parsed(config, data))
    return backend.root if backend.provider == (tool and tool.provider.value) else None


def _backend_in(config: str, values: dict[str, Any] | None) -> Backend:
    table: Any = values
    for key in _TABLES[config]:
        table = table.get(key) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        return Backend(None, None, None)
    provider = _text(table, config, "provider")
    if provider is not None and provider.startswith(_BUILTIN):
        provider = None
    return Backend(provider, _text(table, config, "root"), table.get("states"))


def _text(table: dict[str, Any], config: str, name: str) -> str | None:
    value = table.get(name)
    if value is None or (isinstance(value, str) and value and "\0" not in value):
        return value
    what = "a path as text" if name == "root" else "text"
    path = ".".join((*_TABLES[config], name))
    raise WorkspaceError(f"{config}: {path} must be {what}", "fix the file")


def read_configuration(root: str, config: str, files: FileTree = DISK) -> dict[str, Any] | None:
    """The values of the configuration `config`, a path below `root`; None if there is none.

    Raises:
        WorkspaceError: it cannot be read, is too large, or is not valid TOML.
    """
    try:
        _, data = files.read(os.fsencode(os.path.join(root, config)), CONFIG_LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WorkspaceError(
            f"{config}: cannot be read: {error.strerror}",
            "make it readable; it may name another tickets root",
        ) from error
    return _parsed(config, data)


def _parsed(config: str, data: bytes) -> dict[str, Any]:
    check_size(config, data)
    try:
        text = data.decode()
        values = read_plain(text)
        if values is None:
            import tomllib  # noqa: PLC0415  # slow to import

            from yoi_relations.files.toml_bounds import check_bounds  # noqa: PLC0415  # only used together with tomllib

            check_bounds(text)
            values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise WorkspaceError(f"{config}: is not valid TOML: {error}", "fix the file") from error
    return values


def check_size(path: str, data: bytes) -> None:
    """Refuse a configuration that is too large.

    Raises:
        WorkspaceError: it is.
    """
    if len(data) > CONFIG_LIMIT:
        raise WorkspaceError(f"{path}: is larger than {CONFIG_LIMIT} bytes", "shorten the file")
