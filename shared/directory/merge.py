"""Merging a batch of records into the users that are there: who is new, changed, gone, refused.

Records count in order, so that within a batch an address may pass from one user to another. A record replaces
all that was known of its user. A user is found by id, or by address when the record has no id.
"""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from msgspec import Struct, field

from shared.directory import identity
from shared.directory.identity import Identity
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


class User(Struct, frozen=True, gc=False):
    """A user as stored; `identity` is JSON.

    `created_at` is what the store says of it, carried along as it is; None for one whom this batch creates.
    """

    ordinal: int
    user_id: UUID
    address: str
    email: str
    name: str
    groups: tuple[str, ...]
    identity: bytes | None
    created_at: object = None


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

    `placed` has for each record the ordinal of the user whom it left as they are now, -1 if it left none;
    `deleted` are the ids of users who go.
    """

    rows: list[User]
    ended: list[int]
    movement: Movement
    next_ordinal: int
    tally: Tally
    placed: list[int]
    rejections: list[Rejection] = field(default_factory=list)
    deleted: list[UUID] = field(default_factory=list)


class _Slot(Struct):
    """A user during the merge: as stored, as the records left it, and the identity that they gave."""

    before: User | None
    now: User | None
    known: Identity | None = None
    number: int = -1


class _Merge:
    def __init__(self, known: Iterable[User], next_ordinal: int, new_id: Callable[[], UUID]) -> None:
        self.next_ordinal = next_ordinal
        self.slots = [_Slot(user, user) for user in known]
        self.by_id = {slot.now.user_id: slot for slot in self.slots if slot.now}
        self.by_address = {slot.now.address: slot for slot in self.slots if slot.now}
        self.new_id = new_id
        self.tally = Tally()
        self.rejections: list[Rejection] = []
        self.taken = -1

    def take(self, record: Record) -> None:
        self.taken += 1
        slot = self.by_id.get(record.user_id) if record.user_id else self.by_address.get(record.address)
        if record.deleted:
            self._delete(slot)
            return
        holder = self.by_address.get(record.address)
        if holder is not None and holder is not slot and holder.now is not None:
            self.tally.rejected += 1
            message = f"`{record.email}` belongs to user `{holder.now.user_id}`, not to `{record.user_id}`"
            self.rejections.append(Rejection(record.line, message))
            return
        self._put(record, slot)

    def _delete(self, slot: _Slot | None) -> None:
        if slot is None or slot.now is None:
            self.tally.unchanged += 1
            return
        del self.by_id[slot.now.user_id], self.by_address[slot.now.address]
        slot.now = None
        self.tally.deleted += 1

    def _put(self, record: Record, slot: _Slot | None) -> None:
        if slot is None:
            slot = _Slot(None, None)
            self.slots.append(slot)
        was = slot.now
        if was is not None:
            ordinal = was.ordinal
        else:
            ordinal, self.next_ordinal = self.next_ordinal, self.next_ordinal + 1
        user_id = was.user_id if was is not None else record.user_id or self.new_id()
        now = User(
            ordinal,
            user_id,
            record.address,
            record.email,
            record.name,
            record.groups,
            record.identity,
            None if was is None else was.created_at,
        )
        if was is None:
            self.tally.created += 1
        elif was == now:
            self.tally.unchanged += 1
            return
        else:
            self.tally.updated += 1
            del self.by_address[was.address]
        slot.now, slot.known, slot.number = now, record.known, self.taken
        self.by_id[user_id] = self.by_address[now.address] = slot


def merge(
    records: Iterable[Record],
    known: Sequence[User],
    movement: Movement,
    next_ordinal: int,
    new_id: Callable[[], UUID],
    *,
    indexed: bool = False,
) -> Merged:
    """Merge a batch; `known` are the users that any of the records may mean, by id or by address.

    Users created get the ordinals from `next_ordinal` on; who changes is told to `movement`, but for those
    who enter when the records are `indexed` already.
    """
    state = _Merge(known, next_ordinal, new_id)
    for record in records:
        state.take(record)
    placed = [-1] * (state.taken + 1)
    merged = Merged([], [], movement, state.next_ordinal, state.tally, placed, state.rejections)
    for slot in state.slots:
        if slot.before != slot.now:
            _write(slot, merged, indexed=indexed)
    return merged


def _write(slot: _Slot, merged: Merged, *, indexed: bool) -> None:
    before, now = slot.before, slot.now
    if before is not None:
        merged.ended.append(before.ordinal)
        known = None if before.identity is None else identity.decode(before.identity)
        merged.movement.leave(before.ordinal, before.address, known, before.groups)
        if now is None:
            merged.deleted.append(before.user_id)
    if now is not None:
        merged.rows.append(now)
        merged.placed[slot.number] = now.ordinal
        if not indexed:
            merged.movement.enter(now.ordinal, now.address, slot.known, now.groups)
