"""The errors of this package: what is wrong, what to do next, and the exit code."""

from __future__ import annotations

from yoi_relations.lean.types import ClassVar, IntEnum, Self

_MAX_LISTED = 10


class ExitCode(IntEnum):
    """What a command's exit status means."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    PROBLEM_IN_ANSWER = 4
    FOUND = 5
    CAUTION = 9
    HOLD = 10
    UNKNOWN = 11
    NOT_AS_EXPECTED = 12
    TIMED_OUT = 124
    INTERRUPTED = 130


class RelationsError(Exception):
    """A failure, with what to do about it.

    Attributes:
        message: what is wrong; the path first, if there is one.
        hint: what to do next, on one line without control characters, or None.
        no_tickets_in: absolute path of the missing tickets root, for a hint; None in other errors.
        exit_code: the process's exit status.
        code: the error's name in JSON.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED
    code: ClassVar[str] = "failed"

    def __init__(
        self, message: str, hint: str | None = None, *, no_tickets_in: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint if hint is None or hint.isprintable() else _one_line(hint)
        self.no_tickets_in = no_tickets_in


def _one_line(hint: str) -> str:
    from yoi_relations.characters import printable_line  # noqa: PLC0415  # only unusual names need it

    return printable_line(hint)


class UsageError(RelationsError):
    """The command line is invalid.

    Attributes:
        parameter: the name of the parameter whose value is invalid. The message begins with it. It
            is None in other errors.
    """

    exit_code = ExitCode.USAGE
    code = "usage"

    def __init__(
        self, message: str, hint: str | None = None, *, parameter: str | None = None
    ) -> None:
        super().__init__(f"{parameter}: {message}" if parameter else message, hint)
        self.parameter = parameter


class RevisionError(UsageError):
    """A revision names nothing, or not what a command needs."""

    code = "revision"


class NotFoundError(RelationsError):
    """No ticket or record has that name."""

    exit_code = ExitCode.NOT_FOUND
    code = "not_found"


class AmbiguousError(NotFoundError):
    """More than one ticket or record has that name."""

    code = "ambiguous"

    @classmethod
    def among(cls, name: str, what: str, found: list[str], hint: str) -> Self:
        """The error for a `name` that means all of `found`; only the first 10 are listed."""
        listed = found[:_MAX_LISTED]
        if len(found) > _MAX_LISTED:
            listed.append(f"{len(found) - _MAX_LISTED} more")
        return cls(f"'{name}' names {len(found)} {what}: {', '.join(listed)}", hint)


class WorkspaceError(RelationsError):
    """There is no workspace, or its configuration cannot be used."""

    code = "workspace"


class UnreadableFolderError(RelationsError):
    """A folder cannot be listed. It could hold any record, so there is no answer."""

    code = "unreadable_folder"


class WriteError(RelationsError):
    """A record or the index could not be written; existing files are unchanged."""

    code = "write_failed"


class GitError(RelationsError):
    """Git failed, is missing, or refuses the repository."""

    code = "git_failed"


class GitTimeoutError(RelationsError):
    """Git did not answer in time."""

    code = "git_timeout"
