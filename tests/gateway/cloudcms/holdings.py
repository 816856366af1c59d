"""Calls around access policies and those who hold them."""

import json
from typing import Any

from tests.stack import Answer, Client

PATH = "/access/policies"
ABSENT = "0123456789abcdef0123"


async def made(client: Client, **document: Any) -> str:
    """The id of a new policy."""
    answer = await client.call("POST", PATH, json=document)
    assert answer.status == 200, answer
    assert answer.body == {"_doc": answer.body["_doc"], "ok": True}
    return answer.body["_doc"]


async def document(client: Client, policy_id: str) -> dict[str, Any]:
    """A policy without its times."""
    answer = await client.call("GET", f"{PATH}/{policy_id}")
    assert answer.status == 200, answer
    del answer.body["_system"]
    return answer.body


def rows(answer: Answer) -> list[dict[str, Any]]:
    """The rows of a result map that is one."""
    assert answer.status == 200, answer
    assert answer.body["size"] == len(answer.body["rows"]) <= answer.body["total_rows"]
    return answer.body["rows"]


def titles(answer: Answer) -> list[str | None]:
    return [row.get("title") for row in rows(answer)]


async def listed(client: Client, **query: Any) -> list[str | None]:
    return titles(await client.call("GET", PATH, params=query))


async def queried(client: Client, sought: dict[str, Any], **query: Any) -> list[str | None]:
    return titles(await client.call("POST", f"{PATH}/query", json=sought, params=query))


async def assign(client: Client, policy_id: str, ref: str, word: str = "assign") -> Answer:
    return await client.call("POST", f"{PATH}/{policy_id}/{word}", params={"ref": ref}, json={})


async def assigned(client: Client, policy_id: str, ref: str) -> None:
    answer = await assign(client, policy_id, ref)
    assert (answer.status, answer.body) == (200, {"ok": True})


async def held(client: Client, ref: str, **query: Any) -> list[str]:
    """The ids of the policies that somebody holds."""
    return [
        row["_doc"] for row in rows(await client.call("POST", f"{PATH}/find", params={"ref": ref, **query}))
    ]


async def targets(client: Client, policy_id: str, **query: Any) -> list[dict[str, Any]]:
    return rows(await client.call("GET", f"{PATH}/{policy_id}/targets", params=query))


def refusal(answer: Answer, status: int) -> str:
    """The message of a failure, in the shape that drivers know one by."""
    assert answer.status == status, answer
    assert (answer.body["error"], answer.body["ok"], answer.body["status"]) == (True, False, status)
    assert answer.body["message"]
    return answer.body["message"]


def pointers(answer: Answer) -> list[str | None]:
    refusal(answer, 400)
    return [fault["pointer"] for fault in answer.body["faults"]]


async def changes(client: Client, kind: str) -> list[tuple[str, str, Any]]:
    """What the audit log has of a kind, oldest first: action, subject, document."""
    answer = await client.call("GET", "{a}/audit-log", params={"kind": kind})
    return [(each["action"], each["subject_id"], each["document"]) for each in reversed(answer.result)]


def grant(*conditions: Any, roles: tuple[str, ...] = ("consumer",)) -> dict[str, Any]:
    return {"action": "grant", "roles": list(roles), "conditions": list(conditions)}


def deep(levels: int) -> str:
    return '{"x":' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


def sized(number: int) -> str:
    """A policy whose document takes so many bytes."""
    return json.dumps({"x": "y" * (number - len('{"x":""}'))}, separators=(",", ":"))
