"""The Gatehouse that is measured: its own servers, one gateway, two workers, the settings they come with."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg

from services.standalone.postgres import Postgres
from tests.benchmarks.wire import Wire
from tests.stack import Service, account_id, servers

WORKERS = 2
DEFAULTS = {"GATEHOUSE_LEASE_SECONDS": "15", "GATEHOUSE_REHINT_SECONDS": "5", "GATEHOUSE_DRAIN_SECONDS": "20"}
SETTLED_SECONDS = 1.5
LOG_CHARACTERS = 3000  # of each log, if something fails


class Stage:
    """Everything a measurement needs; `peaks` are the most that each worker so far was resident, in bytes."""

    def __init__(self, folder: Path, postgres: Postgres, service: Service) -> None:
        self.folder, self.postgres, self.service = folder, postgres, service
        self.wire = self.new_wire()
        self.peaks: list[int] = []

    @property
    def account(self) -> UUID:
        return account_id(self.service.client)

    def new_wire(self) -> Wire:
        return Wire(self.service.url, self.service.account, self.service.token)

    async def connect(self) -> asyncpg.Connection:
        """A connection without the product's limits of time."""
        return await asyncpg.connect(self.postgres.dsn)

    async def restart_workers(self) -> None:
        """New workers, which remember nothing."""
        self.note_peaks()
        old = list(self.service.workers)
        self.service.workers.clear()
        await asyncio.gather(*(worker.end() for worker in old))
        for worker in old:
            worker.log.unlink()
        for _ in range(WORKERS):
            await self.service.add_worker()
        await asyncio.sleep(SETTLED_SECONDS)

    def note_peaks(self) -> None:
        """Remember the high-water marks of the workers that run now, each with its children's."""
        for worker in self.service.workers:
            assert worker.process is not None
            pid = worker.process.pid
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            self.peaks.append(sum(map(_high_water, [str(pid), *children])))


def _high_water(pid: str) -> int:
    """The most bytes that a process was resident with; 0 for one that has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    mark = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
    return 1024 * int(mark.group(1)) if mark else 0


def show_logs(folder: Path) -> None:
    """The ends of all logs, on standard error."""
    for log in (*folder.glob("*.log"), *folder.glob("*/*.log")):
        sys.stderr.write(f"{log.name}\n{log.read_text()[-LOG_CHARACTERS:]}\n")


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """A Gatehouse with an empty account, gone afterwards."""
    async with servers(folder) as (postgres, valkey):
        service = Service(postgres.dsn, valkey.url, folder, **DEFAULTS)
        try:
            await service.start(WORKERS)
            yield Stage(folder, postgres, service)
        except Exception:
            show_logs(folder)
            raise
        finally:
            await service.stop()
