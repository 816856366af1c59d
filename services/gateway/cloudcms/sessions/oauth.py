"""`POST /oauth/token`: from a client's secret and a user's password, or a refresh token, to an access token.

A refresh token stays what it is when it is used: clients send it again if an answer was lost.
"""

from typing import Literal

from aiohttp import web
from msgspec import Struct

from services.gateway.auth import NO_DIGEST, within
from services.gateway.cloudcms.answers import INVALID_CLIENT, Failed
from services.gateway.cloudcms.sessions import token_requests
from services.gateway.cloudcms.sessions.token_requests import INVALID, Asked, ClientSent
from services.gateway.resources import Resources
from services.gateway.routing import Entrance
from shared.directory.login import folded_login
from shared.process.logs import log
from shared.store import clients, logins, sessions
from shared.store.clients import Client
from shared.store.pool import acquire
from shared.store.sessions import Pair
from shared.wire import passwords, tokens

UNKNOWN_CLIENT = "the client is unknown or revoked, or its secret is another"
WRONG = "the username or the password is wrong"
ENDED = "the refresh token is unknown or another client's, or its session has ended: log in again"
NOTHING_IN_COMMON = "the client allows nothing of what the user may do"
GRANTS = "`grant_type` is `password` or `refresh_token`"


class Granted(Struct, frozen=True):
    """An access token, how many seconds it lasts, and what to get the next one with.

    Some clients know a bearer token by small letters only; some renew at once what lasts an hour or less.
    """

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # a kind of token
    expires_in: int = sessions.ACCESS_SECONDS
    scope: Literal["api"] = "api"


async def token(request: web.Request, resources: Resources) -> Granted:
    """Answer POST /oauth/token."""
    asked, sent = await token_requests.read(request)
    client = await _client(resources, sent)
    own = resources.of(client.account)
    match asked.grant_type:
        case "password":
            pair = await _logged_in(own, client, asked)
        case "refresh_token":
            pair = await _refreshed(own, client, asked)
        case None | "":
            raise Failed(400, f"`grant_type` is missing: {GRANTS}", INVALID)
        case _:
            raise Failed(400, GRANTS, "unsupported_grant_type")
    return Granted(*pair)


async def _client(resources: Resources, sent: ClientSent) -> Client:
    """The client that is sent, known by its secret; takes as long for one that there is not."""
    async with acquire(resources.pool) as connection:
        client = await clients.find(connection, sent.key)
    known = tokens.matches(sent.secret.encode(), NO_DIGEST if client is None else client.digest)
    if client is None or not known:
        raise Failed(401, UNKNOWN_CLIENT, INVALID_CLIENT)
    return client


async def _logged_in(resources: Resources, client: Client, asked: Asked) -> Pair:
    """A new session of whoever has the name and the password."""
    if not asked.username or asked.password is None or len(asked.password) > passwords.LONGEST:
        words = (
            f"the grant `password` needs `username` and `password`, of at most {passwords.LONGEST} characters"
        )
        raise Failed(400, words, INVALID)
    async with acquire(resources.pool) as connection:
        login = await logins.find(connection, client.account, asked.username)
    stored = None if login is None else login.password
    name = folded_login(asked.username)
    known = await resources.passwords.matches(client.account, name, asked.password, stored)
    if login is None or not known:
        log.info("login refused", account=client.account.hex, client=client.key)
        raise Failed(400, WRONG, "invalid_grant")
    scopes = within(login.scopes, client.scopes)
    if not scopes:
        raise Failed(400, NOTHING_IN_COMMON, "invalid_scope")
    async with acquire(resources.pool) as connection, connection.transaction():
        pair = await sessions.begin(connection, client, login, sorted(scopes))
    if pair is None:
        raise Failed(400, WRONG, "invalid_grant")
    return pair


async def _refreshed(resources: Resources, client: Client, asked: Asked) -> Pair:
    """Another access token of a session, which begins to expire anew."""
    if not asked.refresh_token:
        raise Failed(400, "the grant `refresh_token` needs `refresh_token`", INVALID)
    sent = tokens.parse(asked.refresh_token)
    if sent is None:
        raise Failed(400, ENDED, "invalid_grant")
    async with acquire(resources.pool) as connection, connection.transaction():
        session = await sessions.find(connection, sent.public_id)
        known = tokens.matches(sent.secret, NO_DIGEST if session is None else session.digest)
        if session is None or not known or session.client_key != client.key:
            raise Failed(400, ENDED, "invalid_grant")
        access = await sessions.access(connection, client.account, session.id)
    if access is None:
        raise Failed(400, ENDED, "invalid_grant")
    return Pair(access, asked.refresh_token)


ENTRANCES = (Entrance("POST", "/oauth/token", token, "Get an access token", Asked, Granted),)
