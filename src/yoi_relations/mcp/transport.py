"""Carries messages between the process's streams and the SDK.

The SDK abandons its work when its input ends. So the transport closes the input of the SDK only
after every request that was read is answered. A call that has begun to write is always answered: it
cannot be cancelled, and signals wait for it.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import AsyncIterator

import anyio
import anyio.abc
import anyio.to_thread
from anyio.streams.memory import MemoryObjectReceiveStream
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage
from mcp_types import (
    CONNECTION_CLOSED,
    INTERNAL_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
)

from yoi_relations.errors import ExitCode
from yoi_relations.mcp.message_reader import (
    Rejected,
    parse_line,
    parse_message,
    read_line,
    valid_id,
)
from yoi_relations.mcp.message_writer import MessageWriter
from yoi_relations.mcp.pending_requests import (
    Batch,
    Id,
    PendingRequest,
    PendingRequests,
    Response,
    id_key,
)
from yoi_relations.mcp.process_streams import ProcessStreams
from yoi_relations.mcp.truncation import truncated
from yoi_relations.render.output import Mode, notice

_INPUT_END_TIMEOUT = 30.0
"""Seconds in which calls must be answered after the end of the input."""
_SIGNAL_TIMEOUT = 5.0
"""Seconds that a signal waits for calls that write before it ends the process."""
_FINAL_SEND_TIMEOUT = 1.0
"""Seconds in which the client must read the last error responses."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_BATCH_REVISION = "2025-03-26"
"""The only revision of the protocol that has batches: several messages in one array."""

_Item = SessionMessage | Exception


