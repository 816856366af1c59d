"""Who of everybody is entitled to something: asked of all at once, and of one after another."""

from typing import Any

from shared.policy.entitlement import closure, defaults
from shared.policy.entitlement.estate import Estate, Holder
from shared.policy.entitlement.holding import Held
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource
from shared.store import entitlements, principals
from shared.wire.cloudcms import resources
from tests.gateway.cloudcms.holdings import grant
from tests.gateway.rows import lines
from tests.stack import Answer, Client, Service, account_id

TESTS = "{a}/access/policy-tests"
PEOPLE = 60
SECRET = {"type": "path", "config": {"path": "/products/secret(?:/.*|)"}}
PRODUCTS = {"type": "node", "id": "n", "path": "/products/1", "container": {"type": "project", "id": "x"}}
HIDDEN = PRODUCTS | {"path": "/products/secret/1"}
EVERYTHING = grant()


def groups(number: int) -> list[str]:
    return [name for name, each in (("staff", 2), ("editors", 5), ("interns", 7)) if number % each == 0]


def people() -> bytes:
    return lines(*({"email": f"u{number}@a.example", "groups": groups(number)} for number in range(PEOPLE)))


def revoke(*conditions: Any, roles: tuple[str, ...] = ("consumer",)) -> dict[str, Any]:
    return grant(*conditions, roles=roles) | {"action": "revoke"}


async def begun(client: Client, target: Any = PRODUCTS, **asked: Any) -> Answer:
    if not asked.keys() & {"permission", "authority"}:
        asked["permission"] = "READ"
    return await client.call("POST", TESTS, json={"entitlement": {"target": target, **asked}})


async def holders(client: Client, target: Any = PRODUCTS, **asked: Any) -> set[int]:
    """The numbers of the users who have it."""
    answer = await begun(client, target, **asked)
    assert answer.status == 200, answer
    status = await client.ended(answer.result["id"])
    assert (status["status"], status["total_users"], status["users_errored"]) == ("complete", PEOPLE, 0)
    rows = await client.users(status["id"], status="approved")
    found = {int(row["email"].partition("@")[0][1:]) for row in rows}
    assert status["users_approved"] == len(found) == PEOPLE - status["users_blocked"]
    return found


async def decided(service: Service, client: Client, target: Any, asked: dict[str, str]) -> set[int]:
    """The same by asking about one after another."""
    account, connection = account_id(client), await service.connect()
    try:
        estate = await entitlements.estate(connection, account, {})
        resource = resources.decode(target, account)
        granted = dict(await entitlements.grants(connection, account, [resource.reference]))
        query = "SELECT address, user_id::text FROM users WHERE account_id = $1 AND valid_to = $2"
        ids = dict(await connection.fetch(query, account, 2**63 - 1))
        names = await principals.memberships(connection, account, list(ids.values()))
    finally:
        await connection.close()
    granted[resource.reference] = [*granted.get(resource.reference, ()), *defaults.standing(resource)]
    return {
        int(address.partition("@")[0][1:])
        for address, user_id in ids.items()
        if allowed(
            estate, resource, asked, closure.held(estate, Holder("user", user_id), names[user_id], granted)
        )
    }


def allowed(estate: Estate, resource: Resource, asked: dict[str, str], held: Held) -> bool:
    principal = Principal(held, estate.roles)
    if "permission" in asked:
        return principal.permission(asked["permission"], resource).allowed
    return principal.authority(asked["authority"], resource).allowed


STAFF = set(range(0, PEOPLE, 2))
INTERNS = set(range(0, PEOPLE, 7))
EDITORS = set(range(0, PEOPLE, 5)) | INTERNS
ALL = set(range(PEOPLE))
