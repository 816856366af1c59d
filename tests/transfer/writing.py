"""Worlds written into an account as the gateway would, in any order that what refers to what allows."""

from random import Random
from typing import Any
from uuid import UUID

import msgspec

from shared.policy.entitlement.estate import Holder
from shared.policy.entitlement.resource import folded
from shared.policy.rules.references import Group
from shared.store import (
    access_policies,
    assignments,
    custom_roles,
    entitlements,
    grants,
    groups,
    lists,
    registered_resources,
    resources,
    teams,
)
from shared.store.access_policies import Written
from shared.store.grants import Given
from shared.store.resources import Target
from shared.wire.cloudcms import policies as policy_documents
from shared.wire.cloudcms import principals as principal_documents
from shared.wire.cloudcms import resources as resource_documents
from shared.wire.cloudcms import roles as role_documents
from shared.wire.cloudcms import teams as team_documents
from shared.wire.cloudflare import groups as rule_groups
from shared.wire.cloudflare import list_items
from shared.wire.cloudflare import policies as reusable_policies
from shared.wire.cloudflare.list_items import ListItemObject
from shared.wire.cloudflare.lists import Heading
from tests.directory.scratch import record
from tests.store.account import Account
from tests.transfer.strategies import made_id
from tests.transfer.worlds import OWN, Crowd, Held, Kept, Own, Squad, World

BY = "whoever"


class Writer:
    """One account, and things in the words of `strategies`."""

    def __init__(self, connection: Any, account: UUID, source: Random) -> None:
        self.connection, self.account, self._source = connection, account, source

    async def write(self, world: World) -> None:
        """Write all of it, each kind in an order of its own."""
        async with self.connection.transaction():
            await entitlements.advance(self.connection, self.account)
            await resources.lock(self.connection, self.account)
            steps = (
                *((self.group, world.groups), (self.nest, world.groups), (self.role, world.roles)),
                *((self.resource, world.resources), (self.policy, world.policies), (self.team, world.teams)),
                *((self.assign, world.assignments), (self.grant, world.grants), (self.list, world.lists)),
                *((self.rule_group, world.rule_groups), (self.reusable, world.reusable)),
            )
            for write, things in steps:
                for each in self.mixed(things):
                    await write(each)
        await self.people(world)

    async def people(self, world: World) -> None:
        """Write the users."""
        records = [
            record(each.address, number=each.number, groups=list(map(self.own, each.groups)))
            for each in self.mixed(world.people)
        ]
        if records:
            await Account(self.connection, self.account).write(*records)

    def mixed(self, things: Any) -> list[Any]:
        return self._source.sample(list(things), len(things))

    def own(self, text: str) -> str:
        return text.replace(OWN, self.account.hex)

    def document(self, given: dict[str, Any]) -> dict[str, Any]:
        text = msgspec.json.encode(given).replace(OWN.encode(), self.account.hex.encode())
        return msgspec.json.decode(text)

    async def role(self, role: Own) -> None:
        decoded = role_documents.decode(self.document(role.document))
        await custom_roles.insert(self.connection, self.account, *decoded, BY)

    async def resource(self, resource: Own) -> None:
        made = resource_documents.register(self.document(resource.document), self.account, resource.id)
        await registered_resources.insert(self.connection, self.account, resource.id, made, BY)

    async def group(self, group: Crowd) -> None:
        given = {**self.document(group.document), "type": "GROUP", "name": self.own(group.name)}
        decoded = principal_documents.decode(given)
        row = (group.id, self.own(group.name), decoded.text, BY)
        assert await groups.insert(self.connection, self.account, *row)

    async def nest(self, group: Crowd) -> None:
        for member in self.mixed(group.members):
            await groups.nest(self.connection, self.account, group.id, member)

    async def policy(self, policy: Own) -> None:
        decoded = policy_documents.decode(self.document(policy.document))
        await access_policies.insert(
            self.connection, self.account, policy.id, Written(decoded.document, 1, BY)
        )

    async def team(self, team: Squad) -> None:
        within = None if team.within is None else (team.within[0], self.own(team.within[1]))
        document = team_documents.decode(self.document(team.document), self.own(team.key)).document
        new = teams.New(team.id, self.own(team.key), team.group, team.roles, document, BY)
        await teams.insert(self.connection, self.account, within, new)

    async def assign(self, held: Held) -> None:
        assert await assignments.assign(self.connection, self.account, held.what, Holder(*held.holder))

    async def grant(self, held: Held) -> None:
        given = Given(folded(self.own(held.what)), Holder(*held.holder), held.role)
        grant_id = made_id(f"grant {held}", 0)
        await grants.grant(self.connection, self.account, grant_id, given)

    async def list(self, kept: Kept) -> None:
        given = self.document(kept.document)
        items = [ListItemObject(each["value"], each["description"]) for each in given["items"]]
        entries = list_items.entries(items, given["type"], "items", [])
        heading = Heading(given["name"], given["description"])
        await lists.insert(self.connection, self.account, kept.id, given["type"], heading, entries)

    async def rule_group(self, kept: Kept) -> None:
        await self._ruled("group", kept, rule_groups.decode_kept)

    async def reusable(self, kept: Kept) -> None:
        await self._ruled("policy", kept, reusable_policies.decode_kept)

    async def _ruled(self, kind: resources.Kind, kept: Kept, decode: Any) -> None:
        sent = decode(msgspec.json.encode(self.document(kept.document)), self.account)
        assert not sent.faults, sent.faults
        targets = tuple(
            Target("group" if isinstance(each.reference, Group) else "list", UUID(each.reference.id))
            for each in sent.references
        )
        written = resources.Written(sent.name, sent.document, targets)
        await resources.insert(self.connection, self.account, kind, kept.id, written)


async def write(connection: Any, account: UUID, world: World, seed: int = 0) -> None:
    """Write a world into an account that has nothing yet; another seed, another order."""
    await Writer(connection, account, Random(seed)).write(world)
