"""The policies in force for a user on some resources, as documents, in the order in which they count."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.gateway import entitlements as reading
from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import not_found, refused
from services.gateway.cloudcms.decisions import asking
from services.gateway.cloudcms.policies import policy_rows
from services.gateway.cloudcms.policies.policy_rows import Row
from services.gateway.entitlements import View
from services.gateway.routing import Answer, Body, Call, Route
from shared.policy.entitlement.closure import held
from shared.policy.entitlement.holding import Held
from shared.policy.entitlement.policy import in_order
from shared.policy.entitlement.resource import Resource
from shared.store import access_policies
from shared.wire.cloudcms import objects
from shared.wire.cloudcms.policy_shapes import AccessPolicyDocument
from shared.wire.faults import Fault, Faulty, from_validation

LIMIT = 1000
"""References of one request."""
ANSWER_BYTES = 32 * 1024 * 1024


class CollectedObject(Struct, frozen=True, rename="camel"):
    """References, and a user in any form of its name."""

    user_id: str
    references: list[str] = []


class Collected(Struct, frozen=True):
    """Policies by the references that were sent."""

    references: dict[str, list[AccessPolicyDocument]]


def decode(body: bytes, _: UUID) -> CollectedObject:
    """What is to be collected; raises Faulty."""
    given = objects.decode(body)
    try:
        read = msgspec.convert(given, CollectedObject)
    except msgspec.ValidationError as error:
        raise Faulty(from_validation(error, "")) from None
    if len(read.references) > LIMIT:
        raise Faulty(Fault(f"at most {LIMIT} references can be sent at once", "/references"))
    return read


async def collect(call: Call) -> Answer:
    """Answer POST /access/policies/collect."""
    asked: CollectedObject = call.body

    async def read(view: View) -> dict[str, Any]:
        who = (await asking.principal(view, asked.user_id)).holder
        found = await view.resources(asked.references)
        for missing in (each for each in asked.references if each not in found):
            raise not_found(asking.no_resource(missing))
        groups = await view.groups([who.id] if who.kind == "user" else [])
        has = held(await view.estate(), who, groups.get(who.id, ()), {})
        ids = {reference: in_force(has, resource) for reference, resource in found.items()}
        rows = await _rows(view, call.account, {each for every in ids.values() for each in every})
        _check_size(ids, rows)
        return {on: [rows[each].shown() for each in every] for on, every in ids.items()}

    return Answer({"references": await reading.read(call.resources, call.account, read)})


def in_force(has: Held, resource: Resource) -> list[str]:
    """The ids of the policies that count there, each once, those that count last at the end."""
    counting = {each.policy.id: each.policy for each in has.holdings if each.counts(resource)}
    return [policy.id for policy in in_order(counting.values())]


async def _rows(view: View, account: UUID, ids: set[str]) -> dict[str, Row]:
    stored = await access_policies.several(view.connection, account, ids)
    shipped = {each: row for each in ids if (row := policy_rows.shipped(each)) is not None}
    return shipped | {each: policy_rows.stored(row) for each, row in stored.items()}


def _check_size(ids: Mapping[str, list[str]], rows: Mapping[str, Row]) -> None:
    size = sum(len(rows[each].document) for every in ids.values() for each in every)
    if size > ANSWER_BYTES:
        raise refused(
            f"the policies take {size} bytes, {ANSWER_BYTES} is the limit: ask for fewer references"
        )


ROUTES = (
    Route(
        *("POST", "/access/policies/collect", Scope.ENTITLEMENTS_READ, collect),
        *("The policies in force for a user on some resources", Collected),
        body=Body(CollectedObject, decode),
    ),
)
