"""Calls that the tests of lists make."""

from typing import Any

from tests.stack import Answer, Client

LISTS = "{a}/gateway/lists"
ABSENT = "00000000-0000-4000-8000-000000000000"
SHAPE = {"id", "name", "type", "description", "count", "created_at", "updated_at"}


def items(*values: str) -> list[dict[str, str]]:
    return [{"value": value} for value in values]


def numbered(*numbers: int) -> list[dict[str, str]]:
    return items(*(f"u{number}@a.example" for number in numbers))


async def created(client: Client, *values: str, **fields: Any) -> Any:
    given = {"name": "l", "type": "EMAIL", "items": items(*values), **fields}
    answer = await client.call("POST", LISTS, json=given)
    assert answer.status == 200
    return answer.result


async def on(client: Client, method: str, found: Any, rest: str = "", **given: Any) -> Answer:
    return await client.call(method, f"{LISTS}/{found['id']}{rest}", **given)


async def log(client: Client) -> list[tuple[str, Any]]:
    """What was done to lists and what they were then, the latest last."""
    entries = (await client.call("GET", "{a}/audit-log", params={"kind": "list"})).result
    return [(entry["action"], entry["document"]) for entry in reversed(entries)]
