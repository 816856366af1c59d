"""The one domain of an account, by its id or as the primary one; what answers for who is not in it."""

from typing import Any

from services.gateway.auth import Scope
from services.gateway.cloudcms import listing
from services.gateway.cloudcms.answers import Failed, ResultMap, not_found, refused, result_map
from services.gateway.cloudcms.listing import Listing
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import accounts
from shared.store.pool import acquire
from shared.store.principals import Namesakes
from shared.wire.cloudcms import objects, queries
from shared.wire.cloudcms.principal_shapes import DomainDocument
from shared.wire.cloudcms.references import DOMAIN, DOMAINS
from shared.wire.cloudcms.shapes import QueryObject
from shared.wire.faults import Faulty

PATH = "/domains"
ONE = PATH + "/{domain}"


def check_domain(call: Call) -> None:
    """Raises Failed for a path to another domain."""
    domain = call.request.match_info["domain"]
    if domain.lower() not in DOMAINS:
        raise not_found(f"domain `{domain[:64]}`")


def nobody(both: Namesakes | None, given: str, what: str) -> Failed | Faulty:
    """What answers for a text that finds nobody: that there is none such, or that it means two alike."""
    if both is None:
        return not_found(what)
    login, address = both.by_login.holder.id, both.by_address.holder.id
    said = f"the login name of user `{login}` and the address of user `{address}`"
    return refused(f"`{given[:64]}` is {said}: say which by the id")


async def _domain(call: Call) -> dict[str, Any]:
    async with acquire(call.resources.pool) as connection:
        title = await accounts.name(connection, call.account)
    return {"_doc": DOMAIN, "type": "domain", "title": title, "primary": True}


async def every(call: Call) -> Answer:
    """Answer GET /domains."""
    return Answer(_part(call, [await _domain(call)]))


async def query(call: Call) -> Answer:
    """Answer POST /domains/query."""
    wanted = queries.decode(call.body)
    return Answer(_part(call, [row for row in [await _domain(call)] if wanted.matches(row)]))


def _part(call: Call, rows: list[dict[str, Any]]) -> ResultMap[Any]:
    asked: Listing = call.query
    listing.sorts(call.request)
    return result_map(rows[asked.skip : asked.skip + asked.most], len(rows), asked.skip)


async def get(call: Call) -> Answer:
    """Answer GET /domains/{domain}."""
    check_domain(call)
    return Answer(await _domain(call))


MAP = ResultMap[DomainDocument]
READ = Scope.ENTITLEMENTS_READ
ROUTES = (
    Route("GET", PATH, READ, every, "The one domain, as a list", MAP, query=Listing),
    Route(
        *("POST", PATH + "/query", READ, query, "Find the domain", MAP),
        query=Listing,
        body=Body(QueryObject, objects.decode),
    ),
    Route("GET", ONE, READ, get, "Read the domain", DomainDocument),
)
