"""The roots of a client: the folders it works in. Each call requests them, as they may change."""

from __future__ import annotations

import contextlib
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
from yoi_relations.files.workspace import workspace_around

RESPONSES = "inputResponses"
"""The field in which a client of the newest protocol sends the requested input."""
_KEY = "roots"
"""The key of the only input that is requested from a client."""
_NO_INPUT = {"action": "cancel"}
"""The newest protocol's value for input that was not given."""
_TIMEOUT = 10.0
"""Seconds in which a client must list its roots."""


async def client_roots(
    context: ServerRequestContext, params: InputResponseRequestParams
) -> list[str] | InputRequiredResult:
    """The paths of the client's roots, or the result that requests them from the client.

    Since revision 2026-07-28, the protocol has no requests from server to client: the result names
    the missing input, and the client calls again with it.

    Returns:
        Absolute paths; empty if the client has no roots.

    Raises:
        WorkspaceError: the client supports roots, but does not list them.
    """
    capabilities = context.session.client_capabilities
    if capabilities is None or capabilities.roots is None:
        return []
    if context.protocol_version not in MODERN_PROTOCOL_VERSIONS:
        return _paths(await _request_roots(context))
    if params.input_responses is None:
        return InputRequiredResult(input_requests={_KEY: ListRootsRequest()})
    given = params.input_responses.get(_KEY)
    if not isinstance(given, ListRootsResult):
        raise _not_listed("its response cannot be read")
    return _paths(given)


async def _request_roots(context: ServerRequestContext) -> ListRootsResult:
    try:
        return await context.session.send_request(
            ListRootsRequest(), ListRootsResult, request_read_timeout_seconds=_TIMEOUT
        )
    except MCPError as error:
        if error.code == METHOD_NOT_FOUND:
            return ListRootsResult(roots=[])
        raise _not_listed(error.message) from error
    except ValidationError as error:
        raise _not_listed("its response cannot be read") from error


def _not_listed(reason: str) -> WorkspaceError:
    return WorkspaceError(
        f"the client supports roots, but does not list them: {reason}",
        "without its roots, the wrong workspace could answer; fix or restart the client",
    )


def local_roots(result: dict[str, Any]) -> dict[str, Any]:
    """The client's list of roots, without those that are not folders on this machine.

    The SDK accepts only `file:` URIs, and rejects the whole list for any other one.

    Returns:
        The list; an invalid list is returned unchanged.
    """
    roots = result.get("roots")
    if not isinstance(roots, list):
        return result
    if not all(isinstance(root, dict) and isinstance(root.get("uri"), str) for root in roots):
        return result
    paths = (_local_path(root["uri"]) for root in roots)
    return result | {"roots": [{"uri": _uri(path)} for path in paths if path is not None]}


def root_responses(responses: dict[str, Any]) -> dict[str, Any]:
    """The input that was requested from a client, with its roots limited by `local_roots`."""
    given = responses.get(_KEY)
    if isinstance(given, dict):
        listed = local_roots(given)
        with contextlib.suppress(ValidationError):
            ListRootsResult.model_validate(listed)
            return responses | {_KEY: listed}
    return responses | {_KEY: _NO_INPUT}


def _local_path(uri: str) -> str | None:
    """The path in a `file:` URI of this machine; None for any other URI."""
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


def folder_for(roots: Sequence[str], directory: str | None) -> str | None:
    """Where to look for the workspace: it is around the first of `roots` that has one.

    Args:
        roots: absolute paths.
        directory: the value of the option -C, or None; it counts if no root has a workspace.

    Raises:
        WorkspaceError: the configuration of a workspace is invalid, or a root cannot be searched.
    """
    for root in roots:
        real = os.path.realpath(root)
        if not is_gone(real) and (found := workspace_around(real)) is not None:
            return found.root
    return directory
