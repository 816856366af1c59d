"""What a plan says of an archive's things, written kind by kind, and each change into the audit log."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import UNSET

from services.worker.running import Running
from services.worker.spool import Spool
from shared.store import audit, joining, lists
from shared.store.audit import Change
from shared.store.pool import Connection
from shared.store.restoring import Writer
from shared.wire.cloudflare import lists as documents
from shared.wire.cloudflare.lists import ListAnswer
from shared.wire.transfer.arrival.auditing import ACTIONS, SUBJECTS, audited, belonging
from shared.wire.transfer.arrival.planned import Planned
from shared.wire.transfer.arrival.things import List, Membership
from shared.wire.transfer.contents import Kind

BATCH = 500
SHOWN_ITEMS = 1000
"""Of a longer list the audit log has a digest; as many as one page of items has."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class _Member(NamedTuple):
    """Somebody who comes into a group, which has a name."""

    group: str
    name: str
    user: str


def _joins(members: Sequence[_Member]) -> dict[UUID, list[str]]:
    """By user the names of groups."""
    joins = defaultdict[UUID, list[str]](list)
    for each in members:
        joins[UUID(each.user)].append(each.name)
    return joins


def _joined(member: _Member) -> Change:
    was, now = (belonging(member.name, member.user, belongs=belongs) for belongs in (False, True))
    return Change("update", "directory_group", member.group, was, now)


class Restoration(NamedTuple):
    """A transaction that holds all that is written, for whom, and where the items of lists are."""

    connection: Connection
    running: Running
    version: int
    spool: Spool

    @property
    def where(self) -> tuple[Connection, UUID]:
        """What is written to."""
        return self.connection, self.running.account

    async def write(self, planned: Sequence[Planned]) -> None:
        """Write what is to be written; raises Stopped."""
        by_kind = defaultdict[Kind, list[Planned]](list)
        for each in planned:
            if each.writes:
                by_kind[Kind(each.change.kind)].append(each)
        for kind in Kind:
            await self._kind(kind, by_kind[kind])

    async def _kind(self, kind: Kind, planned: Sequence[Planned]) -> None:
        writer = Writer(*self.where, self.version, self.running.by.name)
        writes: dict[Kind, Callable[[Sequence[Planned]], Awaitable[None]]] = {
            Kind.ROLE: writer.roles,
            Kind.RESOURCE: writer.resources,
            Kind.GROUP: writer.groups,
            Kind.POLICY: writer.policies,
            Kind.TEAM: writer.teams,
            Kind.ASSIGNMENT: writer.assignments,
            Kind.GRANT: writer.grants,
            Kind.RULE_GROUP: writer.ruled,
            Kind.REUSABLE_POLICY: writer.ruled,
        }
        if kind is Kind.MEMBERSHIP:
            await self._join(planned)
        elif kind is Kind.LIST:
            await self._lists(planned)
        else:
            async for some in self._batches(planned):
                await writes[kind](some)
                await self._record([self._change(kind, each) for each in some])
        if kind is Kind.GROUP:
            await writer.nestings(planned)

    async def _batches(self, planned: Sequence[Planned]) -> AsyncIterator[Sequence[Planned]]:
        for first in range(0, len(planned), BATCH):
            some = planned[first : first + BATCH]
            yield some
            await self.running.done(len(some))

    async def _record(self, changes: Sequence[Change]) -> None:
        await audit.record_all(*self.where, self.running.by, changes)

    def _change(self, kind: Kind, planned: Planned) -> Change:
        states = (planned.before, planned.after)
        before, after = (None if each is None else audited(each, self.running.account) for each in states)
        subject = planned.change.target or planned.change.source
        return Change(ACTIONS[planned.change.action], SUBJECTS[kind], subject, before, after)

    async def _join(self, planned: Sequence[Planned]) -> None:
        """Write who is in which group; each member is a change of the group, as one by itself would be."""
        members = [
            _Member(each.after.group, each.change.name or "", user.id)
            for each in planned
            if isinstance(each.after, Membership)
            for user in each.after.users
        ]
        await joining.join(*self.where, await asyncio.to_thread(_joins, members))
        for first in range(0, len(members), BATCH):
            await self._record([_joined(each) for each in members[first : first + BATCH]])
            await self.running.done(0)
        await self.running.done(len(planned))

    async def _lists(self, planned: Sequence[Planned]) -> None:
        for each in planned:
            thing = each.after
            if not isinstance(thing, List):
                continue
            before = None if each.before is None else await self._shown(thing.id)
            entries = await asyncio.to_thread(self.spool.get, each.change.source)
            if before is None:
                await lists.insert(*self.where, thing.id, thing.type, thing.heading, entries)
            else:
                await lists.put(*self.where, thing.id, entries)
                await lists.update(*self.where, thing.id, thing.heading, thing.fingerprint)
            after, action = await self._shown(thing.id), ACTIONS[each.change.action]
            await self._record([Change(action, "list", thing.id, before, after)])
            await self.running.done(1)

    async def _shown(self, list_id: UUID) -> bytes | None:
        """A list as the audit log has it."""
        stored = await lists.get(*self.where, list_id)
        if stored is None:
            return None
        short = stored.fingerprint.items <= SHOWN_ITEMS
        items = await lists.page(*self.where, list_id, (0, SHOWN_ITEMS)) if short else UNSET
        (name, description), (count, digest) = stored.heading, stored.fingerprint
        answer = ListAnswer(list_id, name, stored.type, description, count, NEVER, NEVER, items)
        return documents.to_document(answer, digest)
