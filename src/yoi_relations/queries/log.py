"""The answer of `log`: the events in the lives of records, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from yoi_relations.errors import AmbiguousError, NotFoundError, UsageError
from yoi_relations.files.workspace import printable
from yoi_relations.history.lives import Event, committed_lives
from yoi_relations.history.open import with_history
from yoi_relations.history.versions import Key
from yoi_relations.history.work_tree import WorkTree
from yoi_relations.index.handle import Index, Notify
from yoi_relations.kinds import ALL_SHOWN, select_shown
from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.record_lookup import find_record, is_part
from yoi_relations.queries.ticket_lookup import resolve_ticket


class Log(NamedTuple):
    """The answer of `log`.

    Attributes:
        events: newest first, at most as many as the limit.
        total: their number without the limit.
        tip: id of the commit up to which the history was read.
        ends_early: whether the clone is shallow, so that events may be missing or older.
        missing: how many files are missing in a partial clone, so that events may be missing.
    """

    events: list[Event]
    total: int
    tip: str
    ends_early: bool
    missing: int


def ask_log(  # noqa: PLR0913  # as many as there are options
    index: Index,
    base: PathBase,
    *,
    name: str | None = None,
    kinds: Iterable[str] = (),
    since: str | None = None,
    limit: int = 0,
    in_part: Notify | None = None,
) -> Log:
    """The events of a ticket's relations, of a record, or of all records.

    Args:
        index: the index of the files.
        base: what paths are relative to.
        name: of a ticket at either end, or of a record; also of one that is gone.
        kinds: kinds, classes and aliases.
        since: a time, a day or an age; events of earlier commits are left out.
        limit: the greatest number of events to return; 0 for all.
        in_part: receives a notice if `name` is only a part of a name; None to refuse parts.

    Raises:
        UsageError: a kind does not exist, `since` is not a time, or there is no commit yet.
        NotFoundError: no ticket or record has, or had, that name.
        AmbiguousError: several have it.
        GitError: git is missing, there is no repository, git refuses it, or it lacks objects.
        GitTimeoutError: git did not answer in time.
    """
    if limit < 0:
        raise UsageError(f"the limit {limit} is below 0", "use 0 for all")
    shown = select_shown(kinds) or ALL_SHOWN
    start = ""
    if since is not None:
        from yoi_relations.queries.record_filter import instant_key  # noqa: PLC0415  # loads datetime

        start = instant_key(since)

    def answer(work_tree: WorkTree) -> Log:
        keys = None if name is None else _keys_named(work_tree, name, base, in_part)
        history = work_tree.history
        lives = committed_lives(history.connection, keys)
        work_tree.add_to(lives, keys)
        events = [
            event
            for event in lives.newest_first()
            if _has_kind(event, shown) and _is_since(event, start)
        ]
        return Log(
            events[: limit or None],
            len(events),
            work_tree.tip.id,
            history.ends_early,
            len(history.missing),
        )

    return with_history(index.workspace, index.connection, answer)


def _has_kind(event: Event, shown: frozenset[str]) -> bool:
    kind = event.record.shown if event.record else None
    # A kind that is not known could be one of those.
    return kind is None or kind in shown


def _is_since(event: Event, start: str) -> bool:
    if not start or event.commit is None:
        return True
    time = event.commit.time
    # Text that sorts like the instants is the same time with a fraction, and without the Z.
    return time is None or f"{time[:-1]}.999999999" >= start


def _keys_named(
    work_tree: WorkTree, name: str, base: PathBase, in_part: Notify | None
) -> Collection[Key]:
    """The records that touch the ticket with this name, or the record with it.

    What exists is preferred to what is gone, and a whole name to a part of one.
    """
    known = printable(name)  # as ids are: with escapes for what is not UTF-8
    canonical = base.tool.canonical(known) if base.tool else known
    for find in (
        lambda: _keys_of_ticket(work_tree, resolve_ticket(work_tree.connection, name, base).id),
        lambda: [find_record(work_tree.connection, name, base).key],
        lambda: _keys_of_ticket(work_tree, known),
        lambda: _keys_of_ticket(work_tree, canonical),
        lambda: _keys_of_lost_record(work_tree, known),
    ):
        try:
            if keys := find():
                return keys
        except AmbiguousError:
            raise
        except NotFoundError:
            pass
    try:
        ticket = resolve_ticket(work_tree.connection, name, base, in_part=in_part)
    except AmbiguousError:
        raise
    except NotFoundError as error:
        raise NotFoundError(
            f"no ticket and no record is, or was, called '{name}'",
            f"{error.hint}; what is gone has only its id",
        ) from None
    return _keys_of_ticket(work_tree, ticket.id)


def _keys_of_ticket(work_tree: WorkTree, ticket: str) -> set[Key]:
    """The records that link or linked a ticket, or are about it."""
    in_history = work_tree.history.connection.execute(
        "SELECT holder, coalesce(retires, id) FROM reached WHERE edge_ticket = ?"
        " UNION SELECT holder, coalesce(retires, id) FROM reached WHERE edge_target = ?"
        " UNION SELECT holder, coalesce(retires, id) FROM reached WHERE holder = ?",
        (ticket, ticket, ticket),
    )
    in_files = work_tree.connection.execute(
        "SELECT holder, record_id FROM record WHERE edge_ticket = ? OR edge_target = ?",
        (ticket, ticket),
    )
    return {*in_history, *in_files}


def _keys_of_lost_record(work_tree: WorkTree, name: str) -> set[Key]:
    """The record with this id, or a part of it, that only the history has."""
    rows = work_tree.history.connection.execute(
        "SELECT DISTINCT holder, id FROM reached WHERE retires IS NULL"
    )
    known = {*rows}
    keys = {key for key in known if key[1] == name} or {
        key for key in known if is_part(name, key[1])
    }
    if len(keys) > 1:
        listed = [f"{id_} of {holder}" for holder, id_ in sorted(keys)]
        raise AmbiguousError.among(name, "records that are gone", listed, "give more of the id")
    return keys
