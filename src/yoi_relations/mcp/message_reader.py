"""Reads messages of the protocol from lines of input; an invalid message gets an error response.

Without a response, a client would wait for ever. A deviation from the protocol that can only mean
one thing is accepted, because the user of a client cannot change it.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO, NamedTuple

from mcp_types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError
from pydantic_core import from_json

from yoi_relations.mcp.roots import RESPONSES, local_roots, root_responses

MAX_LINE = 16 * 1024 * 1024
"""Bytes of a line; the longest valid call of a tool is much shorter."""
_BOM = b"\xef\xbb\xbf"


class Rejected(NamedTuple):
    """An invalid message.

    Attributes:
        response: the error response to send; None if the client expects none.
        response_to: the id of the request that it was meant to answer, if it is a response.
    """

    response: JSONRPCError | None
    response_to: str | int | None = None


def read_line(stream: BinaryIO) -> bytes | None:
    """The next line of `stream`; None if it is longer than `MAX_LINE`, and empty at the end."""
    line = stream.readline(MAX_LINE + 1)
    if len(line) <= MAX_LINE:
        return line
    while line and not line.endswith(b"\n"):
        line = stream.readline(MAX_LINE)
    return None


def parse_line(line: bytes | None) -> Any | Rejected:  # noqa: ANN401  # JSON
    """The JSON value of a line.

    Returns:
        The value; or a rejection, without a response if the line is empty.
    """
    if line is None:
        return _rejected(INVALID_REQUEST, f"a line is longer than {MAX_LINE} bytes")
    text = line.removeprefix(_BOM).strip()
    if not text:
        return Rejected(None)
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        given = _parse_leniently(text)
        if _is_notification(given):
            return Rejected(None)
        return _rejected(PARSE_ERROR, str(error), given)


def parse_message(value: Any) -> JSONRPCMessage | Rejected:  # noqa: ANN401  # JSON
    """The message in a JSON value."""
    if not isinstance(value, dict):
        return _rejected(INVALID_REQUEST, "not a message of the protocol")
    given = _normalized(value)
    if "method" in given and "id" in given and valid_id(given["id"]) is None:
        return _rejected(INVALID_REQUEST, "the id of a request must be a string or an integer")
    try:
        return jsonrpc_message_adapter.validate_python(given, by_name=False)
    except ValidationError:
        if _is_notification(given):
            return Rejected(None)
        rejected = _rejected(INVALID_REQUEST, "not a message of the protocol", given)
        return (
            rejected
            if "method" in given
            else rejected._replace(response_to=valid_id(given.get("id")))
        )


def _normalized(given: dict[str, Any]) -> dict[str, Any]:
    """A message whose accepted deviations are corrected."""
    message = dict(given)
    if isinstance(message.get("id"), float):
        message["id"] = valid_id(message["id"])
    if message.get("params") == []:
        message["params"] = {}  # some languages encode an empty object as an array
    if isinstance(message.get("params"), dict):
        message["params"] = _normalized_params(message.get("method"), message["params"])
    if isinstance(message.get("result"), dict):
        message["result"] = local_roots(message["result"])
    return message


def _normalized_params(method: object, params: dict[str, Any]) -> dict[str, Any]:
    if method == "initialize" and not params.get("capabilities"):
        params = params | {"capabilities": {}}
    if method == "tools/call" and "arguments" in params:
        params = params | {"arguments": _normalized_arguments(params["arguments"])}
    if isinstance(params.get(RESPONSES), dict):
        params = params | {RESPONSES: root_responses(params[RESPONSES])}
    return params


def _normalized_arguments(given: object) -> object:
    """The arguments of a call, which may be encoded as a JSON string."""
    if given in ("", []):
        return {}
    if not isinstance(given, str):
        return given
    try:
        found = from_json(given)
    except ValueError:
        return given
    return found if isinstance(found, dict) else given


def _rejected(code: int, message: str, given: object = None) -> Rejected:
    is_request = isinstance(given, dict) and isinstance(given.get("method"), str)
    id_ = valid_id(given["id"]) if is_request and isinstance(given, dict) else None
    error = ErrorData(code=code, message=message)
    return Rejected(JSONRPCError(jsonrpc="2.0", id=id_, error=error))


def _is_notification(given: object) -> bool:
    """Whether it is a notification, which gets no response, not even an error."""
    return isinstance(given, dict) and isinstance(given.get("method"), str) and "id" not in given


def _parse_leniently(text: bytes) -> Any:  # noqa: ANN401  # JSON
    """The value of a line that Python can parse although the protocol forbids it; or None."""
    try:
        return json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def valid_id(given: object) -> str | int | None:
    """An id that can be sent back; None if `given` is not a valid id."""
    if isinstance(given, str):
        return None if any("\ud800" <= char <= "\udfff" for char in given) else given
    if isinstance(given, float) and given.is_integer():
        return int(given)  # in JSON, 1.0 equals 1
    return given if isinstance(given, int) and not isinstance(given, bool) else None
