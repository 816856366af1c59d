"""Users one by one: created, found, changed, deleted, with the login that was last seen of them."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.gateway.cloudflare.users import ROUTES
from tests.gateway.rows import ACME, lines, policy
from tests.gateway.users import USERS, created, emails
from tests.stack import Answer, Client, Service

MFA = policy({"auth_method": {"auth_method": "mfa"}})
FIELDS = {
    *("id", "uid", "email", "name", "access_seat", "gateway_seat", "seat_uid", "active_device_count"),
    *("created_at", "updated_at", "last_successful_login"),
}
NOBODY = "00000000-0000-4000-8000-000000000000"
AUDITED = """
    SELECT action, kind, subject_id::text, before_digest, after_digest, document FROM audit_entry
    WHERE account_id = $1 ORDER BY sequence
"""


async def one(client: Client, user: dict[str, Any]) -> Answer:
    return await client.call("GET", f"{USERS}/{user['id']}")


async def update(client: Client, user: dict[str, Any], **body: object) -> Answer:
    return await client.call("PUT", f"{USERS}/{user['id']}", json=body)


async def record(client: Client, user: dict[str, Any], identity: object) -> Answer:
    where = f"{USERS}/{user['id']}/last_seen_identity"
    return await client.call("PUT", where, data=json.dumps(identity))


async def recorded(client: Client, user: dict[str, Any]) -> Answer:
    return await client.call("GET", f"{USERS}/{user['id']}/last_seen_identity")


async def approved(client: Client, tested: dict[str, Any]) -> list[str]:
    rows = await client.users((await client.tested(tested))["id"], status="success")
    return [row["email"] for row in rows]


async def test_a_user_is_created_with_all_fields(client: Client) -> None:
    user = await created(client, "Ann@Acme.Example", "Ann")
    assert set(user) == FIELDS
    assert (user["email"], user["name"], user["uid"]) == ("Ann@Acme.Example", "Ann", user["id"])
    assert (user["access_seat"], user["gateway_seat"], user["active_device_count"]) == (False, False, 0)
    assert (user["seat_uid"], user["last_successful_login"]) == (None, None)
    assert user["created_at"] == user["updated_at"]
    assert (await one(client, user)).result == user
    assert (await client.call("GET", USERS)).result == [user]


async def test_a_user_takes_part_in_the_next_test(client: Client) -> None:
    await created(client, "ann@acme.example")
    assert await approved(client, policy(ACME)) == ["ann@acme.example"]
    await created(client, "bob@acme.example")
    assert await approved(client, policy(ACME)) == ["ann@acme.example", "bob@acme.example"]


@pytest.mark.parametrize("again", ["ann@acme.example", "ANN@ACME.example"])
async def test_an_address_is_created_once(client: Client, again: str) -> None:
    user = await created(client, "ann@acme.example", "Ann")
    answer = await client.call("POST", USERS, json={"email": again})
    assert (answer.status, answer.body["errors"][0]["code"]) == (409, 12132)
    assert answer.headers["x-should-retry"] == "false"
    assert user["id"] in answer.body["errors"][0]["message"]
    assert (await client.call("GET", USERS)).result == [user]


async def test_the_same_request_sent_again_creates_nobody_else(client: Client) -> None:
    headers = {"x-stainless-retry-count": "1"}
    user = await created(client, "ann@acme.example", "Ann")
    body = {"email": "ann@acme.example", "name": "Ann"}
    again = await client.call("POST", USERS, json=body, headers=headers)
    assert (again.status, again.result) == (201, user)
    other = await client.call("POST", USERS, json=body | {"name": "Eve"}, headers=headers)
    assert other.status == 409


async def test_an_address_that_many_ask_for_goes_to_one(client: Client) -> None:
    asked = [client.call("POST", USERS, json={"email": "ann@acme.example"}) for _ in range(8)]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status for answer in answers) == [201, *[409] * 7]
    assert len(await emails(client)) == 1


async def test_an_update_changes_what_it_names(client: Client) -> None:
    line = {"email": "ann@acme.example", "name": "Ann", "groups": ["eng"], "identity": {"amr": ["mfa"]}}
    await client.imported(lines(line))
    (user,) = (await client.call("GET", USERS)).result
    assert user["access_seat"] is True
    for change in ({"name": "Anna"}, {"email": "Anna@acme.example"}, {"name": "", "email": "a@b.example"}):
        answer = await update(client, user, **change)
        expected = user | change | {"updated_at": answer.result["updated_at"]}
        assert (answer.status, answer.result) == (200, expected)
        assert answer.result["updated_at"] > user["updated_at"]
        user = answer.result
    assert (await one(client, user)).result == user
    assert await approved(client, MFA) == ["a@b.example"]
    status = await client.imported(lines(line | {"id": user["id"], "email": "a@b.example", "name": ""}))
    assert status["users_unchanged"] == 1


async def test_an_update_that_says_what_is_so_changes_nothing(client: Client) -> None:
    user = await created(client, "ann@acme.example", "Ann")
    for same in ({}, user, {"email": "ann@acme.example"}, {"name": "Ann"}):
        assert (await update(client, user, **same)).result == user


async def test_an_address_can_be_written_otherwise(client: Client) -> None:
    user = await created(client, "ann@acme.example")
    assert (await update(client, user, email="Ann@ACME.example")).result["email"] == "Ann@ACME.example"
    assert await emails(client, email="ann@acme.example") == ["Ann@ACME.example"]


async def test_an_address_of_somebody_else_is_refused(client: Client) -> None:
    ann, bob = await created(client, "ann@acme.example"), await created(client, "bob@acme.example")
    answer = await update(client, bob, email="ANN@acme.example", name="Bob")
    assert (answer.status, answer.body["errors"][0]["code"]) == (409, 12132)
    assert answer.headers["x-should-retry"] == "false"
    assert ann["id"] in answer.body["errors"][0]["message"]
    assert (await one(client, bob)).result == bob


async def test_a_deleted_user_is_gone(client: Client) -> None:
    user = await created(client, "ann@acme.example", "Ann")
    await record(client, user, {"amr": ["mfa"]})
    where = f"{USERS}/{user['id']}"
    answer = await client.call("DELETE", where)
    assert (answer.status, answer.result) == (202, {"id": user["id"]})
    absent = [await client.call("DELETE", where), await update(client, user), await record(client, user, {})]
    absent += [await one(client, user), await recorded(client, user)]
    absent += [await client.call("GET", f"{where}/{part}") for part in ("active_sessions", "failed_logins")]
    assert {answer.status for answer in absent} == {404}
    assert await emails(client) == await approved(client, policy()) == []
    again = await created(client, "ann@acme.example", "Ann")
    assert again["id"] != user["id"]
    assert again["access_seat"] is False
    assert (await recorded(client, again)).status == 404


async def test_a_test_that_was_pinned_sees_who_was_there(client: Client) -> None:
    ann, bob = await created(client, "ann@acme.example", "Ann"), await created(client, "bob@acme.example")
    test = await client.tested(policy())
    before = await client.users(test["id"])
    await client.call("DELETE", f"{USERS}/{bob['id']}")
    await update(client, ann, email="anna@other.example", name="Anna")
    await created(client, "eve@acme.example")
    assert await client.users(test["id"]) == before
    assert [row["name"] for row in before] == ["Ann", ""]
    assert await emails(client) == ["anna@other.example", "eve@acme.example"]


IDENTITY = {
    "email": "ann@acme.example",
    "idp": {"id": "x", "type": "okta"},
    "amr": ["mfa"],
    "iat": 1700000000,
    "devicePosture": {"disk": {"success": True, "rule_name": "encrypted"}},
    "is_warp": False,
}


async def test_a_recorded_identity_comes_back_and_counts(client: Client) -> None:
    user = await created(client, "ann@acme.example")
    assert (await recorded(client, user)).status == 404
    assert await approved(client, MFA) == []
    assert (await record(client, user, IDENTITY)).result == IDENTITY
    assert (await recorded(client, user)).result == IDENTITY
    assert await approved(client, MFA) == ["ann@acme.example"]
    seen = (await one(client, user)).result
    assert (seen["access_seat"], seen["last_successful_login"]) == (True, "2023-11-14T22:13:20Z")


async def test_an_identity_is_replaced_whole_and_null_forgets_it(client: Client) -> None:
    user = await created(client, "ann@acme.example", "Ann")
    await record(client, user, IDENTITY)
    assert (await record(client, user, {"amr": []})).result == {"amr": []}
    assert (await recorded(client, user)).result == {"amr": []}
    assert (await client.tested(MFA))["users_blocked"] == 1
    forgotten = await record(client, user, None)
    assert (forgotten.status, forgotten.result) == (200, None)
    assert (await recorded(client, user)).status == 404
    assert (await client.tested(MFA))["users_errored"] == 1
    assert (await one(client, user)).result["name"] == "Ann"


async def test_sessions_and_failed_logins_are_empty(client: Client) -> None:
    user = await created(client, "ann@acme.example")
    for part in ("active_sessions", "failed_logins"):
        answer = await client.call("GET", f"{USERS}/{user['id']}/{part}")
        assert (answer.status, answer.result) == (200, [])
    assert (await client.call("GET", f"{USERS}/{user['id']}/active_sessions/nonce")).status == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "pointers"),
    [
        ("POST", "", {}, ["/email"]),
        ("POST", "", {"email": "nobody", "name": 1, "role": "x"}, ["/role", "/name", "/email"]),
        ("PUT", "/{id}", {"email": "", "name": None}, ["/name", "/email"]),
        (
            "PUT",
            "/{id}/last_seen_identity",
            {"devicePosture": {"x": {"success": 1}}, "ip": 1},
            ["/ip", "/devicePosture/x/success"],
        ),
        ("PUT", "/{id}/last_seen_identity", [], [""]),
    ],
)
async def test_each_fault_of_a_body_is_pointed_at(
    client: Client, method: str, path: str, body: object, pointers: list[str]
) -> None:
    user = await created(client, "ann@acme.example")
    answer = await client.call(method, USERS + path.format(id=user["id"]), json=body)
    assert answer.status == 400
    assert [pointer for pointer, _ in answer.faults] == pointers
    assert (await one(client, user)).result == user


PLACES = [
    ("GET", "", None),
    ("PUT", "", {"name": "x"}),
    ("DELETE", "", None),
    ("GET", "/last_seen_identity", None),
    ("PUT", "/last_seen_identity", {}),
    ("GET", "/active_sessions", None),
    ("GET", "/active_sessions/x", None),
    ("GET", "/failed_logins", None),
]


@pytest.mark.parametrize(("method", "part", "body"), PLACES)
async def test_a_foreign_user_is_as_absent_as_an_unknown_one(
    service: Service, client: Client, method: str, part: str, body: object
) -> None:
    other = await service.tenant(segment_bits=4)
    user = await created(other, "ann@acme.example", "Ann")
    await record(other, user, IDENTITY)
    before = (await one(other, user)).result
    answers = [
        await client.call(method, f"{USERS}/{user_id}{part}", json=body)
        for user_id in (user["id"], NOBODY, str(uuid4()), "nobody", user["id"].replace("-", ""))
    ]
    assert [(answer.status, answer.body) for answer in answers] == [(404, answers[0].body)] * 5
    assert answers[0].body["errors"] == [{"code": 12135, "message": "access.api.error.not_found"}]
    assert (await one(other, user)).result == before
    assert await emails(client) == await emails(client, email="ann@acme.example") == []
    assert await emails(client, search="ann") == []


@pytest.mark.parametrize("scope", ["directory:read", "directory:write", "policies:write"])
async def test_a_scope_is_needed(service: Service, scope: str) -> None:
    client = await service.tenant(scopes=(scope,))
    read, write = (
        await client.call("GET", USERS),
        await client.call("POST", USERS, json={"email": "a@b.example"}),
    )
    expected = {"directory:read": (200, 403), "directory:write": (200, 201), "policies:write": (403, 403)}
    assert (read.status, write.status) == expected[scope]


async def test_every_change_is_in_the_audit_log(service: Service, client: Client) -> None:
    user = await created(client, "ann@acme.example", "Ann")
    await update(client, user, name="Anna")
    await update(client, user, name="Anna")
    await record(client, user, {"amr": ["mfa"]})
    await client.call("POST", USERS, json={"email": "ann@acme.example"})
    await client.call("DELETE", f"{USERS}/{user['id']}")
    connection = await service.connect()
    rows = await connection.fetch(AUDITED, UUID(client.account))
    await connection.close()
    assert [row["action"] for row in rows] == ["create", "update", "update", "delete"]
    assert {(row["kind"], row["subject_id"]) for row in rows} == {("user", user["id"])}
    documents = [json.loads(row["document"]) for row in rows]
    assert [each["name"] for each in documents] == ["Ann", "Anna", "Anna", "Anna"]
    assert [each["last_seen_identity"] for each in documents] == [None, None, *[{"amr": ["mfa"]}] * 2]
    befores, afters = ([row[which] for row in rows] for which in ("before_digest", "after_digest"))
    assert befores == [None, *afters[:-1]]
    assert afters[-1] is None


def test_an_identity_is_decoded_where_nobody_else_waits_for_it() -> None:
    (route,) = (each for each in ROUTES if each.method == "PUT" and each.path.endswith("/last_seen_identity"))
    assert route.body.large
