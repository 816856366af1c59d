"""An account's entitlements as handlers of any dialect read them: of one moment, and mostly from memory.

While neither the entitlements nor the directory of an account change, what was read once need not be read
again: then all that a request asks of the database is whether they did.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from services.gateway import targets
from services.gateway.estates import BYTES, Principals, Remembered, State
from services.gateway.resources import Resources
from shared.policy.entitlement.defaults import standing
from shared.policy.entitlement.estate import Estate, Granted, Holder
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource, folded
from shared.store import entitlements, principals
from shared.store.entitlements import Versions
from shared.store.pool import Connection, acquire, one_moment
from shared.store.principals import Found, Namesakes
from shared.wire.cloudcms import references
from shared.wire.cloudcms.resources import referred

Result = TypeVar("Result")
Thing = TypeVar("Thing")


class NotRemembered(Exception):  # noqa: N818  # no error: the database has to be asked
    """What is wanted was not read of this state before."""


class Asked(NamedTuple):
    """Principals to be asked about some resources, and the groups of those who are users, by id."""

    principals: Principals
    groups: Mapping[str, Sequence[str]]

    def of(self, who: Holder) -> Principal:
        """One of them."""
        return self.principals.of(who, self.groups.get(who.id, ()))

    def statements(self, who: Holder) -> int:
        """How many statements one of them has in force, or may have where that was not found out yet."""
        return self.principals.statements(who, self.groups.get(who.id, ()))


def anyway(reference: str) -> tuple[Granted, ...]:
    """The grants that stand on whatever a reference in small letters refers to, however it is described."""
    return standing(referred(references.parse(reference)))


class View:
    """An account as of one moment: from memory, and where there is a connection, from its snapshot.

    Without one, what is not remembered raises NotRemembered.
    """

    def __init__(
        self, account: UUID, remembered: Remembered, state: State, connection: Connection | None = None
    ) -> None:
        self._account, self._remembered, self._state = account, remembered, state
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """For what is remembered by nobody."""
        if self._connection is None:
            raise NotRemembered
        return self._connection

    async def estate(self) -> Estate:
        """Policies in force, assignments, groups, teams, roles."""
        if self._state.estate is None:
            connection = self.connection
            async with self._remembered.reading:
                if self._state.estate is None:
                    known = self._remembered.known
                    self._state.estate = await entitlements.estate(connection, self._account, known)
                    self._remembered.weigh(self._state.estate)
        return self._state.estate

    async def found(self, given: Iterable[str]) -> dict[str, Found]:
        """The principals that there are, by whatever they were called."""

        async def read(missing: list[str]) -> Mapping[str, Found]:
            return await principals.find(self.connection, self._account, missing)

        return await self._all(self._state.found, given, read)

    async def namesakes(self, text: str) -> Namesakes | None:
        """The two users whom a text that was not found means alike, if it was not found for that."""
        if "@" not in text:  # no address, which can be known from memory
            return None
        return await principals.namesakes(self.connection, self._account, text)

    async def resources(self, references: Iterable[str]) -> dict[str, Resource]:
        """What some references refer to, by them as they were given; what does not exist is left out."""

        async def read(missing: list[str]) -> Mapping[str, Resource]:
            found = await targets.resources(self.connection, self._account, missing)
            self._state.add(found.bytes // BYTES)
            return found.resources

        return await self._all(self._state.resources, references, read)

    async def grants(self, resources: Iterable[Resource]) -> dict[str, tuple[Granted, ...]]:
        """What is granted on some resources, by reference in small letters; what stands anyway comes last.

        A resource may be described in whatever way: what stands on it follows from its reference.
        """

        async def read(missing: list[str]) -> Mapping[str, tuple[Granted, ...]]:
            found = await entitlements.grants(self.connection, self._account, missing)
            self._state.add(sum(map(len, found.values())))
            return {each: (*found.get(each, ()), *anyway(each)) for each in missing}

        return await self._all(self._state.grants, (folded(each.reference) for each in resources), read)

    async def groups(self, users: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The groups that users are in directly, by name, of those who exist."""

        async def read(missing: list[str]) -> Mapping[str, tuple[str, ...]]:
            return await principals.memberships(self.connection, self._account, missing)

        return await self._all(self._state.names, users, read)

    async def asked(self, who: Iterable[Holder], resources: Sequence[Resource]) -> Asked:
        """Principals, to be asked about these resources."""
        estate, groups = (
            await self.estate(),
            await self.groups(each.id for each in who if each.kind == "user"),
        )
        grants = {on: granted for on, granted in (await self.grants(resources)).items() if granted}
        if len(grants) > 1:
            return Asked(Principals(estate, grants), groups)
        only = next(iter(grants), None)
        found = self._state.principals.get(only)
        if found is None:
            found = self._state.principals[only] = Principals(estate, grants, self._state.add)
        return Asked(found, groups)

    async def _all(
        self,
        known: dict[str, Thing | None],
        keys: Iterable[str],
        read: Callable[[list[str]], Awaitable[Mapping[str, Thing]]],
    ) -> dict[str, Thing]:
        """What there is by some keys; what was not asked for before is read."""
        wanted = dict.fromkeys(keys)
        missing = [key for key in wanted if key not in known]
        if missing:
            found = await read(missing)
            known.update({key: found.get(key) for key in missing})
            self._state.add(sum(1 + len(key) // BYTES for key in missing))
        return {key: there for key in wanted if (there := known[key]) is not None}


def fresh(connection: Connection, account: UUID) -> View:
    """An account as a transaction that writes sees it: nothing is taken from memory, nothing kept there."""
    remembered = Remembered()
    return View(account, remembered, remembered.state, connection)


async def view(connection: Connection, resources: Resources, account: UUID) -> View:
    """An account as a transaction of one snapshot sees it, which writes nothing."""
    remembered = resources.estates.of(account)
    state = remembered.at(await entitlements.versions(connection, account))
    return View(account, remembered, state, connection)


async def read(resources: Resources, account: UUID, work: Callable[[View], Awaitable[Result]]) -> Result:
    """What some work makes of an account as of one moment.

    It is tried from memory alone first, so it must bear to be begun twice, and do its thinking elsewhere.
    """
    remembered = resources.estates.of(account)

    async def newest() -> Versions:
        async with acquire(resources.pool) as connection:
            return await entitlements.versions(connection, account)

    state = remembered.at(await remembered.rounds.get(newest))
    state.bound()
    try:
        return await work(View(account, remembered, state))
    except NotRemembered:
        pass
    async with acquire(resources.pool) as connection, one_moment(connection):
        found = await work(await view(connection, resources, account))
    resources.estates.trim()
    return found
