"""An account's entitlements as one state: read at a version, advanced by one writer at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.policy.entitlement.estate import Estate, Granted, Holder, Team
from shared.policy.entitlement.policy import Policy
from shared.policy.entitlement.resource import folded
from shared.policy.entitlement.roles import Roles
from shared.store import errors, queries
from shared.store.pool import Connection
from shared.wire.cloudcms import policies
from shared.wire.cloudcms.shipped import system_policies

SQL = queries.load("entitlements.sql")

PLATFORM = "platform"
# How long a writer waits for another: less than for the answer to a statement.
LOCK_SECONDS = 1.5
# Of policies' documents; more are decoded in a thread, or nothing else would happen meanwhile.
BYTES_AT_ONCE = 32 * 1024


class Unchanged(Exception):  # noqa: N818  # no error: the transaction is undone with the version it made
    """A writer found nothing to change, so that whoever remembers the account need not read it again."""


class Versions(NamedTuple):
    """How far an account has come: what it says of entitlements, and its users with their groups."""

    entitlements: int
    directory: int


class _Role(Struct):
    permissions: list[str] = []


decode_role = msgspec.json.Decoder(_Role).decode


async def advance(connection: Connection, account: UUID) -> int:
    """The next version, and the sole right to write entitlements until the transaction ends.

    Raises LockNotAvailable if another keeps it for long.
    """
    await errors.bound_waits(connection, LOCK_SECONDS)
    version: int = await connection.fetchval(SQL["advance"], account)
    return version


async def versions(connection: Connection, account: UUID) -> Versions:
    """The versions as they are; what is read besides needs the same snapshot to be of them."""
    return Versions(*(await connection.fetch(SQL["versions"], account))[0])


class Known(NamedTuple):
    """A policy that was decoded before, as of the version when it was written."""

    version: int
    policy: Policy


async def estate(connection: Connection, account: UUID, known: dict[str, Known]) -> Estate:
    """The account's state; all of it is of one moment if the transaction has one snapshot.

    `known` are policies from an earlier state, none of which is decoded again; it is brought up to date.
    """
    assigned = defaultdict[Holder, list[str]](list)
    for policy_id, kind, holder in await connection.fetch(SQL["assignments"], account):
        assigned[Holder(kind, holder)].append(policy_id)
    parents = defaultdict[str, list[str]](list)
    for group, member in await connection.fetch(SQL["nestings"], account):
        parents[member].append(group)
    return Estate(
        await _policies(connection, account, known),
        {holder: tuple(held) for holder, held in assigned.items()},
        {member: tuple(groups) for member, groups in parents.items()},
        {row["name"]: row["group_id"] for row in await connection.fetch(SQL["groups"], account)},
        await _teams(connection, account),
        await roles(connection, account),
    )


async def _policies(connection: Connection, account: UUID, known: dict[str, Known]) -> dict[str, Policy]:
    stored = {row["policy_id"]: row["version"] for row in await connection.fetch(SQL["policies"], account)}
    stale = [each for each, version in stored.items() if each not in known or known[each].version != version]
    for each in known.keys() - stored.keys():
        del known[each]
    documents = [(row[0], row[1]) for row in await connection.fetch(SQL["documents"], account, stale)]
    many = sum(len(document) for _, document in documents) > BYTES_AT_ONCE
    decoded = await asyncio.to_thread(_decoded, documents) if many else _decoded(documents)
    known |= {each.id: Known(stored[each.id], each) for each in decoded}
    system = {key: decoded.policy(key) for key, decoded in system_policies().items()}
    return system | {policy_id: each.policy for policy_id, each in known.items()}


def _decoded(documents: list[tuple[str, bytes]]) -> list[Policy]:
    return [policies.decode(msgspec.json.decode(text)).policy(policy_id) for policy_id, text in documents]


async def _teams(connection: Connection, account: UUID) -> tuple[Team, ...]:
    return tuple(
        Team(team_id, group, tuple(roles), None if kind == PLATFORM else (kind, container))
        for team_id, group, roles, kind, container in await connection.fetch(SQL["teams"], account)
    )


async def roles(connection: Connection, account: UUID) -> Roles:
    """The standard roles and the account's own."""
    rows = await connection.fetch(SQL["roles"], account)
    return Roles({role: decode_role(document).permissions for role, document in rows})


async def grants(
    connection: Connection, account: UUID, references: Iterable[str]
) -> Mapping[str, list[Granted]]:
    """What is granted on some resources, by their references in small letters."""
    found = defaultdict[str, list[Granted]](list)
    wanted = list({folded(reference) for reference in references})
    for on, grant, role, kind, holder in await connection.fetch(SQL["grants"], account, wanted):
        found[on].append(Granted(grant, role, Holder(kind, holder)))
    return found
