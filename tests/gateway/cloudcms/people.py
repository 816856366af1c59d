"""Principals as the tests of this dialect make them."""

from typing import Any

from tests.stack import Answer, Client

PRINCIPALS = "/domains/default/principals"


async def created(client: Client, kind: str, name: str, **more: Any) -> str:
    """A new user or group; its id."""
    answer = await client.call("POST", PRINCIPALS, json={"type": kind, "name": name, **more})
    assert answer.status == 200, answer.body
    return answer.body["_doc"]


async def user(client: Client, name: str, **more: Any) -> str:
    return await created(client, "USER", name, **more)


async def group(client: Client, name: str, **more: Any) -> str:
    return await created(client, "GROUP", name, **more)


async def read(client: Client, principal: str) -> Answer:
    return await client.call("GET", f"{PRINCIPALS}/{principal}")


async def join(client: Client, group_id: str, member: str) -> Answer:
    return await client.call("POST", f"{PRINCIPALS}/{group_id}/members/add", params={"id": member}, json={})


async def leave(client: Client, group_id: str, member: str) -> Answer:
    return await client.call("POST", f"{PRINCIPALS}/{group_id}/members/remove", params={"id": member})


async def names(client: Client, path: str, **query: Any) -> list[str]:
    """The names of the rows of a list."""
    answer = await client.call("GET", PRINCIPALS + path, params=query)
    assert answer.status == 200, answer.body
    assert answer.body["size"] == len(answer.body["rows"])
    return [row["name"] for row in answer.body["rows"]]


async def found(client: Client, query: Any, **part: Any) -> Answer:
    return await client.call("POST", f"{PRINCIPALS}/query", json=query, params=part)
