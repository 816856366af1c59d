"""An import looks up whoever may be known, and of strangers hardly anybody."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.worker.acquaintance import Acquaintance
from shared.directory import hashes
from shared.wire.directory.batches import Prepared
from tests.directory.scratch import record

NUMBERS = st.integers(1, 40)
PEOPLE = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12)


def address(number):
    return f"u{number}@a.example"


def entry(number, mailbox):
    return record(address(mailbox), number=number)


def asked(acquaintance, entries, version, users):
    named = hashes.of_entries(entries)
    prepared = Prepared(0, entries, b"", [], [], [])
    return prepared.suspects(acquaintance.suspected(named, version, users))


def began_empty(version):
    acquaintance = Acquaintance()
    asked(acquaintance, [], version, 0)
    return acquaintance


@given(st.lists(PEOPLE, max_size=4), PEOPLE)
def test_whoever_is_known_is_looked_up(batches, people):
    acquaintance, known = began_empty(0), []
    for version, batch in enumerate(batches):
        written, made = [entry(*each) for each in batch], UUID(int=20 + version)
        acquaintance.met(hashes.of_entries(written), [made], version, version + 1)
        known += written
        known.append(record("", number=made.int))
    entries = [entry(*each) for each in people]
    ids, addresses = asked(acquaintance, entries, len(batches), len(known))
    assert {each.user_id for each in known} & {each.user_id for each in entries} <= set(ids)
    assert {each.address for each in known} & {each.address for each in entries} <= set(addresses)


def test_strangers_are_not_looked_up():
    acquaintance = began_empty(5)
    acquaintance.met(hashes.of_entries([entry(1, 1)]), [], 5, 6)
    assert asked(acquaintance, [entry(number, number) for number in range(2, 500)], 6, 1) == ([], [])


def test_after_a_change_by_others_everybody_is_looked_up():
    acquaintance = began_empty(5)
    acquaintance.met(hashes.of_entries([entry(1, 1)]), [], 5, 6)
    assert asked(acquaintance, [entry(2, 2)], 7, 2) == ([UUID(int=2)], [address(2)])
    acquaintance.met(hashes.of_entries([entry(2, 2)]), [], 7, 8)
    assert asked(acquaintance, [entry(2, 2)], 8, 3) == ([UUID(int=2)], [address(2)])


def test_a_directory_that_was_there_before_is_looked_up():
    found = asked(Acquaintance(), [entry(2, 2), record(address(3))], 0, 1)
    assert found == ([UUID(int=2)], [address(2), address(3)])
