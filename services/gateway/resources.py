"""What the handlers work with, opened when the application starts and closed when it stops."""

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import web
from msgspec import Struct

from services.gateway.auth import Tokens
from services.gateway.sharing import Sharing
from shared.process.settings import Settings
from shared.queue.hints import Hints
from shared.store import pool
from shared.store.pool import Pool
from shared.wire.cloudflare.policy_tests import Run

# A request is answered within three seconds, whatever PostgreSQL does; but for uploads, which are long.
COMMAND_SECONDS = 2.0
UPLOADS = 4


class Resources(Struct):
    """One gateway's resources; uploads have connections of their own, as many as may run at a time."""

    settings: Settings
    pool: Pool
    hints: Hints
    tokens: Tokens
    upload_pool: Pool
    uploads: asyncio.Semaphore
    runs: Sharing[Run | None]


RESOURCES = web.AppKey("resources", Resources)


def context(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    """The application's start and stop."""

    async def opened(app: web.Application) -> AsyncIterator[None]:
        database = await pool.open_pool(
            settings.database_url, settings.pool_size, "gatehouse-gateway", COMMAND_SECONDS
        )
        uploading = await pool.open_pool(settings.database_url, UPLOADS, "gatehouse-upload")
        hints, turns = Hints(settings.redis_url), asyncio.Semaphore(UPLOADS)
        app[RESOURCES] = Resources(settings, database, hints, Tokens(database), uploading, turns, Sharing())
        yield
        await hints.close()
        await pool.close(uploading)
        await pool.close(database)

    return opened
