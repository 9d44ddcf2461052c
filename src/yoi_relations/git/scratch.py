"""A scratch repository: it is empty, and borrows the objects of the real one.

Git reads objects in it without the configuration, the attributes, the hooks and the replaced
objects of the real repository. So no program that they name is run, a missing object is not fetched
from anywhere, and nothing is written into the real repository.
"""

from __future__ import annotations

import os

from yoi_relations.errors import GitError
from yoi_relations.git.process import Finished, GitProcess, run_git
from yoi_relations.git.repository import Repository
from yoi_relations.lean.types import Self

SILENCE = 60.0
"""Seconds without output after which a command is ended; it may have to read a large pack."""
_HEAD = b"ref: refs/heads/none\n"
_CONFIGS = {
    "sha1": b"[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
    "sha256": b"[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
    b"[extensions]\n\tobjectformat = sha256\n",
}
_DRAFT = "git-draft-"
"""How the names begin of repositories in the cache folder that are removed at the end, or renamed.
Writers of the cache folder remove those of killed processes."""
_FOLDERS = ("objects", "refs")
_KEPT_VARIABLES = ("GIT_EXEC_PATH",)
"""Variables of git that do not choose what it reads: an unusual installation needs them."""


class ScratchRepository:
    """An empty repository with the objects of `repository`. Use it in a ``with`` statement.

    It is kept in the cache folder, as ``git-sha1`` or ``git-sha256``, or is temporary where that
    cannot be written, or where something else has that name.

    Args:
        repository: the real one.
        cache: absolute path of the cache folder, without links; None for a temporary repository.
        for_objects: whether git will write objects into it. Then it is removed at the end.

    Attributes:
        path: absolute path of the scratch repository, inside the ``with`` statement.

    Raises:
        OSError: no temporary folder can be written.
        GitError: the format of the objects is unknown.
    """

    def __init__(
        self, repository: Repository, cache: str | None, *, for_objects: bool = False
    ) -> None:
        self.path = ""
        self._for_objects = for_objects
        self._repository = repository
        self._cache = cache
        self._temporary = ""
        if repository.object_format not in _CONFIGS:
            raise GitError(
                f"{repository.common}: its objects have the unknown format"
                f" {repository.object_format}",
                "a newer version of relations may know it",
            )

    def __enter__(self) -> Self:
        path = None
        if self._cache is not None:
            path = self._draft(self._cache) if self._for_objects else self._kept(self._cache)
        if path is None:
            import tempfile  # noqa: PLC0415  # only where the cache folder cannot be used

            self._temporary = tempfile.mkdtemp(prefix="relations-git-")
            path = os.path.join(self._temporary, "git")
            self._create(path)
        self.path = path
        return self

    def __exit__(self, *_: object) -> None:
        if self._temporary:
            _remove(self._temporary)

    def run(self, *command: str, stdin: bytes = b"") -> Finished:
        """Run a git command to its end; the caller checks the exit status.

        Raises:
            OSError: git cannot be started.
            GitError: it printed too much.
            GitTimeoutError: it was silent for too long.
        """
        return run_git(command, self.environment(), SILENCE, stdin)

    def start(self, *command: str, stdin: bytes | None) -> GitProcess:
        """A git command whose output is read while it runs; see `GitProcess`.

        Raises:
            OSError: git cannot be started.
        """
        return GitProcess(command, self.environment(), SILENCE, stdin)

    def environment(self) -> dict[str, str]:
        """The variables for git in this repository."""
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name in _KEPT_VARIABLES
        }
        shallow = self._repository.shallow
        return (
            variables
            | {
                "GIT_DIR": self.path,
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(self._repository.objects),
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_ATTR_NOSYSTEM": "1",
                "GIT_NO_REPLACE_OBJECTS": "1",
                "GIT_NO_LAZY_FETCH": "1",
                "GIT_TERMINAL_PROMPT": "0",
                "GIT_FLUSH": "0",  # otherwise `git log` writes each commit by itself
            }
            | ({"GIT_SHALLOW_FILE": shallow} if shallow else {})
        )

    def _draft(self, cache: str) -> str | None:
        """The path of a repository in the cache folder for this process; None if that fails."""
        path = _draft_in(cache)
        try:
            self._create(path)
        except OSError:
            _remove(path)
            return None
        self._temporary = path
        return path

    def _kept(self, cache: str) -> str | None:
        """The path in the cache folder; None if it cannot be made, or is not as it was made."""
        path = os.path.join(cache, f"git-{self._repository.object_format}")
        try:
            if not os.path.lexists(path):
                self._make_kept(cache, path)
            return path if self._is_intact(path) else None
        except OSError:
            return None

    def _make_kept(self, cache: str, path: str) -> None:
        draft = _draft_in(cache)
        try:
            self._create(draft)
            os.rename(draft, path)
        except OSError:  # another process may have made it
            _remove(draft)
            raise

    def _create(self, path: str) -> None:
        os.mkdir(path, 0o700)
        for name in _FOLDERS:
            os.mkdir(os.path.join(path, name), 0o700)
        for name, data in self._files():
            with open(os.path.join(path, name), "xb") as file:
                file.write(data)

    def _is_intact(self, path: str) -> bool:
        """Whether a folder holds what `_create` makes and nothing else.

        A checkout can bring a folder of this name, with a configuration that names programs.
        """
        files, folders = self._files(), [os.path.join(path, name) for name in _FOLDERS]
        return (
            not any(map(os.path.islink, (path, *folders)))
            and {*os.listdir(path)} == {*_FOLDERS, *(name for name, _ in files)}
            and not any(map(os.listdir, folders))
            and all(read_small(os.path.join(path, name)) == data for name, data in files)
        )

    def _files(self) -> tuple[tuple[str, bytes], ...]:
        return ("HEAD", _HEAD), ("config", _CONFIGS[self._repository.object_format])


def read_small(path: str) -> bytes:
    """The first 4 KiB of a file; it follows no link, and waits for no writer.

    Raises:
        OSError: it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)


def _draft_in(cache: str) -> str:
    return os.path.join(cache, f"{_DRAFT}{os.urandom(8).hex()}")


def _remove(folder: str) -> None:
    """Remove a folder and all in it, as far as that is possible; `shutil` costs start-up.

    A checkout can bring a link of that name, which is not followed.
    """
    if os.path.islink(folder):
        return
    for place, folders, files in os.walk(folder, topdown=False):
        for path in (os.path.join(place, name) for name in (*files, *folders)):
            _remove_one(path)
    _remove_one(folder)


def _remove_one(path: str) -> None:
    is_folder = os.path.isdir(path) and not os.path.islink(path)
    try:
        (os.rmdir if is_folder else os.unlink)(path)
    except OSError:
        return


def _quoted(path: str) -> str:
    """A path in a list that colons separate; a path in quotes may contain any character."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
