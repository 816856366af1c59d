"""A process beside the worker that reads and indexes batches of an import: half of an import's work.

It gets blocks on standard input and answers on standard output, each message its length and msgpack. It ends
when its input does, so that it never outlives the worker, however that ends.
"""

import asyncio
import contextlib
import fcntl
import gc
import signal
import struct
import sys
from typing import BinaryIO

from shared.directory.errors import Refused
from shared.store import rows
from shared.wire.directory import batches
from shared.wire.directory.batches import Prepared, Raw

HEAD = struct.Struct("<QB")  # a message's length and kind
ANSWER, REFUSAL = 0, 1
BUFFER_BYTES = 1 << 26
PIPE_BYTES = 1 << 20
SMALL_ROWS = 5_000


class Preparer:
    """The other end of such a process; started when first used."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def prepare(self, raw: Raw) -> Prepared:
        """A batch, read and indexed. Raises Refused, or EOFError if the process has died.

        The first batch is read here if it is small: most imports are, and done before a process has started.
        """
        if self._process is None and sum(block.rows for block in raw.blocks) <= SMALL_ROWS:
            return await asyncio.to_thread(batches.prepare, raw, rows.entry)
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", __spec__.name),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=BUFFER_BYTES,
            )
        message = [batches.encode(raw)]
        del raw  # a batch is large, and waits long
        kind, answer = await self._exchange(message)
        if kind == REFUSAL:
            raise Refused(answer.decode())
        return await asyncio.to_thread(batches.decode_prepared, answer)

    async def _exchange(self, messages: list[bytes]) -> tuple[int, bytes]:
        assert self._process is not None and self._process.stdin and self._process.stdout  # noqa: PT018, S101  # started above
        self._process.stdin.write(HEAD.pack(len(messages[0]), ANSWER))
        self._process.stdin.write(messages.pop())
        await self._process.stdin.drain()
        length, kind = HEAD.unpack(await self._process.stdout.readexactly(HEAD.size))
        return kind, await self._process.stdout.readexactly(length)

    async def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer until the input ends."""
    while head := incoming.read(HEAD.size):
        length, _ = HEAD.unpack(head)
        try:
            prepared = batches.prepare(batches.decode_raw(incoming.read(length)), rows.entry)
            kind, answer = ANSWER, batches.encode(prepared)
        except Refused as refusal:
            kind, answer = REFUSAL, str(refusal).encode()
        outgoing.write(HEAD.pack(len(answer), kind))
        outgoing.write(answer)
        outgoing.flush()


def _widen(pipe: BinaryIO) -> None:
    """Let a pipe hold a megabyte, where that can be asked for: fewer turns for either side."""
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker decides
    gc.disable()  # nothing here makes cycles, and looking for them doubles the work
    _widen(sys.stdin.buffer)
    _widen(sys.stdout.buffer)
    serve(sys.stdin.buffer, sys.stdout.buffer)
