"""Puts the answers of one workspace into the database: all or nothing, and never older over newer.

One transaction holds a lock on the workspace's row, compares what is there with the index by
ticket, and replaces what differs. A publication that was cut off changes nothing, so it can be
repeated.
"""

from __future__ import annotations

import contextlib
from typing import NamedTuple

import psycopg
from psycopg.errors import ConnectionTimeout
from tenacity import RetryCallState, Retrying, stop_after_delay, wait_random_exponential

from yoi_relations.errors import RelationsError
from yoi_relations.index.handle import Index, Progress
from yoi_relations.index.store import PARSER_VERSION
from yoi_relations.server.age import Head, Published, is_later, refuse_if_older, write_base
from yoi_relations.server.connection import connect
from yoi_relations.server.content import Content, key_of
from yoi_relations.server.replacement import (
    copy_rows,
    delete_rows,
    find_difference,
    insert_rows,
)
from yoi_relations.server.schema import begin_in_schema

RETRY_SECONDS = 30.0
"""Seconds for which a publication that was cut off is repeated."""
_AGAIN = ("08", "40")
"""Classes of SQLSTATE after which a publication is repeated: connections, conflicts."""
_AGAIN_STATES = frozenset({"53300", "57P01", "57P02", "57P03"})
"""The same, single states: too many connections, a server that stops or starts."""
_FINISH = (
    "UPDATE workspace SET publication = %s, digest = %s, git_commit = %s, parser_version = %s,"
    " tickets_root = %s, aliases = %s, published_at = now() WHERE workspace_id = %s"
)
"""Notes what is in the database now."""


class Request(NamedTuple):
    """What to publish.

    Attributes:
        opened: the workspace's index, read with `head` checked out.
        name: of the workspace in the database.
        head: what is checked out, or None.
        force: whether it may replace a publication that could be newer.
        aliases: other names by which records of other workspaces name its tickets.
    """

    opened: Index
    name: str
    head: Head | None
    force: bool
    aliases: tuple[str, ...] = ()


class Publication(NamedTuple):
    """What a publication did.

    Attributes:
        name: of the workspace.
        there: what is in the database now; its number stays if nothing differs.
        folders: tickets whose rows were written.
        gone: tickets whose rows were deleted, because the workspace has them no longer.
        changed: whether anything differed.
        same_commit: whether it replaced another checkout's publication of the same commit.
        unusable_aliases: aliases that are names of other published workspaces, and mean those.
    """

    name: str
    there: Published
    folders: int
    gone: int
    changed: bool
    same_commit: bool
    unusable_aliases: tuple[str, ...]


def publish(database: str, request: Request, progress: Progress) -> Publication:
    """Publish a workspace, and again if the connection was cut off.

    Raises:
        PublicationRefusedError: it could be older than what is there.
        OtherSchemaError: the tables are not those of this version of the program.
        psycopg.Error: the server cannot be reached, or refuses.
    """
    reached = False

    def attempt() -> Publication:
        nonlocal reached
        with connect(database) as connection:
            reached = True
            return _publish_once(connection, request, progress)

    def may_succeed(attempted: RetryCallState) -> bool:
        error = attempted.outcome and attempted.outcome.exception()
        if not isinstance(error, psycopg.OperationalError):
            return False
        state = error.sqlstate
        if state is not None:
            return state.startswith(_AGAIN) or state in _AGAIN_STATES
        # Nothing tells a connection that was cut before it was open from a wrong name of the
        # server, except that a wrong name fails again.
        may_be_cut = attempted.attempt_number == 1 and not isinstance(error, ConnectionTimeout)
        return reached or may_be_cut

    retrying = Retrying(
        retry=may_succeed,
        wait=wait_random_exponential(multiplier=0.1, max=3),
        stop=stop_after_delay(RETRY_SECONDS),
        reraise=True,
    )
    done = retrying(attempt)
    # Where the cache folder cannot be written, the commit decides next time.
    with contextlib.suppress(OSError):
        write_base(request.opened.workspace, request.name, done.there)
    return done


