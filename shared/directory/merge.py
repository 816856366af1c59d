"""Merging a batch of entries into the users that are there: who is new, changed, gone, refused.

Entries count in order, so that within a batch an address may pass from one user to another. An entry replaces
all that was known of its user. A user is found by id, or by address when the entry has no id.
"""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from msgspec import Struct, field

from shared.directory import identity
from shared.directory.identity import Identity
from shared.directory.membership import names
from shared.directory.movement import Movement


class Record(Struct, frozen=True, gc=False):
    """One line of an import: `user_id` or `address` (canonical) says whose, the rest what is now known.

    `identity` is JSON, `known` the same decoded.
    """

    line: int
    user_id: UUID | None
    address: str
    email: str
    name: str
    groups: tuple[str, ...]
    identity: bytes | None
    known: Identity | None
    deleted: bool = False


class Entry(Struct, frozen=True, gc=False, array_like=True):
    """A record on its way to the store.

    `details` is whatever else is kept of a user, in the form that the store gives it: equal details say the
    same. Merging does not look into it, as it is done a million times. `groups` are names, as JSON.
    """

    line: int
    user_id: UUID | None
    address: str
    email: str
    details: bytes
    groups: bytes
    identity: bytes | None
    deleted: bool = False


class User(Struct, frozen=True, gc=False):
    """A user as stored; `details` and `groups` as in an entry, `identity` is JSON.

    `created_at` is what the store says of it, carried along as it is; None for one whom this batch creates.
    """

    ordinal: int
    user_id: UUID
    address: str
    details: bytes
    groups: bytes
    identity: bytes | None
    created_at: bytes | None = None


class Rejection(Struct, frozen=True):
    """A line that was not taken, and why."""

    line: int
    message: str


class Tally(Struct):
    """How many users a batch created, updated, left as they were, deleted; how many lines it rejected."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0


class Merged(Struct):
    """What to write: `rows` to insert, `ended` ordinals whose row ends, the `movement` in the index.

    `placed` has for each entry the ordinal of the user whom it left as they are now, -1 if it left none;
    `created` has for each new ordinal the number of the entry that first had the user; `deleted` are the ids
    of users who go.
    """

    rows: list[User]
    ended: list[int]
    movement: Movement
    next_ordinal: int
    tally: Tally
    placed: list[int]
    created: list[int]
    rejections: list[Rejection] = field(default_factory=list)
    deleted: list[UUID] = field(default_factory=list)


class _Slot(Struct, gc=False):
    """A user during the merge: as stored, and as the entries left it."""

    before: User | None
    now: User | None
    number: int = -1


class _Merge:
    def __init__(self, known: Iterable[User], next_ordinal: int, new_id: Callable[[], UUID]) -> None:
        self.next_ordinal = next_ordinal
        self.slots = [_Slot(user, user) for user in known]
        # By the number of an id: those of UUIDs are hashed ten times as fast as they.
        self.by_id = {slot.now.user_id.int: slot for slot in self.slots if slot.now}
        self.by_address = {slot.now.address: slot for slot in self.slots if slot.now}
        self.new_id = new_id
        self.tally = Tally()
        self.rejections: list[Rejection] = []
        self.created: list[int] = []

    def take(self, number: int, entry: Entry) -> None:
        holder = self.by_address.get(entry.address)
        slot = holder if entry.user_id is None else self.by_id.get(entry.user_id.int)
        if entry.deleted:
            self._delete(slot)
            return
        if holder is not None and holder is not slot and holder.now is not None:
            self.tally.rejected += 1
            message = f"`{entry.email}` belongs to user `{holder.now.user_id}`, not to `{entry.user_id}`"
            self.rejections.append(Rejection(entry.line, message))
        elif slot is None or slot.now is None:
            self._create(number, entry)
        else:
            self._update(number, entry, slot, slot.now)

    def _delete(self, slot: _Slot | None) -> None:
        if slot is None or slot.now is None:
            self.tally.unchanged += 1
            return
        del self.by_id[slot.now.user_id.int], self.by_address[slot.now.address]
        slot.now = None
        self.tally.deleted += 1

    def _create(self, number: int, entry: Entry) -> None:
        user_id = entry.user_id or self.new_id()
        now = User(self.next_ordinal, user_id, entry.address, entry.details, entry.groups, entry.identity)
        self.next_ordinal += 1
        self.created.append(number)
        self.tally.created += 1
        slot = _Slot(None, now, number)
        self.slots.append(slot)
        self.by_id[user_id.int] = self.by_address[now.address] = slot

    def _update(self, number: int, entry: Entry, slot: _Slot, was: User) -> None:
        place = was.ordinal, was.user_id, entry.address
        now = User(*place, entry.details, entry.groups, entry.identity, was.created_at)
        if was == now:
            self.tally.unchanged += 1
            return
        self.tally.updated += 1
        del self.by_address[was.address]
        slot.now, slot.number = now, number
        self.by_address[now.address] = slot


def merge(
    entries: Sequence[Entry],
    known: Sequence[User],
    movement: Movement,
    next_ordinal: int,
    new_id: Callable[[], UUID],
    *,
    indexed: bool = False,
) -> Merged:
    """Merge a batch; `known` are the users that any of the entries may mean, by id or by address.

    Users created get the ordinals from `next_ordinal` on; who changes is told to `movement`, but for those
    who enter when the entries are `indexed` already.
    """
    state = _Merge(known, next_ordinal, new_id)
    for number, entry in enumerate(entries):
        state.take(number, entry)
    placed = [-1] * len(entries)
    whole = state.tally, placed, state.created, state.rejections
    merged = Merged([], [], movement, state.next_ordinal, *whole)
    for slot in state.slots:
        if slot.before != slot.now:
            _write(slot, merged, indexed=indexed)
    return merged


def _write(slot: _Slot, merged: Merged, *, indexed: bool) -> None:
    before, now = slot.before, slot.now
    if before is not None:
        merged.ended.append(before.ordinal)
        merged.movement.leave(before.ordinal, before.address, _known(before), names(before.groups))
        if now is None:
            merged.deleted.append(before.user_id)
    if now is not None:
        merged.rows.append(now)
        merged.placed[slot.number] = now.ordinal
        if not indexed:
            merged.movement.enter(now.ordinal, now.address, _known(now), names(now.groups))


def _known(user: User) -> Identity | None:
    return None if user.identity is None else identity.decode(user.identity)
