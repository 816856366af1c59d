"""Users of this dialect are the directory's: created, read by any name, changed, deleted."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.gateway.cloudcms.people import PRINCIPALS, found, group, join, names, read, user
from tests.gateway.rows import policy
from tests.gateway.users import USERS
from tests.stack import Answer, Client, Service

AUDITED = "SELECT action, kind, subject_id, document FROM audit_entry WHERE account_id = $1 ORDER BY sequence"
SECRET = "correct horse battery"


async def put(client: Client, principal: str, **document: Any) -> Answer:
    return await client.call("PUT", f"{PRINCIPALS}/{principal}", json=document)


async def audited(service: Service, client: Client) -> list[Any]:
    connection = await service.connect()
    try:
        return [tuple(row) for row in await connection.fetch(AUDITED, UUID(client.account))]
    finally:
        await connection.close()


async def test_a_user_is_created_and_read(client: Client) -> None:
    ann = await user(client, "ann", email="Ann@Acme.Example", firstName="Ann", lastName="Lee", phone=["1"])
    shown = (await read(client, ann)).body
    about = shown.pop("_system")
    assert shown == {
        "_doc": ann,
        "type": "USER",
        "name": "ann",
        "title": "Ann Lee",
        "email": "Ann@Acme.Example",
        "firstName": "Ann",
        "lastName": "Lee",
        "phone": ["1"],
        "domainId": "default",
        "domainQualifiedId": f"default/{ann}",
        "domainQualifiedName": "default/ann",
    }
    assert about["created_by"] == about["modified_by"] == "test"


async def test_a_user_is_one_of_the_directory(client: Client) -> None:
    ann = await user(client, "ann", email="ann@acme.example", firstName="Ann", lastName="Lee")
    known = (await client.call("GET", f"{USERS}/{ann}")).result
    assert (known["email"], known["name"]) == ("ann@acme.example", "Ann Lee")
    assert (await client.tested(policy({"email": {"email": "ann@acme.example"}})))["percent_approved"] == 100


async def test_a_user_of_the_directory_is_a_principal(client: Client) -> None:
    made = (await client.call("POST", USERS, json={"email": "Bo@acme.example", "name": "Bo Ek"})).result
    for called in (made["id"], "bo@ACME.example", "Bo@acme.example"):
        shown = (await read(client, called)).body
        assert (shown["_doc"], shown["name"], shown["title"]) == (made["id"], "Bo@acme.example", "Bo Ek")
        assert "firstName" not in shown


@pytest.mark.parametrize(
    ("name", "domain"),
    [("ann", "no-address.invalid"), ("ann lee", "no-address.invalid"), ("Ann@acme.example", "acme.example")],
)
async def test_who_has_no_address_gets_one_that_is_not_shown(client: Client, name: str, domain: str) -> None:
    ann = await user(client, name)
    known = (await client.call("GET", f"{USERS}/{ann}")).result
    assert known["email"].partition("@")[2] == domain
    assert (await read(client, ann)).body.get("email") == (name if "@" in name else None)
    assert (await read(client, name)).body["_doc"] == ann


@pytest.mark.parametrize("called", ["{id}", "ANN", "ann", "ann@acme.example", "\uff21nn"])
@pytest.mark.parametrize("domain", ["default", "primary", "Default"])
async def test_a_user_is_found_by_every_name(client: Client, called: str, domain: str) -> None:
    ann = await user(client, "Ann", email="ann@acme.example")
    path = f"/domains/{domain}/principals/{called.format(id=ann)}"
    assert (await client.call("GET", path)).body["_doc"] == ann


async def test_a_change_replaces_the_clients_own_fields(client: Client) -> None:
    ann = await user(client, "ann", email="ann@acme.example", firstName="Ann", lastName="Lee", phone="1")
    shown = (await read(client, ann)).body
    del shown["phone"]
    assert (await put(client, ann, **shown, lang="de")).body == {"ok": True}
    now = (await read(client, ann)).body
    assert {**shown, "lang": "de", "_system": None} == {**now, "_system": None}


async def test_what_a_change_does_not_name_stays(client: Client) -> None:
    ann = await user(client, "ann", email="ann@acme.example", firstName="Ann")
    assert (await put(client, ann, phone="2")).status == 200
    now = (await read(client, "ann")).body
    assert (now["_doc"], now["email"], now["title"], now["phone"]) == (ann, "ann@acme.example", "Ann", "2")
    assert "firstName" not in now


async def test_a_user_gets_another_name_and_address(client: Client) -> None:
    ann = await user(client, "ann")
    body = {"name": "anna", "email": "anna@acme.example"}
    assert (await client.call("POST", f"{PRINCIPALS}/{ann}/update", json=body)).status == 200
    assert (await read(client, "anna")).body["email"] == "anna@acme.example"
    assert (await read(client, "ann")).status == 404
    assert (await client.call("GET", f"{USERS}/{ann}")).result["name"] == "anna"


@pytest.mark.parametrize("way", [("DELETE", ""), ("POST", "/delete")])
async def test_a_deleted_user_is_gone(client: Client, way: tuple[str, str]) -> None:
    ann = await user(client, "ann")
    assert (await client.call(way[0], f"{PRINCIPALS}/ann{way[1]}")).body == {"ok": True}
    assert (await read(client, ann)).status == 404
    assert (await client.call("GET", f"{USERS}/{ann}")).status == 404
    again = await user(client, "ann")
    assert again != ann


@pytest.mark.parametrize(
    "taken",
    [
        {"name": "ANN"},
        {"name": "other", "email": "ann@ACME.example"},
        {"name": "ann@acme.example"},
        {"name": "staff"},
        {"name": "everyone"},
        {"name": "{id}"},
    ],
)
async def test_what_calls_another_is_refused(client: Client, taken: dict[str, str]) -> None:
    ann = await user(client, "ann", email="ann@acme.example")
    await group(client, "staff")
    asked = {name: text.format(id=ann) for name, text in taken.items()}
    answer = await client.call("POST", PRINCIPALS, json={"type": "USER", **asked})
    assert (answer.status, answer.body["error"]) == (409, True)
    bo = await user(client, "bo", email="bo@acme.example")
    assert (await put(client, bo, **asked)).status == 409
    assert (await read(client, bo)).body["name"] == "bo"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "ann"}, "/type"),
        ({"name": "ann", "type": "ROBOT"}, "/type"),
        ({"name": "ann", "type": 1}, "/type"),
        ({"type": "USER"}, "/name"),
        ({"type": "user", "name": ""}, "/name"),
        ({"type": "USER", "name": " ann"}, "/name"),
        ({"type": "USER", "name": "a\nn"}, "/name"),
        ({"type": "USER", "name": "user://ann"}, "/name"),
        ({"type": "USER", "name": "default/ann"}, "/name"),
        ({"type": "USER", "name": "n" * 257}, "/name"),
        ({"type": "USER", "name": 5}, "/name"),
        ({"type": "USER", "name": "ann", "email": "nowhere"}, "/email"),
        ({"type": "USER", "name": "ann", "firstName": ["Ann"]}, "/firstName"),
        ({"type": "USER", "name": "ann", "error": "x"}, "/error"),
        ({"type": "USER", "name": "ann", "password": "short"}, "/password"),
    ],
)
async def test_what_cannot_be_is_refused_with_where(client: Client, body: Any, pointer: str) -> None:
    answer = await client.call("POST", PRINCIPALS, json=body)
    assert answer.status == 400
    assert pointer in [fault["pointer"] for fault in answer.body["faults"]]


async def test_a_user_stays_a_user(client: Client) -> None:
    ann = await user(client, "ann")
    assert (await put(client, ann, type="GROUP")).status == 400
    assert (await put(client, ann, type="User")).status == 200


@pytest.mark.parametrize("unknown", ["nobody", "00000000-0000-4000-8000-000000000000", "n" * 2000, "a%00b"])
async def test_nobody_is_not_found(client: Client, unknown: str) -> None:
    for method, end in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/memberships")):
        answer = await client.call(method, f"{PRINCIPALS}/{unknown}{end}", json={})
        assert (answer.status, answer.body["error"]) == (404, True)


async def test_anothers_principals_are_nobodys(client: Client, service: Service) -> None:
    ann = await user(await service.tenant(), "ann")
    assert (await read(client, ann)).status == 404
    assert (await read(client, "ann")).status == 404
    assert (await client.call("GET", PRINCIPALS)).body["total_rows"] == 0


async def test_a_password_is_never_seen_again(service: Service, client: Client) -> None:
    ann = await user(client, "ann", password=SECRET)
    await put(client, ann, password=SECRET + "2")
    body = {"password": SECRET + "3", "verifyPassword": SECRET + "3"}
    assert (await client.call("POST", f"{PRINCIPALS}/ann/changepassword", json=body)).body == {"ok": True}
    entries = await audited(service, client)
    assert [entry[:3] for entry in entries] == [
        ("create", "user", ann),
        ("update", "user", ann),
        ("update", "user", ann),
    ]
    seen = json.dumps((await read(client, ann)).body) + repr(entries)
    assert SECRET not in seen
    assert "argon2" not in seen


async def test_a_password_is_verified_by_both_texts(client: Client) -> None:
    await user(client, "ann")
    for body in ({"password": SECRET, "verifyPassword": "other"}, {"password": "short"}, {}):
        assert (await client.call("POST", f"{PRINCIPALS}/ann/changepassword", json=body)).status == 400


async def test_a_user_of_the_directory_can_have_a_password(client: Client) -> None:
    made = (await client.call("POST", USERS, json={"email": "bo@acme.example"})).result
    answer = await client.call("POST", f"{PRINCIPALS}/{made['id']}/changepassword", json={"password": SECRET})
    assert answer.status == 200
    assert (await read(client, made["id"])).body["name"] == "bo@acme.example"


async def test_changes_are_audited_with_before_and_after(service: Service, client: Client) -> None:
    ann = await user(client, "ann")
    await put(client, ann, phone="1")
    await put(client, ann, phone="1")
    await client.call("DELETE", f"{PRINCIPALS}/{ann}")
    entries = await audited(service, client)
    assert [entry[0] for entry in entries] == ["create", "update", "delete"]
    assert json.loads(entries[1][3])["phone"] == "1"


async def test_users_are_written_and_read_by_who_may_the_directory(service: Service) -> None:
    client = await service.tenant(scopes=("entitlements:write",))
    answer = await client.call("POST", PRINCIPALS, json={"type": "USER", "name": "ann"})
    assert (answer.status, "directory:write" in answer.body["message"]) == (403, True)
    answer = await read(client, await group(client, "staff"))
    assert (answer.status, "directory:read" in answer.body["message"]) == (403, True)


async def test_everybody_is_listed_groups_first(client: Client) -> None:
    for number in range(3):
        await user(client, f"u{number}")
    await group(client, "g0")
    await group(client, "g1")
    assert await names(client, "") == ["g0", "g1", "u0", "u1", "u2"]
    assert await names(client, "", skip=1, limit=2) == ["g1", "u0"]
    assert await names(client, "", skip=3, limit=-1) == ["u1", "u2"]
    assert await names(client, "", skip=9) == []
    assert await names(client, "", sort='{"name": -1}', limit=2) == ["u2", "u1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["staff", "ann", "bo"]),
        ({"type": "GROUP"}, ["staff"]),
        ({"type": "USER"}, ["ann", "bo"]),
        ({"type": {"$ne": "USER"}}, ["staff"]),
        ({"type": "USER", "lang": "de"}, ["bo"]),
        ({"name": "bo"}, ["bo"]),
        ({"name": "BO"}, []),
        ({"name": "staff", "type": "USER"}, []),
        ({"email": "bo@acme.example"}, ["bo"]),
        ({"email": "no@acme.example"}, []),
        ({"name": {"$regex": "^a"}}, ["ann"]),
        ({"$or": [{"name": "ann"}, {"name": "staff"}]}, ["staff", "ann"]),
        ({"_doc": "nobody"}, []),
    ],
)
async def test_a_query_finds_principals(client: Client, query: Any, expected: list[str]) -> None:
    await user(client, "ann")
    await user(client, "bo", email="bo@acme.example", lang="de")
    await group(client, "staff")
    answer = await found(client, query)
    assert [row["name"] for row in answer.body["rows"]] == expected
    assert answer.body["total_rows"] == len(expected)


async def test_a_query_by_id_finds_one(client: Client) -> None:
    ann = await user(client, "ann")
    assert [row["_doc"] for row in (await found(client, {"_doc": ann})).body["rows"]] == [ann]


async def test_a_query_says_what_is_wrong_with_it(client: Client) -> None:
    assert (await found(client, {"name": {"$where": "1"}})).status == 400


async def test_a_users_groups_outlast_a_change(client: Client) -> None:
    ann, staff = await user(client, "ann"), await group(client, "staff")
    await join(client, staff, ann)
    await put(client, ann, phone="1")
    assert await names(client, f"/{ann}/memberships") == ["staff"]


async def test_a_large_directory_is_paged_and_asked_by_what_is_indexed(client: Client) -> None:
    lines = [json.dumps({"email": f"u{number}@acme.example"}) for number in range(10_001)]
    await client.imported("\n".join(lines))
    answer = await client.call("GET", PRINCIPALS, params={"skip": 9_999, "limit": 5})
    assert (answer.body["total_rows"], answer.body["size"], answer.body["offset"]) == (10_001, 2, 9_999)
    assert (await found(client, {"type": "USER"}, limit=2)).body["total_rows"] == 10_001
    assert (await found(client, {"name": "u7@acme.example", "lang": None})).body["total_rows"] == 1
    for refused in (await found(client, {"lang": "de"}), await found(client, {}, sort='{"name":1}')):
        assert (refused.status, "more than the 10000" in refused.body["message"]) == (400, True)