def _publish_once(
    connection: psycopg.Connection, request: Request, progress: Progress
) -> Publication:
    """One attempt, in one transaction."""
    key = key_of(request.name)
    there, parser_version, aliases = _begin_and_lock(connection, key, request.name)
    unusable = _published_names(connection, request)
    index, digest = request.opened, request.opened.generation.digest
    commit = request.head and request.head.commit
    wanted = (digest, PARSER_VERSION, _joined(request.aliases))
    if (there.digest, parser_version, aliases) == wanted:
        if not is_later(index.workspace, there.commit, commit):
            commit = there.commit
        made = Published(there.publication, digest, commit)
        _finish_unchanged(connection, key, made, request, waits=made != there)
        return Publication(
            *(request.name, made, 0, 0), changed=False, same_commit=False, unusable_aliases=unusable
        )
    same_commit = False
    if there.publication and not request.force:
        same_commit = refuse_if_older(index.workspace, request.name, there, request.head)
    difference = find_difference(
        connection,
        key,
        Content(index.connection, request.name),
        everything=parser_version != PARSER_VERSION,
    )
    made = Published(there.publication + 1, digest, commit)
    rows = difference.few_rows()
    if rows is None:
        if there.publication:
            delete_rows(connection, key, difference)
        copy_rows(connection, difference, progress)
    with connection.pipeline():
        if rows is not None:
            delete_rows(connection, key, difference)
            insert_rows(connection, rows)
        _finish(connection, key, made, request)
    counts = len(difference.changed), len(difference.gone)
    return Publication(
        *(request.name, made, *counts),
        changed=True,
        same_commit=same_commit,
        unusable_aliases=unusable,
    )


def _finish(connection: psycopg.Connection, key: int, made: Published, request: Request) -> None:
    """Note what is in the database now, and commit."""
    connection.execute(_FINISH, _finish_values(key, made, request))
    # `Connection.commit` would wait for the statements before it.
    connection.execute("COMMIT")


def _finish_unchanged(
    connection: psycopg.Connection, key: int, made: Published, request: Request, *, waits: bool
) -> None:
    """The same in one message, where nothing has changed, apart from the commit.

    Such a publication proves that what is there still holds. If the commit is the same, only that
    can be lost if the server crashes, so there is no need that it `waits` for the server's disk.
    """
    first = "" if waits else "SET LOCAL synchronous_commit = off; "
    statements = f"{first}{_FINISH}; COMMIT"
    psycopg.ClientCursor(connection).execute(
        statements.encode(), _finish_values(key, made, request)
    )


def _finish_values(key: int, made: Published, request: Request) -> tuple[object, ...]:
    root = request.opened.generation.tickets_root
    return (*made, PARSER_VERSION, root, _joined(request.aliases), key)


def _joined(aliases: tuple[str, ...]) -> str:
    """Aliases as the database has them."""
    return " ".join(aliases)


def _published_names(connection: psycopg.Connection, request: Request) -> tuple[str, ...]:
    """The aliases that are the names of other published workspaces."""
    aliases = [alias for alias in request.aliases if alias != request.name]
    if not aliases:
        return ()
    query = "SELECT name FROM workspace WHERE name = ANY(%s) ORDER BY name"
    return tuple(name for (name,) in connection.execute(query, (aliases,)))


def _begin_and_lock(
    connection: psycopg.Connection, key: int, wanted: str
) -> tuple[Published, int, str]:
    """Begin a transaction with a lock on the row of the workspace, which is made if missing.

    Returns:
        What is in the database, the version of the parser that read it, and the aliases.
    """
    query = (
        "SELECT name, publication, digest, git_commit, parser_version, aliases"  # noqa: S608  # a number
        f" FROM workspace WHERE workspace_id = {key} FOR UPDATE"
    )
    rows = begin_in_schema(connection, query=query)
    # Another process may delete the row between the two statements.
    while not rows:
        connection.execute(
            "INSERT INTO workspace VALUES (%s, %s, 0, '', 0, '', NULL, '', now())"
            " ON CONFLICT (workspace_id) DO NOTHING",
            (key, wanted),
        )
        rows = connection.execute(query.encode()).fetchall()
    ((name, publication, digest, commit, parser_version, aliases),) = rows
    if name != wanted:
        raise RelationsError(
            f"{wanted}: its key in the database is that of {name}", "choose another --name"
        )
    return Published(publication, digest, commit), parser_version, aliases
