"""Whether a publication could be older than the one that it would replace.

Generations of two checkouts cannot be compared, and clocks cannot be trusted. What counts is who
published last, and the history of the repository.
"""

from __future__ import annotations

from typing import NamedTuple

from yoi_relations.errors import RelationsError
from yoi_relations.files.safe_read import read_file
from yoi_relations.files.workspace import Workspace
from yoi_relations.git import ask_git
from yoi_relations.index.cache_folder import cache_folder, make_cache_folder, put

_BASE_LIMIT = 200
"""Bytes of the file that names a base."""
_DIGITS = frozenset("0123456789abcdef")


class PublicationRefusedError(RelationsError):
    """The publication could be older than the one in the database."""

    code = "publication_refused"


class Head(NamedTuple):
    """What a work tree has checked out.

    Attributes:
        commit: its commit, in hexadecimal.
        branch: name of the branch, or None.
        main: name of the branch that the remote's HEAD names, or None.
    """

    commit: str
    branch: str | None
    main: str | None


class Published(NamedTuple):
    """The last publication of a workspace in the database."""

    publication: int
    digest: str
    commit: str | None

    @property
    def identity(self) -> str:
        """What tells it from every other one."""
        return f"{self.publication} {self.digest}"


def read_head(workspace: Workspace) -> Head | None:
    """What is checked out; None outside of a repository, or before the first commit.

    Raises:
        GitTimeoutError: git did not answer in time.
    """
    commit = _git(workspace, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if commit is None:
        return None
    branch = _git(workspace, "symbolic-ref", "--quiet", "--short", "HEAD")
    main = _git(workspace, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    return Head(commit, branch, main and main.removeprefix("origin/"))


def is_later(workspace: Workspace, published: str | None, commit: str | None) -> bool:
    """Whether a commit is known to come after the one that is published, if any is."""
    if commit is None:
        return False
    return published is None or _is_ancestor(workspace, published, commit)


def refuse_if_older(workspace: Workspace, name: str, there: Published, head: Head | None) -> bool:
    """Refuse a publication of what is checked out if it could be older than the one that is there.

    Args:
        workspace: the checkout.
        name: of the workspace in the database.
        there: the publication in the database, with other content.
        head: what is checked out.

    Returns:
        Whether another checkout has published the same commit, with other files.

    Raises:
        PublicationRefusedError: it is older, or could be.
    """
    if read_base(workspace, name) == there.identity:
        return False
    by_force = f"relations publish --name {name} --force publishes it all the same"
    if head is None or there.commit is None:
        raise PublicationRefusedError(
            f"{name}: what is published could be later: no commit tells, and no note in .yoi says"
            " that this checkout published it",
            by_force,
        )
    if there.commit == head.commit:
        return True
    if _is_ancestor(workspace, there.commit, head.commit):
        return False
    if _is_ancestor(workspace, head.commit, there.commit):
        raise PublicationRefusedError(
            f"{name}: commit {there.commit[:12]} is published, and {head.commit[:12]} is older",
            f"git pull, and publish again; or {by_force}",
        )
    raise PublicationRefusedError(
        f"{name}: commit {there.commit[:12]} is published, and {head.commit[:12]} does not contain"
        " it",
        f"git fetch, merge it, and publish again; or {by_force}",
    )


def refuse_other_branch(name: str, head: Head | None) -> None:
    """Refuse a branch that is not the remote's main branch: its publication would hide that one.

    Raises:
        PublicationRefusedError: another branch is checked out.
    """
    if head is not None and head.branch and head.main and head.branch != head.main:
        raise PublicationRefusedError(
            f"{name}: {head.branch} is checked out, and publications are of {head.main}",
            f"check out {head.main}, or publish the branch under a --name of its own",
        )


def read_base(workspace: Workspace, name: str) -> str | None:
    """The identity of the publication that this checkout made last, or None."""
    try:
        with cache_folder(workspace) as folder:
            return read_file(_base_file(name), _BASE_LIMIT, folder).decode("ascii", "replace")
    except OSError:
        return None


def write_base(workspace: Workspace, name: str, made: Published) -> None:
    """Note the publication that this checkout made, unless that is noted already.

    Raises:
        OSError: the cache folder cannot be written.
    """
    if read_base(workspace, name) == made.identity:
        return
    with make_cache_folder(workspace) as folder:
        put(folder, _base_file(name), made.identity.encode())


def _base_file(name: str) -> str:
    return f"published-{name.replace('/', '+')}"


def _is_ancestor(workspace: Workspace, old: str, new: str) -> bool:
    """Whether one commit is an ancestor of another; False if it is not known here."""
    if not _DIGITS.issuperset(old):
        return False
    return _git(workspace, "merge-base", "--is-ancestor", old, new) is not None


def _git(workspace: Workspace, *arguments: str) -> str | None:
    """What git prints; None if it fails."""
    try:
        ran = ask_git(workspace.root, *arguments)
    except OSError:  # there is no git
        return None
    return None if ran.returncode else ran.stdout.decode("utf-8", "replace").strip()
