"""The first account, its token, its client and its login, kept in a file that only its owner can read."""

import asyncio
import os
import secrets
import tempfile
from pathlib import Path
from uuid import UUID

import msgspec

from shared.store import accounts, clients, errors, logins, pool, tokens
from shared.wire import passwords
from shared.wire import tokens as token_text

_NAME = "standalone"
_USERNAME = "admin"


class Credentials(msgspec.Struct, frozen=True):
    """What a client needs; `account_id` in hex. The second dialect takes the token, or what is below it."""

    url: str
    account_id: str
    token: str
    # Empty in a file of an earlier version.
    client_key: str = ""
    client_secret: str = ""
    username: str = ""
    password: str = ""


def read(path: Path) -> Credentials | None:
    """What the file holds; None when it is missing or holds something else."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Credentials)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write(path: Path, credentials: Credentials) -> None:
    """Replace the file at once, so that no reader sees half of it."""
    descriptor, unfinished = tempfile.mkstemp(prefix=".credentials-", dir=path.parent)
    # mkstemp makes it 0600.
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(credentials), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    Path(unfinished).replace(path)


async def fitting(known: Credentials | None, dsn: str, url: str) -> Credentials:
    """Credentials in force in this database: the known ones, new ones in the place of those that are not.

    A password is never made anew: if it is another by now, or the login disabled, somebody wanted that.
    """
    connection = await pool.connect(dsn, "gatehouse-standalone")
    try:
        account = _account(known)
        if known is None or account is None or not await accounts.exists(connection, account):
            account, known = await accounts.create_account(connection, _NAME), Credentials("", "", "")
        token = await _token(connection, account, known)
        key, secret = await _client(connection, account, known)
        return Credentials(url, account.hex, token, key, secret, *await _login(connection, account, known))
    finally:
        await connection.close()


def _account(known: Credentials | None) -> UUID | None:
    try:
        return UUID(known.account_id) if known else None
    except ValueError:
        return None


async def _token(connection: pool.Connection, account: UUID, known: Credentials) -> str:
    token = token_text.parse(known.token)
    stored = await tokens.find_token(connection, token.public_id) if token else None
    if token and stored and stored.account == account and token_text.matches(token.secret, stored.digest):
        return known.token
    return await tokens.create_token(connection, account, token_text.SCOPES, _NAME, None)


async def _client(connection: pool.Connection, account: UUID, known: Credentials) -> tuple[str, str]:
    stored = await clients.find(connection, known.client_key)
    secret = known.client_secret.encode()
    if stored and stored.account == account and token_text.matches(secret, stored.digest):
        return known.client_key, known.client_secret
    return await clients.create(connection, account, _NAME, token_text.SCOPES)


async def _login(connection: pool.Connection, account: UUID, known: Credentials) -> tuple[str, str]:
    if known.password:
        return known.username, known.password
    password = secrets.token_urlsafe(18)
    hashed = await asyncio.to_thread(passwords.hash_password, password)
    try:
        await logins.create(connection, account, _USERNAME, hashed, token_text.SCOPES)
    except errors.UniqueViolation:  # made by a run that ended before it could write the file
        await logins.set_password(connection, account, _USERNAME, hashed)
    return _USERNAME, password
