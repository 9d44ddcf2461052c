"""What goes out to the client, one whole line after the other."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
import anyio.to_thread
from mcp_types import JSONRPCMessage

from yoi_relations.errors import ExitCode, WriteError
from yoi_relations.mcp.process_streams import ProcessStreams
from yoi_relations.render.output import Mode, report_error


class MessageWriter:
    """The messages to the client. Where nobody can read them any more, the process ends.

    Args:
        streams: where they go to.
        mode: how the user is told what goes wrong.

    Attributes:
        ending: whether the process ends at once, so that a line may be cut short.
    """

    def __init__(self, streams: ProcessStreams, mode: Mode) -> None:
        self.ending = False
        self._streams = streams
        self._mode = mode
        self._line = anyio.Lock()
        self._threads = anyio.CapacityLimiter(2)  # one each that writes and that watches

    async def send(self, message: JSONRPCMessage) -> None:
        """Send a message."""
        await self._write(_text(message))

    async def send_array(self, messages: Sequence[JSONRPCMessage]) -> None:
        """Send the answers to what came as an array."""
        await self._write(f"[{','.join(_text(message) for message in messages)}]")

    async def watch(self) -> None:
        """End the process as soon as nobody can read what it says."""
        await anyio.to_thread.run_sync(
            self._streams.wait_until_unread, abandon_on_cancel=True, limiter=self._threads
        )
        self._streams.leave(ExitCode.DONE)

    async def _write(self, line: str) -> None:
        async with self._line:
            try:
                await anyio.to_thread.run_sync(
                    self._streams.write,
                    f"{line}\n".encode(),
                    abandon_on_cancel=self.ending,
                    limiter=self._threads,
                )
            except (BrokenPipeError, ConnectionResetError):
                self._streams.leave(ExitCode.DONE)
            except OSError as error:
                failed = WriteError(f"standard output: cannot be written: {error.strerror}")
                report_error(failed, self._mode)
                self._streams.leave(failed.exit_code)


def _text(message: JSONRPCMessage) -> str:
    return message.model_dump_json(by_alias=True, exclude_unset=True)
