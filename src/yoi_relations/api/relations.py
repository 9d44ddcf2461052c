"""The object that a Python program asks, and records with.

Every call looks at the files first, as a command does, and gives back frozen values that rest on
no open file. What a command would tell on stderr goes to the logger ``yoi_relations``, as INFO.

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
from yoi_relations.api.receipts import Receipt
from yoi_relations.api.session import session_over
from yoi_relations.files.workspace import find_again, find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index
from yoi_relations.queries.check import Check, ask_checks
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.show import Answer, ask_relations
from yoi_relations.queries.tickets import TicketInfo, all_tickets, tickets_in
from yoi_relations.recording.add import Draft, add_record
from yoi_relations.recording.retire import RetirementRequest, retire_records
from yoi_relations.states import select_states

if TYPE_CHECKING:
    from sqlmodel import Session

_LOG = logging.getLogger("yoi_relations")


class Relations:
    """The relations of one workspace.

    An object holds the workspace's place and nothing else: it can be kept for as long as you like,
    be shared between threads, and needs no closing.

    Args:
        directory: a folder inside the workspace; None for ``YOI_RELATIONS_ROOT``, else the working
            directory.
        trust: how the index is checked before it answers a question: ``stat``, ``content`` or
            ``index``, as the option ``--trust`` of the command line.

    Raises:
        UsageError: there is no such folder, or no such way to check.
        WorkspaceError: there is no workspace, or its configuration cannot be used.

    Every method raises these, too: `WorkspaceError` where the workspace is gone meanwhile, and
    `UnreadableFolderError` where a folder cannot be listed, which could hold anything.
    """

    def __init__(
        self, directory: str | os.PathLike[str] | None = None, *, trust: str = "stat"
    ) -> None:
        self._trust = arguments.trust_named(trust)
        start = None if directory is None else os.fsdecode(directory)
        self._root = find_workspace(start).root

    def show(  # noqa: PLR0913  # as many as there are filters
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
        """The relations that are active: all, or those that touch a ticket at either end.

        >>> for relation in relations.show("ZNZC", kinds="blocker").relations:
        ...     print(relation.sentence, relation.target.title if relation.target else "")
        00001KQY8ZNZC is blocked by 00001KQY8YGD9 Outgoing mail queue with retries

        Args:
            ticket: what the ticket is called: its id, its slug, the end of its id, the path of its
                folder, or a part of its id, slug or title (which one was taken is logged). Or what
                a record is called, as in `retire`: then the answer is the one relation that it
                states, active or not.
            kinds: a kind, a class or an alias, or several, with ``-`` or ``_``; none for all.
            states: a state, or several; the ticket must be in one of them (of a conflict and of
                ``related``, either end); none for any.
            everything: whether those that no longer count are wanted too.
            limit: the most to answer with; 0 for all.
            since: one of its records must have been recorded or retired since then: a time (RFC
                3339), a day, or an age such as ``90m``, ``12h``, ``7d``, ``2w``; in UTC.
            author: that record must be by this author.

        Returns:
            The relations in order, with every problem of the files. If
            `Answer.problems_in_answer` is not empty, a file that cannot be used could add or
            alter a row of this answer.

        Raises:
            UsageError: there is no such kind or state, `since` is not a time, or the limit is
                below 0.
            NotFoundError: no ticket or record is called that; `AmbiguousError` where several are.
        """
        arguments.check_texts_if_any(ticket=ticket, since=since, author=author)
        arguments.check_count(limit=limit)
        wanted = {
            "kinds": arguments.words("kinds", kinds),
            "states": arguments.words("states", states),
        }
        with self._opened() as index:
            _, answer = ask_relations(
                index.connection,
                PathBase(index.workspace),
                ticket=ticket,
                **wanted,
                everything=everything,
                limit=limit,
                since=since,
                author=author,
                in_part=_LOG.info,
            )
        return answer

    def check(self, *tickets: str, states: str | Iterable[str] = ()) -> list[Check]:
        """Whether tickets may be accepted now: a verdict each, with its reasons.

        >>> from yoi_relations import Verdict
        >>> [check] = relations.check("ZNZC")
        >>> check.verdict >= Verdict.HOLD, check.reasons[0].code
        (True, 'blocked')

        Args:
            tickets: what they are called, as in `show`, but for mere parts; none for all that are
                not resolved.
            states: instead of naming tickets, a state, or several: all that are in one of them.

        Returns:
            One check a ticket, in the order in which they were named, else by id. What could not
            be read makes a verdict `Verdict.UNKNOWN`, with a reason that names the file.

        Raises:
            UsageError: both are given, or there is no such state.
            NotFoundError: no ticket is called that; `AmbiguousError` where several are.
        """
        arguments.check_names(tickets)
        wanted = arguments.words("states", states)
        with self._opened() as index:
            base = PathBase(index.workspace)
            return ask_checks(index.connection, base, tickets=tickets, states=wanted).checks

    def tickets(self, *, states: str | Iterable[str] = ()) -> list[TicketInfo]:
        """The tickets that there are.

        >>> [ticket.id for ticket in relations.tickets(states="inprogress")]
        ['00001KQY8YGD9', '00001KRKBEGYV']

        Args:
            states: a state, or several; none for any, those included whose state is not known.

        Returns:
            By id. One whose `folder` is None has records, and no item.md.

        Raises:
            UsageError: there is no such state.
        """
        wanted = select_states(arguments.words("states", states))
        with self._opened() as index:
            if wanted:
                return tickets_in(index.connection, wanted)
            return all_tickets(index.connection)

    def add(  # noqa: PLR0913  # what a record may hold
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
        """Record a relation in a new file, unless a record says the same word for word.

        >>> receipt = relations.add("TXQY6RS", "blocks", "SJKZYPM", author="maintainer")
        >>> receipt.relation.sentence
        '00001KSJKZYPM is blocked by 00001KTXQY6RS'

        Args:
            ticket: what the ticket is called that the record is about, as in `check`.
            kind: one of the kinds, with ``-`` or ``_``.
            target: the other ticket; a note needs none.
            note: why, 16 KiB of UTF-8 at most; ``waiting`` needs one, of ``accepted-plan`` it is
                the summary.
            branch: of an accepted plan.
            worktree: likewise, a path relative to the workspace.
            role_plan: likewise, who does what; 16 KiB at most.
            author: who says so; None for ``YOI_RELATIONS_AUTHOR``, git's user.name, the login name.
            replaces: of a waiting note, an earlier one of the ticket, which is retired with it.

        Raises:
            UsageError: it is not a valid record; nothing was written.
            NotFoundError: a ticket does not exist; `AmbiguousError` where several are called that.
            WriteError: the record could not be written.
        """
        arguments.check_texts(ticket=ticket, kind=kind)
        arguments.check_texts_if_any(target=target, note=note, branch=branch, worktree=worktree)
        arguments.check_texts_if_any(role_plan=role_plan, author=author, replaces=replaces)
        workspace = find_again(self._root)
        more = (branch, worktree, role_plan, author, replaces)
        draft = Draft(ticket, kind, target, note, *more, here=workspace.root)
        with add_record(workspace, draft, _LOG.info) as done:
            return Receipt.of(done)

    def retire(self, record: str, reason: str, *, author: str | None = None) -> Receipt:
        """Retire a record, unless it is retired already: it stays, and a file beside says why.

        >>> receipt = relations.retire("01KT6FCZZ6", "The queue has been reviewed.", author="me")
        >>> [other.id for other in receipt.relation.records if not other.retired_at]
        ['x-08aaecc395e66e20']

        Args:
            record: the record's id, the start or the end of it, or its path, or ``PATH:LINE``;
                paths are absolute or relative to the workspace.
            reason: why it ends; 16 KiB of UTF-8 at most.
            author: as in `add`.

        Raises:
            UsageError: the reason is out of bounds, or the record is a retirement.
            NotFoundError: no record is called that; `AmbiguousError` where several are.
            WriteError: the retirement could not be written.
        """
        arguments.check_texts(record=record, reason=reason)
        arguments.check_texts_if_any(author=author)
        workspace = find_again(self._root)
        request = RetirementRequest((record,), reason, author, here=workspace.root)
        with retire_records(workspace, request, _LOG.info) as done:
            return Receipt.of(done)

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A SQLModel session over the index, for queries of your own; it can change nothing.

        >>> from sqlmodel import col, select
        >>> from yoi_relations.index.models import Ticket
        >>> with relations.session() as session:
        ...     query = select(Ticket).where(col(Ticket.title).contains("mail"))
        ...     print(sorted(ticket.state or "?" for ticket in session.exec(query)))
        ['closed', 'inprogress', 'planning']

        It is a view of one moment: the files were looked at when it was opened, and what changes
        while it is open is not seen. Use it in the thread that opened it. Rows stay readable when
        it is closed, but for what had not been loaded by then.

        Raises:
            RelationsError: SQLModel is not installed; the hint says how to install it.
        """
        with self._opened() as index, session_over(index.connection) as session:
            yield session

    def _opened(self) -> Index:
        return open_index(find_again(self._root), _LOG.info, trust=self._trust)
