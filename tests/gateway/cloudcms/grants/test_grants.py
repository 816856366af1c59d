"""Authorities: granted to users and groups, revoked again, checked, on whatever has them."""

import pytest

from tests.gateway.cloudcms import holdings, people, rights
from tests.gateway.cloudcms.holdings import refusal
from tests.stack import Client, Service, account_id

TABLE = {
    "manager": {"READ": True, "UPDATE": True, "DELETE": True},
    "consumer": {"READ": True, "UPDATE": False, "DELETE": False},
    "editor": {"READ": True, "UPDATE": True, "DELETE": True},
    "impersonator": {"READ": False, "UPDATE": False, "IMPERSONATE": False},
    None: {"READ": False, "UPDATE": False, "CONNECT": False},
}


@pytest.fixture
async def policy(client: Client) -> str:
    return f"/access/policies/{await holdings.made(client)}"


@pytest.mark.parametrize("role", TABLE)
async def test_a_role_on_a_policy_gives_its_permissions(
    client: Client, policy: str, role: str | None
) -> None:
    ann = await people.user(client, "ann")
    if role is not None:
        await rights.granted(client, policy, ann, role)
        assert await rights.has(client, policy, ann, role)
    assert {each: await rights.may(client, policy, ann, each) for each in TABLE[role]} == TABLE[role]


@pytest.mark.parametrize(
    "form", ["{id}", "default/{id}", "primary/{id}", "ann", "default/ann", "user://{a}/default/{id}"]
)
async def test_a_principal_is_known_by_all_its_names(client: Client, policy: str, form: str) -> None:
    ann = await people.user(client, "ann")
    name = form.format(id=ann, a=client.account)
    await rights.granted(client, policy, name, "consumer")
    assert await rights.has(client, policy, name, "consumer")
    assert await rights.keys(client, policy, ann) == ["consumer"]
    await rights.revoked(client, policy, name.upper() if "://" in name else name, "consumer")
    assert await rights.keys(client, policy, ann) == []


async def test_case_does_not_count_in_roles_and_permissions(client: Client, policy: str) -> None:
    ann = await people.user(client, "ann")
    await rights.granted(client, policy, ann, "MANAGER")
    assert await rights.keys(client, policy, ann) == ["manager"]
    assert await rights.has(client, policy, ann, "Manager")
    assert await rights.may(client, policy, ann, "read")


async def test_granting_twice_is_granting_once_and_revoking_what_is_not_granted_is_fine(
    client: Client, policy: str
) -> None:
    ann = await people.user(client, "ann")
    await rights.granted(client, policy, ann, "consumer", "consumer", "editor")
    assert sorted(await rights.keys(client, policy, ann)) == ["consumer", "editor"]
    await rights.revoked(client, policy, ann, "consumer")
    await rights.revoked(client, policy, ann, "consumer")
    assert await rights.keys(client, policy, ann) == ["editor"]
    changes = await holdings.changes(client, "grant")
    assert [(action, document["role-key"]) for action, _, document in changes] == [
        ("create", "consumer"),
        ("create", "editor"),
        ("delete", "consumer"),
    ]
    assert changes[0][1] == changes[2][1]


async def test_all_roles_of_a_principal_go_at_once(client: Client, policy: str) -> None:
    ann, bob = await people.user(client, "ann"), await people.user(client, "bob")
    for each in (ann, bob):
        await rights.granted(client, policy, each, "consumer", "editor")
    await rights.revoked(client, policy, ann, "all")
    assert await rights.keys(client, policy, ann) == []
    assert len(await rights.keys(client, policy, bob)) == 2
    assert not await rights.has(client, policy, ann, "consumer")


async def test_members_of_nested_groups_have_what_a_group_is_granted(client: Client, policy: str) -> None:
    ann, inner, outer = (
        await people.user(client, "ann"),
        await people.group(client, "inner"),
        await people.group(client, "outer"),
    )
    await rights.granted(client, policy, "outer", "editor")
    await rights.granted(client, policy, ann, "consumer")
    assert not await rights.has(client, policy, ann, "editor")
    await people.join(client, outer, inner)
    await people.join(client, inner, ann)
    assert await rights.has(client, policy, ann, "editor")
    await rights.revoked(client, policy, ann, "consumer")
    assert await rights.has(client, policy, ann, "editor")
    assert not await rights.has(client, policy, ann, "consumer")
    await people.leave(client, inner, ann)
    assert not await rights.has(client, policy, ann, "editor")


async def test_what_everyone_is_granted_everyone_has(client: Client, policy: str) -> None:
    ann = await people.user(client, "ann")
    await rights.granted(client, policy, "everyone", "consumer")
    assert await rights.may(client, policy, ann, "READ")
    assert await rights.keys(client, policy, rights.EVERYONE) == ["consumer"]


