"""A local run, users in memory and the bulk test say the same of every user: it is one engine."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.policy import local
from shared.policy.comparison import changes, transitions
from shared.policy.local import Person
from shared.policy.screening import reasons
from shared.policy.screening.judge import Judge
from shared.policy.verdicts import Verdicts
from tests.local.running import lines, people, prepared, reported
from tests.policy import engine, reference
from tests.policy.strategies import directories, plans

STATUS = {"approved": "approved", "blocked": "blocked", "errored": "error"}
SIZES = st.integers(1, 40)


def written(directory):
    return lines(
        *(
            {"email": address, **({} if login is None else {"identity": login})}
            for address, login in directory.values()
        )
    )


@given(plans(), directories(), SIZES)
def test_a_local_run_agrees_with_the_bulk_test_and_with_the_reference(plan, directory, size):
    found = people(prepared(plan), written(directory), size)
    bulk = engine.verdicts(plan, directory)
    said = {address: found[address].reason.status for address, _ in directory.values()}
    assert said == {directory[ordinal][0]: STATUS[status] for ordinal, status in bulk.items()}
    assert said == {
        address: STATUS[reference.verdict(plan, address, last)] for address, last in directory.values()
    }
    assert len(found) == len(directory)


@given(plans(), directories(), SIZES)
def test_a_local_run_agrees_with_users_in_memory_reason_by_reason(plan, directory, size):
    """As the question of what some users would get has them."""
    asked = [Person(*user) for user in directory.values()]
    parts = reasons.partition(Judge(plan), local.facts(plan, asked))
    by_address = {
        asked[position].address: reason for reason, positions in parts.items() for position in positions
    }
    found = people(prepared(plan), written(directory), size)
    assert {address: each.reason for address, each in found.items()} == by_address


@given(plans(), plans(), directories(), SIZES)
def test_a_local_run_counts_what_the_bulk_test_counts(plan, base, directory, size):
    found = reported(prepared(plan, base), written(directory), size)
    was, now = engine.judged(base, directory), engine.judged(plan, directory)
    sizes = [sum(len(getattr(each, status)) for each in now.values()) for status in Verdicts._fields]
    test = found.test
    assert [test.users_approved, test.users_blocked, test.users_errored] == sizes
    assert sum(row.count for row in found.reasons) == test.total_users == len(directory)
    counted = dict.fromkeys(("gained", "lost", "undecided", "decided", "unchanged"), 0)
    for segment, verdicts in now.items():
        for change, positions in changes(transitions(was[segment], verdicts)).items():
            counted[change.value] += len(positions)
    assert {name: getattr(found.comparison, name) for name in counted} == counted


@settings(max_examples=20)
@given(plans(), directories(), SIZES, SIZES)
def test_the_parts_of_a_file_change_nothing(plan, directory, size, other):
    users, wanted = written(directory), prepared(plan)
    one, two = (reported(wanted, users, each) for each in (size, other))
    assert (one.test.users_approved, one.findings) == (two.test.users_approved, two.findings)
    assert {row.key: row for row in one.reasons} == {row.key: row for row in two.reasons}
