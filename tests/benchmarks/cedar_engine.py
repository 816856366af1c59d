"""The policy in Cedar, by cedarpy: in batches, each with its entities."""

import json
from collections.abc import Sequence
from typing import Any

import asyncpg

from services.cli.vocabulary import IDP_OKTA
from tests.benchmarks import policy

BATCH = 1_000


def text(emails: Sequence[str]) -> str:
    """As Cedar: what is missing fails the permit, as it does here."""
    domains, countries, excluded = (
        json.dumps(list(each)) for each in (policy.DOMAINS, policy.COUNTRIES, emails)
    )
    networks = " || ".join(f'principal.ip.isInRange(ip("{network}"))' for network in policy.NETWORKS)
    return f"""
    permit (principal, action, resource) when {{
        ({domains}.contains(principal.domain) || (principal has idp && principal.idp == "{IDP_OKTA}"
            && principal has groups && principal.groups.contains("{policy.GROUP}")))
        && principal has country && principal has ip && ({networks})
        && principal has amr && principal.amr.contains("{policy.METHOD}") }};
    forbid (principal, action, resource) when {{
        {excluded}.contains(principal.email)
        || (principal has country && {countries}.contains(principal.country)) }};
    """


def _entity(which: int, row: asyncpg.Record) -> dict[str, Any]:
    known = {name: value for name, value in row.items() if value is not None}
    if "ip" in known:
        known["ip"] = {"__extn": {"fn": "ip", "arg": known["ip"]}}
    return {"uid": {"type": "User", "id": str(which)}, "attrs": known, "parents": []}


def approving(rows: Sequence[asyncpg.Record], emails: Sequence[str]) -> int:
    """How many cedarpy approves, of some users."""
    import cedarpy  # noqa: PLC0415  # of an extra

    policies, approved = text(emails), 0
    for start in range(0, len(rows), BATCH):
        entities = [_entity(which, row) for which, row in enumerate(rows[start : start + BATCH])]
        requests = [
            {
                "principal": f'User::"{which}"',
                "action": 'Action::"enter"',
                "resource": 'App::"a"',
                "context": {},
            }
            for which in range(len(entities))
        ]
        answers = cedarpy.is_authorized_batch(requests, policies, entities)
        approved += sum(answer.allowed for answer in answers)
    return approved
