"""An account sees nothing of another: its ids are as absent as ids that nobody has."""

import re
from typing import NamedTuple

import pytest

from services.gateway.cloudflare.routes import ROUTES as TABLE
from tests.gateway.rows import lines, policy
from tests.stack import Client, Service

CANARY = "canary4711"
ABSENT = "00000000-0000-4000-8000-000000000000"
NOBODY = "0" * 32
VARYING = {"X-Request-ID", "Date"}
ROUTES = [
    ("GET", "/accounts/{account}/access/policy-tests/{id}"),
    ("GET", "/accounts/{account}/access/policy-tests/{id}/users"),
    ("GET", "/accounts/{account}/access/policy-tests/{id}/users?status=success&per_page=1000"),
    ("GET", "/accounts/{account}/directory/imports/{id}"),
    ("POST", "/accounts/{account}/access/policy-tests"),
    ("POST", "/accounts/{account}/directory/imports"),
]


class Victim(NamedTuple):
    account: str
    ids: dict[str, str]


@pytest.fixture(scope="module")
async def victim(service: Service) -> Victim:
    """An account whose every text holds the canary."""
    client = await service.tenant()
    person = {"email": f"{CANARY}@{CANARY}.example", "name": CANARY, "groups": [CANARY]}
    person |= {"id": "ca0a4711-0000-4000-8000-000000000001", "identity": {"common_name": CANARY}}
    imported = await client.imported(lines(person, {"email": CANARY}))
    tested = await client.tested(policy(name=CANARY))
    assert CANARY in str(await client.users(tested["id"]))
    assert CANARY in str(imported["errors"])
    ids = {"test": tested["id"], "import": imported["id"], "user": person["id"], "account": client.account}
    return Victim(client.account, ids)


async def seen(client: Client, method: str, path: str) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    """An answer to the last byte, without what is new in every one."""
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/x-ndjson"}
    sent = b'{"policies": []}' if method == "POST" else None
    async with client.session.request(method, client.url + path, headers=headers, data=sent) as response:
        kept = tuple(sorted((name, value) for name, value in response.headers.items() if name not in VARYING))
        return response.status, await response.read(), kept


@pytest.mark.parametrize("prefix", ["", "/client/v4"])
@pytest.mark.parametrize(("method", "route"), ROUTES)
@pytest.mark.parametrize("kind", ["test", "import", "user", "account"])
async def test_a_foreign_account_answers_as_an_absent_one(
    client: Client, victim: Victim, prefix: str, method: str, route: str, kind: str
) -> None:
    path = prefix + route.replace("{id}", victim.ids[kind])
    foreign = await seen(client, method, path.replace("{account}", victim.account))
    assert foreign == await seen(client, method, path.replace("{account}", NOBODY))
    assert (foreign[0], CANARY in str(foreign)) == (404, False)
    assert victim.ids[kind] not in str(foreign)


@pytest.mark.parametrize("prefix", ["", "/client/v4"])
@pytest.mark.parametrize(("method", "route"), [each for each in ROUTES if each[0] == "GET"])
@pytest.mark.parametrize("kind", ["test", "import", "user", "account"])
async def test_a_foreign_id_answers_as_an_absent_one(
    client: Client, victim: Victim, prefix: str, method: str, route: str, kind: str
) -> None:
    path = prefix + route.replace("{account}", client.account)
    foreign = await seen(client, method, path.replace("{id}", victim.ids[kind]))
    assert foreign == await seen(client, method, path.replace("{id}", ABSENT))
    assert (foreign[0], CANARY in str(foreign)) == (404, False)
    assert victim.ids[kind] not in str(foreign)


async def test_ids_and_addresses_are_each_accounts_own(
    service: Service, client: Client, victim: Victim
) -> None:
    person = {"id": victim.ids["user"], "email": f"{CANARY}@{CANARY}.example", "name": "mine"}
    assert (await client.imported(lines(person)))["users_created"] == 1
    rows = await client.users((await client.tested(policy()))["id"])
    assert [row["name"] for row in rows] == ["mine"]
    deletion = {"id": victim.ids["user"], "deleted": True}
    assert (await client.imported(lines(deletion)))["users_deleted"] == 1
    connection = await service.connect()
    try:
        query = "SELECT count(*) FROM users WHERE name = $1 AND valid_to = 9223372036854775807"
        assert await connection.fetchval(query, CANARY) == 1
    finally:
        await connection.close()


def test_every_route_is_tried_here() -> None:
    def shape(method: str, path: str) -> tuple[str, str]:
        return method, re.sub(r"\{\w+\}", "{}", path.partition("?")[0])

    assert {shape(*route) for route in ROUTES} == {shape(route.method, route.path) for route in TABLE}
