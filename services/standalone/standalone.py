"""Everything together: servers, migrations, gateway, workers, credentials; and the end of it all in order."""

import asyncio
import os
import time
from contextlib import AsyncExitStack
from pathlib import Path

import click
import msgspec

from services.standalone import credentials, gate, servers, supervision
from services.standalone.data_directory import DataDirectory
from services.standalone.errors import StandaloneError
from services.standalone.part import Part
from services.standalone.servers import Servers
from shared.process.settings import Settings, load

_GRACE = 5.0  # seconds beyond the time that a part itself allows for draining
_TRIM_SECONDS = 10.0


class Options(msgspec.Struct, frozen=True):
    """What the user asked for."""

    port: int
    data_dir: Path
    workers: int


class Standalone:
    """One run of it."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._directory = DataDirectory(options.data_dir)
        self._gateway: Part | None = None
        self._workers: list[Part] = []
        self._drain = 0.0

    async def serve(self) -> None:
        """Start everything and keep it alive until cancelled; then stop what was started, the last first."""
        with self._directory.locked():
            # The settings are checked before anything is started.
            settings = load(self._environment(Servers("unknown", "unknown", ()), self._options.port))
            port = gate.claimed(settings.host, self._options.port)
            for warning in settings.unknown:
                say(f"warning: {warning}")
            async with AsyncExitStack() as stack:
                stack.callback(say, "stopped")
                started = await servers.start(self._directory, stack, say)
                await servers.brought_up_to_date(started.database_url, say)
                await self._start_parts(settings, self._environment(started, port), stack)
                await self._keep(started, settings.host, port)

    def hurry(self) -> None:
        """Do not wait for running work any longer."""
        for part in [*self._workers, *([self._gateway] if self._gateway else [])]:
            part.kill()

    def _environment(self, started: Servers, port: int) -> dict[str, str]:
        """The environment of gateway and workers."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL_FILE", "REDIS_URL_FILE", "GATEHOUSE_PORT_FILE"}
        }
        return inherited | {
            "DATABASE_URL": started.database_url,
            "REDIS_URL": started.redis_url,
            "GATEHOUSE_PORT": str(port),
            # Several workers on one machine cannot have the same one.
            "GATEHOUSE_WORKER_PORT": "0",
        }

    async def _start_parts(
        self, settings: Settings, environment: dict[str, str], stack: AsyncExitStack
    ) -> None:
        self._drain = settings.drain_seconds + _GRACE
        names = [f"worker-{number}" for number in range(1, self._options.workers + 1)]
        self._workers = [
            Part(name, "services.worker", environment, self._directory.log(name)) for name in names
        ]
        self._gateway = Part("gateway", "services.gateway", environment, self._directory.log("gateway"))
        stack.push_async_callback(self._stop_workers)
        stack.push_async_callback(self._gateway.stop, self._drain)
        for part in [self._gateway, *self._workers]:
            await part.start()

    async def _stop_workers(self) -> None:
        await asyncio.gather(*(worker.stop(self._drain) for worker in self._workers))

    async def _keep(self, started: Servers, host: str, port: int) -> None:
        """Announce readiness and keep all alive; ends by being cancelled or with a StandaloneError."""
        gateway = [self._gateway] if self._gateway else []
        try:
            async with asyncio.TaskGroup() as group:
                for supervised in [*started.owned, *gateway, *self._workers]:
                    group.create_task(supervision.keep(supervised, say))
                group.create_task(self._trim_logs())
                group.create_task(self._announce(started, host, port))
        except* StandaloneError as failed:
            raise failed.exceptions[0] from None

    async def _announce(self, started: Servers, host: str, port: int) -> None:
        await gate.ready(host, port)
        file = self._directory.credentials
        address = gate.url(host, port)
        known = await credentials.fitting(credentials.read(file), started.database_url, address)
        credentials.write(file, known)
        click.echo(
            f"Gatehouse is ready at {known.url}, account {known.account_id}, credentials in {file}; "
            f"stop it with Ctrl-C or `kill {os.getpid()}`"
        )

    async def _trim_logs(self) -> None:
        while True:
            await asyncio.sleep(_TRIM_SECONDS)
            for log in self._directory.logs.glob("*.log"):
                await asyncio.to_thread(self._directory.log, log.stem)


def say(message: str) -> None:
    """Tell the user, with the time of day."""
    click.echo(f"{time.strftime('%H:%M:%S')} {message}", err=True)
