"""Expectations hold, and are broken by whom, as a plain reading of each user says."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.directory.identity import Identity
from shared.policy import expectations
from shared.policy.expectations import Expectation, Expectations, Listed, Segment, Share
from shared.policy.plan import Plan, addresses
from shared.policy.rules.people import Everyone
from shared.policy.rules.place import Country
from shared.policy.screening.judge import Judge
from shared.policy.screening.policy import Criteria, Decision, Policy
from shared.policy.verdicts import Verdicts
from tests.policy import engine
from tests.policy.reference import Person, verdict
from tests.policy.strategies import ADDRESSES, directories, plans

MANY = settings(max_examples=max(200, settings().max_examples // 4))
SAID = {"approved": "approved", "blocked": "blocked", "errored": "error"}
STATUSES = ["approved", "blocked", "error"]
HAPPENINGS = [*STATUSES, "lost", "gained"]
MASK = (1 << engine.BITS) - 1

BOUNDS = st.one_of(
    st.builds(lambda n: {"number": n}, st.integers(0, 40)),
    st.builds(lambda p: {"percent": p}, st.sampled_from([0, 100]) | st.floats(0, 100)),
)
SHARES = st.builds(
    lambda of, least, bound: Share(of, least, **bound), st.sampled_from(HAPPENINGS), st.booleans(), BOUNDS
)
# Of addresses only: that ids are looked up is the gateway's to show.
LISTS = st.builds(Listed, st.dictionaries(st.sampled_from(ADDRESSES[:70]), st.sampled_from(STATUSES)))


@st.composite
def expected(draw):
    """Expectations of 1 to 5 selectors."""
    selectors = draw(plans((Decision.ALLOW,)))
    demands = [draw(SHARES | LISTS) for _ in selectors.policies]
    return Expectations(tuple(Expectation(None, demand) for demand in demands), selectors)


def assessed(asked, plan, base, directory, before):
    """For each expectation whether it holds, the numbers, and the ordinals of those against it."""
    listed = expectations.listed(asked)
    selectors, judge = asked.selectors, Judge(asked.selectors)
    was, now = engine.judged(base, before), engine.judged(plan, directory)
    ordinals = {address: ordinal for ordinal, (address, _) in directory.items()}
    parts, against = [], [set() for _ in asked.expected]
    for segment, facts in engine.facts(selectors, directory).items():
        here = {a: o & MASK for a, o in ordinals.items() if a in listed and o >> engine.BITS == segment}
        before_here = was.get(segment, Verdicts(*[type(facts.live)()] * 3))
        known = Segment(facts, now[segment], before_here, here)
        parts.append(expectations.weigh(asked, judge, known))
        for found, weighed in zip(against, parts[-1], strict=True):
            found |= {(segment << engine.BITS) + position for position in weighed.against}
    return [
        (
            expectations.judged(each, [part[number] for part in parts], len(absent(each, ordinals))),
            against[number],
        )
        for number, each in enumerate(asked.expected)
    ]


def absent(expectation, ordinals):
    return set(getattr(expectation.demand, "verdicts", ())) - ordinals.keys()


def happened(plan, base, directory, before):
    """By ordinal all that can be said of a user."""
    found = {}
    for ordinal, user in directory.items():
        now = SAID[verdict(plan, *user)]
        was = SAID[verdict(base, *before[ordinal])] if ordinal in before else None
        lost, gained = (was, now) == ("approved", "blocked"), (was, now) == ("blocked", "approved")
        found[ordinal] = {now} | ({"lost"} if lost else set()) | ({"gained"} if gained else set())
    return found


@MANY
@given(expected(), plans(), plans(), directories(), directories())
def test_an_expectation_is_judged_as_a_plain_reading_does(asked, plan, base, directory, before):
    said = happened(plan, base, directory, before)
    found = assessed(asked, plan, base, directory, before)
    for number, (expectation, (result, against)) in enumerate(zip(asked.expected, found, strict=True)):
        demand, ordinals = expectation.demand, {a: o for o, (a, _) in directory.items()}
        if isinstance(demand, Listed):
            right = {a: demand.verdicts[a] in said[ordinals[a]] for a in demand.verdicts if a in ordinals}
            assert result.holds == (len(right) == len(demand.verdicts) and all(right.values()))
            assert against == {ordinals[a] for a, fits in right.items() if not fits}
            assert result[1:] == (len(right), 0, sum(right.values()))
            continue
        criteria = asked.selectors.policies[number].criteria
        facts = {
            ordinal: Person(asked.selectors, a, last or Identity(), last is not None).meets(criteria)
            for ordinal, (a, last) in directory.items()
        }
        selected = {ordinal for ordinal, fact in facts.items() if fact is True}
        right = {ordinal for ordinal in selected if demand.of in said[ordinal]}
        assert result[1:] == (len(selected), list(facts.values()).count(None), len(right))
        if demand.number is None:
            right_of_bound = len(right) * 100 - Fraction(str(demand.percent)) * len(selected)
        else:
            right_of_bound = len(right) - demand.number
        assert result.holds == (right_of_bound >= 0 if demand.least else right_of_bound <= 0)
        assert against == (selected - right if demand.least else right)


@MANY
@given(expected())
def test_expectations_survive_being_stored(asked):
    assert expectations.decode(expectations.encode(asked)) == asked


@pytest.mark.parametrize("changed", [{"form": 2}, {"selectors": Plan((), form=2)}])
def test_expectations_of_another_form_are_not_read(changed):
    asked = Expectations(**{"expected": (), "selectors": Plan(()), **changed})
    assert expectations.decode(expectations.encode(asked)) is None


# A share, how many of how many are so, whether it holds.
EXACT = [
    (Share("approved", least=True, percent=100), (0, 0), True),
    (Share("approved", least=True, percent=100), (999_999, 1_000_000), False),
    (Share("blocked", least=False, number=0), (0, 5), True),
    (Share("blocked", least=False, number=0), (1, 5), False),
    (Share("lost", least=False, percent=0.57), (57, 10_000), True),
    (Share("lost", least=False, percent=0.57), (58, 10_000), False),
    (Share("lost", least=False, percent=1.1), (11, 1000), True),
    (Share("gained", least=False, percent=1e-7), (0, 3), True),
    (Share("gained", least=False, percent=1e-7), (1, 999_999_999), False),
    (Share("gained", least=False, percent=1e-7), (1, 1_000_000_000), True),
    (Share("error", least=True, number=3), (2, 2), False),
]


@pytest.mark.parametrize(("share", "counts", "holds"), EXACT)
def test_a_share_is_exact(share, counts, holds):
    assert share.holds(*counts) is holds


def test_who_may_be_selected_does_not_count():
    """A user with no recorded login might be in the country; the expectation is not about such a one."""
    rule, everyone = Criteria((Everyone(),)), Share("approved", least=True, percent=100)
    selector = Criteria((Everyone(),), require=(Country("DE"),))
    asked = Expectations((Expectation("here", everyone),), Plan((Policy("", Decision.ALLOW, selector),)))
    plan = Plan((Policy("out", Decision.DENY, rule),))
    directory = {0: ("ann@a.example", None)}
    ((result, against),) = assessed(asked, plan, plan, directory, directory)
    assert (result, against) == ((True, 0, 1, 0), set())
    assert addresses(asked.selectors) == set()
