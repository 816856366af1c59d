"""Users in memory as facts, for a plan to be applied to: the one engine, without a store."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shared.directory import bitmaps, columns
from shared.directory.identity import Identity
from shared.directory.index import SegmentIndex
from shared.policy.facts import Facts
from shared.policy.plan import Plan, addresses

SEGMENT = 1 << 16


class Person(NamedTuple):
    """A user: canonical e-mail address, and the last login, None if none is recorded."""

    address: str
    login: Identity | None


def facts(plan: Plan, people: Sequence[Person]) -> Facts:
    """Some users as one segment, each at the place where it stands; at most SEGMENT, no address twice."""
    index, named = SegmentIndex(), addresses(plan)
    for position, (address, login) in enumerate(people):
        index.add(position, address, login, ())
    postings = {term: bitmaps.encode(bitmaps.from_positions(held)) for term, held in index.terms().items()}
    postings |= {term: columns.encode(held) for term, held in index.items().items()}
    positions = {each.address: place for place, each in enumerate(people) if each.address in named}
    return Facts(postings, positions)


def apart(people: Sequence[Person]) -> Iterator[list[int]]:
    """The numbers of some users in parts, so that in none of them an address stands twice."""
    rest = list(range(len(people)))
    while rest:
        part = list({people[number].address: number for number in reversed(rest)}.values())[:SEGMENT]
        taken = set(part)
        rest = [number for number in rest if number not in taken]
        yield sorted(part)
