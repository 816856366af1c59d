"""What a rule asks of the index: look-ups, joined by the logic of outcomes.

Every rule but `group` is such an expression; that is all the engine knows of rules.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from shared.directory import attributes, columns
from shared.directory.attributes import Term
from shared.directory.columns import Bounds, Range
from shared.directory.network import Network


class Holds(Struct, frozen=True):
    """The users who hold a term; unknown where the field `recorded` is not."""

    term: Term
    recorded: Term | None


class HoldsAny(Struct, frozen=True):
    """The users who hold at least one of some terms; unknown where the field `recorded` is not."""

    terms: tuple[Term, ...]
    recorded: Term | None


class Keys(Struct, frozen=True):
    """The keys of a column that lie within bounds; they lie in these buckets of it."""

    attribute: str
    bounds: Bounds
    buckets: tuple[str, ...]


class Within(Struct, frozen=True):
    """The users with any of some keys; unknown where `recorded` is not.

    Addresses of the two families are columns of their own.
    """

    keys: tuple[Keys, ...]
    recorded: Term


class Listed(Struct, frozen=True):
    """The users with one of these keys, one or a set of them; never unknown.

    A key is a canonical e-mail address, or an id where the plan names users by id.
    """

    keys: tuple[str] | frozenset[str]


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


def within_networks(networks: Iterable[Network]) -> Within | Nobody:
    """The users whose address is in one of the networks: of none nobody is, whatever the address."""
    by_size: dict[int, list[Range]] = {}
    for network in networks:
        by_size.setdefault(len(network.first), []).append(network)
    if not by_size:
        return Nobody()
    families = [(attributes.address_attribute(ranges[0][0]), ranges) for ranges in by_size.values()]
    return Within(tuple(_keys(*family) for family in sorted(families)), attributes.HAS_ADDRESS)


def keyed(attribute: str, key: bytes, recorded: Term) -> Within:
    """The users who hold one key of a column of nearly unique values."""
    return Within((_keys(attribute, [(key, key)]),), recorded)


def _keys(attribute: str, ranges: list[Range]) -> Keys:
    bounds = columns.bounds(ranges)
    touched = {
        number
        for first, after in zip(bounds[::2], bounds[1::2], strict=True)
        for number in range(first[0], after[0] + 1)
    }
    return Keys(attribute, bounds, tuple(attributes.BUCKETS[number] for number in sorted(touched)))


def terms(expression: Expression) -> Iterator[Term]:
    """The postings that an expression reads."""
    match expression:
        case Holds(term, recorded):
            yield term
            if recorded is not None:
                yield recorded
        case HoldsAny(held, recorded):
            yield from held
            if recorded is not None:
                yield recorded
        case Within(asked, recorded):
            yield recorded
            for keys in asked:
                yield from ((keys.attribute, bucket) for bucket in keys.buckets)
        case Both(first, second):
            yield from terms(first)
            yield from terms(second)
        case Listed() | Everybody() | Nobody() | Undecidable():
            return
