"""Two relations between look-ups, from which all proofs are made.

Say of a user that a look-up is no (0), unknown (1) or yes (2). `below`: the first is never more than the
second. `apart`: the two are never more than 2 together, so that where one is yes the other is no. Both are
claims about every user there can be; False says only that it is not known.
"""

from bisect import bisect_right
from collections.abc import Collection

from shared.directory import attributes
from shared.directory.attributes import Term
from shared.directory.columns import Bounds
from shared.directory.email import domain_of
from shared.policy.expression import (
    Both,
    Everybody,
    Expression,
    Holds,
    HoldsAny,
    Keys,
    Listed,
    Nobody,
    Undecidable,
    Within,
)

# Of which a user has one value at most.
SINGLE = frozenset({attributes.EMAIL_DOMAIN, attributes.IDP, attributes.COUNTRY, attributes.RISK})
SINGLE_KEYS = frozenset({attributes.HAS_ADDRESS, attributes.HAS_COMMON_NAME})


def below(first: Expression, second: Expression) -> bool:
    """Whether whoever matches the first matches the second, and is as surely decided."""
    match first, second:
        case (Nobody(), _) | (_, Everybody()):
            return True
        case _, Both(one, other):
            return first == second or (below(first, one) and below(first, other))
        case Both(one, other), _:
            return below(one, second) or below(other, second)
        case (Holds() | HoldsAny(), Holds() | HoldsAny()):
            return first.recorded == second.recorded and _terms(first) <= _terms(second)
        case Listed(keys), Listed(others):
            return frozenset(keys) <= frozenset(others)
        case Listed(keys), Holds((attributes.EMAIL_DOMAIN, domain), _):
            return _domains(keys) == {domain}
        case Within(asked, recorded), Within(others, same):
            return recorded == same and all(_inside(keys, others) for keys in asked)
    return first == second


def apart(first: Expression, second: Expression) -> bool:
    """Whether nobody matches both, and whoever matches one is surely kept out of the other."""
    match first, second:
        case (Nobody(), _) | (_, Nobody()) | (Undecidable(), Undecidable()):
            return True
        case (Both(one, other), rest) | (rest, Both(one, other)):
            return apart(one, rest) or apart(other, rest)
        case (Holds() | HoldsAny(), Holds() | HoldsAny()):
            terms, others = _terms(first), _terms(second)
            single = {attribute for attribute, _ in terms | others} <= SINGLE
            return single and first.recorded == second.recorded and terms.isdisjoint(others)
        case Listed(keys), Listed(others):
            return frozenset(keys).isdisjoint(others)
        case (Listed(keys), Holds((attributes.EMAIL_DOMAIN, domain), _)) | (
            Holds((attributes.EMAIL_DOMAIN, domain), _),
            Listed(keys),
        ):
            return domain not in _domains(keys)
        case Within(asked, recorded), Within(others, same):
            return recorded == same and recorded in SINGLE_KEYS and not _meet(asked, others)
    return False


def _terms(expression: Holds | HoldsAny) -> frozenset[Term]:
    return frozenset((expression.term,) if isinstance(expression, Holds) else expression.terms)


def _domains(keys: Collection[str]) -> set[str]:
    """The domains of canonical addresses, as they are indexed."""
    return {attributes.label(domain_of(key)) for key in keys}


def _inside(keys: Keys, others: tuple[Keys, ...]) -> bool:
    """Whether every range of some keys lies in one of others."""
    asked = next((each.bounds for each in others if each.attribute == keys.attribute), ())
    return all(contains(asked, *each) for each in ranges(keys.bounds))


def _meet(some: tuple[Keys, ...], others: tuple[Keys, ...]) -> bool:
    """Whether there is a key that both ask for; of whichever has fewer each range is looked for."""
    return any(
        _overlap(*sorted((keys.bounds, other.bounds), key=len))
        for keys in some
        for other in others
        if keys.attribute == other.attribute
    )


def _overlap(fewer: Bounds, more: Bounds) -> bool:
    for first, after in ranges(fewer):
        at = bisect_right(more, first)
        if at & 1 or (at < len(more) and more[at] < after):
            return True
    return False


def ranges(bounds: Bounds) -> list[tuple[bytes, bytes]]:
    """Bounds as pairs: a range's first key, and what comes right after its last."""
    return list(zip(bounds[::2], bounds[1::2], strict=True))


def contains(bounds: Bounds, first: bytes, after: bytes) -> bool:
    """Whether a range lies in one of those within bounds."""
    at = bisect_right(bounds, first)
    return at & 1 == 1 and after <= bounds[at]
