"""Principals of the domain: users, who are the directory's, and groups."""

from uuid import UUID

from services.gateway.auth import Scope
from services.gateway.cloudcms import domains
from services.gateway.cloudcms.answers import Created, ResultMap, Status, conflict, not_found, refused
from services.gateway.cloudcms.domains import check_domain
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.principals import group_changes, principal_lists, user_changes
from services.gateway.cloudcms.principals.principal_documents import EVERYBODY, group_object, user_object
from services.gateway.routing import Answer, Body, Call, Route
from shared.policy.entitlement.estate import EVERYONE, Holder
from shared.store import principals, profiles
from shared.store.pool import Connection, acquire
from shared.wire.cloudcms import objects
from shared.wire.cloudcms.principal_shapes import PasswordObject, PrincipalDocument, PrincipalObject
from shared.wire.cloudcms.principals import decode
from shared.wire.cloudcms.references import DOMAIN
from shared.wire.cloudcms.shapes import QueryObject

PATH = domains.ONE + "/principals"
ONE = PATH + "/{principal}"


async def named(connection: Connection, call: Call, given: str) -> Holder:
    """Whom a text means; raises Failed for nobody, Faulty for one who cannot be told from another."""
    found = (await principals.find(connection, call.account, [given])).get(given)
    if found is None:
        both = await principals.namesakes(connection, call.account, given)
        raise domains.nobody(both, given, f"principal `{given[:64]}`")
    return found.holder


async def of_path(connection: Connection, call: Call) -> Holder:
    """Whom the path means, by id or name; raises Failed."""
    check_domain(call)
    given = call.request.match_info["principal"]
    return await named(connection, call, f"{DOMAIN}/{given}")


async def group_of_path(connection: Connection, call: Call) -> str:
    """The id of the group that the path means; raises Failed for a user as well."""
    holder = await of_path(connection, call)
    if holder.kind != "group":
        raise not_found(f"group `{holder.id}`")
    return holder.id


async def create(call: Call) -> Answer:
    """Answer POST …/principals."""
    check_domain(call)
    given = decode(call.body)
    change = user_changes.create if given.kind == "user" else group_changes.create
    return await change(call, given)


async def get(call: Call) -> Answer:
    """Answer GET …/principals/{principal}."""
    async with acquire(call.resources.pool) as connection:
        holder = await of_path(connection, call)
        if holder.kind == "user":
            people = await profiles.several(connection, call.account, [UUID(holder.id)])
            if not people:
                raise not_found(f"user `{holder.id}`")
            return Answer(user_object(people[0]))
        if holder.id == EVERYONE:
            return Answer(group_object(EVERYBODY))
        return Answer(group_object(await group_changes.existing(connection, call, holder.id)))


async def update(call: Call) -> Answer:
    """Answer PUT …/principals/{principal}."""
    holder = await _holder(call)
    if holder.kind == "user":
        return await user_changes.update(call, UUID(holder.id), decode(call.body, "user"))
    return await group_changes.update(call, holder.id, decode(call.body, "group"))


async def delete(call: Call) -> Answer:
    """Answer DELETE …/principals/{principal}."""
    holder = await _holder(call)
    if holder.kind == "user":
        return await user_changes.delete(call, UUID(holder.id))
    return await group_changes.delete(call, holder.id)


async def change_password(call: Call) -> Answer:
    """Answer POST …/principals/{principal}/changepassword."""
    password, verified = call.body.get("password"), call.body.get("verifyPassword")
    if verified not in (None, password):
        raise refused("`verifyPassword` is another text than `password`", "/verifyPassword")
    holder = await _holder(call)
    if holder.kind != "user":
        raise conflict(f"`{holder.id}` is a group, and has no password")
    return await user_changes.change_password(call, UUID(holder.id), password)


async def _holder(call: Call) -> Holder:
    async with acquire(call.resources.pool) as connection:
        return await of_path(connection, call)


# Who the users are is the directory's to tell, in either dialect.
READ, WRITE = Scope.DIRECTORY_READ, Scope.ENTITLEMENTS_WRITE
BODY = Body(PrincipalObject, objects.decode)
QUERY = Body(QueryObject, objects.decode)
PASSWORD = Body(PasswordObject, objects.decode)
MAP = ResultMap[PrincipalDocument]
ROUTES = (
    Route("GET", PATH, READ, principal_lists.every, "All principals", MAP, query=Listing),
    Route("POST", PATH, WRITE, create, "Create a user or a group", Created, body=BODY),
    Route(
        *("POST", PATH + "/query", READ, principal_lists.query, "Find principals", MAP),
        query=Listing,
        body=QUERY,
    ),
    Route("GET", ONE, READ, get, "A principal, by id or name", PrincipalDocument),
    Route("PUT", ONE, WRITE, update, "Replace what is said of a principal", Status, body=BODY),
    Route("POST", ONE + "/update", WRITE, update, "Replace what is said of a principal", Status, body=BODY),
    Route("DELETE", ONE, WRITE, delete, "Delete a principal with all it holds", Status),
    Route("POST", ONE + "/delete", WRITE, delete, "Delete a principal with all it holds", Status),
    Route(
        *("POST", ONE + "/changepassword", WRITE, change_password, "Change a user's password", Status),
        body=PASSWORD,
    ),
)
