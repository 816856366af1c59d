"""What a rule asks of the index: look-ups, joined by the logic of outcomes.

Every rule but `group` is such an expression; that is all the engine knows of rules.
"""

from collections.abc import Iterator

from msgspec import Struct

from shared.directory import attributes
from shared.directory.attributes import Term
from shared.directory.columns import Range
from shared.directory.network import Network


class Holds(Struct, frozen=True):
    """The users who hold a term; unknown where the field `recorded` is not."""

    term: Term
    recorded: Term | None


class HoldsAny(Struct, frozen=True):
    """The users who hold at least one of some terms; unknown where the field `recorded` is not."""

    terms: tuple[Term, ...]
    recorded: Term


class Within(Struct, frozen=True):
    """The users with a key of a column within any of the ranges; unknown where `recorded` is not.

    `columns` gives the ranges by attribute: addresses of the two families are columns of their own.
    """

    columns: tuple[tuple[str, tuple[Range, ...]], ...]
    recorded: Term


class Listed(Struct, frozen=True):
    """The users with one of these canonical e-mail addresses; never unknown."""

    addresses: tuple[str, ...]


class Everybody(Struct, frozen=True):
    """Everybody."""


class Nobody(Struct, frozen=True):
    """Nobody, for certain."""


class Undecidable(Struct, frozen=True):
    """Unknown of everybody."""


class Both(Struct, frozen=True):
    """Two facts about one login."""

    first: "Expression"
    second: "Expression"


Expression = Holds | HoldsAny | Within | Listed | Everybody | Nobody | Undecidable | Both


def within_networks(networks: tuple[Network, ...]) -> Within:
    """The users whose address is in one of the networks."""
    by_family: dict[str, list[Range]] = {}
    for first, last in networks:
        by_family.setdefault(attributes.address_attribute(first), []).append((first, last))
    columns = tuple((family, tuple(ranges)) for family, ranges in sorted(by_family.items()))
    return Within(columns, attributes.HAS_ADDRESS)


def keyed(attribute: str, key: bytes, recorded: Term) -> Within:
    """The users who hold one key of a column of nearly unique values."""
    return Within(((attribute, ((key, key),)),), recorded)


def buckets(ranges: tuple[Range, ...]) -> Iterator[str]:
    """The buckets of a column that ranges touch, each once."""
    numbers = {number for first, last in ranges for number in range(first[0], last[0] + 1)}
    yield from (attributes.bucket(bytes((number,))) for number in sorted(numbers))


def terms(expression: Expression) -> Iterator[Term]:
    """The postings that an expression reads."""
    match expression:
        case Holds(term, recorded):
            yield term
            if recorded is not None:
                yield recorded
        case HoldsAny(held, recorded):
            yield from held
            yield recorded
        case Within(columns, recorded):
            yield recorded
            for attribute, ranges in columns:
                yield from ((attribute, name) for name in buckets(ranges))
        case Both(first, second):
            yield from terms(first)
            yield from terms(second)
        case Listed() | Everybody() | Nobody() | Undecidable():
            return
