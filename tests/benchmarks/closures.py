"""The policy as a careful programmer would write it in Python: compiled once, sets, short circuits."""

from collections.abc import Callable, Sequence

from services.cli.vocabulary import IDP_OKTA
from tests.benchmarks import policy

Row = Sequence[object]
"""A row's columns, after its ordinal: see COLUMNS."""
Closure = Callable[[Row], bool | None]
COLUMNS = "email, domain, groups, country, ip, amr, idp"
EMAIL, DOMAIN, GROUPS, PLACE, ADDRESS, METHODS, PROVIDER = range(7)


def _any(*rules: Closure) -> Closure:
    def decide(row: Row) -> bool | None:
        known: bool | None = False
        for rule in rules:
            answer = rule(row)
            if answer:
                return True
            if answer is None:
                known = None
        return known

    return decide


def _all(*rules: Closure) -> Closure:
    def decide(row: Row) -> bool | None:
        known: bool | None = True
        for rule in rules:
            answer = rule(row)
            if answer is None:
                known = None
            elif not answer:
                return False
        return known

    return decide


def _none(*rules: Closure) -> Closure:
    some = _any(*rules)

    def decide(row: Row) -> bool | None:
        answer = some(row)
        return None if answer is None else not answer

    return decide


def _one_of(column: int, values: Sequence[str]) -> Closure:
    wanted = frozenset(values)

    def decide(row: Row) -> bool | None:
        value = row[column]
        return None if value is None else value in wanted

    return decide


def _holds(column: int, value: str) -> Closure:
    def decide(row: Row) -> bool | None:
        held = row[column]
        return None if held is None else value in held  # type: ignore[operator]  # a list of texts

    return decide


def _within(network: str) -> Closure:
    """On the bytes that PostgreSQL sends: family, prefix, kind, length, address."""
    text, _, bits = network.partition("/")
    prefix = bytes(int(part) for part in text.split("."))[: int(bits) // 8]
    end = 4 + len(prefix)

    def decide(row: Row) -> bool | None:
        given = row[ADDRESS]
        return None if given is None else given[3] == 4 and given[4:end] == prefix  # type: ignore[index]

    return decide


def compiled(emails: Sequence[str]) -> Closure:
    """The whole policy, given whom it excludes."""
    return _all(
        _any(
            _one_of(DOMAIN, policy.DOMAINS), _all(_one_of(PROVIDER, [IDP_OKTA]), _holds(GROUPS, policy.GROUP))
        ),
        _none(_one_of(EMAIL, emails), _one_of(PLACE, policy.COUNTRIES)),
        _any(*(_within(network) for network in policy.NETWORKS)),
        _holds(METHODS, policy.METHOD),
    )
