"""What `show` and `check` do with ``--worktrees``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from yoi_relations.call import Call, Origin
from yoi_relations.errors import ExitCode, NotFoundError, UsageError
from yoi_relations.files.revision import find_states
from yoi_relations.git.repository import find_repository
from yoi_relations.index.compared import open_all
from yoi_relations.index.handle import Index, Trust
from yoi_relations.index.worktrees import Worktrees, open_worktrees
from yoi_relations.lean.types import Any
from yoi_relations.queries.check import ask_checks
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.show import Filter, ask_relations
from yoi_relations.queries.worktree_check import check_in_worktrees, refuse_ticket_of_another
from yoi_relations.queries.worktree_show import find_in_worktrees, first_that_knows
from yoi_relations.queries.worktree_sides import disagreements_about
from yoi_relations.render import worktrees as render
from yoi_relations.states import State


def show_worktrees(call: Call, origin: Origin, at: str | None, asked: dict[str, Any]) -> ExitCode:
    """Show the relations that match `asked`, the arguments of `ask_relations`, in any work tree."""

    def criteria_in(one: Index, base: PathBase) -> Filter:
        return ask_relations(one.connection, base, in_part=call.notify, **asked)[0]

    with _opened(call, origin, at) as (index, trees, _):
        criteria = first_that_knows(trees, criteria_in, os.curdir)
        found = find_in_worktrees(trees, criteria)
        paged = not call.no_pager
        return render.write_relations(call.mode, index, trees, criteria, found, paged=paged)


def check_worktrees(  # noqa: PLR0913, PLR0917  # the options of `check`
    call: Call,
    origin: Origin,
    at: str | None,
    base: str | None,
    tickets: list[str],
    states: Iterable[State],
    expect: str | None,
) -> ExitCode:
    """Say whether tickets may be accepted now, as all work trees see it."""
    with _opened(call, origin, at, base) as (index, trees, base_index):
        paths = PathBase(index.workspace, os.curdir)
        try:
            own = ask_checks(
                index.connection, paths, tickets=tickets, states=states, base_index=base_index
            )
        except NotFoundError as error:
            refuse_ticket_of_another(trees, tickets, error)
        return render.write_checks(
            call.mode,
            index,
            trees,
            check_in_worktrees(trees, own),
            disagreements_about(trees, [check.ticket.id for check in own.checks]),
            expect=expect,
            named=bool(tickets),
            by_state=bool(states),
            paged=not call.no_pager,
        )


@contextmanager
def _opened(
    call: Call, origin: Origin, at: str | None, base: str | None = None
) -> Iterator[tuple[Index, Worktrees, Index | None]]:
    """The indexes of this work tree, of all work trees, and of the base if there is one.

    Raises:
        UsageError: the options exclude each other.
    """
    call.check_origin(origin)
    for flag, value in (("--at", at), ("--from", origin.database)):
        if value is not None:
            message = f"{flag} and --worktrees exclude each other"
            raise UsageError(message, "leave one of them out")
    with ExitStack() as stack:
        index = stack.enter_context(call.open_index())
        call.notify_if_empty(index)
        root, base_index = index.workspace.root, None
        if base is None:
            repository = find_repository(root)
        else:
            (found,) = find_states(root, [base])  # one process of git for both
            repository = found.repository
            base_index = stack.enter_context(open_all(root, [found], call.notify)[0])
            call.notify_revision("base", base_index)
        trust = call.trust or Trust.STAT
        trees = stack.enter_context(open_worktrees(index, repository, trust, call.notify))
        yield index, trees, base_index
