"""What becomes of a test's expectations, on the wire."""

from typing import NamedTuple

from msgspec import Struct

from shared.policy.expectations import Demand, Expectation, Listed, Result, Share
from shared.wire.cloudflare.policy_tests import ReasonedRow

USERS_SHOWN = 100


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
        return f"the verdicts of {len(demand.verdicts)} users are as listed"
    asked = "an error" if demand.of == "error" else demand.of
    if demand in (Share(demand.of, least=True, percent=100), Share(demand.of, least=False, number=0)):
        return f"{'all' if demand.least else 'none'} are {asked}"
    many = f"{demand.number}" if demand.percent is None else f"{demand.percent:g} %"
    return f"at {'least' if demand.least else 'most'} {many} are {asked}"
