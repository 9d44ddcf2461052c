"""Finds the tickets that a new record names: its holder, and a target that may be elsewhere."""

from __future__ import annotations

from typing import NamedTuple

from yoi_relations.errors import AmbiguousError, NotFoundError, UsageError
from yoi_relations.files.workspace import Workspace
from yoi_relations.files.workspace_name import WorkspaceName, name_of
from yoi_relations.index.handle import Notify
from yoi_relations.lean.types import Connection
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.ticket_lookup import resolve_ticket
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.ticket_ids import is_elsewhere

_SPELLING = (
    "a ticket of another workspace is written as its name, a colon and the whole id, such as"
    " acme/loans:00001KTNVGT8G"
)


class NamedTickets(NamedTuple):
    """The names of the holder and the target, and what is needed to find these tickets.

    Attributes:
        holder: the name of the holder.
        target: the name of the target; None for none.
        base: what paths are relative to.
        own: what the workspace is called; None unless the target is written as one elsewhere.
    """

    holder: str
    target: str | None
    base: PathBase
    own: WorkspaceName | None

    def find_holder(self, connection: Connection) -> TicketInfo:
        """The ticket of this workspace that the record is about.

        Raises:
            NotFoundError: it does not exist or has no item.md, or its name or id is ambiguous.
        """
        return _usable(resolve_ticket(connection, self.holder, self.base))

    def find_target(self, connection: Connection, notify: Notify) -> TicketInfo | None:
        """The target; None if none is named.

        `notify` receives a notice if it is a ticket of this workspace that is named as one
        elsewhere is, by a name of this workspace.

        Raises:
            UsageError: it looks like a ticket elsewhere, and is not written as one.
            NotFoundError: as in `find_holder`.
        """
        if self.target is None:
            return None
        if self.own is None:
            return self._find_here(connection, self.target)
        (target,) = load_tickets(connection, [self.target]).values()
        workspace, _, id_ = self.target.partition(":")
        if not target.elsewhere:
            return _usable(target)
        if not self.own.includes(workspace):
            return target
        (here,) = load_tickets(connection, [id_]).values()
        if not here.folders:
            hint = f"{workspace} is this workspace; name one of its tickets"
            raise NotFoundError(f"no ticket is called '{id_}'", hint)
        notify(f"{workspace} is this workspace, so the record names {here.name}")
        return _usable(here)

    def _find_here(self, connection: Connection, name: str) -> TicketInfo:
        try:
            ticket = resolve_ticket(connection, name, self.base)
        except AmbiguousError:
            raise
        except NotFoundError as error:
            if ":" in name:
                message = f"'{name}' is neither a ticket of this workspace nor one elsewhere"
                raise UsageError(message, _SPELLING) from error
            if "#" in name:
                raise NotFoundError(error.message, _SPELLING) from error
            raise
        return _usable(ticket)


def named_tickets(
    workspace: Workspace, holder: str, target: str | None, base: PathBase
) -> NamedTickets:
    """The tickets that a request names; git is only asked if the target may be elsewhere.

    Raises:
        WorkspaceError: a configured name of the workspace is not possible.
        GitTimeoutError: git did not answer in time.
    """
    bare = None if target is None else target.strip()
    own = name_of(workspace) if bare is not None and is_elsewhere(bare) else None
    return NamedTickets(holder, bare if own else target, base, own)


def _usable(ticket: TicketInfo) -> TicketInfo:
    if ticket.folders == 0:
        raise NotFoundError(
            f"{ticket.id}: has records, but no task file",
            "restore its file first; relations doctor lists the records",
        )
    if ticket.folder is None:
        raise NotFoundError(
            f"{ticket.id}: its folder has no item.md",
            "restore its item.md first; relations doctor lists the steps",
        )
    if ticket.folders > 1:
        kept_in = "folders" if ticket.word is None else "files"
        raise AmbiguousError(
            f"{ticket.id}: {ticket.folders} {kept_in} have this id",
            "relations doctor lists the steps to merge them",
        )
    return ticket
