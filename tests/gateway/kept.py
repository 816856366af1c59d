"""Policies and groups through the gateway, and what the audit log says of them."""

from typing import Any
from uuid import UUID

import pytest

from tests.gateway.rows import ACME, EVERYONE, policy
from tests.stack import Answer, Client, Service

POLICIES, GROUPS = "{a}/access/policies", "{a}/access/groups"
ABSENT = "00000000-0000-4000-8000-000000000000"


def group(*include: Any, **changes: Any) -> dict[str, Any]:
    """A group of some rules, by default of everyone."""
    return {"name": "kept", "include": list(include) or [EVERYONE], **changes}


def naming(*ids: str) -> list[dict[str, Any]]:
    return [{"group": {"id": each}} for each in ids]


BOTH = pytest.mark.parametrize("path", [POLICIES, GROUPS])
SHAPES: dict[str, Any] = {POLICIES: policy, GROUPS: group}
FULL = policy(
    *(ACME, EVERYONE, ACME),
    exclude=[],
    require=None,
    approval_groups=[{"approvals_needed": 1, "email_addresses": []}],
    session_duration="24h",
    mfa_config={"mfa_disabled": False},
    isolation_required=False,
)


async def kept(client: Client, path: str, **document: Any) -> dict[str, Any]:
    """A new policy or group as it is answered."""
    answer = await client.call("POST", path, json=document)
    assert answer.status == 201, answer.body
    return answer.result


async def put(client: Client, path: str, kept_id: str, document: dict[str, Any]) -> Answer:
    return await client.call("PUT", f"{path}/{kept_id}", json=document)


async def listed(client: Client, path: str, **query: Any) -> list[Any]:
    return (await client.call("GET", path, params=query)).result


async def deeds(service: Service, client: Client) -> list[tuple[str, str, str]]:
    """The audit log of a client's account: action, kind, subject, the oldest first."""
    connection = await service.connect()
    try:
        query = (
            "SELECT action, kind, subject_id::text FROM audit_entry WHERE account_id = $1 ORDER BY sequence"
        )
        return [tuple(row) for row in await connection.fetch(query, UUID(client.account))]
    finally:
        await connection.close()
