"""What the handlers work with, opened when the application starts and closed when it stops."""

from collections.abc import AsyncIterator, Callable
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Struct

from services.gateway.assessment import Assessment
from services.gateway.auth import Tokens
from services.gateway.estates import Estates
from services.gateway.passwords import Passwords
from services.gateway.reasoning import Reasoning
from services.gateway.sharing import Sharing
from services.gateway.turns import Turns, lane
from shared.process.settings import Settings
from shared.queue.hints import Hints
from shared.store import pool
from shared.store.people import Unfinished
from shared.store.pool import Pool
from shared.vault.vault import Vault
from shared.wire.cloudflare.comparisons import TestStatus

# How long a statement may take where nobody gives it longer (uploads, long lists, starts): a request that
# PostgreSQL does not answer fails within three seconds.
COMMAND_SECONDS = 2.0
UPLOADS = 4
# How long a request waits for one of its account's turns, and one with a large body, of which an account has
# one at a time: it writes under a lock of the account anyway.
TURN_SECONDS = 2.0
LARGE_SECONDS = 5.0
LARGE = 2


class Resources(Struct):
    """One gateway's resources; uploads have connections of their own, as many as may run at a time.

    `turns` are for connections of `pool`, `uploads` for bodies that are read as they arrive, however slowly,
    `large` for the work on large bodies, `writes` for requests that write and may wait for each other.
    """

    settings: Settings
    pool: Pool
    hints: Hints
    tokens: Tokens
    upload_pool: Pool
    uploads: Turns
    runs: Sharing[TestStatus | None]
    turns: Turns
    large: Turns
    writes: Turns
    searches: Unfinished
    passwords: Passwords
    estates: Estates
    vault: Vault
    reasoning: Reasoning
    assessment: Assessment

    def of(self, account: UUID) -> "Resources":
        """The resources as requests of an account have them: it cannot take all connections from others."""
        own = lane(self.pool, self.turns, account)
        return msgspec.structs.replace(self, pool=own, vault=self.vault.through(own))


RESOURCES = web.AppKey("resources", Resources)


def share(connections: int) -> int:
    """How many of so many connections one account may have at a time; the rest is for the others."""
    return max(connections * 3 // 5, 1)


def writers(connections: int) -> int:
    """How many of them requests that write may have, so that its reads need not wait for its writes."""
    return max(share(connections) - 2, 1)


def context(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    """The application's start and stop."""

    async def opened(app: web.Application) -> AsyncIterator[None]:
        database = await pool.open_pool(
            settings.database_url, settings.pool_size, "gatehouse-gateway", COMMAND_SECONDS
        )
        uploading = await pool.open_pool(settings.database_url, UPLOADS, "gatehouse-upload")
        hints, uploads = Hints(settings.redis_url), Turns(share(UPLOADS), LARGE_SECONDS, UPLOADS)
        app[RESOURCES] = Resources(
            *(settings, database, hints, Tokens(database), uploading, uploads, Sharing()),
            Turns(share(settings.pool_size), TURN_SECONDS),
            Turns(1, LARGE_SECONDS, LARGE),
            Turns(writers(settings.pool_size), TURN_SECONDS),
            Unfinished(),
            Passwords(),
            Estates(),
            Vault(settings, database),
            Reasoning(),
            Assessment(),
        )
        yield
        await hints.close()
        await pool.close(uploading)
        await pool.close(database)

    return opened
