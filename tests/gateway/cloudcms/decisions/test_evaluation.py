"""A user in two teams: one gives everything to consumers, the other takes away all but a part."""

from tests.gateway.cloudcms import holdings, people, rights
from tests.stack import Client

PATHS = ("/welcome", "/welcome/today", "/registered", "/")
EVERYWHERE = [True] * 4
WELCOME = [True, True, False, False]


def by_path(path: str) -> dict[str, object]:
    return {"type": "path", "config": {"path": path}}


async def team(client: Client, key: str) -> str:
    """A new team of a stack; its reference."""
    made = (await client.call("POST", "/stacks/s1/teams", params={"key": key}, json={})).body["_doc"]
    return f"team://stack/{client.account}/s1/{made}"


async def member(client: Client, key: str, word: str, whom: str) -> None:
    path = f"/stacks/s1/teams/{key}/members/{word}"
    answer = await client.call("POST", path, params={"id": f"default/{whom}"}, json={})
    assert answer.status == 200, answer


async def consumer(client: Client, whom: str, references: list[str]) -> list[bool]:
    entries = [
        {"permissioned": each, "principalId": f"default/{whom}", "authorityId": "consumer"}
        for each in references
    ]
    return [each["hasAuthority"] for each in await rights.asked(client, *entries)]


async def test_a_team_whose_policy_counts_later_takes_away_what_another_gives(client: Client) -> None:
    user = await people.user(client, "pending", password="correct horse battery")  # as drivers do
    everywhere = await holdings.made(client, key="project-user-2", order=1000, statements=[holdings.grant()])
    pending = await holdings.made(
        client,
        key="pending-user",
        order=100000,
        statements=[
            {"action": "revoke", "roles": ["consumer"], "conditions": [by_path("^/.*")]},
            {"action": "grant", "roles": ["consumer"], "conditions": [by_path("^/welcome.*")]},
        ],
    )
    await holdings.assigned(client, everywhere, await team(client, "users"))
    await holdings.assigned(client, pending, (await team(client, "pending")).lower())
    references = []
    for number, path in enumerate(PATHS):
        references.append(f"node://{client.account}/r/b/{number}")
        await rights.registered(client, reference=references[-1], path=path)
    assert await consumer(client, user, references) == [False] * 4
    await member(client, "users", "add", user)
    assert await consumer(client, user, references) == EVERYWHERE
    await member(client, "pending", "add", user)
    assert await consumer(client, user, references) == WELCOME
    answer = await client.call(
        "POST", "/access/policies/collect", json={"userId": f"default/{user}", "references": references[:1]}
    )
    assert [each["_doc"] for each in answer.body["references"][references[0]]] == [everywhere, pending]
    await member(client, "pending", "remove", user)
    assert await consumer(client, user, references) == EVERYWHERE


async def test_a_grant_on_one_thing_stays_whatever_policies_revoke(client: Client) -> None:
    user = await people.user(client, "joe")
    revoke = {"action": "revoke", "roles": ["consumer"], "conditions": []}
    policy = await holdings.made(client, order=10**9, statements=[revoke])
    await holdings.assigned(client, policy, f"user://{client.account}/default/{user}")
    node = await rights.registered(client, type="node", id="n1")
    reference = f"node://{client.account}/n1"
    assert await consumer(client, user, [reference]) == [False]
    await rights.granted(client, f"/access/resources/{node}", user, "consumer")
    assert await consumer(client, user, [reference, f"node://{client.account}/n2"]) == [True, False]
