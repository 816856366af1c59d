"""What if: users of the directory and made-up ones before policies that are nowhere kept."""

from typing import Any
from uuid import uuid4

import pytest

from shared.store import tokens
from tests.gateway.rows import ACME, lines, policy
from tests.stack import Answer, Client, Service, account_id

NETWORK = {"ip": {"ip": "10.0.0.0/8"}}
STAFF = policy(ACME, name="Staff", require=[NETWORK])


async def evaluated(client: Client, *users: Any, policies: Any = (STAFF,)) -> Answer:
    body = {"policies": list(policies), "users": list(users)}
    return await client.call("POST", "{a}/access/evaluate", json=body)


def inside(ip: str = "10.1.2.3") -> dict[str, Any]:
    return {"identity": {"ip": ip}}


async def test_made_up_users_get_verdicts_and_explanations(client: Client) -> None:
    users = [
        {"email": "in@acme.example", **inside()},
        {"email": "out@acme.example", **inside("192.0.2.1")},
        {"email": "unseen@acme.example"},
        {"email": "Other@B.example", **inside()},
    ]
    found = (await evaluated(client, *users)).result
    assert [each["status"] for each in found] == ["approved", "blocked", "error", "blocked"]
    assert [each["id"] for each in found] == [None] * 4
    assert found[3]["email"] == "other@b.example"
    required = found[1]["explanation"]["policies"][0]["criteria"]["require"][0]
    assert (required["seen"], required["outcome"]) == ("192.0.2.1", "no")
    assert found[1]["explanation"]["nearest_miss"]["would_be"] == "yes"


async def test_one_user_in_several_places_is_evaluated_in_each(client: Client) -> None:
    (row,) = (await people_of(client, {"email": "ann@acme.example", **inside()}))["result"]
    overrides = [{}, {"ip": "192.0.2.1"}, {"ip": None}, {"ip": "10.9.9.9"}]
    users = [{"id": row["id"], "overrides": each} for each in overrides]
    found = (await evaluated(client, *users)).result
    assert [each["status"] for each in found] == ["approved", "blocked", "error", "approved"]
    assert {each["id"] for each in found} == {row["id"]}


async def people_of(client: Client, *users: Any) -> Any:
    await client.imported(lines(*users))
    return (await client.call("GET", "{a}/access/users")).body


async def test_it_agrees_with_the_test_of_everybody(client: Client) -> None:
    users = [
        {"email": f"u{number}@{domain}.example", **({} if number % 3 == 0 else inside(f"{number}.0.0.1"))}
        for number in range(9, 12)
        for domain in ("acme", "b")
    ]
    await client.imported(lines(*users))
    bulk = await client.users((await client.tested(STAFF))["id"])
    found = (await evaluated(client, *({"id": row["id"]} for row in bulk))).result
    assert [(each["id"], each["status"]) for each in found] == [(row["id"], row["status"]) for row in bulk]
    assert [each["explanation"]["reason"]["reason"] for each in found] == [row["reason"] for row in bulk]


async def test_a_thousand_users_at_once(client: Client) -> None:
    users = [{"email": "ann@acme.example", **inside(f"{number % 20}.0.0.1")} for number in range(1000)]
    found = (await evaluated(client, *users)).result
    assert [each["status"] == "approved" for each in found] == [number % 20 == 10 for number in range(1000)]


ANN = {"email": "a@a.example"}
BAD = {
    "no users": ({"policies": [STAFF]}, "/users"),
    "too many": ({"policies": [STAFF], "users": [ANN] * 1001}, "/users"),
    "nobody": ({"policies": [STAFF], "users": [{}]}, "/users/0"),
    "twice named": (
        {"policies": [STAFF], "users": [{"id": str(uuid4()), **ANN}]},
        "/users/0",
    ),
    "no id": ({"policies": [STAFF], "users": [{"id": 7}]}, "/users/0/id"),
    "no address": ({"policies": [STAFF], "users": [{"email": "ann"}]}, "/users/0/email"),
    "a text": ({"policies": [STAFF], "users": ["ann@a.example"]}, "/users/0"),
    "misspelt": (
        {"policies": [STAFF], "users": [{**ANN, "identiy": {}}]},
        "/users/0/identiy",
    ),
    "bad identity": (
        {"policies": [STAFF], "users": [{**ANN, "identity": {"amr": "mfa"}}]},
        "/users/0/identity/amr",
    ),
    "bad override": (
        {"policies": [STAFF], "users": [{**ANN, "overrides": {"geo": {"country": 1}}}]},
        "/users/0/overrides/geo/country",
    ),
    "unknown user": ({"policies": [STAFF], "users": [{"id": str(uuid4())}]}, "/users/0"),
    "no policies": ({"users": [ANN]}, "/policies"),
    "bad policy": ({"policies": [{}], "users": [ANN]}, "/policies/0/name"),
    "stray": ({"policies": [STAFF], "users": [ANN], "user": 1}, "/user"),
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_wrong_is_said_with_where(client: Client, what: str) -> None:
    body, pointer = BAD[what]
    answer = await client.call("POST", "{a}/access/evaluate", json=body)
    assert answer.status == 400, answer.body
    assert pointer in [error["source"]["pointer"] for error in answer.body["errors"] if "source" in error]


async def test_who_may_not_read_the_directory_sees_nothing_of_it(service: Service, client: Client) -> None:
    (row,) = (await people_of(client, {"email": "ann@acme.example", **inside()}))["result"]
    connection = await service.connect()
    try:
        scopes = ["policy-tests:write"]
        token = await tokens.create_token(connection, account_id(client), scopes, "tests", None)
    finally:
        await connection.close()
    testing = Client(client.session, client.url, client.account, token)
    users = {"id": row["id"]}, {"email": "b@acme.example", **inside()}
    known, given = (await evaluated(testing, *users)).result
    for each, seen in ((known, None), (given, "10.1.2.3")):
        (required,) = each["explanation"]["policies"][0]["criteria"]["require"]
        assert (required["outcome"], required.get("seen")) == ("yes", seen)
    test_id = (await client.tested(STAFF))["id"]
    where = f"{{a}}/access/policy-tests/{test_id}/users/{row['id']}/explanation"
    for caller, seen in ((testing, None), (client, "10.1.2.3")):
        (required,) = (await caller.call("GET", where)).result["policies"][0]["criteria"]["require"]
        assert required.get("seen") == seen
