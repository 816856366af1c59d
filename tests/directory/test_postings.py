"""However users come, change and go, the postings say what an index built from scratch would."""

import itertools
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pyroaring import BitMap

from shared.directory import bitmaps, columns
from shared.directory.attributes import LIVE
from shared.directory.merge import merge
from shared.directory.movement import Movement
from shared.directory.postings import BitmapDifference, ColumnDifference, Key, changes, combine, fold
from tests.directory.scratch import applied, built, contents, record
from tests.policy.strategies import IDENTITIES

BITS = 4
ADDRESSES = [f"u{number}@{'ab'[number % 2]}.example" for number in range(40)]


RECORDS = st.builds(
    lambda address, login, number, chance: record(address, login, number=number, deleted=chance == 0),
    st.sampled_from(ADDRESSES),
    IDENTITIES,
    st.integers(0, 6),
    st.integers(0, 3),
)


class Writers(RuleBasedStateMachine):
    """Users are written in batches, each logged or applied with the log; now and then it is folded."""

    def __init__(self):
        super().__init__()
        self.users, self.postings, self.log = {}, {}, []
        self.next_ordinal, self.used, self.fresh = 0, set(), itertools.count(1000)

    @rule(batch=st.lists(RECORDS, max_size=15), directly=st.booleans())
    def write(self, batch, directly):
        known = list(self.users.values())
        merged = merge(batch, known, Movement(BITS), self.next_ordinal, lambda: UUID(int=next(self.fresh)))
        self._take(merged, batch)
        differences = merged.movement.differences()
        if directly:
            self.postings = applied(self.postings, combine(fold(self.log, BITS), differences))
            self.log = []
        else:
            self.log += changes(differences, BITS)

    def _take(self, merged, batch):
        came = {user.ordinal for user in merged.rows} - set(merged.ended)
        assert not came & self.used
        assert sum(msgspec.structs.astuple(merged.tally)) == len(batch)
        before = len(self.users)
        for ordinal in merged.ended:
            del self.users[ordinal]
        self.users |= {user.ordinal: user for user in merged.rows}
        self.used |= came
        self.next_ordinal = merged.next_ordinal
        assert len(self.users) == before + merged.tally.created - merged.tally.deleted

    @rule()
    def fold(self):
        self.postings = applied(self.postings, fold(self.log, BITS))
        self.log = []

    @invariant()
    def folded_postings_are_those_of_the_users(self):
        now = applied(self.postings, fold(self.log, BITS))
        assert contents(now) == built(self.users.values(), BITS)

    @invariant()
    def ids_and_addresses_are_unique(self):
        users = self.users.values()
        assert len({user.user_id for user in users}) == len({user.address for user in users}) == len(users)


TestWriters = Writers.TestCase
TestWriters.settings = settings(
    max_examples=max(30, settings().max_examples // 10), stateful_step_count=10, deadline=None
)

POSITIONS = st.sets(st.integers(0, 15))
ITEMS = st.sets(st.builds(columns.item, st.sampled_from([b"\1\1", b"\1\2"]), st.integers(0, 3)))
BITMAPS = st.builds(lambda a, b: BitmapDifference(BitMap(a), BitMap(b - a)), POSITIONS, POSITIONS)
COLUMN_CHANGES = st.builds(lambda a, b: ColumnDifference(a, b - a), ITEMS, ITEMS)


@given(POSITIONS, BITMAPS, BITMAPS)
def test_two_changes_of_a_bitmap_are_one(start, first, second):
    data = bitmaps.encode(BitMap(start)) if start else b""
    together = second.after(first)
    assert not together.added & together.removed
    one, two = together.applied(data), second.applied(first.applied(data))
    assert bitmaps.decode(one) == bitmaps.decode(two)  # which may be written in more than one way


@given(ITEMS, COLUMN_CHANGES, COLUMN_CHANGES)
def test_two_changes_of_a_column_are_one(start, first, second):
    data = columns.encode(start)
    together = second.after(first)
    assert not together.added & together.removed
    assert together.applied(data) == second.applied(first.applied(data))


@given(BITMAPS, COLUMN_CHANGES)
def test_a_log_folds_back_into_what_was_logged(bitmap, column):
    logged = {Key("email_domain", "a.example", 3): bitmap, Key("saml", "01", 2): column}
    expected = {key: change for key, change in logged.items() if change.added or change.removed}
    assert fold(changes(logged, BITS), BITS) == expected


def test_of_a_log_the_last_row_counts():
    key = Key("email_domain", "a.example", 0)
    came, went = (
        {key: BitmapDifference(BitMap([5]), BitMap())},
        {key: BitmapDifference(BitMap(), BitMap([5]))},
    )
    log = [*changes(came, BITS), *changes(went, BITS), *changes(came, BITS)]
    assert fold(log, BITS) == came


def test_a_user_as_before_changes_no_posting():
    movement = Movement(BITS)
    movement.leave(17, "ann@a.example", None, ())
    movement.enter(17, "ann@a.example", None, ())
    assert movement.differences() == {}


def test_a_posting_that_loses_its_last_user_is_none():
    movement = Movement(BITS)
    movement.enter(17, "ann@a.example", None, ())
    (held,) = (change for key, change in movement.differences().items() if key == Key(*LIVE, 1))
    assert list(bitmaps.decode(held.applied(b""))) == [1]
    assert BitmapDifference(held.removed, held.added).applied(held.applied(b"")) == b""
