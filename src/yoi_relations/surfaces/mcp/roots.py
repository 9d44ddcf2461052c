"""Where a client works: the roots that it offers, asked for with each call, as they may change."""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes, urlsplit

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    METHOD_NOT_FOUND,
    InputRequiredResult,
    InputResponseRequestParams,
    ListRootsRequest,
    ListRootsResult,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.stamps import is_gone
from yoi_relations.files.workspace import Workspace, find_workspace, root_around

_KEY = "roots"
"""Of the one thing that is asked of a client."""
_PATIENCE = 10.0
"""Seconds in which a client has to list its roots."""


async def offered_roots(
    context: ServerRequestContext, params: InputResponseRequestParams
) -> list[str] | InputRequiredResult:
    """The paths of the client's roots, none where it offers none; or what to answer to get them.

    Since 2026-07-28 the protocol has no requests from server to client: the client is told what is
    missing, and calls again with it.

    Raises:
        WorkspaceError: the client offers roots, and does not tell them.
    """
    able = context.session.client_capabilities
    if able is None or able.roots is None:
        return []
    if context.protocol_version not in MODERN_PROTOCOL_VERSIONS:
        return _paths(await _asked(context))
    if params.input_responses is None:
        return InputRequiredResult(input_requests={_KEY: ListRootsRequest()})
    given = params.input_responses.get(_KEY)
    return _paths(given) if isinstance(given, ListRootsResult) else []


async def _asked(context: ServerRequestContext) -> ListRootsResult:
    try:
        return await context.session.send_request(
            ListRootsRequest(), ListRootsResult, request_read_timeout_seconds=_PATIENCE
        )
    except MCPError as error:
        if error.code == METHOD_NOT_FOUND:
            return ListRootsResult(roots=[])
        raise WorkspaceError(
            f"the client offers roots and does not list them: {error.message}",
            "without its roots, the wrong workspace could answer; mend or restart the client",
        ) from error


def _paths(listed: ListRootsResult) -> list[str]:
    parts = (urlsplit(str(root.uri)) for root in listed.roots)
    paths = (os.fsdecode(unquote_to_bytes(part.path)) for part in parts if part.scheme == "file")
    return [path for path in paths if path and "\0" not in path]


def workspace_for(roots: Sequence[str], directory: str | None) -> Workspace:
    """The workspace of the first of `roots` that lies in one; else found as on the command line.

    Raises:
        UsageError: `directory` does not exist.
        WorkspaceError: none of these lies in a workspace, or its configuration cannot be used; or
            of one it cannot be told.
    """
    for root in roots:
        real = os.path.realpath(root)
        if not is_gone(real) and (found := root_around(real)) is not None:
            return find_workspace(found)
    return find_workspace(directory)
