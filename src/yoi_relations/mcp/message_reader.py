"""Lines of input, and the messages of the protocol in them; what is not one gets an error.

Otherwise a client whose request cannot be read would wait for ever. Where a client writes
something that can only mean one thing, it is read as that: its user could not change it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

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

MOST = 16 * 1024 * 1024
"""Bytes of a line: the longest call that a tool takes is far below."""
_BOM = b"\xef\xbb\xbf"


class Rejected(NamedTuple):
    """What is not a message.

    Attributes:
        answer: what to say to it; None where no answer is expected.
        reply_to: the id of the request that it was meant to answer, where it is a response.
    """

    answer: JSONRPCError | None
    reply_to: str | int | None = None


class LineBuffer:
    """Puts lines together from the pieces in which input comes."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._too_long = False

    def of(self, data: bytes) -> Iterator[bytes | None]:
        """The lines that end in `data`; None for one that is too long."""
        first, *others = data.split(b"\n")
        self._add(first)
        for part in others:
            yield self._ended()
            self._add(part)

    def rest(self) -> Iterator[bytes | None]:
        """At the end of the input: the last line, where no newline ends it."""
        if self._begun or self._too_long:
            yield self._ended()

    def _add(self, part: bytes) -> None:
        self._too_long = self._too_long or len(self._begun) + len(part) > MOST
        if self._too_long:
            self._begun.clear()
        else:
            self._begun += part

    def _ended(self) -> bytes | None:
        line = None if self._too_long else bytes(self._begun)
        self._begun.clear()
        self._too_long = False
        return line


def parse_line(line: bytes | None) -> Any | Rejected:  # noqa: ANN401  # JSON
    """The JSON value of a line.

    Returns:
        The value; or a refusal, without an answer where the line is empty.
    """
    if line is None:
        return _refused(INVALID_REQUEST, f"a line is longer than {MOST} bytes")
    text = line.removeprefix(_BOM).strip()
    if not text:
        return Rejected(None)
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        given = _leniently(text)
        if _is_notification(given):
            return Rejected(None)
        return _refused(PARSE_ERROR, str(error), given)


def parse_message(value: Any) -> JSONRPCMessage | Rejected:  # noqa: ANN401  # JSON
    """The message that a JSON value is."""
    if not isinstance(value, dict):
        return _refused(INVALID_REQUEST, "this is not a message of the protocol")
    given = _as_meant(value)
    if "method" in given and "id" in given and valid_id(given["id"]) is None:
        return _refused(INVALID_REQUEST, "the id of a request has to be a string or a whole number")
    try:
        return jsonrpc_message_adapter.validate_python(given, by_name=False)
    except ValidationError:
        if _is_notification(given):
            return Rejected(None)
        refused = _refused(INVALID_REQUEST, "this is not a message of the protocol", given)
        return (
            refused if "method" in given else refused._replace(reply_to=valid_id(given.get("id")))
        )


def _as_meant(given: dict[str, Any]) -> dict[str, Any]:
    """A message with what has one reading put as the protocol wants it."""
    meant = dict(given)
    if isinstance(meant.get("id"), float):
        meant["id"] = valid_id(meant["id"])
    if meant.get("params") == []:
        meant["params"] = {}  # languages without objects write an empty one so
    if isinstance(meant.get("params"), dict):
        meant["params"] = _params_as_meant(meant.get("method"), meant["params"])
    if isinstance(meant.get("result"), dict):
        meant["result"] = local_roots(meant["result"])
    return meant


def _params_as_meant(method: object, params: dict[str, Any]) -> dict[str, Any]:
    if method == "initialize" and not params.get("capabilities"):
        params = params | {"capabilities": {}}
    if method == "tools/call" and "arguments" in params:
        params = params | {"arguments": _arguments(params["arguments"])}
    if isinstance(params.get(RESPONSES), dict):
        params = params | {RESPONSES: root_responses(params[RESPONSES])}
    return params


def _arguments(given: object) -> object:
    """The arguments of a call, also where they came as text that holds them."""
    if given in ("", []):
        return {}
    if not isinstance(given, str):
        return given
    try:
        found = from_json(given)
    except ValueError:
        return given
    return found if isinstance(found, dict) else given


def _refused(code: int, message: str, given: object = None) -> Rejected:
    is_request = isinstance(given, dict) and isinstance(given.get("method"), str)
    id_ = valid_id(given["id"]) if is_request and isinstance(given, dict) else None
    error = ErrorData(code=code, message=message)
    return Rejected(JSONRPCError(jsonrpc="2.0", id=id_, error=error))


def _is_notification(given: object) -> bool:
    """Whether it is a message that expects no answer, an error neither."""
    return isinstance(given, dict) and isinstance(given.get("method"), str) and "id" not in given


def _leniently(text: bytes) -> Any:  # noqa: ANN401  # JSON
    """The value of a line, where Python makes more of it than the protocol allows."""
    try:
        return json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def valid_id(given: object) -> str | int | None:
    """An id as it can be sent back; None for what cannot be one."""
    if isinstance(given, str):
        return None if any("\ud800" <= sign <= "\udfff" for sign in given) else given
    if isinstance(given, float) and given.is_integer():
        return int(given)  # to JSON, 1.0 and 1 are one number
    return given if isinstance(given, int) and not isinstance(given, bool) else None
