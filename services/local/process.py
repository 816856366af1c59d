"""A reader in a process of its own.

It gets commands on standard input and answers on standard output, each message its length and msgpack. It
ends when its input does, so that it never outlives who started it, however that ends.
"""

import contextlib
import fcntl
import gc
import signal
import struct
import subprocess
import sys
from typing import IO

from services.local import messages
from services.local.reader import Reader

LENGTH = struct.Struct("<Q")
PIPE_BYTES = 1 << 20


class Died(Exception):  # noqa: N818  # what has happened
    """A process that is not there any more."""


class Process:
    """The other end of such a process."""

    def __init__(self) -> None:
        # As this process found its modules, that one has to: where `-P` keeps strangers out, or not.
        options = ("-P",) if sys.flags.safe_path else ()
        command = (sys.executable, *options, "-m", __spec__.name)
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # this very file

    def send(self, message: bytes) -> None:
        """Send an encoded command; raises Died."""
        try:
            _send(self._stdin, message)
        except OSError:
            raise self._death() from None

    def receive(self) -> messages.Answer:
        """The answer to the command sent; raises Died."""
        message = _read(self._stdout)
        if message is None:
            raise self._death()
        answer: messages.Answer = messages.decode_answer(message)
        return answer

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):  # what it was to be told
                pipe.close()

    @property
    def _stdin(self) -> IO[bytes]:
        return self._process.stdin  # type: ignore[return-value]  # a pipe

    @property
    def _stdout(self) -> IO[bytes]:
        return self._process.stdout  # type: ignore[return-value]  # a pipe

    def _death(self) -> Died:
        code = self._process.wait()
        why = f"was ended by signal {-code}, perhaps for lack of memory" if code < 0 else f"ended with {code}"
        return Died(f"a process that reads the directory {why}")


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """A message; None when there is none any more."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    message = pipe.read(length)
    return message if len(message) == length else None


def serve(incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    """Answer until the input ends."""
    reader = Reader()
    while (message := _read(incoming)) is not None:
        command = messages.decode_command(message)
        del message  # a part is large
        _send(outgoing, messages.encode(reader.do(command)))


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a megabyte, where that can be asked for: fewer turns for either side."""
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever stops the run means all of it, at once
    gc.disable()  # nothing here makes cycles, and looking for them doubles the work
    _widen(sys.stdin.buffer)
    _widen(sys.stdout.buffer)
    with contextlib.suppress(BrokenPipeError):  # nobody is there any more
        serve(sys.stdin.buffer, sys.stdout.buffer)
