"""What a gateway remembers of accounts' entitlements: each account in one state, and all of them bounded."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from services.gateway.rounds import Rounds
from shared.policy.entitlement.closure import held
from shared.policy.entitlement.estate import Estate, Granted, Holder
from shared.policy.entitlement.holding import Grant
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource
from shared.store.entitlements import Known, Versions
from shared.store.principals import Found

# What is remembered is weighed in things: a statement, a name, a grant, BYTES of a document.
ALTOGETHER = 1_000_000
# Of one account, beside its estate.
EACH = 100_000
ACCOUNTS = 1000
BYTES = 256

_Key = tuple[Holder | tuple[str, ...], tuple[str, ...]]
"""Who it is, or of users what they are assigned; and the groups that they are in directly."""


class Principals:
    """Principals of an estate, ready to be asked about the resources whose grants are given, by reference.

    Users who hold the same and are in the same groups are one, but for what they are granted themselves.
    """

    def __init__(
        self,
        estate: Estate,
        grants: Mapping[str, Sequence[Granted]],
        weigh: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._estate, self._weigh = estate, weigh
        self._common: dict[str, list[Granted]] = {}
        self._own: dict[Holder, list[Grant]] = {}
        self._made: dict[_Key, Principal] = {}
        self._personal: dict[Holder, Principal] = {}
        for on, granted in grants.items():
            for each in granted:
                if each.holder.kind == "user":
                    self._own.setdefault(each.holder, []).append(Grant(each.id, each.role, on))
                else:
                    self._common.setdefault(on, []).append(each)

    def of(self, who: Holder, group_names: Iterable[str] = ()) -> Principal:
        """One of them; of a user `group_names` are the groups that it is in directly."""
        own = self._own.get(who)
        if own is None:
            return self._alike(who, group_names)
        found = self._personal.get(who)
        if found is None:
            found = self._personal[who] = self._alike(who, group_names).besides(own)
            self._weigh(1 + len(own))
        return found

    def statements(self, who: Holder, group_names: Iterable[str] = ()) -> int:
        """How many somebody may have in force: just so many if that is known, else all there are."""
        found = self._personal.get(who) or self._made.get(self._key(who, group_names))
        return self._estate.statements if found is None else found.statements

    def _alike(self, who: Holder, group_names: Iterable[str]) -> Principal:
        key = self._key(who, group_names)
        found = self._made.get(key)
        if found is None:
            has = held(self._estate, who, key[1], self._common)
            self._weigh(1 + len(has.grants) + sum(len(each.policy.statements) for each in has.holdings))
            found = self._made[key] = Principal(has, self._estate.roles)
        return found

    def _key(self, who: Holder, group_names: Iterable[str]) -> _Key:
        if who.kind != "user":
            return who, ()
        names = tuple(sorted({name for name in group_names if name in self._estate.groups}))
        return self._estate.assigned.get(who, ()), names


class State:
    """An account as of two versions, as far as it was read: whatever is here stays true of them."""

    def __init__(self, versions: Versions, estate: Estate | None) -> None:
        self.versions, self.estate = versions, estate
        self.forget()

    def forget(self) -> None:
        """Begin anew with all but the estate; whoever is reading keeps what it has."""
        self.found: dict[str, Found | None] = {}
        self.names: dict[str, tuple[str, ...] | None] = {}
        self.grants: dict[str, tuple[Granted, ...] | None] = {}
        self.resources: dict[str, Resource | None] = {}
        self.principals: dict[str | None, Principals] = {}
        self.weight = 0
        """How much there is, but for the estate."""

    def add(self, weight: int) -> None:
        """Say that there is more."""
        self.weight += weight

    def bound(self) -> None:
        """Forget what is over the bounds of one account."""
        if self.weight > EACH:
            self.forget()


class Remembered:
    """One account: its newest state, policies that were decoded for it or earlier ones, who is reading it."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.state = State(Versions(-1, -1), None)
        self._own = 1
        self.reading = asyncio.Lock()
        self.rounds = Rounds[Versions]()

    def at(self, versions: Versions) -> State:
        """The state of some versions, empty but for the estate if it is none that was read before."""
        if self.state.versions != versions:
            same = self.state.versions.entitlements == versions.entitlements
            self.state = State(versions, self.state.estate if same else None)
        return self.state

    def weigh(self, estate: Estate) -> None:
        """Take note of how much an estate is that was read."""
        rows = len(estate.assigned) + len(estate.parents) + len(estate.groups) + len(estate.teams)
        self._own = 1 + rows + sum(1 + len(each.policy.statements) for each in self.known.values())

    @property
    def weight(self) -> int:
        """How much there is."""
        return self._own + self.state.weight


class Estates:
    """The accounts that were asked about last."""

    def __init__(self) -> None:
        self._accounts: OrderedDict[UUID, Remembered] = OrderedDict()

    def __len__(self) -> int:
        """How many accounts are remembered."""
        return len(self._accounts)

    def of(self, account: UUID) -> Remembered:
        """What is remembered of an account, from now on."""
        found = self._accounts.setdefault(account, Remembered())
        self._accounts.move_to_end(account)
        return found

    def trim(self) -> None:
        """Forget what is over the bounds, first of those accounts that nobody asks about."""
        total = sum(each.weight for each in self._accounts.values())
        while len(self._accounts) > 1 and (total > ALTOGETHER or len(self._accounts) > ACCOUNTS):
            _, forgotten = self._accounts.popitem(last=False)
            total -= forgotten.weight
