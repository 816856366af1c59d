"""Calls around authorities: granted, revoked, asked about, on whatever has them."""

from typing import Any

from tests.gateway.cloudcms import holdings
from tests.stack import Answer, Client

EVERYONE = "default/everyone"


async def say(client: Client, on: str, word: str, role: str, whom: str) -> Answer:
    """Grant, revoke or check a role; `on` is the beginning of a path."""
    return await client.call("POST", f"{on}/authorities/{role}/{word}", params={"id": whom}, json={})


async def granted(client: Client, on: str, whom: str, *roles: str) -> None:
    for role in roles:
        answer = await say(client, on, "grant", role, whom)
        assert (answer.status, answer.body) == (200, {"ok": True})


async def revoked(client: Client, on: str, whom: str, role: str) -> None:
    answer = await say(client, on, "revoke", role, whom)
    assert (answer.status, answer.body) == (200, {"ok": True})


async def has(client: Client, on: str, whom: str, role: str) -> bool:
    answer = await say(client, on, "check", role, whom)
    assert answer.body == {"check": answer.body["check"], "ok": True}, answer
    return answer.body["check"]


async def may(client: Client, on: str, whom: str, permission: str) -> bool:
    path = f"{on}/permissions/{permission}/check"
    answer = await client.call("POST", path, params={"id": whom}, json={})
    assert answer.body == {"check": answer.body["check"], "ok": True}, answer
    return answer.body["check"]


async def acl(client: Client, on: str, **query: Any) -> list[dict[str, Any]]:
    return holdings.rows(await client.call("GET", f"{on}/acl/list", params=query))


async def keys(client: Client, on: str, whom: str) -> list[str]:
    """The roles that a principal is granted directly."""
    return holdings.rows(await client.call("GET", f"{on}/acl", params={"id": whom}))


async def report(client: Client, on: str, *principals: str) -> dict[str, Any]:
    answer = await client.call("POST", f"{on}/authorities", json={"principals": list(principals)})
    assert answer.status == 200, answer
    return answer.body


async def asked(client: Client, *entries: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    """The answers of POST /access/check, each without what was sent."""
    answer = await client.call("POST", "/access/check", json={"entries": list(entries)}, params=query)
    assert answer.status == 200, answer
    found = answer.body["entries"]
    for sent, got in zip(entries, found, strict=True):
        echoed = {name: value for name, value in sent.items() if name != "resource"}
        assert {name: got[name] for name in echoed} == echoed
    return [
        {name: each[name] for name in each.keys() - set(sent)}
        for sent, each in zip(entries, found, strict=True)
    ]


async def registered(client: Client, **document: Any) -> str:
    answer = await client.call("POST", "/access/resources", json=document)
    assert answer.status == 200, answer
    return answer.body["_doc"]
