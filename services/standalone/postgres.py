"""A PostgreSQL server of our own: over a private Unix socket only, durable, tuned for one small machine."""

import asyncio
import signal
import subprocess
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote

from services.standalone import child, home, inhabitants, installation
from services.standalone.cluster import DATABASE, USER, environment, initialise
from services.standalone.errors import StandaloneError
from services.standalone.installation import Installation
from services.standalone.os_account import OsAccount
from services.standalone.socket_directory import SocketDirectory

_SOCKET = ".s.PGSQL.5432"
_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "off",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_lock_waits": "on",
}
_ATTEMPTS = 8


class Postgres:
    """
    One server over one directory; also an async context manager.

    `data` is where its files are; `start` after `stop` or `crash` finds them again. All errors are
    StandaloneError.
    """

    def __init__(
        self, data_dir: Path, *, log: Path | None = None, installations: list[Installation] | None = None
    ) -> None:
        self._directory = data_dir.absolute()
        self._log = log or self._directory / "postgres.log"
        self._available = installations
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: SocketDirectory | None = None
        self.data = self._directory / "data"
        self.name = "PostgreSQL server"
        self.version = ""

    @property
    def dsn(self) -> str:
        """Where a started server is reached, as a URL."""
        if self._sockets is None or self._sockets.path is None:
            raise StandaloneError("PostgreSQL has no address before it is started")
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self._sockets.path), safe='/')}"

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> Path:
        """The file its messages are appended to."""
        return self._log

    async def start(self) -> None:
        """Start it, on data made now if there is none, and wait until it takes connections."""
        self._directory.mkdir(parents=True, exist_ok=True)
        found = (
            self._available if self._available is not None else await asyncio.to_thread(installation.found)
        )
        existing = self._existing_data()
        fitting = installation.chosen(_recorded_major(existing), found, self._directory)
        account = OsAccount.for_data(existing)
        place = home.settle(self._directory, account)
        self.data = place / "data"
        binaries = _reachable(fitting, place, account)
        self.version = binaries.version
        if not self.data.exists():
            await initialise(binaries, self.data, account, self._log)
        await inhabitants.evict(self.data, inhabitants.POSTGRES, signal.SIGINT)
        self._forget_stale_process()
        self._sockets = SocketDirectory(place, _SOCKET)
        self._sockets.make(account)
        await self._attempt(binaries, account)

    async def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written. Without effect when it is not running."""
        await self._leave(signal.SIGINT, 60)

    async def crash(self) -> None:
        """Immediate shutdown, as after a power cut: the next start recovers from the log."""
        await self._leave(signal.SIGQUIT, 10)

    async def remove(self) -> None:
        """Stop it and remove all its files."""
        await self.stop()
        await asyncio.to_thread(home.remove, self._directory)

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _existing_data(self) -> Path:
        elsewhere = self._directory / "elsewhere"
        return (elsewhere.resolve() if elsewhere.is_symlink() else self._directory) / "data"

    def _forget_stale_process(self) -> None:
        """
        Set aside a `postmaster.pid` whose number now belongs to a process of somebody else.

        PostgreSQL would take that one for its own and refuse. No process of this data is left at this point.
        """
        file = self.data / "postmaster.pid"
        if file.exists() and Path("/proc/self").exists():
            file.rename(file.with_suffix(".stale"))

    async def _attempt(self, binaries: Installation, account: OsAccount | None) -> None:
        """Start until it is ready: shared memory of a killed predecessor takes a moment to go."""
        for attempt in range(_ATTEMPTS):
            self._process = child.spawn(
                self._command(binaries),
                self._log,
                environment(),
                account=account,
                last_word=signal.SIGINT,
            )
            if await self._ready():
                return
            await asyncio.sleep(min(2, 0.1 * 2**attempt))
        raise StandaloneError(f"PostgreSQL does not start:\n{child.tail(self._log)}")

    def _command(self, binaries: Installation) -> list[str]:
        assert self._sockets is not None  # noqa: S101 - set by start
        settings = _SETTINGS | {
            "unix_socket_directories": str(self._sockets.path),
            "cluster_name": inhabitants.mark(self.data),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [binaries.program("postgres"), "-D", str(self.data), *options]

    async def _ready(self) -> bool:
        """Wait until it takes connections, however long recovery lasts; False when it ended instead."""
        assert self._process is not None  # noqa: S101 - set by the caller
        began = time.monotonic()
        while self._process.poll() is None:
            if self._status() == "ready":
                return True
            await asyncio.sleep(0.02 if time.monotonic() - began < 10 else 0.5)  # noqa: PLR2004 - then it recovers
        return False

    def _status(self) -> str:
        """The word that the server writes into its process file, as its own tools read it."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[7].strip()
        except (OSError, IndexError):
            return ""

    async def _leave(self, request: signal.Signals, seconds: float) -> None:
        process, self._process = self._process, None
        if process is not None and not await child.end(process, request, seconds):
            await inhabitants.evict(self.data, inhabitants.POSTGRES, signal.SIGQUIT)
        if self._sockets is not None:
            self._sockets.remove()


def _recorded_major(data: Path) -> int | None:
    """The version that made the data, None when there is none."""
    recorded = data / "PG_VERSION"
    return int(recorded.read_text()) if recorded.exists() else None


def _reachable(fitting: list[Installation], place: Path, account: OsAccount | None) -> Installation:
    """The first of the installations that the account can execute, or a copy of it in `place`."""
    for candidate in fitting:
        if (binaries := home.reachable(candidate, place, account)) is not None:
            return binaries
    name = account.name if account else USER
    raise StandaloneError(
        f"account `{name}` cannot execute `{fitting[0].program('postgres')}`; install PostgreSQL where "
        "everybody can, run as an ordinary user, or set DATABASE_URL"
    )
