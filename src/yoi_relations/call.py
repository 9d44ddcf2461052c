"""One call of the program: which workspace, which trust, which form of the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yoi_relations.errors import ExitCode, RelationsError, UnreadableFolderError, UsageError
from yoi_relations.files.stat_stamp import is_gone
from yoi_relations.files.workspace import Workspace, find_workspace
from yoi_relations.index.handle import Index, Trust
from yoi_relations.lean.sqlite import SqliteError
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple
from yoi_relations.render.output import Mode, mode_of, notice, prepare_streams, report_error

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from yoi_relations.queries.catalog import Catalog

FAILURES = (OSError, SqliteError, ImportError, AttributeError, MemoryError)
"""Errors of the machine that `failures.failure_of` turns into messages."""


class Origin(NamedTuple):
    """What a question is put to: the workspace here, or a database; the values of its options."""

    database: str | None = None
    workspaces: Sequence[str] = ()
    max_age: str | None = None


class Call(NamedTuple):
    """The values of the options that every command takes, by their names in the table."""

    directory: str | None = None
    as_json: bool = False
    as_plain: bool = False
    trust: Trust | None = None
    no_pager: bool = False

    @property
    def mode(self) -> Mode:
        """How to write the answer.

        Raises:
            UsageError: both ``--json`` and ``--plain`` were given.
        """
        if self.as_json and self.as_plain:
            raise UsageError("--json and --plain exclude each other", "give one of them")
        return mode_of(as_json=self.as_json, as_plain=self.as_plain)

    def workspace(self) -> Workspace:
        """The workspace around the directory of ``-C``, or around the working directory.

        Raises:
            UsageError: that directory does not exist.
            WorkspaceError: there is no workspace, or its configuration cannot be used.
        """
        return find_workspace(self.directory)

    def notify(self, message: str) -> None:
        """Write a notice to stderr."""
        notice(message, self.mode)

    def open_index(self, *, publish: bool = True, at: str | None = None) -> Index:
        """The index to answer from, checked as ``--trust`` says.

        Args:
            publish: whether a new index may be written to the cache folder.
            at: the revision to read the files from; None for those on the disk.

        Raises:
            UnreadableFolderError: a folder cannot be listed.
            RelationsError: the revision cannot be read.
        """
        if at is not None:
            return self._open_revisions(at=at)[0]
        from yoi_relations.index.freshness import open_index  # noqa: PLC0415  # for the files on the disk

        trust, workspace = self.trust or Trust.STAT, self.workspace()
        try:
            return open_index(workspace, self.notify, trust=trust, publish=publish)
        except UnreadableFolderError as error:
            if workspace.tool is None and is_gone(workspace.tickets_path):
                error.no_tickets_in = workspace.tickets_path
            raise

    def open_with_base(self, at: str | None, base: str) -> tuple[Index, Index]:
        """The index as in `open_index`, and that of the revision `base`; the caller closes both."""
        if at is not None:
            index, base_index = self._open_revisions(at=at, base=base)
            return index, base_index
        (base_index,) = self._open_revisions(base=base)
        try:
            return self.open_index(), base_index
        except BaseException:
            base_index.close()
            raise

    def _open_revisions(self, **names: str) -> list[Index]:
        """The indexes of revisions, each by the name of its option."""
        from yoi_relations.index.compared import open_states  # noqa: PLC0415  # for revisions

        indexes = open_states(self.directory, [*names.values()], self.notify)
        for option, index in zip(names, indexes, strict=True):
            self.notify_revision(option, index)
        return indexes

    def notify_revision(self, option: str, index: Index) -> None:
        """On a terminal, say which revision an index is of, and which option named it."""
        at = index.workspace.files.at
        if at is not None and self.mode is Mode.TABLE:
            from yoi_relations.files.git_tree import revision_words  # noqa: PLC0415  # for revisions

            commit = f": commit {at.commit}, {at.time or 'time not known'}" if at.commit else ""
            self.notify(f"{option} {revision_words(at)}{commit}")

    def refuse_unchecked(self, command: str) -> None:
        """Refuse ``--trust index`` for a command that must check the files.

        Raises:
            UsageError: it was given.
        """
        if self.trust is Trust.INDEX:
            raise UsageError(
                f"{command} must check the files: --trust index is not allowed", "leave it out"
            )

    def check_origin(self, origin: Origin) -> None:
        """Refuse options that make no sense together.

        Raises:
            UsageError: they exclude each other, or need another one.
        """
        if origin.database is None:
            if origin.workspaces or origin.max_age is not None:
                raise UsageError(
                    "--workspace and --max-age need --from",
                    "name the database with --from, or leave them out",
                )
        elif self.trust is not None:
            raise UsageError("--trust and --from exclude each other", "leave one of them out")

    def open_catalog(
        self, origin: Origin, at: str | None = None, *, quiet: bool = False
    ) -> AbstractContextManager[Catalog]:
        """What the command asks: the index, or the database that ``--from`` names.

        Args:
            origin: the options that name a database.
            at: as for `open_index`.
            quiet: whether there are no notices about the database, because it is asked often.

        Raises:
            UsageError: the options exclude each other.
            RelationsError: as in `open_index`, or the database cannot be asked.
        """
        self.check_origin(origin)
        if origin.database is None:
            index = self.open_index(at=at)
            self.notify_if_empty(index)
            return index
        if at is not None:
            raise UsageError("--at and --from exclude each other", "leave one of them out")
        from yoi_relations.extras import ExtraNeeded  # noqa: PLC0415  # for --from

        with ExtraNeeded("server"):
            from yoi_relations.server.reading import open_database  # noqa: PLC0415  # as above
        notify = _ignore if quiet else self.notify
        with_ages = self.mode is Mode.TABLE
        return open_database(
            origin.database, origin.workspaces, origin.max_age, notify, with_ages=with_ages
        )

    def notify_if_empty(self, index: Index) -> None:
        """If there are no tickets, say so and show how to create one."""
        if not index.is_empty:
            return
        from yoi_relations.render import first_ticket  # noqa: PLC0415  # for empty workspaces

        root = index.workspace.tickets_path
        hint = None if index.workspace.tool else first_ticket.first_ticket_hint(root)
        parts = (first_ticket.no_tickets_message(root), hint)
        self.notify("; ".join(filter(None, parts)))


def _ignore(_message: str) -> None:
    """Take a notice that nobody wants."""


def exit_status_of(command: Callable[[], int], *, as_json: bool) -> int:
    """Run `command`, and return its exit status; an error is written to stderr, as JSON or text."""
    prepare_streams()
    try:
        return command()
    except RelationsError as error:
        failure = error
    except FAILURES as error:
        from yoi_relations.failures import failure_of  # noqa: PLC0415  # for errors

        failure = failure_of(error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    if failure.no_tickets_in is not None:
        from yoi_relations.render.first_ticket import first_ticket_hint  # noqa: PLC0415  # for errors

        parts = (failure.hint, first_ticket_hint(failure.no_tickets_in))
        failure.hint = "; ".join(filter(None, parts))
    report_error(failure, mode_of(as_json=as_json, as_plain=False))
    return failure.exit_code
