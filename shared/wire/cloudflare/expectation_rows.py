"""What becomes of a test's expectations, on the wire."""

from typing import NamedTuple

from msgspec import Struct

from shared.policy.expectations import Demand, Expectation, Listed, Result, Share
from shared.wire.cloudflare.policy_tests import ReasonedRow

USERS_SHOWN = 100
# What one user does, and what several do.
VERBS = {
    "approved": ("is approved", "are approved"),
    "blocked": ("is blocked", "are blocked"),
    "error": ("is undecided", "are undecided"),
    "lost": ("loses access", "lose access"),
    "gained": ("gains access", "gain access"),
}


class ExpectationRow(Struct, frozen=True):
    """What becomes of an expectation; `index` is its place in the list as it was given, from 0.

    Of those `selected`, `found` are what it asks for; of `unknown` ones nobody can say whether they are
    selected: they do not count. `holds` is null where nobody can say, for the `problem`. `broken` is how many
    users break it, `users` the first of them; `absent` are listed ones who are not there, who break it too.
    """

    index: int
    name: str | None
    expected: str
    holds: bool | None
    selected: int
    unknown: int
    found: int
    broken: int
    users: list[ReasonedRow]
    absent: list[str]
    problem: str | None


class Broken(NamedTuple):
    """Who breaks an expectation: how many, the first of them, and listed users who are not there."""

    number: int
    users: list[ReasonedRow]
    absent: list[str]


def to_row(index: int, expectation: Expectation, result: Result, broken: Broken) -> ExpectationRow:
    """An expectation with what becomes of it."""
    shown = index, expectation.name, words(expectation.demand), result.holds
    counts = result.selected, result.unknown, result.found, broken.number + len(broken.absent)
    problem = "the test that it is compared with is gone" if result.holds is None else None
    return ExpectationRow(*shown, *counts, broken.users, broken.absent[:USERS_SHOWN], problem)


def words(demand: Demand) -> str:
    """What is expected, for people."""
    if isinstance(demand, Listed):
        many = len(demand.verdicts)
        verdicts, are = ("verdict", "is") if many == 1 else ("verdicts", "are")
        return f"the {verdicts} of {_users(many)} {are} as listed"
    one, more = VERBS[demand.of]
    if demand == Share(demand.of, least=True, percent=100):
        return f"all {more}"
    if demand == Share(demand.of, least=False, number=0):
        return f"nobody {one}"
    most = f"at {'least' if demand.least else 'most'}"
    if demand.number is None:
        return f"{most} {demand.percent:g} % {more}"
    return f"{most} {_users(demand.number)} {one if demand.number == 1 else more}"


def _users(number: int) -> str:
    return f"{number:,} user{'' if number == 1 else 's'}"
