"""Sessions: who logged in through which client. A session is its refresh token; its access tokens are tokens.

One that ended is gone, its access tokens with it.
"""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from shared.store import queries
from shared.store.clients import Client
from shared.store.logins import Login
from shared.store.pool import Connection
from shared.wire import tokens

SQL = queries.load("sessions.sql")

DAYS = 30
"""How long a session lasts after it was last refreshed."""
ACCESS_SECONDS = 24 * 60 * 60
"""How long an access token lasts, if its session does."""
# Of one login, and of one session: beyond that the oldest end. Nobody fills the database by logging in.
SESSIONS = 1_000
ACCESS_TOKENS = 100


class Session(NamedTuple):
    """A session in force, of a login or of a `user`, through a client; `digest` is of its refresh token."""

    id: str
    account: UUID
    digest: bytes
    client_key: str
    login_id: str | None
    user: UUID | None
    name: str

    @property
    def principal_id(self) -> str:
        """Whoever logged in, by the id that answers have."""
        return str(self.user) if self.login_id is None else self.login_id


class Pair(NamedTuple):
    """What whoever logs in gets. Neither is kept anywhere, so this is the one time that they can be seen."""

    access: str
    refresh: str


async def begin(connection: Connection, client: Client, login: Login, scopes: Iterable[str]) -> Pair | None:
    """A new session; None if the login or the client ended at the same moment."""
    token = tokens.new()
    password = hashlib.sha256(login.password.encode()).digest()
    of = (login.login_id, login.user)
    row = (token.public_id, tokens.digest(token.secret), client.key, *of, login.name, list(scopes), password)
    await connection.execute(SQL["begin"], client.account, *row, DAYS)
    await connection.execute(SQL["crowd_out"], client.account, *of, SESSIONS)
    granted = await access(connection, client.account, token.public_id)
    return None if granted is None else Pair(granted, tokens.text(token))


async def find(connection: Connection, session_id: str) -> Session | None:
    """The session of a refresh token's public part; None if it has ended, or what it rests on is gone."""
    row = await connection.fetchrow(SQL["find"], session_id)
    return None if row is None else Session(*row)


async def access(connection: Connection, account: UUID, session_id: str) -> str | None:
    """Another access token of a session, which lasts longer for it; None if the session has ended."""
    row = await connection.fetchrow(SQL["prolong"], account, session_id, DAYS)
    if row is None:
        return None
    token = tokens.new()
    granted = (row["name"], tokens.digest(token.secret), row["scopes"], ACCESS_SECONDS, session_id)
    await connection.execute(SQL["grant"], account, token.public_id, *granted)
    await connection.execute(SQL["crowd_out_tokens"], account, session_id, ACCESS_TOKENS)
    return tokens.text(token)


async def end(connection: Connection, account: UUID, session_id: str) -> None:
    """End a session, and all of its tokens."""
    await connection.execute(SQL["end"], account, session_id)
