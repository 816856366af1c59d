"""Reusable policies. A test carries its own plan: one in use may be changed or deleted at any time."""

from services.gateway.auth import Scope
from services.gateway.cloudflare import reusables
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.reusables import Page, Shelf
from services.gateway.routing import Answer, Body, Call, Route
from shared.store.resources import Wanted
from shared.wire.cloudflare import policies
from shared.wire.cloudflare.envelope import Removed
from shared.wire.cloudflare.policies import PolicyAnswer, PolicyObject

PATH = "/accounts/{account_id}/access/policies"
ONE = PATH + "/{policy_id}"
SHELF = Shelf("policy", policies.answer)
BODY = Body(PolicyObject, policies.decode_kept, large=True)


async def page(call: Call) -> Answer:
    """Answer GET …/policies."""
    return await reusables.page(call, SHELF, Wanted())


async def create(call: Call) -> Answer:
    """Answer POST …/policies."""
    return await reusables.create(call, SHELF)


async def get(call: Call) -> Answer:
    """Answer GET …/policies/{policy_id}."""
    return await reusables.get(call, SHELF, path_id(call, "policy_id"))


async def replace(call: Call) -> Answer:
    """Answer PUT …/policies/{policy_id}."""
    return await reusables.replace(call, SHELF, path_id(call, "policy_id"))


async def delete(call: Call) -> Answer:
    """Answer DELETE …/policies/{policy_id}."""
    return await reusables.delete(call, SHELF, path_id(call, "policy_id"))


READ, WRITE = Scope.POLICIES_READ, Scope.POLICIES_WRITE
ROUTES = (
    Route(
        *("GET", PATH, READ, page, "Reusable policies, oldest first", list[PolicyAnswer]),
        query=Page,
        paged=True,
    ),
    Route("POST", PATH, WRITE, create, "Create a reusable policy", PolicyAnswer, 201, body=BODY),
    Route("GET", ONE, READ, get, "One reusable policy", PolicyAnswer),
    Route("PUT", ONE, WRITE, replace, "Replace a reusable policy", PolicyAnswer, body=BODY),
    Route("DELETE", ONE, WRITE, delete, "Delete a reusable policy", Removed, 202),
)
