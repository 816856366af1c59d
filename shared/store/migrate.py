"""Migrations: numbered SQL files, each applied once, in one transaction, under one lock."""

import hashlib
from importlib import resources
from typing import NamedTuple

import asyncpg

from shared.store import pool, queries

SQL = queries.load("migrate.sql")
LOCK = 0x6761_7465  # the ASCII of "gate"


class MigrationError(Exception):
    """The database's schema is not one that this version can use."""


class Migration(NamedTuple):
    """One file: its `name`, its `text`, and the SHA-256 of that text in hex."""

    name: str
    text: str
    checksum: str


def migrations() -> list[Migration]:
    """The migrations of this version, in order."""
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda e: e.name)
    texts = [(entry.name, entry.read_text(encoding="utf-8")) for entry in files]
    return [Migration(name, text, hashlib.sha256(text.encode()).hexdigest()) for name, text in texts]


async def _applied(connection: pool.Connection) -> dict[str, str]:
    if not await connection.fetchval(SQL["table_exists"]):
        return {}
    return {row["name"]: row["checksum"] for row in await connection.fetch(SQL["applied"])}


async def pending(connection: pool.Connection) -> list[Migration]:
    """What is still to be applied; raises MigrationError for a database that is newer or was altered."""
    applied = await _applied(connection)
    known = {migration.name: migration.checksum for migration in migrations()}
    for name, checksum in applied.items():
        if name not in known:
            raise MigrationError(f"the database has migration `{name}`, which is newer than this version")
        if known[name] != checksum:
            raise MigrationError(f"migration `{name}` was applied with another text than this version has")
    return [migration for migration in migrations() if migration.name not in applied]


async def migrate(dsn: str) -> list[str]:
    """Bring a database up to date; returns the names applied. Several at once wait for one another."""
    connection = await pool.connect(dsn, "gatehouse-migrate", command_seconds=None)
    try:
        await connection.execute(SQL["patience"])
        await connection.execute(SQL["lock"], LOCK)
        await connection.execute(SQL["create_table"])
        return [await _apply(connection, migration) for migration in await pending(connection)]
    finally:
        await connection.close()


async def _apply(connection: asyncpg.Connection, migration: Migration) -> str:
    async with connection.transaction():
        await connection.execute(migration.text)
        await connection.execute(SQL["record"], migration.name, migration.checksum)
    return migration.name
