"""An import looks up whoever may be known, and of strangers hardly anybody."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.worker.acquaintance import Acquaintance
from shared.directory.merge import User
from tests.directory.scratch import record

NUMBERS = st.integers(1, 40)
PEOPLE = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12)


def address(number):
    return f"u{number}@a.example"


def user(number, mailbox):
    return User(0, UUID(int=number), address(mailbox), b"", None)


@given(st.lists(PEOPLE, max_size=4), PEOPLE)
def test_whoever_is_known_is_looked_up(batches, asked):
    acquaintance, known = Acquaintance(), []
    for version, batch in enumerate(batches):
        acquaintance.suspects([], version, len(known))
        written = [user(*each) for each in batch]
        acquaintance.met(written, version, version + 1)
        known += written
    records = [record(address(mailbox), number=number) for number, mailbox in asked]
    ids, addresses = acquaintance.suspects(records, len(batches), len(known))
    assert {each.user_id for each in known} & {each.user_id for each in records} <= set(ids)
    assert {each.address for each in known} & {each.address for each in records} <= set(addresses)


def test_strangers_are_not_looked_up():
    acquaintance = Acquaintance()
    acquaintance.suspects([], 5, 0)
    acquaintance.met([user(1, 1)], 5, 6)
    records = [record(address(number), number=number) for number in range(2, 500)]
    assert acquaintance.suspects(records, 6, 1) == ([], [])


def test_after_a_change_by_others_everybody_is_looked_up():
    acquaintance = Acquaintance()
    acquaintance.suspects([], 5, 0)
    acquaintance.met([user(1, 1)], 5, 6)
    records = [record(address(2), number=2)]
    assert acquaintance.suspects(records, 7, 2) == ([UUID(int=2)], [address(2)])
    acquaintance.met([user(2, 2)], 7, 8)
    assert acquaintance.suspects(records, 8, 3) == ([UUID(int=2)], [address(2)])


def test_a_directory_that_was_there_before_is_looked_up():
    records = [record(address(2), number=2), record(address(3))]
    found = Acquaintance().suspects(records, 0, 1)
    assert found == ([UUID(int=2)], [address(2), address(3)])
