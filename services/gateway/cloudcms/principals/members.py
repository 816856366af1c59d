"""Who is in a group, and in which groups somebody is."""

from uuid import UUID

from msgspec import Struct

from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import Status, refused
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.principals import crowds, memberships, principals
from services.gateway.cloudcms.principals.crowds import Crowd
from services.gateway.cloudcms.principals.group_changes import fixed
from services.gateway.cloudcms.principals.principals import MAP, ONE
from services.gateway.cloudcms.writing import writing
from services.gateway.routing import Answer, Call, Route
from shared.directory.membership import closure, reversed_edges
from shared.policy.entitlement.estate import EVERYONE, Holder
from shared.store import groups, people
from shared.store import principals as stored_principals
from shared.store.entitlements import Unchanged
from shared.store.pool import Connection


class MemberQuery(Struct, frozen=True):
    """Which member: by id, name, or reference."""

    id: str | None = None


class MembersQuery(Listing, frozen=True):
    """Members: `filter` or `type` says of which kind, `user` or `group`; `indirect` those of members too."""

    filter: str | None = None
    type: str | None = None
    indirect: bool = False

    def wants(self, kind: str) -> bool:
        """Whether those of a kind are asked for."""
        given = (self.filter or self.type or "all").lower().removesuffix("s")
        return given in (kind, "all")


class MembershipsQuery(Listing, frozen=True):
    """Groups that somebody is in; `indirect` those too that these are members of."""

    indirect: bool = False


async def add(call: Call) -> Answer:
    """Answer POST …/members/add."""
    return await _change(call, belongs=True)


async def remove(call: Call) -> Answer:
    """Answer POST …/members/remove."""
    return await _change(call, belongs=False)


async def _change(call: Call, *, belongs: bool) -> Answer:
    asked: MemberQuery = call.query
    if not asked.id:
        raise refused("`id` says whose membership it is: `domain/principal`")
    async with writing(call) as connection:
        group = await principals.group_of_path(connection, call)
        if group == EVERYONE:
            raise fixed()
        member = await principals.named(connection, call, asked.id)
        if not await memberships.change(connection, call, group, member, belongs=belongs):
            raise Unchanged
    return Answer(Status())


async def members(call: Call) -> Answer:
    """Answer GET …/members."""

    async def crowd(connection: Connection) -> Crowd:
        return await members_of(connection, call, await principals.group_of_path(connection, call))

    return Answer(await crowds.listed(call, crowd, crowds.asked(call.request, call.query)))


async def members_of(connection: Connection, call: Call, group: str) -> Crowd:
    """The members of a group that a MembersQuery asks for, in a transaction of one snapshot."""
    asked: MembersQuery = call.query
    if group == EVERYONE:
        crowd = await crowds.everybody(connection, call.account, ["USER"])
    else:
        crowd = await _members(connection, call, group)
    return crowd._replace(
        users=crowd.users if asked.wants("user") else {},
        groups=crowd.groups if asked.wants("group") else (),
    )


async def belongs(connection: Connection, account: UUID, who: Holder, group: str) -> bool:
    """Whether a user or a group is in a group, itself or by groups that are in it."""
    return group in await groups_of(connection, account, who)


async def groups_of(connection: Connection, account: UUID, who: Holder) -> list[str]:
    """The groups that a user or a group is in, itself or by groups that are in them."""
    above = reversed_edges(await groups.nestings(connection, account))
    return list(closure(above, (await direct(connection, account, [who], above))[who]))


async def _members(connection: Connection, call: Call, group: str) -> Crowd:
    """The members of a group, and of groups in it if they are asked for."""
    now = await people.directory(connection, call.account)
    nestings = await groups.nestings(connection, call.account)
    within = list(closure(nestings, [group])) if call.query.indirect else [group]
    names = [each.name for each in await groups.several(connection, call.account, within)]
    users = await groups.members(connection, call.account, names, now.segment_bits)
    below = [each for each in within if each != group] if call.query.indirect else nestings.get(group, ())
    return Crowd(call.account, now, users, below)


async def held(call: Call) -> Answer:
    """Answer GET …/memberships."""
    asked: MembershipsQuery = call.query

    async def crowd(connection: Connection) -> Crowd:
        holder = await principals.of_path(connection, call)
        above = reversed_edges(await groups.nestings(connection, call.account))
        own = (await direct(connection, call.account, [holder], above))[holder]
        found = (set(closure(above, own)) if asked.indirect else set(own)) - {holder.id}
        now = await people.directory(connection, call.account)
        return Crowd(call.account, now, {}, found)

    return Answer(await crowds.listed(call, crowd, crowds.asked(call.request, asked)))


async def direct(
    connection: Connection, account: UUID, holders: list[Holder], above: dict[str, list[str]]
) -> dict[Holder, list[str]]:
    """The groups that principals are in themselves."""
    users = [each.id for each in holders if each.kind == "user"]
    recorded = await stored_principals.memberships(connection, account, users)
    ids = await groups.named(connection, account, {name for names in recorded.values() for name in names})
    return {
        holder: [ids[name] for name in recorded.get(holder.id, ()) if name in ids]
        if holder.kind == "user"
        else above.get(holder.id, [])
        for holder in holders
    }


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE
GROUP = ONE + "/members"
ROUTES = (
    Route("GET", GROUP, Scope.DIRECTORY_READ, members, "The members of a group", MAP, query=MembersQuery),
    Route("POST", GROUP + "/add", WRITE, add, "Make somebody a member", Status, query=MemberQuery),
    Route("POST", GROUP + "/remove", WRITE, remove, "Let somebody be no member", Status, query=MemberQuery),
    Route(
        "GET", ONE + "/memberships", READ, held, "The groups that somebody is in", MAP, query=MembershipsQuery
    ),
)
