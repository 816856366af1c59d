"""Who calls, and what for: `GET /auth/info`, `POST /auth/expire`, and the platform, which is the account."""

import msgspec
from msgspec import Struct

from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import Status, refused
from services.gateway.cloudcms.sessions import callers
from services.gateway.routing import Answer, Call, Route
from shared.store import accounts, principals, sessions
from shared.store.pool import Connection, acquire
from shared.wire.cloudcms.references import DOMAIN

NO_SESSION = (
    "the token did not come from `POST /oauth/token`: whoever made it revokes it, `gatehouse token revoke`"
)


class Platform(Struct, frozen=True):
    """An account."""

    id: str = msgspec.field(name="_doc")
    title: str
    type: str = "platform"


class User(Struct, frozen=True, omit_defaults=True):
    """Whoever calls. `email` of users of the directory only."""

    id: str = msgspec.field(name="_doc")
    name: str
    title: str
    type: str = msgspec.field(default_factory=lambda: "USER")
    domain: str = msgspec.field(name="domainId", default_factory=lambda: DOMAIN)
    email: str | None = None


class Tenant(Struct, frozen=True, rename="camel"):
    """An account, as whose it is."""

    id: str = msgspec.field(name="_doc")
    title: str
    platform_id: str


class Info(Struct, frozen=True, rename="camel"):
    """Who calls, for which account, by which client if in a session. `ticket` is the token that was sent."""

    principal_id: str
    principal_domain_id: str
    principal_name: str
    tenant_id: str
    tenant_title: str
    client_id: str | None
    ticket: str
    user: User
    tenant: Tenant


async def platform(call: Call) -> Answer:
    """Answer GET /."""
    async with acquire(call.resources.pool) as connection:
        return Answer(Platform(call.account.hex, await accounts.name(connection, call.account)))


async def info(call: Call) -> Answer:
    """Answer GET /auth/info."""
    account, session = call.account.hex, call.caller.session
    async with acquire(call.resources.pool) as connection:
        title = await accounts.name(connection, call.account)
        user = await _user(call, connection)
    return Answer(
        Info(
            principal_id=user.id,
            principal_domain_id=DOMAIN,
            principal_name=user.name,
            tenant_id=account,
            tenant_title=title,
            client_id=None if session is None else session.client_key,
            ticket=callers.sent(call.request) or "",
            user=user,
            tenant=Tenant(account, title, account),
        )
    )


async def _user(call: Call, connection: Connection) -> User:
    """Whoever logged in; for a token without a session, the token."""
    caller = call.caller
    if caller.session is None:
        return User(caller.token_id, caller.name, caller.name)
    principal_id = caller.session.principal_id
    if caller.session.user is not None:
        found = await principals.find(connection, call.account, [principal_id])
        if known := found.get(principal_id):
            return User(principal_id, caller.name, known.display, email=known.email)
    return User(principal_id, caller.name, caller.name)


async def expire(call: Call) -> Answer:
    """Answer POST /auth/expire: end the session of the token that is sent, with all of its tokens."""
    session = call.caller.session
    if session is None:
        raise refused(NO_SESSION)
    async with acquire(call.resources.pool) as connection:
        await sessions.end(connection, call.account, session.id)
    call.resources.tokens.forget(session)
    return Answer(Status())


READ = Scope.ENTITLEMENTS_READ
ROUTES = (
    Route("GET", "/", READ, platform, "Read the platform", Platform),
    Route("GET", "/auth/info", READ, info, "Say who calls", Info),
    Route("POST", "/auth/expire", READ, expire, "End the session", Status),
)
