"""One call of the program: what it was told about where to look, what to trust, how to answer."""

from __future__ import annotations

from collections.abc import Callable

from yoi_relations.errors import ExitCode, RelationsError, UnreadableFolderError, UsageError
from yoi_relations.files.stat_stamp import is_gone
from yoi_relations.files.workspace import Workspace, find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Trust
from yoi_relations.lean.sqlite import SqliteError
from yoi_relations.lean.types import NamedTuple
from yoi_relations.render.output import Mode, mode_of, notice, prepare_streams, report_error

FAILURES = (OSError, SqliteError, ImportError, AttributeError, MemoryError)
"""What a machine may fail with where no command has words of its own for it."""


class Call(NamedTuple):
    """The options that every command takes; its fields are the names in the table."""

    directory: str | None = None
    as_json: bool = False
    as_plain: bool = False
    trust: Trust | None = None

    @property
    def mode(self) -> Mode:
        """How to write the answer.

        Raises:
            UsageError: two ways were asked for.
        """
        if self.as_json and self.as_plain:
            raise UsageError("--json and --plain exclude each other", "give one of them")
        return mode_of(as_json=self.as_json, as_plain=self.as_plain)

    def workspace(self) -> Workspace:
        """The workspace that the call is about."""
        return find_workspace(self.directory)

    def notify(self, message: str) -> None:
        """Tell something beside the answer."""
        notice(message, self.mode)

    def opened(self, *, publish: bool = True) -> Index:
        """The index to answer from, checked as asked."""
        trust, workspace = self.trust or Trust.STAT, self.workspace()
        try:
            return open_index(workspace, self.notify, trust=trust, publish=publish)
        except UnreadableFolderError as error:
            if is_gone(workspace.tickets_path):
                error.no_tickets_in = workspace.tickets_path
            raise

    def tell_if_empty(self, index: Index) -> None:
        """Tell that there are no tickets, where that is so, and what one looks like."""
        if index.sources:
            return
        from yoi_relations.render.first_ticket import (  # noqa: PLC0415  # rare
            first_ticket,
            no_tickets,
        )

        root = index.workspace.tickets_path
        notice(no_tickets(root), self.mode, first_ticket(root))


def ended(act: Callable[[], int], *, as_json: bool) -> int:
    """The exit status of `act`; what ends it early is told on stderr."""
    prepare_streams()
    try:
        return act()
    except RelationsError as error:
        failed = error
    except FAILURES as error:
        from yoi_relations.failures import failure_of  # noqa: PLC0415  # for errors

        failed = failure_of(error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    report_error(failed, mode_of(as_json=as_json, as_plain=False), _how_to_begin(failed))
    return failed.exit_code


def _how_to_begin(error: RelationsError) -> list[str]:
    """What a ticket looks like, where there is no place for tickets yet."""
    if error.no_tickets_in is None:
        return []
    from yoi_relations.render.first_ticket import first_ticket  # noqa: PLC0415  # rare

    return first_ticket(error.no_tickets_in)
