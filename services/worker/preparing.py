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
import subprocess
import sys
from typing import IO

from shared.directory.errors import Refused
from shared.store import rows
from shared.wire.directory import batches
from shared.wire.directory.batches import Prepared, Raw

HEAD = struct.Struct("<QB")  # a message's length and kind
ANSWER, REFUSAL = 0, 1
PIPE_BYTES = 1 << 20
SMALL_ROWS = 5_000


class Preparer:
    """The other end of such a process; started when first used."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    async def prepare(self, raw: Raw) -> Prepared:
        """A batch, read and indexed. Raises Refused, or EOFError if the process has died.

        The first batch is read here if it is small: most imports are, and done before a process has started.
        """
        if self._process is None and sum(block.rows for block in raw.blocks) <= SMALL_ROWS:
            return await asyncio.to_thread(batches.prepare, raw, rows.entry)
        if self._process is None:
            self._process = _start()
        batch = [raw]
        del raw  # a batch is large, and waits long
        return await asyncio.to_thread(_exchange, self._process, batch)

    async def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            await asyncio.to_thread(_end, self._process)


def _start() -> subprocess.Popen[bytes]:
    command = (sys.executable, "-P", "-m", __spec__.name)
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # this very file


def _exchange(process: subprocess.Popen[bytes], batch: list[Raw]) -> Prepared:
    """In a thread of its own: a loop would take in an answer piece by piece, and copy it time and again."""
    assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101  # both are pipes
    _send(process.stdin, ANSWER, batches.encode(batch.pop()))
    length, kind = HEAD.unpack(_read(process.stdout, HEAD.size))
    answer = _read(process.stdout, length)
    if kind == REFUSAL:
        raise Refused(answer.decode())
    return batches.decode_prepared(answer)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # what it was to be told
            pipe.close()  # type: ignore[union-attr]  # both are pipes


def _send(pipe: IO[bytes], kind: int, message: bytes) -> None:
    pipe.write(HEAD.pack(len(message), kind))
    pipe.write(message)
    pipe.flush()


def _read(pipe: IO[bytes], length: int) -> bytes:
    found = pipe.read(length)
    if len(found) < length:
        raise EOFError("the process that prepares batches ended")
    return found


def serve(incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    """Answer until the input ends."""
    while head := incoming.read(HEAD.size):
        length, _ = HEAD.unpack(head)
        try:
            prepared = batches.prepare(batches.decode_raw(incoming.read(length)), rows.entry)
            kind, answer = ANSWER, batches.encode(prepared)
        except Refused as refusal:
            kind, answer = REFUSAL, str(refusal).encode()
        _send(outgoing, kind, answer)


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a megabyte, where that can be asked for: fewer turns for either side."""
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker decides
    gc.disable()  # nothing here makes cycles, and looking for them doubles the work
    _widen(sys.stdin.buffer)
    _widen(sys.stdout.buffer)
    serve(sys.stdin.buffer, sys.stdout.buffer)
