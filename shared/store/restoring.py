"""Things of an archive written into an account: all of them in one transaction, many rows at a time."""

from collections.abc import Sequence
from uuid import UUID

from shared.store import (
    access_policies,
    custom_roles,
    entitlements,
    errors,
    groups,
    people,
    queries,
    registered_resources,
    resources,
    teams,
    users,
)
from shared.store.access_policies import Written
from shared.store.pool import Connection
from shared.store.resources import Kind as RuledKind
from shared.store.resources import Target
from shared.store.teams import New
from shared.wire.transfer.arrival.planned import Planned
from shared.wire.transfer.arrival.things import (
    Assignment,
    Grant,
    Group,
    Named,
    Policy,
    Resource,
    Role,
    Ruled,
    Team,
)

SQL = queries.load("restoring.sql")
# An import of users holds the directory for about a second at a time.
LOCK_SECONDS, WAIT_SECONDS = 5.0, 10.0


async def hold(connection: Connection, account: UUID, *, directory: bool) -> int:
    """The sole right to write all of an account's things, and its users and groups if the `directory` too.

    Returns the version of the entitlements that this makes; raises LockNotAvailable. Everybody takes these
    locks in this order.
    """
    if directory:
        await errors.bound_waits(connection, LOCK_SECONDS)
        await people.wait(connection, account, WAIT_SECONDS)
        await users.lock(connection, account)
    version = await entitlements.advance(connection, account)
    await resources.lock(connection, account)
    return version


class Writer:
    """One account, written to by somebody, as a version of its entitlements."""

    def __init__(self, connection: Connection, account: UUID, version: int, by: str) -> None:
        self.connection, self.account, self.version, self.by = connection, account, version, by
        self.where = (connection, account)

    async def _many(self, query: str, *arguments: object) -> None:
        await self.connection.execute(SQL[query], self.account, *arguments)

    async def roles(self, planned: Sequence[Planned]) -> None:
        """Write roles."""
        for each in planned:
            if isinstance(each.after, Role):
                write = custom_roles.insert if each.before is None else custom_roles.put
                await write(*self.where, each.after.key, each.after.document, self.by)

    async def resources(self, planned: Sequence[Planned]) -> None:
        """Write registered resources."""
        new = [each.after for each in planned if each.before is None and isinstance(each.after, Resource)]
        ids, documents = [each.id for each in new], [each.document for each in new]
        rows = (ids, [each.reference for each in new], documents, _lengths(documents))
        await self._many("resources", self.by, *rows)
        changed = [each.after for each in planned if each.before is not None]
        of = {each.reference: each for each in changed if isinstance(each, Resource)}
        for on, was in (await registered_resources.several(*self.where, of)).items():
            content = (on, of[on].document)
            await registered_resources.put(self.connection, self.account, was, content, self.by)

    async def groups(self, planned: Sequence[Planned]) -> None:
        """Write groups, then which of them are in which."""
        new = [each.after for each in planned if each.before is None and isinstance(each.after, Group)]
        rows = ([each.id for each in new], [each.name for each in new], [each.document for each in new])
        await self._many("groups", self.by, *rows)
        for each in planned:
            if isinstance(each.before, Group) and isinstance(each.after, Group):
                await self._group(each.before, each.after)

    async def _group(self, before: Group, after: Group) -> None:
        await groups.put(*self.where, after.id, after.document, self.by)
        for member in set(before.members) - set(after.members):
            await groups.unnest(*self.where, after.id, member)

    async def nestings(self, planned: Sequence[Planned]) -> None:
        """Write which groups are in which: when all of them are there."""
        edges = [
            (each.after.id, member)
            for each in planned
            if isinstance(each.after, Group)
            for member in each.after.members
        ]
        await self._many("nest", [group for group, _ in edges], [member for _, member in edges])

    async def policies(self, planned: Sequence[Planned]) -> None:
        """Write access policies."""
        new = [each.after for each in planned if each.before is None and isinstance(each.after, Policy)]
        documents = [each.document for each in new]
        rows = ([each.id for each in new], documents, _lengths(documents))
        await self._many("policies", self.by, self.version, *rows)
        for each in planned:
            if each.before is not None and isinstance(each.after, Policy):
                written = Written(each.after.document, self.version, self.by)
                await access_policies.put(*self.where, each.after.id, written)

    async def teams(self, planned: Sequence[Planned]) -> None:
        """Write teams."""
        for each in planned:
            team = each.after
            if not isinstance(team, Team):
                continue
            if each.before is None:
                new = New(team.id, team.key, team.group, team.roles, team.document, self.by)
                await teams.insert(*self.where, team.within, new)
            else:
                await teams.put(*self.where, team.id, team.roles, team.document, self.by)

    async def assignments(self, planned: Sequence[Planned]) -> None:
        """Write who holds what."""
        new = [each.after for each in planned if isinstance(each.after, Assignment)]
        holders = ([each.who.kind for each in new], [each.who.id for each in new])
        await self._many("assignments", [each.policy for each in new], *holders)

    async def grants(self, planned: Sequence[Planned]) -> None:
        """Write grants under their ids."""
        new = [(each.change.target, each.after) for each in planned if isinstance(each.after, Grant)]
        ids, given = [own for own, _ in new], [each for _, each in new]
        holders = ([each.who.kind for each in given], [each.who.id for each in given])
        rows = ([each.on for each in given], *holders, [each.role for each in given])
        await self._many("grants", ids, *rows)

    async def ruled(self, planned: Sequence[Planned]) -> None:
        """Write rule groups, or reusable policies: of one kind, and then what they name."""
        new = [each for each in planned if each.before is None]
        things = [each.after for each in new if isinstance(each.after, Ruled)]
        if things:
            texts, documents = [each.name for each in things], [each.document for each in things]
            rows = (texts, [name.casefold() for name in texts], documents, _lengths(documents))
            await self._many("ruled", things[0].kind, [each.id for each in things], *rows)
            await self._refer(things[0].kind, new)
        for each in planned:
            if each.before is not None and isinstance(each.after, Ruled):
                targets = tuple(map(_target, each.names))
                written = resources.Written(each.after.name, each.after.document, targets)
                await resources.put(*self.where, each.after.kind, each.after.id, written)

    async def _refer(self, kind: RuledKind, new: Sequence[Planned]) -> None:
        edges = [
            (each.after.id, _target(named))
            for each in new
            if isinstance(each.after, Ruled)
            for named in each.names
        ]
        targets = ([target.kind for _, target in edges], [target.id for _, target in edges])
        await self._many("refer", kind, [source for source, _ in edges], *targets)


def _lengths(documents: Sequence[bytes]) -> list[int]:
    return [len(each) for each in documents]


def _target(named: Named) -> Target:
    return Target("group" if named.kind == "group" else "list", named.id)
