"""The lease of a parcel while its bytes are written, renewed as long as the process lives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from shared.store import archives
from shared.store.pool import Pool, acquire
from shared.vault.shelf import Parcel


@asynccontextmanager
async def leased(pool: Pool, parcel: Parcel, place: str, seconds: float) -> AsyncIterator[None]:
    """A parcel at a place for as long as it takes; if that fails, one that the sweeper clears next."""
    async with acquire(pool) as connection:
        await archives.reserve(connection, *parcel, place, seconds)
    renewing = asyncio.create_task(_renew(pool, parcel, seconds))
    try:
        yield
    except BaseException:
        await asyncio.shield(_abandon(pool, parcel))
        raise
    finally:
        renewing.cancel()


async def _renew(pool: Pool, parcel: Parcel, seconds: float) -> None:
    there = True
    while there:
        await asyncio.sleep(seconds / 4)
        with suppress(Exception):  # a pool of the gateway's may have no turn either: the next one comes
            async with acquire(pool) as connection:
                there = await archives.renew(connection, *parcel, seconds)


async def _abandon(pool: Pool, parcel: Parcel) -> None:
    with suppress(Exception):  # then its lease ends by itself, and the first fault is the one to tell
        async with acquire(pool) as connection:
            await archives.abandon(connection, *parcel)
