"""The class that Python programs use to ask and to record.

Every call checks the files first, as a command does, and returns frozen values that need no open
file. The notices that a command prints to stderr go to the logger ``yoi_relations`` at level INFO.

    >>> from yoi_relations import Relations
    >>> relations = Relations()
    >>> len(relations.show().relations)
    19
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from yoi_relations.api import arguments
from yoi_relations.api.receipt import Receipt
from yoi_relations.api.session import session_over
from yoi_relations.files.workspace import find_again, find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index
from yoi_relations.queries.check import Check, ask_checks
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.show import Answer, ask_relations
from yoi_relations.queries.tickets import TicketInfo, all_tickets, tickets_in
from yoi_relations.recording.add import RecordRequest, add_record
from yoi_relations.recording.retire import RetirementRequest, retire_records
from yoi_relations.states import select_states

if TYPE_CHECKING:
    from sqlmodel import Session

_LOG = logging.getLogger("yoi_relations")


class Relations:
    """The relations of one workspace.

    An object only has the path of the workspace: it can be kept as long as you like, threads can
    share it, and it needs no closing.

    Args:
        directory: a folder inside the workspace; None for ``YOI_RELATIONS_ROOT``, else the working
            directory.
        trust: how the index is checked before it answers a question: ``stat``, ``content`` or
            ``index``, as the option ``--trust`` of the command line.

    Raises:
        UsageError: there is no such folder or no such trust.
        WorkspaceError: there is no workspace, or its configuration cannot be used.

    Every method also raises `WorkspaceError` if the workspace no longer exists, and
    `UnreadableFolderError` if a folder cannot be listed, because it could hold anything.
    """

    def __init__(
        self, directory: str | os.PathLike[str] | None = None, *, trust: str = "stat"
    ) -> None:
        self._trust = arguments.trust_named(trust)
        start = None if directory is None else os.fsdecode(directory)
        self._root = find_workspace(start).root

    def show(  # noqa: PLR0913  # one parameter per filter
        self,
        ticket: str | None = None,
        *,
        kinds: str | Iterable[str] = (),
        states: str | Iterable[str] = (),
        everything: bool = False,
        limit: int = 0,
        since: str | None = None,
        author: str | None = None,
    ) -> Answer:
        """The active relations: all, or those of a ticket, at either end.

        >>> for relation in relations.show("ZNZC", kinds="blocker").relations:
        ...     print(relation.sentence, relation.target.title if relation.target else "")
        00001KQY8ZNZC is blocked by 00001KQY8YGD9 Outgoing mail queue with retries

        Args:
            ticket: the name of a ticket: its id, its slug, the end of its id, the path of its
                folder, or a part of its id, slug or title (the log says which one was taken). Or
                the name of a record, as in `retire`: then the answer is the one relation that it
                states, active or not.
            kinds: one or more kinds, classes or aliases, with ``-`` or ``_``; none means all.
            states: one or more states; the ticket must be in one of them (for a conflict and for
                ``related``, either end); none means any.
            everything: whether to include inactive relations.
            limit: the most relations to return; 0 means all.
            since: one of its records must have been recorded or retired since then: a time (RFC
                3339), a day, or an age such as ``90m``, ``12h``, ``7d``, ``2w``; in UTC.
            author: that record must have this author.

        Returns:
            The relations in order, with every problem of the files. If
            `Answer.problems_in_answer` is not empty, a file that cannot be used could add or
            alter a relation of this answer.

        Raises:
            UsageError: there is no such kind or state, `since` is not a time, or the limit is
                below 0.
            NotFoundError: no ticket or record has that name; `AmbiguousError` if several have.
        """
        arguments.check_optional_texts(ticket=ticket, since=since, author=author)
        arguments.check_limit(limit)
        kinds, states = arguments.words("kinds", kinds), arguments.words("states", states)
        with self._open_index() as index:
            _, answer = ask_relations(
                index.connection,
                PathBase(index.workspace),
                ticket=ticket,
                kinds=kinds,
                states=states,
                everything=everything,
                limit=limit,
                since=since,
                author=author,
                in_part=_LOG.info,
            )
        return answer

    def check(self, *tickets: str, states: str | Iterable[str] = ()) -> list[Check]:
        """Whether tickets can be accepted now: one verdict per ticket, with its reasons.

        >>> from yoi_relations import Verdict
        >>> [check] = relations.check("ZNZC")
        >>> check.verdict >= Verdict.HOLD, check.reasons[0].code
        (True, 'blocked')

        Args:
            tickets: their names, as in `show`, except parts; none means all that are not resolved.
            states: instead of names, one or more states: all tickets in one of them.

        Returns:
            One check per ticket, in the order of the names, otherwise by id. A file that cannot be
            read makes a verdict `Verdict.UNKNOWN`, with a reason that names the file.

        Raises:
            UsageError: both are given, or there is no such state.
            NotFoundError: no ticket has that name; `AmbiguousError` if several have.
        """
        arguments.check_names(tickets)
        wanted = arguments.words("states", states)
        with self._open_index() as index:
            base = PathBase(index.workspace)
            return ask_checks(index.connection, base, tickets=tickets, states=wanted).checks

    def tickets(self, *, states: str | Iterable[str] = ()) -> list[TicketInfo]:
        """The tickets of the workspace.

        >>> [ticket.id for ticket in relations.tickets(states="inprogress")]
        ['00001KQY8YGD9', '00001KRKBEGYV']

        Args:
            states: one or more states; none means any, including unknown states.

        Returns:
            The tickets by id. One whose `folder` is None has records, but no item.md.

        Raises:
            UsageError: there is no such state.
        """
        wanted = select_states(arguments.words("states", states))
        with self._open_index() as index:
            if wanted:
                return tickets_in(index.connection, wanted)
            return all_tickets(index.connection)

    def add(  # noqa: PLR0913  # one parameter per field of a record
        self,
        ticket: str,
        kind: str,
        target: str | None = None,
        *,
        note: str | None = None,
        branch: str | None = None,
        worktree: str | None = None,
        role_plan: str | None = None,
        author: str | None = None,
        replaces: str | None = None,
    ) -> Receipt:
        """Record a relation in a new file, unless an identical record exists.

        >>> receipt = relations.add("TXQY6RS", "blocks", "SJKZYPM", author="maintainer")
        >>> receipt.relation.sentence
        '00001KSJKZYPM is blocked by 00001KTXQY6RS'

        Args:
            ticket: the name of the ticket that the record is about, as in `check`.
            kind: one of the kinds, with ``-`` or ``_``.
            target: the name of the other ticket; a note needs none.
            note: the reason, at most 16 KiB of UTF-8; ``waiting`` needs one, for ``accepted-plan``
                it is the summary.
            branch: the branch of an accepted plan.
            worktree: the work tree of an accepted plan, relative to the workspace.
            role_plan: who does what in an accepted plan; at most 16 KiB of UTF-8.
            author: None for ``YOI_RELATIONS_AUTHOR``, git's user.name or the login name.
            replaces: for ``waiting``, an earlier note of the ticket, which is retired.

        Raises:
            UsageError: it is not a valid record; nothing was written.
            NotFoundError: no ticket has that name; `AmbiguousError` if several have.
            WriteError: the record could not be written.
        """
        arguments.check_texts(ticket=ticket, kind=kind)
        arguments.check_optional_texts(target=target, note=note, branch=branch, worktree=worktree)
        arguments.check_optional_texts(role_plan=role_plan, author=author, replaces=replaces)
        workspace = find_again(self._root)
        options = (branch, worktree, role_plan, author, replaces)
        request = RecordRequest(ticket, kind, target, note, *options, base_folder=workspace.root)
        with add_record(workspace, request, _LOG.info) as result:
            return Receipt.of(result)

    def retire(self, record: str, reason: str, *, author: str | None = None) -> Receipt:
        """Retire a record, unless it is already retired: the record stays, a new file says why.

        >>> receipt = relations.retire("01KT6FCZZ6", "The queue has been reviewed.", author="me")
        >>> [other.id for other in receipt.relation.records if not other.retired_at]
        ['x-08aaecc395e66e20']

        Args:
            record: the record's id, the start or the end of it, or its path, or ``PATH:LINE``;
                paths are absolute or relative to the workspace.
            reason: why the record is over; at most 16 KiB of UTF-8.
            author: as in `add`.

        Raises:
            UsageError: the reason is empty or too long, or the record is a retirement.
            NotFoundError: no record has that name; `AmbiguousError` if several have.
            WriteError: the retirement could not be written.
        """
        arguments.check_texts(record=record, reason=reason)
        arguments.check_optional_texts(author=author)
        workspace = find_again(self._root)
        request = RetirementRequest((record,), reason, author, base_folder=workspace.root)
        with retire_records(workspace, request, _LOG.info) as result:
            return Receipt.of(result)

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A read-only SQLModel session over the index, for your own queries.

        >>> from sqlmodel import col, select
        >>> from yoi_relations.index.models import Ticket
        >>> with relations.session() as session:
        ...     query = select(Ticket).where(col(Ticket.title).contains("mail"))
        ...     print(sorted(ticket.state or "?" for ticket in session.exec(query)))
        ['closed', 'inprogress', 'planning']

        It shows one moment: the files are checked when it is opened, and later changes are not
        visible. Use it in the thread that opened it. Loaded attributes of rows can be read after
        it is closed.

        Raises:
            RelationsError: SQLModel cannot be imported; the hint says how to install it.
        """
        with self._open_index() as index, session_over(index.connection) as session:
            yield session

    def _open_index(self) -> Index:
        return open_index(find_again(self._root), _LOG.info, trust=self._trust)
