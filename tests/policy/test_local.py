"""Users in memory get what the bulk test gives them: it is one engine."""

from hypothesis import given, settings

from shared.policy import local
from shared.policy.local import Person
from shared.policy.screening.judge import Judge
from shared.policy.verdicts import Verdicts
from tests.policy import engine
from tests.policy.strategies import directories, plans

SOME = settings(max_examples=max(100, settings().max_examples // 10))


@SOME
@given(plans(), directories())
def test_local_users_get_the_verdicts_of_the_bulk_test(plan, directory):
    ordinals, people = list(directory), [Person(*user) for user in directory.values()]
    found = Judge(plan).verdicts(local.facts(plan, people))
    said = {
        ordinals[position]: status
        for status, positions in zip(Verdicts._fields, found, strict=True)
        for position in positions
    }
    assert said == engine.verdicts(plan, directory)


def test_users_with_one_address_are_looked_at_apart():
    people = [
        Person(address, None) for address in ("a@a.example", "b@a.example", "a@a.example", "a@a.example")
    ]
    assert list(local.apart(people)) == [[0, 1], [2], [3]]
    assert list(local.apart([])) == []
