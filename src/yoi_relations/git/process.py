"""Runs git without `subprocess`, which takes longer to import than a lookup does.

Git and its children are one process group, so that all of them can be ended.
"""

from __future__ import annotations

import os
import select

from yoi_relations.errors import GitError, GitTimeoutError
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator, Mapping, Sequence
else:
    import _signal as signal  # `signal` imports `enum`, which costs start-up

OUTPUT_LIMIT = 1 << 28
"""Bytes that `run_git` reads of the output of one command; more of it is an error."""
_ERRORS_LIMIT = 1 << 16
"""Bytes that are kept of what git writes to stderr."""
_CHUNK = 1 << 16


class Finished(NamedTuple):
    """How a git command ended. A negative exit status is the number of a signal."""

    returncode: int
    stdout: bytes
    stderr: bytes

    @property
    def message(self) -> str:
        """What git says on stderr."""
        return _as_text(self.stderr)

    def error_and_advice(self, folder: str) -> tuple[str, str]:
        """The error that git ended with in `folder`, and its advice on one line.

        Git gives advice about another owner's folder, for example. It is empty if git gives none,
        or if the path is not printable: a command in it would hold the path, split at its newlines.
        """
        error, *lines = self.message.split("\n")
        advice = " ".join(line.strip() for line in lines if line.strip())
        return error, advice if folder.isprintable() else ""


