"""Lines that are no message of the protocol: the SDK passes over them, and each is answered here.

Otherwise a client whose request cannot be read would wait for ever. JSON text can escape half of a
surrogate pair, for example, which is no text that could be looked up or written.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream
from mcp.shared.message import SessionMessage
from mcp_types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError
from pydantic import ValidationError

_Line = SessionMessage | Exception


@contextlib.asynccontextmanager
async def every_line_answered(
    received: AsyncIterable[_Line], send: Callable[[SessionMessage], Awaitable[None]]
) -> AsyncIterator[MemoryObjectReceiveStream[_Line]]:
    """The messages among what is received; what else there is, is answered with an error."""
    into, messages = anyio.create_memory_object_stream[_Line](0)

    async def sort() -> None:
        async with into:
            async for line in received:
                if isinstance(line, SessionMessage):
                    await into.send(line)
                elif isinstance(line, ValidationError) and (error := _answer(line)) is not None:
                    await send(SessionMessage(error))

    async with anyio.create_task_group() as group:
        group.start_soon(sort)
        yield messages
        group.cancel_scope.cancel()


def _answer(invalid: ValidationError) -> JSONRPCError | None:
    """What to say to a line; nothing to an empty one, and to what expects no answer."""
    faults = invalid.errors(include_url=False)
    given = faults[0]["input"]
    if faults[0]["type"] != "json_invalid":
        error = ErrorData(code=INVALID_REQUEST, message="this is no message of the protocol")
        # What a field lacks is told of the whole value, what it holds instead of the field.
        given = next((one["input"] for one in faults if one["type"] == "missing"), given)
    elif given.strip():
        error = ErrorData(code=PARSE_ERROR, message=faults[0]["msg"])
        given = _leniently(given)
    else:
        return None
    is_request = isinstance(given, dict) and isinstance(given.get("method"), str)
    if is_request and "id" not in given:
        return None  # a notification
    return JSONRPCError(jsonrpc="2.0", id=_id(given["id"]) if is_request else None, error=error)


def _leniently(line: str) -> Any:  # noqa: ANN401  # JSON
    """The value of a line, where Python makes more of it than the SDK does."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _id(given: object) -> str | int | None:
    """An id as it can be sent back."""
    if isinstance(given, str):
        return None if any("\ud800" <= sign <= "\udfff" for sign in given) else given
    return given if isinstance(given, int) and not isinstance(given, bool) else None
