"""The name of a workspace and its aliases, by which other workspaces name its tickets."""

from __future__ import annotations

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.configuration import read_configuration
from yoi_relations.files.workspace import Workspace
from yoi_relations.git import ask_git
from yoi_relations.lean.types import NamedTuple
from yoi_relations.ticket_ids import MAX_WORKSPACE_NAME, is_workspace_name

_CONFIG = ".yoi/workspace.toml"
_REMOTES = r"^remote\..*\.url$"


class WorkspaceName(NamedTuple):
    """What a workspace is called.

    Attributes:
        name: from the configuration, otherwise from the git remote; None if there is neither.
        aliases: other names, such as earlier ones.
    """

    name: str | None
    aliases: tuple[str, ...]

    def includes(self, name: str) -> bool:
        """Whether the workspace has this name or alias."""
        return name == self.name or name in self.aliases


def name_of(workspace: Workspace) -> WorkspaceName:
    """What a workspace is called; git is only asked if the configuration has no name.

    Raises:
        WorkspaceError: the configuration cannot be used, or one of the names is not possible.
        GitTimeoutError: git did not answer in time.
    """
    configured = read_configuration(workspace.root, _CONFIG) or {}
    name, aliases = configured.get("name"), configured.get("aliases", [])
    if name is not None:
        _check("name", name)
    if not isinstance(aliases, list):
        raise WorkspaceError(f"{_CONFIG}: aliases must be a list of names", _HINT)
    for alias in aliases:
        _check("aliases", alias)
    return WorkspaceName(_default_name(workspace) if name is None else name, tuple(aliases))


_HINT = (
    "a name has a-z, 0-9, '.', '_', '-' and '/', begins with a letter or digit, and has at most"
    f" {MAX_WORKSPACE_NAME} characters, such as acme/loans"
)


def _check(key: str, name: object) -> None:
    if not isinstance(name, str) or not is_workspace_name(name):
        raise WorkspaceError(f"{_CONFIG}: {key}: {name!r} cannot be a workspace's name", _HINT)


def _default_name(workspace: Workspace) -> str | None:
    """The last two parts of the path of the remote ``origin``, or of the only remote."""
    try:
        ran = ask_git(workspace.root, "config", "--null", "--get-regexp", _REMOTES)
    except OSError:  # git is not installed
        return None
    urls: dict[str, str] = {}
    for entry in ran.stdout.decode("utf-8", "replace").split("\0"):
        key, _, url = entry.partition("\n")
        if url:
            urls.setdefault(key, url)
    url = urls.get("remote.origin.url") or (next(iter(urls.values())) if len(urls) == 1 else "")
    return _name_in(url)


def _name_in(url: str) -> str | None:
    """The name in a remote's URL; only its path is used, so no user or password is in it."""
    _, is_url, rest = url.partition("://")
    host, colon, path = url.partition(":")
    if is_url:
        _, _, path = rest.partition("/")
    elif not colon or "/" in host:  # a path on this machine
        path = url
    parts = [part for part in path.split("/") if part]
    name = "/".join(parts[-2:]).removesuffix(".git").lower()
    return name if is_workspace_name(name) else None
