"""What users are called by: the login name that they were given, or else the address of now; never by two."""

import pytest

from tests.gateway.cloudcms.people import PRINCIPALS, read, user
from tests.gateway.cloudcms.principals.test_principals import put
from tests.gateway.users import USERS
from tests.stack import Client


async def of_directory(client: Client, email: str) -> str:
    return (await client.call("POST", USERS, json={"email": email})).result["id"]


@pytest.mark.parametrize("echoed", [False, True])
async def test_who_was_given_no_name_is_called_by_the_address_of_now(client: Client, *, echoed: bool) -> None:
    bo = await of_directory(client, "bo@acme.example")
    sent = (await read(client, bo)).body if echoed else {}
    assert (await put(client, bo, **{**sent, "email": "bo@other.example"})).status == 200
    assert (await read(client, "bo@other.example")).body["name"] == "bo@other.example"
    assert (await read(client, "bo@acme.example")).status == 404
    new = await of_directory(client, "bo@acme.example")
    assert (await read(client, "bo@acme.example")).body["_doc"] == new
    assert (await put(client, bo, name="bo")).status == 200
    assert (await read(client, bo)).body["name"] == "bo"


async def test_a_password_gives_nobody_a_name(client: Client) -> None:
    bo = await of_directory(client, "bo@acme.example")
    body = {"password": "correct horse battery"}
    assert (await client.call("POST", f"{PRINCIPALS}/{bo}/changepassword", json=body)).status == 200
    await put(client, bo, email="bo@other.example")
    assert (await read(client, bo)).body["name"] == "bo@other.example"


async def test_an_address_that_is_anothers_login_name_is_refused(client: Client) -> None:
    await user(client, "ann@acme.example", email="ann@home.example")
    answer = await client.call(
        "POST", PRINCIPALS, json={"type": "USER", "name": "b", "email": "Ann@acme.example"}
    )
    assert answer.status == 409
    bo = await of_directory(client, "bo@acme.example")
    assert (await put(client, bo, email="ann@acme.example")).status == 409


async def test_a_name_that_two_have_is_refused_with_their_ids(client: Client) -> None:
    ann = await user(client, "ann@acme.example", email="ann@home.example")
    other, shared = await of_directory(client, "ann@acme.example"), "ann@acme.example"
    policy_id = (await client.call("POST", "/access/policies", json={"title": "p"})).body["_doc"]
    on, named = f"/access/policies/{policy_id}", {"id": shared}
    answers = [
        await read(client, shared),
        await put(client, shared, phone="1"),
        await client.call("POST", f"{on}/authorities/editor/grant", params=named),
        await client.call("POST", f"{on}/authorities/editor/check", params=named),
        await client.call("POST", f"{on}/authorities", json={"principals": [shared]}),
        await client.call("POST", f"{on}/assign", params={"ref": shared}),
    ]
    for answer in answers:
        both = ann in answer.body["message"] and other in answer.body["message"]
        assert (answer.status, both) == (400, True)
    named_so = {"type": "GROUP", "name": shared}
    assert (await client.call("POST", PRINCIPALS, json=named_so)).status == 409
    entry = {"permissioned": f"accessPolicy://{client.account}/{policy_id}", "principalId": shared}
    body = {"entries": [{**entry, "permissionId": "READ"}]}
    (checked,) = (await client.call("POST", "/access/check", json=body)).body["entries"]
    assert (checked["hasPermission"], "say the id" in checked["message"]) == (False, True)
    for each in (ann, other):
        assert (await put(client, each, **(await read(client, each)).body)).status == 200
        assert (
            await client.call("POST", f"{on}/authorities/editor/grant", params={"id": each})
        ).status == 200