async def test_grants_are_made_on_all_that_has_authorities(client: Client) -> None:
    ann, staff = await people.user(client, "ann"), await people.group(client, "staff")
    resource = await rights.registered(client, type="report")
    places = [
        "",
        "/access/policies/project-user",
        f"/access/resources/{resource}",
        f"/domains/default/principals/{staff}",
        "/domains/primary/principals/ann",
        "/projects/p1",
        "/domains/default",
    ]
    for number, place in enumerate(places):
        assert not await rights.has(client, place, ann, "collaborator"), place
        await rights.granted(client, place, ann, "collaborator")
        assert await rights.has(client, place, ann, "collaborator"), place
        for other in places[number + 1 :]:
            assert not await rights.has(client, other, ann, "collaborator"), (place, other)


async def test_some_grants_stand_without_being_made(client: Client) -> None:
    ann, bob = await people.user(client, "ann"), await people.user(client, "bob")
    own = f"/domains/default/principals/{ann}"
    assert await rights.may(client, "", ann, "CONNECT")
    assert not await rights.may(client, "", ann, "READ")
    assert await rights.may(client, own, ann, "UPDATE")
    assert await rights.may(client, own, bob, "READ")
    assert not await rights.may(client, own, bob, "UPDATE")
    await rights.revoked(client, "", "everyone", "all")
    assert await rights.has(client, "", ann, "connector")


async def test_roles_of_ones_own_are_granted_like_any_other(client: Client, policy: str) -> None:
    ann = await people.user(client, "ann")
    assert "role" in refusal(await rights.say(client, policy, "grant", "auditor", ann), 400)
    await client.call("POST", "/roles", json={"roleKey": "auditor", "permissions": ["CONNECT", "READ"]})
    await rights.granted(client, policy, ann, "auditor")
    assert await rights.may(client, policy, ann, "READ")


MANY = """
    INSERT INTO authority_grant (account_id, grant_id, permissioned, holder_kind, holder_id, role, created_at)
    SELECT $1, number::text, 'node://p/' || number, 'group', 'everyone', 'consumer', now()
    FROM generate_series(1, 100000) AS number
"""
NOT_THERE = "0123456789abcdef0123"
WRONG = [
    ("{policy}", "grant", "nonsense", "ann", 400),
    ("{policy}", "grant", "all", "ann", 400),
    ("{policy}", "check", "nonsense", "ann", 400),
    ("{policy}", "grant", "consumer", "nobody", 404),
    ("{policy}", "grant", "consumer", "", 400),
    ("{policy}", "grant", "consumer", "other/ann", 404),
    ("{policy}", "grant", "consumer", "\0", 404),
    ("{policy}", "check", "consumer", "nobody", 404),
    ("{policy}", "revoke", "consumer", "nobody", 404),
    (f"/access/policies/{NOT_THERE}", "grant", "consumer", "ann", 404),
    (f"/access/policies/{NOT_THERE}", "check", "consumer", "ann", 404),
    ("/access/policies/%00", "check", "consumer", "ann", 404),
    ("/access/policies/a%20b", "check", "consumer", "ann", 404),
    (f"/access/resources/{NOT_THERE}", "revoke", "consumer", "ann", 404),
    ("/domains/default/principals/nobody", "grant", "consumer", "ann", 404),
    ("/domains/other/principals/ann", "grant", "consumer", "ann", 404),
    ("/domains/other", "grant", "consumer", "ann", 404),
    ("/projects/a%20b", "grant", "consumer", "ann", 404),
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_does_not_exist_is_refused(
    client: Client, policy: str, wrong: tuple[str, str, str, str, int]
) -> None:
    on, word, role, whom, status = wrong
    await people.user(client, "ann")
    assert refusal(await rights.say(client, on.format(policy=policy), word, role, whom), status)
    assert await holdings.changes(client, "grant") == []


async def test_an_unknown_permission_is_refused(client: Client, policy: str) -> None:
    await people.user(client, "ann")
    answer = await client.call("POST", f"{policy}/permissions/FLY/check", params={"id": "ann"})
    assert "READ" in refusal(answer, 400)


async def test_grants_go_with_what_they_are_on_and_whose_they_are(client: Client, policy: str) -> None:
    ann, staff = await people.user(client, "ann"), await people.group(client, "staff")
    await rights.granted(client, policy, ann, "consumer")
    await rights.granted(client, policy, staff, "editor")
    await client.call("DELETE", f"/domains/default/principals/{ann}")
    assert [row["_doc"] for row in await rights.acl(client, policy)] == [staff]
    await client.call("DELETE", f"/domains/default/principals/{staff}")
    assert await rights.acl(client, policy) == []


async def test_an_account_has_a_number_of_grants_that_it_cannot_exceed(
    service: Service, client: Client, policy: str
) -> None:
    connection = await service.connect()
    await connection.execute(MANY, account_id(client))
    await connection.close()
    assert "100000" in refusal(await rights.say(client, policy, "grant", "consumer", "everyone"), 409)
    await rights.revoked(client, "/vaults/v", "everyone", "all")


async def test_a_token_that_may_only_read_grants_nothing(service: Service) -> None:
    reader = await service.tenant(scopes=("entitlements:read",))
    answer = await rights.say(reader, "", "grant", "consumer", "everyone")
    assert "entitlements:write" in refusal(answer, 403)
    assert await rights.has(reader, "", "everyone", "connector")
