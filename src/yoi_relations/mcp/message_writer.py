"""Writes messages to the client, one whole line at a time."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
import anyio.to_thread
from mcp_types import JSONRPCMessage

from yoi_relations.errors import ExitCode, WriteError
from yoi_relations.mcp.process_streams import ProcessStreams
from yoi_relations.render.output import Mode, report_error


class MessageWriter:
    """Writes messages to standard output. If it has no reader any more, the process ends.

    Attributes:
        shutting_down: whether the process ends at once, so that a line may be cut short.
    """

    def __init__(self, streams: ProcessStreams, mode: Mode) -> None:
        self.shutting_down = False
        self._streams = streams
        self._mode = mode
        self._lock = anyio.Lock()

    async def send(self, message: JSONRPCMessage) -> None:
        """Send a message."""
        await self._write(_json(message))

    async def send_batch(self, messages: Sequence[JSONRPCMessage]) -> None:
        """Send the responses to a batch."""
        await self._write(f"[{','.join(_json(message) for message in messages)}]")

    async def watch_reader(self) -> None:
        """End the process as soon as standard output has no reader."""
        await anyio.to_thread.run_sync(self._streams.wait_until_unread, abandon_on_cancel=True)
        self._streams.exit(ExitCode.DONE)

    async def _write(self, line: str) -> None:
        async with self._lock:
            try:
                await anyio.to_thread.run_sync(
                    self._streams.write,
                    f"{line}\n".encode(),
                    abandon_on_cancel=self.shutting_down,
                )
            except (BrokenPipeError, ConnectionResetError):
                self._streams.exit(ExitCode.DONE)
            except OSError as error:
                failed = WriteError(f"standard output: cannot be written: {error.strerror}")
                report_error(failed, self._mode)
                self._streams.exit(failed.exit_code)


def _json(message: JSONRPCMessage) -> str:
    return message.model_dump_json(by_alias=True, exclude_unset=True)
