"""The conversation with the client, between the process's streams and the SDK.

The SDK drops what it is doing when its input ends. So it is told of the end only when everything
that was read is answered. A call that has begun to write is answered whatever happens: it is not
cancelled, and signals wait for it.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import AsyncIterator
from typing import Self

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
    LineBuffer,
    Rejected,
    parse_line,
    parse_message,
    valid_id,
)
from yoi_relations.mcp.message_writer import MessageWriter
from yoi_relations.mcp.pending_requests import (
    Answer,
    Batch,
    Id,
    PendingRequest,
    PendingRequests,
    id_key,
)
from yoi_relations.mcp.process_streams import ProcessStreams
from yoi_relations.mcp.truncation import truncated, truncated_data
from yoi_relations.render.output import Mode, notice

_PATIENCE = 30.0
"""Seconds in which calls have to be answered once the input has ended."""
_SIGNAL_PATIENCE = 5.0
"""Seconds for which a signal that ends the process waits for calls that write."""
_LAST_WORDS = 1.0
"""Seconds in which the client has to take what it is told at the very end."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_BATCHES = "2025-03-26"
"""The one revision of the protocol in which several messages may come as one array."""

_Item = SessionMessage | Exception


class Transport:
    """The messages in both directions.

    Args:
        streams: where they come from and go to.
        mode: how the user is told what goes wrong.
    """

    def __init__(self, streams: ProcessStreams, mode: Mode) -> None:
        self._streams = streams
        self._mode = mode
        self._into, self._received = anyio.create_memory_object_stream[_Item](0)
        self._output = MessageWriter(streams, mode)
        self._pending = PendingRequests()
        self._questions: set[Id] = set()  # what the client was asked
        self._initializing: Id | None = None
        self._takes_batches = False
        self._input_over = False

    @contextlib.asynccontextmanager
    async def opened(
        self,
    ) -> AsyncIterator[tuple[MemoryObjectReceiveStream[_Item], _OutgoingStream]]:
        """What the SDK reads from and writes to, while the conversation goes on."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._receive)
            group.start_soon(self._output.watch)
            group.start_soon(self._obey_signals, group)
            yield self._received, _OutgoingStream(self)
            group.cancel_scope.cancel()

    def begin_write(self, request_id: Id) -> None:
        """From now on this call is answered whatever happens.

        Raises:
            MCPError: nothing may be written, as the call is cancelled or the process ends.
        """
        if not self._pending.begin_write(request_id):
            raise MCPError(INTERNAL_ERROR, "the call was cancelled, or the server ends")

    async def _receive(self) -> None:
        async with self._into:
            lines = LineBuffer()
            while data := await self._read():
                for line in lines.of(data):
                    await self._take_line(line)
            for line in lines.rest():
                await self._take_line(line)
            self._input_over = True
            for question in self._questions.copy():
                await self._into.send(_unanswered(question, "the input has ended"))
            with anyio.move_on_after(_PATIENCE):
                await self._pending.until(self._pending.all_written)
                return
            await self._give_up()
            notice("not every call was answered in time when the input had ended", self._mode)
            self._streams.leave(ExitCode.FAILED)

    async def _read(self) -> bytes:
        return await anyio.to_thread.run_sync(self._streams.read, abandon_on_cancel=True)

    async def _take_line(self, line: bytes | None) -> None:
        value = parse_line(line)
        if isinstance(value, Rejected):
            await self._refuse(value, None)
        elif isinstance(value, list) and value and await self._batches_are_taken():
            batch = Batch()
            for one in value:
                await self._take(parse_message(one), batch)
            await self._close_one(batch)
        else:
            await self._take(parse_message(value), None)

    async def _batches_are_taken(self) -> bool:
        await self._pending.until(lambda: self._initializing is None)
        return self._takes_batches

    async def _take(self, message: JSONRPCMessage | Rejected, batch: Batch | None) -> None:
        if isinstance(message, Rejected):
            await self._refuse(message, batch)
            return
        if isinstance(message, JSONRPCNotification):
            if message.method == "notifications/cancelled":
                await self._cancel(message)
                return
        elif isinstance(message, JSONRPCRequest):
            self._pending.note(PendingRequest(message.id, batch))
            if message.method == "initialize":
                self._initializing = id_key(message.id)
        elif message.id is not None:
            self._questions.discard(id_key(message.id))
        await self._into.send(SessionMessage(message))

    async def _refuse(self, refused: Rejected, batch: Batch | None) -> None:
        question = None if refused.reply_to is None else id_key(refused.reply_to)
        if question is not None and question in self._questions:
            self._questions.discard(question)
            await self._into.send(_unanswered(question, "its answer cannot be read"))
        elif refused.answer is not None and batch is not None:
            self._pending.expect()
            batch.answers.append(refused.answer)
        elif refused.answer is not None:
            await self._output.send(refused.answer)

    async def _cancel(self, notification: JSONRPCNotification) -> None:
        """Pass a cancellation on, unless it is too late; what it cancels is never answered."""
        id_ = valid_id((notification.params or {}).get("requestId"))
        if id_ is None or id_key(id_) == self._initializing or not self._pending.cancel(id_):
            return
        await self._into.send(SessionMessage(notification))
        request = self._pending.close(id_)
        if request is not None:
            self._pending.settle(id_)
            if request.batch is not None:
                await self._close_one(request.batch)

    async def send(self, message: JSONRPCMessage) -> None:
        """Send what the SDK has to say."""
        if isinstance(message, JSONRPCError):
            message = _shortened(message)
        if isinstance(message, JSONRPCResponse | JSONRPCError) and message.id is not None:
            await self._answer(message, message.id)
            return
        if isinstance(message, JSONRPCRequest):
            if self._input_over:
                await self._into.send(_unanswered(message.id, "the input has ended"))
                return
            self._questions.add(id_key(message.id))
        await self._output.send(message)

    async def _answer(self, answer: Answer, id_: Id) -> None:
        request = self._pending.close(id_)
        if request is not None and request.batch is not None:
            request.batch.answers.append(answer)
            await self._close_one(request.batch)
            return
        await self._output.send(answer)
        if id_key(id_) == self._initializing:
            result = answer.result if isinstance(answer, JSONRPCResponse) else {}
            self._takes_batches = result.get("protocolVersion") == _BATCHES
            self._initializing = None
        if request is not None:
            self._pending.settle(id_)

    async def _close_one(self, batch: Batch) -> None:
        """One message of a batch is dealt with; with the last one, all answers are sent."""
        batch.open -= 1
        if batch.open or not batch.answers:
            return
        await self._output.send_array(batch.answers)
        for answer in batch.answers:
            self._pending.settle(answer.id)

    async def _obey_signals(self, group: anyio.abc.TaskGroup) -> None:
        heeded = [one for one in _SIGNALS if signal.getsignal(one) != signal.SIG_IGN]
        with anyio.open_signal_receiver(*heeded) as signals:
            async for number in signals:
                if self._pending.ending or self._pending.none_writes():
                    self._streams.die(number)
                self._pending.ending = True
                group.start_soon(self._end_after_writes, number)

    async def _end_after_writes(self, number: int) -> None:
        with anyio.move_on_after(_SIGNAL_PATIENCE) as scope:
            await self._pending.until(self._pending.none_writes)
        if scope.cancelled_caught:
            await self._give_up()
        self._streams.die(number)

    async def _give_up(self) -> None:
        """Say of what was asked that it will not be answered."""
        self._pending.ending = self._output.ending = True
        message = "the server ends before this is done; whether it was done is not known"
        error = ErrorData(code=INTERNAL_ERROR, message=message)
        with anyio.move_on_after(_LAST_WORDS):
            for request in self._pending.rest():
                await self._answer(
                    JSONRPCError(jsonrpc="2.0", id=request.id, error=error), request.id
                )


class _OutgoingStream:
    """The stream into which the SDK writes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send(self, item: SessionMessage, /) -> None:
        await self._transport.send(item.message)

    async def aclose(self) -> None:
        """Nothing: the process closes its streams by ending."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.aclose()


def _shortened(answer: JSONRPCError) -> JSONRPCError:
    """An error of the SDK, which may quote all that the client said."""
    said = {"message": truncated(answer.error.message), "data": truncated_data(answer.error.data)}
    return answer.model_copy(update={"error": answer.error.model_copy(update=said)})


def _unanswered(question: Id, reason: str) -> SessionMessage:
    """What the SDK is told where the client does not answer it."""
    error = ErrorData(code=CONNECTION_CLOSED, message=reason)
    return SessionMessage(JSONRPCError(jsonrpc="2.0", id=question, error=error))
