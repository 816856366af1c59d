"""The two servers behind the gateway: the configured one, which is not ours to touch, or one of our own."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from services.standalone.data_directory import DataDirectory
from services.standalone.errors import UNAVAILABLE, StandaloneError
from services.standalone.postgres import Postgres
from services.standalone.supervision import Supervised
from services.standalone.valkey import Valkey
from shared.store import errors, migrate

_PATIENCE = 30.0

Say = Callable[[str], None]


class Servers(msgspec.Struct, frozen=True):
    """Addresses of running servers, and those of them that are ours to keep alive."""

    database_url: str
    redis_url: str
    owned: tuple[Supervised, ...]


async def start(directory: DataDirectory, stack: AsyncExitStack, say: Say) -> Servers:
    """Use what DATABASE_URL and REDIS_URL name, start the rest; `stack` ends what was started."""
    owned: list[Supervised] = []
    database_url = configured(os.environ, "DATABASE_URL")
    if database_url is None:
        postgres = Postgres(directory.postgres, log=directory.log("postgres"))
        stack.push_async_callback(postgres.stop)
        await postgres.start()
        say(f"PostgreSQL {postgres.version} is up, its data in {postgres.data}")
        database_url = postgres.dsn
        owned.append(postgres)
    redis_url = configured(os.environ, "REDIS_URL")
    if redis_url is None:
        valkey = Valkey(directory.valkey, log=directory.log("valkey"))
        stack.push_async_callback(valkey.stop)
        await valkey.start()
        say(f"{valkey.program} is up")
        redis_url = valkey.url
        owned.append(valkey)
    return Servers(database_url, redis_url, tuple(owned))


def configured(environment: Mapping[str, str], name: str) -> str | None:
    """An address from the environment, or from the file that its `_FILE` variant names."""
    if (file := environment.get(f"{name}_FILE")) is None:
        return environment.get(name) or None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StandaloneError(f"`{name}_FILE` cannot be read: {error.strerror}") from error


async def brought_up_to_date(database_url: str, say: Say) -> None:
    """Apply migrations; a server that is not there yet is waited for. Raises StandaloneError."""
    began = time.monotonic()
    told = False
    while True:
        try:
            if applied := await migrate.migrate(database_url):
                say(f"the database is up to date ({len(applied)} migrations applied)")
        except errors.UNAVAILABLE as error:
            if time.monotonic() - began > _PATIENCE:
                raise StandaloneError(f"the database cannot be reached: {error}", UNAVAILABLE) from error
            if not told:
                say(f"waiting for the database: {error}")
            told = True
            await asyncio.sleep(0.5)
        except Exception as error:
            # A configured server may refuse in many ways; its own words say it best.
            raise StandaloneError(f"the database cannot be used: {error}") from error
        else:
            return
