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
from collections.abc import AsyncIterator
from typing import IO

import msgspec
from msgspec import Struct

from shared.directory.errors import Refused
from shared.store import rows, strangers
from shared.store.strangers import Place, Strangers
from shared.wire.directory import batches
from shared.wire.directory.batches import Prepared, Raw

HEAD = struct.Struct("<QB")  # a message's length and kind
ANSWER, REFUSAL = 0, 1
PIPE_BYTES = 1 << 20
SMALL_ROWS = 5_000


class Asked(Struct, frozen=True, array_like=True):
    """A batch to prepare, or, with a place, to make ready for it."""

    raw: Raw
    to: Place | None = None


_decode = msgspec.msgpack.Decoder(Asked).decode


class Preparer:
    """The other end of such a process, which is started at once; without one, batches are read here."""

    def __init__(self, *, beside: bool = True) -> None:
        self._process = _start() if beside else None

    async def prepare(self, raw: Raw) -> Prepared:
        """A batch, read and indexed. Raises Refused, or EOFError if the process has died."""
        asked = [Asked(raw)]
        del raw  # a batch is large, and waits long
        return batches.decode_prepared(await self._answer(asked))

    async def settle(self, raw: Raw, to: Place) -> Strangers | None:
        """A batch made ready for a directory that knows nobody of it, as `strangers.settle` has it."""
        asked = [Asked(raw, to)]
        del raw
        found: Strangers | None = strangers.decode(await self._answer(asked))
        return found

    async def _answer(self, asked: list[Asked]) -> bytes:
        """What is asked is taken out of the list."""
        if self._process is None:
            return await asyncio.to_thread(_answer, asked.pop())
        return await asyncio.to_thread(_exchange, self._process, asked)

    async def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            await asyncio.to_thread(_end, self._process)


@contextlib.asynccontextmanager
async def preparing(rows: int) -> AsyncIterator[Preparer]:
    """Such a process for an import of some rows; a small one, as most are, is done before one has started."""
    preparer = Preparer(beside=rows > SMALL_ROWS)
    try:
        yield preparer
    finally:
        await preparer.close()


def _start() -> subprocess.Popen[bytes]:
    command = (sys.executable, "-P", "-m", __spec__.name)
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # this very file


def _exchange(process: subprocess.Popen[bytes], asked: list[Asked]) -> bytes:
    """In a thread of its own: a loop would take in an answer piece by piece, and copy it time and again."""
    assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101  # both are pipes
    _send(process.stdin, ANSWER, batches.encode(asked.pop()))
    length, kind = HEAD.unpack(_read(process.stdout, HEAD.size))
    answer = _read(process.stdout, length)
    if kind == REFUSAL:
        raise Refused(answer.decode())
    return answer


def _answer(asked: Asked) -> bytes:
    if asked.to is not None:
        return batches.encode(strangers.settle(asked.raw, asked.to))
    return batches.encode(batches.prepare(asked.raw, rows.entry))


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
            kind, answer = ANSWER, _answer(_decode(incoming.read(length)))
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
