"""The real repository around a folder, and what a revision names in it.

Only names are resolved there. Git decides whether the repository may be used at all: one of another
owner is refused, unless git's configuration has it in ``safe.directory``.
"""

from __future__ import annotations

import os

from yoi_relations.errors import GitError, RevisionError
from yoi_relations.git.ask import ask_git
from yoi_relations.git.process import Finished
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_IDENTITY = ("--show-object-format", "--show-cdup", "--git-common-dir")
_ID_LENGTHS = (40, 64)
_NO_NAME = "the name of a revision is empty"
_OTHER_NAME = "name a commit, a tag or a branch; git log shows the commits"
_HINT = "run it inside a git repository; without git only the present files are read"


class Repository(NamedTuple):
    """A repository with a work tree.

    Attributes:
        folder: absolute path, without links, of the folder that was asked for.
        prefix: path of `folder` below the top of the work tree; empty for the top itself.
        common: absolute path of the folder that all work trees share, usually ``.git``.
        object_format: ``sha1`` or ``sha256``.
    """

    folder: str
    prefix: str
    common: str
    object_format: str

    @property
    def top(self) -> str:
        """Absolute path of the work tree."""
        return self.folder[: len(self.folder) - len(self.prefix)].rstrip("/") or "/"

    @property
    def objects(self) -> str:
        """Absolute path of the folder of objects."""
        return os.path.join(self.common, "objects")

    @property
    def shallow(self) -> str | None:
        """Absolute path of the list of commits whose parents are missing; None if all are here."""
        path = os.path.join(self.common, "shallow")
        return path if os.path.exists(path) else None


class Revision(NamedTuple):
    """What a revision names.

    Attributes:
        repository: the repository.
        name: the revision, as it was given.
        id: of the object that it names, in hexadecimal. It may be of any type, or missing.
        warning: what git says about it, such as that the reflog is too short; or empty.
    """

    repository: Repository
    name: str
    id: str
    warning: str


class Range(NamedTuple):
    """Two revisions of one repository.

    Attributes:
        first: the first revision.
        second: the second one.
        bases: ids of the commits where their histories meet; several if branches were merged
            crosswise, none if they do not meet.
    """

    first: Revision
    second: Revision
    bases: list[str]


def find_revision(folder: str, name: str) -> Revision:
    """The repository around `folder`, and what the revision `name` is in it.

    Args:
        folder: absolute path without links.
        name: any revision that git understands.

    Raises:
        RevisionError: the revision names nothing.
        GitError: git is missing, there is no repository, or git refuses it.
        GitTimeoutError: git did not answer in time.
    """
    ran = _rev_parse(folder, *_IDENTITY, "--verify", "--end-of-options", name)
    repository, ids = _read_identity(folder, ran)
    if ran.returncode:
        raise _unknown(name, ran)
    return Revision(repository, name, ids[0], ran.message)


def find_revisions(folder: str, names: Sequence[str]) -> list[Revision]:
    """What each of some revisions is in the repository around `folder`, with one question to git.

    What git says about them is in the first one. The arguments and errors are those of
    `find_revision`.
    """
    if len(names) > 1 and all(map(_is_single, names)):
        ran = _rev_parse(folder, *_IDENTITY, *names)
        if not ran.returncode:
            repository, ids = _read_identity(folder, ran)
            if len(ids) == len(names):
                warnings = [ran.message] + [""] * (len(ids) - 1)
                parts = zip(names, ids, warnings, strict=True)
                return [Revision(repository, *each) for each in parts]
    return [find_revision(folder, name) for name in names]  # says which of them is wrong


def _is_single(name: str) -> bool:
    """Whether git takes a name for at most one revision, also without ``--verify``.

    That option takes a single name. Without it, options, ranges and ``^@``, the parents, are names.
    """
    several = ("..", "^@", "^!", "^-")
    return not name.startswith(("-", "^")) and not any(mark in name for mark in several)


def find_repository(folder: str) -> Repository:
    """The repository around `folder`; the errors are those of `find_revision`."""
    ran = _rev_parse(folder, *_IDENTITY)
    if ran.returncode:
        raise _refusal(folder, ran)
    return _read_identity(folder, ran)[0]


def find_range(folder: str, first: str, second: str) -> Range:
    """The repository around `folder`, and two commits with their merge bases.

    The errors are those of `find_revision`; a revision that is not a commit is one, too.
    """
    name = f"{first}...{second}"
    if not first or not second:  # git would take HEAD
        raise RevisionError(_NO_NAME, _OTHER_NAME)
    # Without --verify, which refuses ranges, git would take it for an option.
    if name.startswith("-"):
        raise RevisionError(f"{first}: is not a revision, because it begins with -", _OTHER_NAME)
    ran = _rev_parse(folder, *_IDENTITY, name)
    repository, ids = _read_identity(folder, ran)
    if ran.returncode:
        for each in (first, second):
            find_revision(folder, each)  # says which of them is wrong
        raise RevisionError(f"{name}: one of them is not a commit", _OTHER_NAME)
    later, earlier, *bases = ids
    return Range(
        Revision(repository, first, earlier, ran.message),
        Revision(repository, second, later, ran.message),
        [base.removeprefix("^") for base in bases],
    )


def _read_identity(folder: str, ran: Finished) -> tuple[Repository, list[str]]:
    """The repository that git describes in answer to `_IDENTITY`, and the ids that follow.

    Raises:
        GitError: git answers nothing, or the folder is not in the work tree.
    """
    object_format, _, rest = os.fsdecode(ran.stdout).partition("\n")
    if not object_format:
        raise _refusal(folder, ran)
    up, _, rest = rest.partition("\n")
    lines = rest.removesuffix("\n").split("\n")
    ids: list[str] = []
    # A path may contain newlines, and the ids are last.
    while lines[1:] and _is_id(lines[-1]):
        ids.insert(0, lines.pop())
    top = os.path.normpath(os.path.join(folder, up))
    prefix = os.path.relpath(folder, top)
    if prefix.startswith(os.pardir):
        raise GitError(f"{_printable(folder)}: is not in the work tree {_printable(top)}", _HINT)
    repository = Repository(
        folder,
        "" if prefix == "." else prefix,
        os.path.realpath(os.path.join(folder, "\n".join(lines))),
        object_format,
    )
    return repository, ids


def _is_id(line: str) -> bool:
    """Whether a line is an id, or an id that is excluded, as git prints it."""
    id_ = line.removeprefix("^")
    return len(id_) in _ID_LENGTHS and not id_.strip("0123456789abcdef")


def _rev_parse(folder: str, *arguments: str) -> Finished:
    try:
        return ask_git(folder, "--no-replace-objects", "rev-parse", *arguments)
    except OSError as error:
        message = f"git: cannot be run: {error.strerror or error}"
        raise GitError(message, _HINT) from error


def _refusal(folder: str, ran: Finished) -> GitError:
    """The error for a folder in which git answers nothing."""
    error, advice = ran.error_and_advice(folder)
    return GitError(f"{_printable(folder)}: {error}", advice or _HINT)


def _unknown(name: str, ran: Finished) -> RevisionError:
    if not name:
        return RevisionError(_NO_NAME, _OTHER_NAME)
    said = ran.message.removeprefix("fatal: ")
    if said == "Needed a single revision":
        said = "there is no such revision in this repository"
        if name == "HEAD":
            said = "there is no commit yet"
    return RevisionError(f"{name}: {said}", _OTHER_NAME)


def _printable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")
