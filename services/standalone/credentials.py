"""The first account and its token, kept in a file that only its owner can read."""

import os
import tempfile
from pathlib import Path
from uuid import UUID

import msgspec

from shared.store import accounts, pool, tokens
from shared.wire import tokens as token_text

_NAME = "standalone"


class Credentials(msgspec.Struct, frozen=True):
    """What a client needs; `account_id` in hex."""

    url: str
    account_id: str
    token: str


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
    """Credentials in force in this database: the known ones, else a new token, if need be a new account."""
    connection = await pool.connect(dsn, "gatehouse-standalone")
    try:
        account = _account(known)
        if known and account and await _in_force(connection, account, known.token):
            return Credentials(url, account.hex, known.token)
        if account is None or not await accounts.exists(connection, account):
            account = await accounts.create_account(connection, _NAME)
        token = await tokens.create_token(connection, account, token_text.SCOPES, _NAME, None)
        return Credentials(url, account.hex, token)
    finally:
        await connection.close()


def _account(known: Credentials | None) -> UUID | None:
    try:
        return UUID(known.account_id) if known else None
    except ValueError:
        return None


async def _in_force(connection: pool.Connection, account: UUID, text: str) -> bool:
    token = token_text.parse(text)
    stored = await tokens.find_token(connection, token.public_id) if token else None
    if token is None or stored is None:
        return False
    return stored.account == account and token_text.matches(token.secret, stored.digest)
