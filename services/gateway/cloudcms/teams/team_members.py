"""Who is in a team: whoever is in its group. And in which teams somebody is."""

import msgspec
from msgspec import Struct

from services.gateway.auth import Scope
from services.gateway.cloudcms import containers, listing
from services.gateway.cloudcms.answers import ResultMap, Status, refused, result_map
from services.gateway.cloudcms.containers import WITHIN
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.principals import crowds, members, memberships, principals
from services.gateway.cloudcms.principals.crowds import Crowd
from services.gateway.cloudcms.principals.members import MemberQuery, MembersQuery
from services.gateway.cloudcms.principals.principals import MAP
from services.gateway.cloudcms.teams import teams
from services.gateway.cloudcms.writing import writing
from services.gateway.routing import Answer, Call, Route
from shared.policy.entitlement.estate import Holder
from shared.store import entitlements
from shared.store import teams as stored_teams
from shared.store.entitlements import Unchanged
from shared.store.pool import Connection, acquire
from shared.wire.cloudcms.teams import TeamDocument


class Belonging(Struct, frozen=True):
    """Whether somebody is in a team, by groups that are in it or not."""

    belongs: bool
    ok: bool = True


class TeamsQuery(Listing, frozen=True):
    """Teams of what: the platform's, unless a datastore's type and id say otherwise."""

    kind: str = msgspec.field(name="teamableType", default=entitlements.PLATFORM)
    of: str = msgspec.field(name="teamableId", default="")


async def page(call: Call) -> Answer:
    """Answer GET …/teams/{team}/members."""
    within = containers.within(call)

    async def crowd(connection: Connection) -> Crowd:
        team = await teams.existing(connection, call, within)
        return await members.members_of(connection, call, team.group)

    return Answer(await crowds.listed(call, crowd, crowds.asked(call.request, call.query)))


async def add(call: Call) -> Answer:
    """Answer POST …/teams/{team}/members/add."""
    return await _change(call, belongs=True)


async def remove(call: Call) -> Answer:
    """Answer POST …/teams/{team}/members/remove."""
    return await _change(call, belongs=False)


async def _change(call: Call, *, belongs: bool) -> Answer:
    within = containers.within(call)
    async with writing(call) as connection:
        team = await teams.existing(connection, call, within)
        member = await _member(connection, call)
        if not await memberships.change(connection, call, team.group, member, belongs=belongs):
            raise Unchanged
    return Answer(Status())


async def _member(connection: Connection, call: Call) -> Holder:
    """Whom the query names; raises Failed for nobody."""
    asked: MemberQuery = call.query
    if not asked.id:
        raise refused("`id` says whose membership it is: `domain/principal`")
    return await principals.named(connection, call, asked.id)


async def check(call: Call) -> Answer:
    """Answer POST …/teams/{team}/members/check."""
    within = containers.within(call)
    async with acquire(call.resources.pool) as connection:
        team = await teams.existing(connection, call, within)
        member = await _member(connection, call)
        return Answer(Belonging(await members.belongs(connection, call.account, member, team.group)))


async def held(call: Call) -> Answer:
    """Answer GET …/principals/{principal}/teams: those of one place that somebody is in."""
    asked: TeamsQuery = call.query
    by, within = listing.sorts(call.request), containers.named(asked.kind, asked.of)
    async with acquire(call.resources.pool) as connection:
        holder = await principals.of_path(connection, call)
        groups = await members.groups_of(connection, call.account, holder)
        found = await stored_teams.of_groups(connection, call.account, within, groups)
    rows = await teams.rows(call, within, found, asked, by)
    return Answer(result_map(rows, len(found), asked.skip))


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE


def _routes(within: str) -> tuple[Route, ...]:
    path = f"{within}/teams/{{team}}/members"
    return (
        Route("GET", path, Scope.DIRECTORY_READ, page, "The members of a team", MAP, query=MembersQuery),
        Route("POST", f"{path}/add", WRITE, add, "Make somebody a member", Status, query=MemberQuery),
        Route(
            "POST", f"{path}/remove", WRITE, remove, "Let somebody be no member", Status, query=MemberQuery
        ),
        Route(
            "POST", f"{path}/check", READ, check, "Say whether somebody is one", Belonging, query=MemberQuery
        ),
    )


ROUTES = (
    *_routes(""),
    *_routes(WITHIN),
    Route(
        *("GET", f"{principals.ONE}/teams", READ, held, "The teams that somebody is in"),
        ResultMap[TeamDocument],
        query=TeamsQuery,
    ),
)
