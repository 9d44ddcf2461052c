"""Where a client works: the roots that it offers, asked for with each call, as they may change."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

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
from pydantic import ValidationError

from yoi_relations.errors import WorkspaceError
from yoi_relations.files.stat_stamp import is_gone
from yoi_relations.files.workspace import Workspace, find_workspace, root_around

RESPONSES = "inputResponses"
"""The field in which a client of the newest protocol sends what it was asked for."""
_KEY = "roots"
"""Of the one thing that is asked of a client."""
_REFUSAL = {"action": "cancel"}
"""How the newest protocol says that nothing was answered."""
_PATIENCE = 10.0
"""Seconds in which a client has to list its roots."""


async def offered_roots(
    context: ServerRequestContext, params: InputResponseRequestParams
) -> list[str] | InputRequiredResult:
    """The paths of the client's roots, none where it offers none; or what to answer to get them.

    Since 2026-07-28 the protocol has no requests from server to client: the client is told what is
    missing, and calls again with it.

    Raises:
        WorkspaceError: the client offers roots, and does not list them.
    """
    able = context.session.client_capabilities
    if able is None or able.roots is None:
        return []
    if context.protocol_version not in MODERN_PROTOCOL_VERSIONS:
        return _paths(await _asked(context))
    if params.input_responses is None:
        return InputRequiredResult(input_requests={_KEY: ListRootsRequest()})
    given = params.input_responses.get(_KEY)
    if not isinstance(given, ListRootsResult):
        raise _not_listed("its answer cannot be read")
    return _paths(given)


async def _asked(context: ServerRequestContext) -> ListRootsResult:
    try:
        return await context.session.send_request(
            ListRootsRequest(), ListRootsResult, request_read_timeout_seconds=_PATIENCE
        )
    except MCPError as error:
        if error.code == METHOD_NOT_FOUND:
            return ListRootsResult(roots=[])
        raise _not_listed(error.message) from error
    except ValidationError as error:
        raise _not_listed("its answer cannot be read") from error


def _not_listed(reason: str) -> WorkspaceError:
    return WorkspaceError(
        f"the client offers roots and does not list them: {reason}",
        "without its roots, the wrong workspace could answer; repair or restart the client",
    )


def local_roots(result: dict[str, Any]) -> dict[str, Any]:
    """A client's list of roots, as it came, without those that are not folders of this machine.

    The SDK takes only `file:` URIs, and refuses the whole list for any other one.

    Returns:
        The list; and what is not one as it is.
    """
    roots = result.get("roots")
    if not isinstance(roots, list):
        return result
    if not all(isinstance(root, dict) and isinstance(root.get("uri"), str) for root in roots):
        return result
    paths = (_local_path(root["uri"]) for root in roots)
    return result | {"roots": [{"uri": _uri(path)} for path in paths if path is not None]}


def root_responses(responses: dict[str, Any]) -> dict[str, Any]:
    """What a client was asked for, as it came, with the roots as `local_roots` leaves them."""
    given = responses.get(_KEY)
    if not isinstance(given, dict):
        return responses | {_KEY: _REFUSAL}
    listed = local_roots(given)
    try:
        ListRootsResult.model_validate(listed)
    except ValidationError:
        return responses | {_KEY: _REFUSAL}
    return responses | {_KEY: listed}


def _local_path(uri: str) -> str | None:
    """The path that a `file:` URI names on this machine."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
        return None
    path = os.fsdecode(unquote_to_bytes(parts.path))
    return path if path.startswith("/") and "\0" not in path else None


def _uri(path: str) -> str:
    return f"file://{quote_from_bytes(os.fsencode(path))}"


def _paths(listed: ListRootsResult) -> list[str]:
    paths = (_local_path(str(root.uri)) for root in listed.roots)
    return [path for path in paths if path is not None]


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
