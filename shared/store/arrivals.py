"""What an account has of what an archive is about, read for the plan of an import."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from shared.directory.membership import names
from shared.policy.entitlement.estate import EVERYONE
from shared.store import (
    access_policies,
    assignments,
    custom_roles,
    groups,
    lists,
    principals,
    queries,
    registered_resources,
    resources,
    teams,
)
from shared.store.entitlements import PLATFORM
from shared.store.pool import Connection
from shared.store.resources import Kind as RuledKind
from shared.wire.transfer.arrival.here import Here, Place, Usage, User, place
from shared.wire.transfer.arrival.needs import Needs
from shared.wire.transfer.arrival.things import (
    Assignment,
    Grant,
    Group,
    List,
    Policy,
    Resource,
    Role,
    Ruled,
    Team,
    Who,
)

SQL = queries.load("arrivals.sql")
USERS = 20_000
"""Looked up in one statement, which then ends long before it is cancelled."""


async def here(connection: Connection, account: UUID, needs: Needs) -> Here:
    """All that is needed, of one moment: the transaction has one snapshot, or is the only one that writes."""
    reader = _Reader(connection, account)
    by_name = await groups.named(connection, account, needs.group_names)
    nestings = await groups.nestings(connection, account)
    known = await reader.groups({*needs.group_ids, *by_name.values()}, nestings)
    by_id = await reader.teams("teams_by_id", list(needs.teams))
    at = await reader.teams("teams_at", *map(list, zip(*needs.places, strict=True))) if needs.places else {}
    return Here(
        roles={
            each.key: Role(each.key, each.document) for each in await custom_roles.every(connection, account)
        },
        resources=await reader.resources(needs.references),
        resource_ids=await reader.resource_ids(needs.resource_ids),
        groups=known,
        group_names=by_name,
        called=await reader.called({*needs.group_names, *needs.group_ids} - {*by_name, *known, EVERYONE}),
        nestings=nestings,
        policies={
            own: Policy(own, each.document)
            for own, each in (await access_policies.several(connection, account, needs.policies)).items()
        },
        teams=by_id | at,
        places={_place(each): own for own, each in (by_id | at).items()},
        team_groups=await reader.team_groups(),
        assignments=await reader.assignments() if needs.assignments else (),
        grants=await reader.grants() if needs.grants else (),
        users=await reader.users(needs.user_ids, needs.addresses),
        lists=await reader.lists(),
        ruled=await reader.ruled("group", needs.rule_groups)
        | await reader.ruled("policy", needs.reusable_policies),
        rule_nestings=await resources.nesting(connection, account),
        usage=await reader.usage(),
    )


def _place(team: Team) -> Place:
    return place(team.within, team.key)


class _Reader:
    """A connection and an account."""

    def __init__(self, connection: Connection, account: UUID) -> None:
        self.connection, self.account = connection, account
        self.where = (connection, account)

    async def _rows(self, query: str, *arguments: object) -> list[Any]:
        rows: list[Any] = await self.connection.fetch(SQL[query], self.account, *arguments)
        return rows

    async def resources(self, references: Collection[str]) -> dict[str, Resource]:
        found = await registered_resources.several(*self.where, references)
        return {on: Resource(each.id, on, each.document) for on, each in found.items()}

    async def resource_ids(self, ids: Collection[str]) -> frozenset[str]:
        return frozenset(row["resource_id"] for row in await self._rows("resource_ids", list(ids)))

    async def groups(self, ids: Collection[str], nestings: Mapping[str, tuple[str, ...]]) -> dict[str, Group]:
        return {
            each.group_id: Group(each.group_id, each.name, each.document, nestings.get(each.group_id, ()))
            for each in await groups.several(*self.where, ids)
        }

    async def called(self, texts: Collection[str]) -> dict[str, str]:
        """Who is called by texts that are to be names or ids of groups, as people say it."""
        found = await principals.each_called(*self.where, texts)
        return {text: f"{each.holder.kind} `{each.holder.id}`" for text, each in found.items()}

    async def teams(self, query: str, *keys: object) -> dict[str, Team]:
        return {
            team_id: Team(
                *(team_id, key, None if kind == PLATFORM else (kind, container), group),
                *(tuple(roles), document),
            )
            for kind, container, team_id, key, group, roles, document in await self._rows(query, *keys)
        }

    async def team_groups(self) -> dict[str, str]:
        return {row["group_id"]: row["team_id"] for row in await self._rows("team_groups")}

    async def assignments(self) -> set[Assignment]:
        rows = await self._rows("assignments")
        return {Assignment(policy, Who(kind, holder)) for policy, kind, holder in rows}

    async def grants(self) -> set[Grant]:
        rows = await self._rows("grants")
        return {Grant(on, role, Who(kind, holder)) for on, role, kind, holder in rows}

    async def users(self, ids: Collection[UUID], addresses: Collection[str]) -> dict[str, User]:
        found, by_id, by_address = dict[str, User](), list(ids), list(addresses)
        for first in range(0, max(len(by_id), len(by_address)), USERS):
            some = (each[first : first + USERS] for each in (by_id, by_address))
            for user_id, address, recorded in await self._rows("users", *some):
                found[str(user_id)] = found[address] = User(str(user_id), names(recorded))
        return found

    async def lists(self) -> dict[UUID, List]:
        return {
            each.id: List(each.id, each.type, each.heading, each.fingerprint)
            for each in await lists.every(*self.where)
        }

    async def ruled(self, kind: RuledKind, ids: Collection[UUID]) -> dict[tuple[RuledKind, UUID], Ruled]:
        found = await resources.several(*self.where, kind, ids)
        return {(kind, own): Ruled(kind, own, each.name, each.document) for own, each in found.items()}

    async def usage(self) -> Usage:
        """What the account's limits are compared with."""
        registered = await registered_resources.usage(*self.where)
        policies, kept = await access_policies.usage(*self.where), await teams.usage(*self.where)
        rule_groups = await resources.usage(*self.where, "group")
        return Usage(
            *(await custom_roles.count(*self.where), *registered),
            await self.connection.fetchval(SQL["own_groups"], self.account),
            *(*policies, *kept, await assignments.number(*self.where)),
            await self.connection.fetchval(SQL["number_of_grants"], self.account),
            *(await lists.count(*self.where), rule_groups.number),
            (await resources.usage(*self.where, "policy")).number,
            rule_groups.total_bytes,
        )