class GitProcess:
    """A running git command. Use it in a ``with`` statement: at its end, git has ended.

    Args:
        command: the words after ``git``.
        environment: all variables.
        silence: seconds without any output after which git is ended.
        stdin: what git reads, from a file, so that it never waits for this process; None for a
            pipe, which `write` fills.

    Attributes:
        stderr: the start of what git has written to stderr so far.

    Raises:
        OSError: git cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        silence: float,
        stdin: bytes | None,
    ) -> None:
        self.stderr = b""
        self._command = command
        self._silence = silence
        self._descriptors: list[int] = []
        self._data, self._at = b"", 0
        self._status: int | None = None
        try:
            self._process = self._start(environment, stdin)
        except BaseException:
            self._close()
            raise
        self._poll = select.poll()
        for descriptor in (self._out, self._err):
            self._poll.register(descriptor, select.POLLIN)
        self._open = 2
        """How many of stdout and stderr have not ended."""

    def _start(self, environment: Mapping[str, str], stdin: bytes | None) -> int:
        reader = self._open_input(stdin)
        self._out, out = self._pipe()
        self._err, err = self._pipe()
        process = os.posix_spawnp(
            "git",
            ["git", "--no-pager", *self._command],
            environment,
            # In this order: without standard streams, the descriptors may have their numbers.
            file_actions=[
                (os.POSIX_SPAWN_DUP2, reader, 0),
                (os.POSIX_SPAWN_DUP2, out, 1),
                (os.POSIX_SPAWN_DUP2, err, 2),
            ],
            setpgroup=0,
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],  # Python ignores them, and git must not
        )
        for descriptor in (reader, out, err):
            self._close_one(descriptor)
        return process

    def _open_input(self, stdin: bytes | None) -> int:
        """The descriptor of git's stdin; `_in` is where this process writes to it, or -1."""
        self._in = -1
        if stdin:
            reader = _file_with(stdin)
            self._descriptors.append(reader)
            return reader
        reader, writer = self._pipe()
        if stdin is None:
            self._in = writer
        else:  # a small container may lack the null device
            self._close_one(writer)
        return reader

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is None:
            try:  # noqa: SIM105  # contextlib costs start-up
                os.killpg(self._process, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._wait()
        self._close()

    def write(self, data: bytes) -> None:
        """Write to git's stdin. The caller reads the answer before it writes more.

        Raises:
            GitError: git has ended.
        """
        try:
            while data:
                data = data[os.write(self._in, data) :]
        except BrokenPipeError:
            raise self.failure() from None

    def until(self, end: bytes) -> bytes | None:
        """The output up to the next `end`, which is left out; None where the output has ended.

        Raises:
            GitError: the output ends before it.
            GitTimeoutError: git was silent for too long.
        """
        while (found := self._data.find(end, self._at)) < 0:
            if not self._fill():
                if self._at < len(self._data):
                    raise self.failure()
                return None
        data = self._data[self._at : found]
        self._at = found + len(end)
        return data

    def split(self, end: bytes) -> Iterator[bytes]:
        """The parts of the output that end with `end`, which is left out.

        Raises:
            GitError: the output does not end with it.
            GitTimeoutError: git was silent for too long.
        """
        more = True
        while more:
            *parts, rest = self._data[self._at :].split(end)
            self._data, self._at = rest, 0
            yield from parts
            more = self._fill()
        if self._data:
            raise self.failure()

    def exactly(self, size: int) -> bytes:
        """The next `size` bytes of the output.

        Raises:
            GitError: the output ends before.
            GitTimeoutError: git was silent for too long.
        """
        parts = []
        while size:
            part = self._data[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            parts.append(part)
            if size and not self._fill():
                raise self.failure()
        return b"".join(parts)

    def skip(self, size: int) -> None:
        """Skip `size` bytes of the output; the errors are those of `exactly`."""
        while size:
            size -= len(self.exactly(min(size, _CHUNK)))

    def rest(self) -> bytes:
        """The rest of the output.

        Raises:
            GitError: it has more than `OUTPUT_LIMIT` bytes.
            GitTimeoutError: git was silent for too long.
        """
        parts, size = [self._data[self._at :]], 0
        self._at = len(self._data)
        while self._fill():
            parts.append(self._data)
            size += len(self._data)
            self._at = len(self._data)
            if size > OUTPUT_LIMIT:
                raise GitError(f"git {self._name()}: prints too much", self._hint())
        return b"".join(parts)

    def finish(self) -> int:
        """Close git's stdin, discard the rest of its output, and return its exit status.

        Raises:
            GitTimeoutError: git was silent for too long.
        """
        if self._in in self._descriptors:
            self._close_one(self._in)
        while self._fill():
            self._at = len(self._data)
        return self._wait()

    def check(self) -> None:
        """`finish`, and check that git has succeeded.

        Raises:
            GitError: it has not.
            GitTimeoutError: git was silent for too long.
        """
        if self.finish():
            raise self.failure()

    def failure(self) -> GitError:
        """The error for this command, with what git says; git has ended.

        Raises:
            GitTimeoutError: git was silent for too long.
        """
        self.finish()
        said = _as_text(self.stderr)
        ended = f"exit status {self._status}" if self._status else "its output is incomplete"
        return GitError(f"git {self._name()}: failed: {said or ended}", self._hint())

    def _fill(self) -> bool:
        """Wait for more of stdout, and append it to what was not used yet; False at its end."""
        while self._open:
            ready = self._poll.poll(self._silence * 1000)
            if not ready:
                self.__exit__()
                raise GitTimeoutError(f"git: no answer within {self._silence:g} s", self._hint())
            for descriptor, _ in ready:
                part = os.read(descriptor, _CHUNK)
                if not part:
                    self._poll.unregister(descriptor)
                    self._open -= 1
                elif descriptor == self._err:
                    self.stderr = (self.stderr + part)[:_ERRORS_LIMIT]
                else:
                    self._data, self._at = self._data[self._at :] + part, 0
                    return True
        return False

    def _wait(self) -> int:
        if self._status is None:
            try:
                _, status = os.waitpid(self._process, 0)
                self._status = os.waitstatus_to_exitcode(status)
            except ChildProcessError:  # a caller that ignores SIGCHLD has no child to wait for
                self._status = 0
        return self._status

    def _name(self) -> str:
        """The name of the command, after git's own options."""
        words = iter(self._command)
        for word in words:
            if word in ("-c", "-C"):
                next(words)
            else:
                return word
        return ""

    def _hint(self) -> str:
        from shlex import join  # noqa: PLC0415  # for errors

        return f"run it by hand to find the cause: git {join(self._command)}"

    def _pipe(self) -> tuple[int, int]:
        ends = os.pipe()
        self._descriptors += ends
        return ends

    def _close_one(self, descriptor: int) -> None:
        self._descriptors.remove(descriptor)
        os.close(descriptor)

    def _close(self) -> None:
        while self._descriptors:
            os.close(self._descriptors.pop())


def run_git(
    command: Sequence[str], environment: Mapping[str, str], silence: float, stdin: bytes = b""
) -> Finished:
    """Run a git command to its end; the caller checks the exit status.

    The arguments are those of `GitProcess`.

    Raises:
        OSError: git cannot be started.
        GitError: it printed more than `OUTPUT_LIMIT` bytes.
        GitTimeoutError: it was silent for too long.
    """
    with GitProcess(command, environment, silence, stdin) as process:
        output = process.rest()
        return Finished(process.finish(), output, process.stderr)


def _as_text(stderr: bytes) -> str:
    return stderr.decode("utf-8", "replace").strip()


def _file_with(data: bytes) -> int:
    """A descriptor of an unnamed file with this content."""
    try:
        descriptor = os.memfd_create("input")
    except (AttributeError, OSError):  # the system has none, or refuses it
        import tempfile  # noqa: PLC0415  # slow to import, and rarely needed

        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.lseek(descriptor, 0, os.SEEK_SET)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
