"""On what authorities are granted: the beginnings of paths, and the resource that each of them names."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from services.gateway.cloudcms import containers
from services.gateway.cloudcms.answers import not_found
from services.gateway.cloudcms.decisions import asking
from services.gateway.cloudcms.domains import check_domain
from services.gateway.entitlements import View
from services.gateway.routing import Call
from shared.policy.entitlement.resource import Resource
from shared.store import registered_resources
from shared.wire.cloudcms import references
from shared.wire.cloudcms.references import DOMAIN, Reference

ID_LIMIT = 256


class Place(NamedTuple):
    """The beginning of a path, what it names as people say it, and how that is found; raises Failed."""

    path: str
    name: str
    find: Callable[[View, Call], Awaitable[Resource]]


def _given(call: Call, name: str, what: str) -> str:
    """An id in a path; raises Failed for what cannot be one."""
    given = call.request.match_info[name]
    if len(given) > ID_LIMIT or "\0" in given:
        raise not_found(f"{what} `{given[: asking.SHOWN]}`")
    return given


async def _platform(view: View, call: Call) -> Resource:
    return await asking.resource(view, str(references.platform(call.account)))


async def _policy(view: View, call: Call) -> Resource:
    given = _given(call, "policy_id", "policy")
    reference = str(references.policy(call.account, given))
    found = None if asking.malformed(reference) else (await view.resources([reference])).get(reference)
    if found is None:
        raise not_found(f"policy `{given[: asking.SHOWN]}`")
    return found


async def _principal(view: View, call: Call) -> Resource:
    check_domain(call)
    given = _given(call, "principal_id", "principal")
    found = await asking.principal(view, f"{DOMAIN}/{given}")
    return await asking.resource(view, asking.reference_of(call.account, found.holder))


async def _registered(view: View, call: Call) -> Resource:
    given = _given(call, "resource_id", "resource")
    stored = await registered_resources.get(view.connection, call.account, given)
    if stored is None:
        raise not_found(f"resource `{given[: asking.SHOWN]}`")
    return await asking.resource(view, stored.reference)


async def _datastore(view: View, call: Call) -> Resource:
    kind, given = containers.within(call) or ("platform", "")
    reference = str(Reference(kind, (call.account.hex, given)))
    if asking.malformed(reference):
        raise not_found(f"{kind} `{given[: asking.SHOWN]}`")
    return await asking.resource(view, reference)


PLACES = (
    Place("", "the platform", _platform),
    Place("/access/policies/{policy_id}", "a policy", _policy),
    Place("/access/resources/{resource_id}", "a registered resource", _registered),
    Place("/domains/{domain}/principals/{principal_id}", "a user or a group", _principal),
    Place(containers.WITHIN, "a datastore", _datastore),
)
