"""What a run has shown of the expectations of a test: those that are about nobody."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from shared.policy.expectations import Expectation, Listed, Result
from shared.policy.screening.lint.findings import Code, Finding, Place

NAMED_SHOWN = 5


class Aim(NamedTuple):
    """Whom an expectation is about: how many its rules select, of how many nobody can say that.

    `absent` are listed users who are not there, by their place in the list; None for one without a list.
    """

    name: str | None
    selected: int
    unknown: int
    absent: Mapping[int, str] | None = None


def aim(expectation: Expectation, result: Result, absent: Collection[str]) -> Aim:
    """Whom an expectation is about, from what became of it; `absent` are listed users who are not there."""
    demand, gone = expectation.demand, set(absent)
    if not isinstance(demand, Listed):
        return Aim(expectation.name, result.selected, result.unknown)
    missing = {number: key for number, key in enumerate(demand.verdicts) if key in gone}
    return Aim(expectation.name, result.selected, result.unknown, missing)


def shown(aims: Sequence[Aim]) -> list[Finding]:
    """The expectations that name nobody, all of them or with some of their users."""
    return [found for number, aim in enumerate(aims) for found in _shown(number, aim)]


def _shown(number: int, aim: Aim) -> Iterator[Finding]:
    place = Place("expectations", number)
    title = f"Expectation {number + 1}" if aim.name is None else f"Expectation {number + 1}, `{aim.name}`,"
    if aim.absent:
        related = tuple(place._replace(part="users", rule=each) for each in aim.absent)
        yield Finding(Code.EXPECTED_USER_ABSENT, place, f"{title} lists {_named(aim.absent)}.", related)
    elif aim.absent is None and not aim.selected:
        text = f"{title} is about nobody: its rules match no user"
        unsure = f" for certain, and of {aim.unknown} that is not known" if aim.unknown else ""
        yield Finding(Code.EXPECTATION_WITHOUT_USERS, place, f"{text}{unsure}.")


def _named(absent: Mapping[int, str]) -> str:
    """Who is not there, the first of them."""
    first = ", ".join(f"`{each}`" for each in [*absent.values()][:NAMED_SHOWN])
    more = len(absent) - NAMED_SHOWN
    others = f" and {more} more" if more > 0 else ""
    return f"{first}{others}, who {'is' if len(absent) == 1 else 'are'} not in the directory"
