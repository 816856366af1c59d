"""What a batch of records makes of the users that are there."""

from itertools import count
from uuid import UUID

import pytest

from shared.directory.merge import Record, Tally, merge
from shared.directory.movement import Movement
from shared.store import rows as stored

IDS = [UUID(int=number) for number in range(10)]
MADE = [UUID(int=100 + number) for number in range(10)]
ANN = stored.user((0, IDS[0], "ann@a.example", "ann@a.example", "Ann", b"[]", None, None))
BOB = stored.user((1, IDS[1], "bob@a.example", "bob@a.example", "Bob", b"[]", b'{"amr":[]}', None))


def record(who, user_id=None, *, name="", email=None, deleted=False):
    address = f"{who}@a.example" if who else ""
    return stored.entry(Record(7, user_id, address, email or address, name, (), None, None, deleted))


def merged(*records, known=(ANN, BOB), next_ordinal=2):
    fresh = count(100)
    return merge(records, known, Movement(4), next_ordinal, lambda: UUID(int=next(fresh)))


def rows(result):
    return [(user.ordinal, user.user_id, user.address.split("@")[0]) for user in result.rows]


SCENES = {
    "a new address is a new user with the next ordinal": (
        [record("eve"), record("joe", IDS[5])],
        ([(2, MADE[0], "eve"), (3, IDS[5], "joe")], [], Tally(created=2)),
    ),
    "a user is found by address and keeps the id": (
        [record("ann", name="Anna")],
        ([(0, IDS[0], "ann")], [0], Tally(updated=1)),
    ),
    "a user is found by id and may change address": (
        [record("anna", IDS[0])],
        ([(0, IDS[0], "anna")], [0], Tally(updated=1)),
    ),
    "an address passes on within a batch": (
        [record("anna", IDS[0]), record("ann", IDS[5])],
        ([(0, IDS[0], "anna"), (2, IDS[5], "ann")], [0], Tally(created=1, updated=1)),
    ),
    "two users exchange their addresses by way of a third": (
        [record("x", IDS[0]), record("ann", IDS[1]), record("bob", IDS[0])],
        ([(0, IDS[0], "bob"), (1, IDS[1], "ann")], [0, 1], Tally(updated=3)),
    ),
    "an address of somebody else is refused": (
        [record("bob", IDS[0])],
        ([], [], Tally(rejected=1)),
    ),
    "an address is not free before it has been given up": (
        [record("ann", IDS[5]), record("anna", IDS[0])],
        ([(0, IDS[0], "anna")], [0], Tally(updated=1, rejected=1)),
    ),
    "what changes nothing writes nothing": (
        [record("ann", name="Ann"), record("ann", IDS[0], name="Ann")],
        ([], [], Tally(unchanged=2)),
    ),
    "what is changed back writes nothing": (
        [record("ann", name="x"), record("ann", name="Ann")],
        ([], [], Tally(updated=2)),
    ),
    "of two records of a user the last counts": (
        [record("eve", name="1"), record("eve", name="2")],
        ([(2, MADE[0], "eve")], [], Tally(created=1, updated=1)),
    ),
    "deleted by address, by id, and not there": (
        [record("ann", deleted=True), record("", IDS[1], deleted=True), record("eve", deleted=True)],
        ([], [0, 1], Tally(deleted=2, unchanged=1)),
    ),
    "deleted twice is deleted once": (
        [record("ann", deleted=True), record("ann", deleted=True)],
        ([], [0], Tally(deleted=1, unchanged=1)),
    ),
    "deleted and made again is another user": (
        [record("ann", deleted=True), record("ann", IDS[0])],
        ([(2, IDS[0], "ann")], [0], Tally(created=1, deleted=1)),
    ),
    "made and deleted leaves nothing": (
        [record("eve"), record("eve", deleted=True)],
        ([], [], Tally(created=1, deleted=1)),
    ),
    "an id deletes whom it names, whatever the address": (
        [record("bob", IDS[0], deleted=True)],
        ([], [0], Tally(deleted=1)),
    ),
    "the address of who was deleted is free": (
        [record("ann", deleted=True), record("ann", IDS[1])],
        ([(1, IDS[1], "ann")], [0, 1], Tally(deleted=1, updated=1)),
    ),
}


@pytest.mark.parametrize("scene", SCENES)
def test_scenes_of_merging(scene):
    records, (expected_rows, ended, tally) = SCENES[scene]
    result = merged(*records)
    assert (rows(result), sorted(result.ended), result.tally) == (expected_rows, ended, tally)


def test_a_rejection_says_the_line_and_whose_the_address_is():
    (rejection,) = merged(record("bob", IDS[0])).rejections
    assert rejection.line == 7
    assert "`bob@a.example`" in rejection.message
    assert str(IDS[1]) in rejection.message


def test_a_record_replaces_all_that_was_known():
    (user,) = merged(record("bob")).rows
    assert (stored.details(user).name, user.identity) == ("", None)


def test_ordinals_used_up_are_never_used_again():
    first = merged(record("eve"), record("eve", deleted=True), record("joe"))
    assert (rows(first), first.next_ordinal) == ([(3, MADE[1], "joe")], 4)
    later = merged(
        record("joe", deleted=True), record("kim"), known=first.rows, next_ordinal=first.next_ordinal
    )
    assert [user.ordinal for user in later.rows] == [4]


def test_an_address_in_another_spelling_is_the_same_user():
    result = merged(record("ann", name="Ann", email="ANN@a.example"))
    (user,) = result.rows
    assert (stored.details(user).email, user.address) == ("ANN@a.example", "ann@a.example")
    assert result.movement.differences() == {}
