"""Rule groups: criteria with a name, used in policies and in one another."""

from typing import Annotated

from msgspec import Meta

from services.gateway.auth import Scope
from services.gateway.cloudflare import reusables
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.reusables import Page, Shelf
from services.gateway.routing import Answer, Body, Call, Route
from shared.store.resources import Wanted
from shared.wire.cloudflare import groups
from shared.wire.cloudflare.envelope import Removed
from shared.wire.cloudflare.groups import GroupAnswer, GroupObject

PATH = "/accounts/{account_id}/access/groups"
ONE = PATH + "/{group_id}"
SHELF = Shelf("group", groups.answer)
BODY = Body(GroupObject, groups.decode_kept, large=True)

Text = Annotated[str, Meta(max_length=350, pattern=r"\A[^\0]*\Z")]


class GroupsQuery(Page, frozen=True):
    """A page of the groups called `name`, or with `search` in their names, whatever the case."""

    name: Text | None = None
    search: Text | None = None


async def page(call: Call) -> Answer:
    """Answer GET …/groups."""
    asked: GroupsQuery = call.query
    return await reusables.page(call, SHELF, Wanted(asked.name, asked.search or None))


async def create(call: Call) -> Answer:
    """Answer POST …/groups."""
    return await reusables.create(call, SHELF)


async def get(call: Call) -> Answer:
    """Answer GET …/groups/{group_id}."""
    return await reusables.get(call, SHELF, path_id(call, "group_id"))


async def replace(call: Call) -> Answer:
    """Answer PUT …/groups/{group_id}."""
    return await reusables.replace(call, SHELF, path_id(call, "group_id"))


async def delete(call: Call) -> Answer:
    """Answer DELETE …/groups/{group_id}."""
    return await reusables.delete(call, SHELF, path_id(call, "group_id"))


READ, WRITE = Scope.POLICIES_READ, Scope.POLICIES_WRITE
ROUTES = (
    Route(
        *("GET", PATH, READ, page, "Rule groups, oldest first", list[GroupAnswer]),
        query=GroupsQuery,
        paged=True,
    ),
    Route("POST", PATH, WRITE, create, "Create a rule group", GroupAnswer, 201, body=BODY),
    Route("GET", ONE, READ, get, "One rule group", GroupAnswer),
    Route("PUT", ONE, WRITE, replace, "Replace a rule group", GroupAnswer, body=BODY),
    Route("DELETE", ONE, WRITE, delete, "Delete a rule group", Removed, 202),
)
