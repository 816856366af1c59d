"""The directory as the tests of the gateway ask for it."""

from typing import Any

from tests.stack import Client

USERS = "{a}/access/users"


async def created(client: Client, email: str, name: str = "") -> dict[str, Any]:
    answer = await client.call("POST", USERS, json={"email": email, "name": name})
    assert answer.status == 201
    return answer.result


async def emails(client: Client, **query: object) -> list[str]:
    answer = await client.call("GET", USERS, params=query)
    assert answer.status == 200
    assert answer.body["result_info"]["count"] == len(answer.result)
    return [row["email"] for row in answer.result]
