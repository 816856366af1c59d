"""One piece of work on the database, and what to say when it cannot be done."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click

from shared.process.settings import SettingsError, load
from shared.store import accounts, errors, pool
from shared.store import migrate as migrations
from shared.store.migrate import MigrationError

Result = TypeVar("Result")


class Refused(click.ClickException):
    """What was given cannot be used."""

    exit_code = 2


class Unavailable(click.ClickException):
    """The database cannot be used at the moment."""

    exit_code = 3


def address() -> str:
    """The database's address from the environment; raises Refused."""
    try:
        # The operator has no use for Redis, so that its address may be missing here and nowhere else.
        settings = load({"REDIS_URL": "", **os.environ})
    except SettingsError as fault:
        raise Refused(f"{fault}\nset `DATABASE_URL` to the address of the PostgreSQL database") from None
    for warning in settings.unknown:
        click.echo(f"warning: {warning}", err=True)
    return settings.database_url


def finish(work: Awaitable[Result]) -> Result:
    """The work's result; raises Refused or Unavailable."""

    async def awaited() -> Result:
        return await work

    try:
        return asyncio.run(awaited())
    except MigrationError as fault:
        raise Refused(str(fault)) from None
    except errors.UNAVAILABLE as fault:
        raise Unavailable(f"the database cannot be reached: {fault}") from None


def run(work: Callable[[pool.Connection], Awaitable[Result]]) -> Result:
    """Do something on one connection to a database that is up to date."""
    return finish(_connected(address(), work))


async def _connected(dsn: str, work: Callable[[pool.Connection], Awaitable[Result]]) -> Result:
    connection = await pool.connect(dsn, "gatehouse-operator")
    try:
        if await migrations.pending(connection):
            raise Refused("the database is not up to date: run `gatehouse migrate` first")
        return await work(connection)
    finally:
        await connection.close()


async def check_account(connection: pool.Connection, account: UUID) -> None:
    """Raises Refused if there is no such account."""
    if not await accounts.exists(connection, account):
        raise Refused(f"there is no account `{account.hex}`")


def migrate() -> list[str]:
    """Apply what is missing; the names of what was applied."""
    return finish(migrations.migrate(address()))
