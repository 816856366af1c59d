"""The roles that a team gives within what it is a team of."""

from msgspec import Struct

from services.gateway.auth import Scope
from services.gateway.cloudcms import containers
from services.gateway.cloudcms.answers import Status, conflict
from services.gateway.cloudcms.containers import WITHIN
from services.gateway.cloudcms.teams import teams
from services.gateway.cloudcms.writing import check_roles, writing
from services.gateway.routing import Answer, Call, Route
from shared.policy.entitlement.roles import ALL, role_key
from shared.store import entitlements
from shared.store import teams as stored_teams
from shared.store.entitlements import Unchanged
from shared.store.pool import Connection, acquire
from shared.store.teams import Stored
from shared.wire.cloudcms.policies import ROLE_LIMIT


class Authorities(Struct, frozen=True):
    """The keys of a team's roles."""

    authorities: list[str]


async def read(call: Call) -> Answer:
    """Answer GET …/teams/{team}/authorities."""
    within = containers.within(call)
    async with acquire(call.resources.pool) as connection:
        return Answer(Authorities((await teams.existing(connection, call, within)).roles))


async def grant(call: Call) -> Answer:
    """Answer POST …/teams/{team}/authorities/{role_key}/grant."""
    return await _change(call, grants=True)


async def revoke(call: Call) -> Answer:
    """Answer POST …/teams/{team}/authorities/{role_key}/revoke; `all` are all of them."""
    return await _change(call, grants=False)


async def _change(call: Call, *, grants: bool) -> Answer:
    within, role = containers.within(call), role_key(call.request.match_info["role_key"])
    async with writing(call) as connection:
        await entitlements.advance(connection, call.account)
        stored = await teams.existing(connection, call, within)
        if grants:
            roles = await _with(connection, call, stored, role)
        else:
            roles = [each for each in stored.roles if role not in (each, ALL)]
        if roles == stored.roles:
            raise Unchanged
        by = call.actor.name
        now = await stored_teams.put(connection, call.account, stored.id, roles, stored.document, by)
        await teams.record(connection, call, within, (stored, now))
    return Answer(Status())


async def _with(connection: Connection, call: Call, stored: Stored, role: str) -> list[str]:
    """The team's roles with one more; raises Faulty for one that there is not."""
    await check_roles(connection, call.account, [(role, None)])
    roles = list(dict.fromkeys([*stored.roles, role]))
    if len(roles) > ROLE_LIMIT:
        raise conflict(f"a team has at most {ROLE_LIMIT} roles, revoke one first")
    return roles


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE


def _routes(within: str) -> tuple[Route, ...]:
    path = f"{within}/teams/{{team}}/authorities"
    one = f"{path}/{{role_key}}"
    return (
        Route("GET", path, READ, read, "A team's roles", Authorities),
        Route("POST", f"{one}/grant", WRITE, grant, "Give a team a role", Status),
        Route("POST", f"{one}/revoke", WRITE, revoke, "Take a role from a team", Status),
    )


ROUTES = (*_routes(""), *_routes(WITHIN))