class Transport(anyio.abc.ObjectSendStream[SessionMessage]):
    """The messages in both directions; the SDK writes to it as a stream."""

    def __init__(self, streams: ProcessStreams, mode: Mode) -> None:
        self._streams = streams
        self._mode = mode
        self._to_sdk, self._from_client = anyio.create_memory_object_stream[_Item](0)
        self._writer = MessageWriter(streams, mode)
        self._pending = PendingRequests()
        self._server_requests: set[Id] = set()  # sent to the client and not answered yet
        self._initializing: Id | None = None
        self._has_batches = False
        self._input_ended = False

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[MemoryObjectReceiveStream[_Item]]:
        """Start; the stream that the SDK reads from."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._receive)
            group.start_soon(self._writer.watch_reader)
            group.start_soon(self._handle_signals, group)
            yield self._from_client
            group.cancel_scope.cancel()

    def begin_write(self, request_id: Id) -> None:
        """Mark a call that begins to write: from now on it is always answered.

        Raises:
            MCPError: it may not write, because it was cancelled or the process ends.
        """
        if not self._pending.begin_write(request_id):
            raise MCPError(INTERNAL_ERROR, "the call was cancelled, or the server is shutting down")

    async def _receive(self) -> None:
        async with self._to_sdk:
            while (line := await self._read_line()) != b"":
                await self._receive_line(line)
            self._input_ended = True
            for request_id in self._server_requests.copy():
                await self._to_sdk.send(_no_response(request_id, "the input has ended"))
            with anyio.move_on_after(_INPUT_END_TIMEOUT):
                await self._pending.wait_until(self._pending.all_sent)
                return
            await self._reject_pending()
            notice("not every call was answered in time after the input had ended", self._mode)
            self._streams.exit(ExitCode.FAILED)

    async def _read_line(self) -> bytes | None:
        stream = self._streams.input
        return await anyio.to_thread.run_sync(read_line, stream, abandon_on_cancel=True)

    async def _receive_line(self, line: bytes | None) -> None:
        value = parse_line(line)
        if isinstance(value, Rejected):
            await self._reject(value, None)
        elif isinstance(value, list) and value and await self._may_be_batch():
            batch = Batch()
            for item in value:
                await self._receive_message(parse_message(item), batch)
            await self._finish_one(batch)
        else:
            await self._receive_message(parse_message(value), None)

    async def _may_be_batch(self) -> bool:
        await self._pending.wait_until(lambda: self._initializing is None)
        return self._has_batches

    async def _receive_message(
        self, message: JSONRPCMessage | Rejected, batch: Batch | None
    ) -> None:
        if isinstance(message, Rejected):
            await self._reject(message, batch)
            return
        if isinstance(message, JSONRPCNotification):
            if message.method == "notifications/cancelled":
                await self._cancel(message)
                return
        elif isinstance(message, JSONRPCRequest):
            self._pending.add(PendingRequest(message.id, batch))
            if message.method == "initialize":
                self._initializing = id_key(message.id)
        elif message.id is not None:
            self._server_requests.discard(id_key(message.id))
        await self._to_sdk.send(SessionMessage(message))

    async def _reject(self, rejected: Rejected, batch: Batch | None) -> None:
        request_id = None if rejected.response_to is None else id_key(rejected.response_to)
        if request_id is not None and request_id in self._server_requests:
            self._server_requests.discard(request_id)
            await self._to_sdk.send(_no_response(request_id, "the response cannot be read"))
        elif rejected.response is not None and batch is not None:
            self._pending.add_unsent_response()
            batch.responses.append(rejected.response)
        elif rejected.response is not None:
            await self._writer.send(rejected.response)

    async def _cancel(self, notification: JSONRPCNotification) -> None:
        """Pass a cancellation on, unless the call writes; a cancelled call is never answered."""
        id_ = valid_id((notification.params or {}).get("requestId"))
        if id_ is None or id_key(id_) == self._initializing or not self._pending.cancel(id_):
            return
        await self._to_sdk.send(SessionMessage(notification))
        request = self._pending.remove(id_)
        if request is not None:
            self._pending.mark_sent(id_)
            if request.batch is not None:
                await self._finish_one(request.batch)

    async def aclose(self) -> None:
        """Do nothing: the streams are closed by the end of the process."""

    async def send(self, item: SessionMessage, /) -> None:
        """Send a message of the SDK."""
        message = item.message
        if isinstance(message, JSONRPCError):
            message = _truncated_response(message)
        if isinstance(message, JSONRPCResponse | JSONRPCError) and message.id is not None:
            await self._respond(message, message.id)
            return
        if isinstance(message, JSONRPCRequest):
            if self._input_ended:
                await self._to_sdk.send(_no_response(message.id, "the input has ended"))
                return
            self._server_requests.add(id_key(message.id))
        await self._writer.send(message)

    async def _respond(self, response: Response, id_: Id) -> None:
        request = self._pending.remove(id_)
        if request is not None and request.batch is not None:
            request.batch.responses.append(response)
            await self._finish_one(request.batch)
            return
        await self._writer.send(response)
        if id_key(id_) == self._initializing:
            result = response.result if isinstance(response, JSONRPCResponse) else {}
            self._has_batches = result.get("protocolVersion") == _BATCH_REVISION
            self._initializing = None
        if request is not None:
            self._pending.mark_sent(id_)

    async def _finish_one(self, batch: Batch) -> None:
        """Count one message of a batch as finished; after the last one, send all responses."""
        batch.unfinished -= 1
        if batch.unfinished or not batch.responses:
            return
        await self._writer.send_batch(batch.responses)
        for response in batch.responses:
            self._pending.mark_sent(response.id)

    async def _handle_signals(self, group: anyio.abc.TaskGroup) -> None:
        handled = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
        with anyio.open_signal_receiver(*handled) as signals:
            async for number in signals:
                if self._pending.shutting_down or self._pending.none_writing():
                    self._streams.exit_by_signal(number)
                self._pending.shutting_down = True
                group.start_soon(self._end_after_writes, number)

    async def _end_after_writes(self, number: int) -> None:
        with anyio.move_on_after(_SIGNAL_TIMEOUT) as scope:
            await self._pending.wait_until(self._pending.none_writing)
        if scope.cancelled_caught:
            await self._reject_pending()
        self._streams.exit_by_signal(number)

    async def _reject_pending(self) -> None:
        """Answer every pending request by an error."""
        self._pending.shutting_down = self._writer.shutting_down = True
        message = "the server is shutting down; it is not known whether this was done"
        error = ErrorData(code=INTERNAL_ERROR, message=message)
        with anyio.move_on_after(_FINAL_SEND_TIMEOUT):
            for request in self._pending.all():
                await self._respond(
                    JSONRPCError(jsonrpc="2.0", id=request.id, error=error), request.id
                )


def _truncated_response(response: JSONRPCError) -> JSONRPCError:
    """An error response of the SDK, which may quote all input, with limited length."""
    error = response.error
    data = truncated(error.data) if isinstance(error.data, str) else error.data
    texts = {"message": truncated(error.message), "data": data}
    return response.model_copy(update={"error": error.model_copy(update=texts)})


def _no_response(request_id: Id, reason: str) -> SessionMessage:
    """The error response for a request of the SDK that the client does not answer."""
    error = ErrorData(code=CONNECTION_CLOSED, message=reason)
    return SessionMessage(JSONRPCError(jsonrpc="2.0", id=request_id, error=error))
