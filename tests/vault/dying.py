"""A process that keeps an archive and dies on the way: `python -m tests.vault.dying ACCOUNT STEP`."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from uuid import UUID

from shared.process.settings import load
from shared.store import pool
from shared.vault.vault import Vault
from tests.vault.keeping import MIB, heading

STEPS = (
    "before the first piece",
    "after some pieces",
    "after the last piece",
    "before the end is committed",
    "when all is done",
)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def pieces(step: str) -> AsyncIterator[bytes]:
    if step == STEPS[0]:
        die()
    for number in range(3):
        yield os.urandom(4 * MIB)
        if step == STEPS[1] and number == 1:
            die()
    if step == STEPS[2]:
        die()


async def main(account: UUID, step: str) -> None:
    async def ending(*_: object) -> None:
        if step == STEPS[3]:
            die()

    settings = load(os.environ)
    connections = await pool.open_pool(settings.database_url, 2, "dying")
    await Vault(settings, connections).keep(account, heading(), pieces(step), "Ann", ending)
    die()


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1]), sys.argv[2]))
