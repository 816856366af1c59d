"""What lets in more people than somebody may have meant, or is meant for networks that nobody comes from."""

from collections.abc import Iterator

from shared.directory.network import parse_network
from shared.policy.expression import Expression, Keys, Within, within_networks
from shared.policy.rules.kinds import Rule
from shared.policy.rules.people import Everyone
from shared.policy.rules.place import Ip
from shared.policy.rules.references import IpList
from shared.policy.screening.lint import relations
from shared.policy.screening.lint.findings import Code, Finding, Subject
from shared.policy.screening.lint.proof import Proof
from shared.policy.screening.policy import Decision
from shared.policy.screening.reasons import placed_rules

# Addresses that no login over the public network comes from.
PRIVATE_NETWORKS = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
    *("fc00::/7", "fe80::/10", "::1"),
)


def _keys(asked: Expression) -> tuple[Keys, ...]:
    return asked.keys if isinstance(asked, Within) else ()


ALL = tuple(within_networks((parse_network(network),)) for network in ("0.0.0.0/0", "::/0"))
PRIVATE = {
    each.attribute: each.bounds for each in _keys(within_networks(map(parse_network, PRIVATE_NETWORKS)))
}


def findings(subject: Subject, proof: Proof) -> Iterator[Finding]:
    """Everyone let in, nothing required, networks of all addresses or of private ones."""
    yield from _everyone(subject, proof)
    for part, number, rule in placed_rules(subject.criteria):
        code = _network(rule, proof)
        if code is not None:
            what = "every address there is" if code is Code.NETWORK_OF_ALL else "addresses that are private"
            text = f"{subject.title} names {rule.words()} in `{part}`, which has {what}."
            yield Finding(code, subject.at(part, number), text)


def _everyone(subject: Subject, proof: Proof) -> Iterator[Finding]:
    decision, include, require = subject.decision, subject.criteria.include, subject.criteria.require
    if decision is None or decision is Decision.DENY:
        return
    wide = [number for number, rule in enumerate(include) if proof.below(Everyone(), rule)]
    if wide and all(proof.below(Everyone(), rule) for rule in require):
        code = Code.EVERYONE_BEFORE_LOGIN if decision.before_login else Code.EVERYONE_ALLOWED
        whom = "everyone, without a login" if decision.before_login else "everyone who can log in"
        text = f"{subject.title} lets in {whom}."
        yield Finding(code, subject.at("include", wide[0]), text)
    elif decision is Decision.ALLOW and not require:
        text = f"{subject.title} requires nothing of those whom it includes."
        yield Finding(Code.ALLOW_WITHOUT_REQUIRE, subject.place, text)


def _network(rule: Rule, proof: Proof) -> Code | None:
    if not isinstance(rule, Ip | IpList):
        return None
    asked = proof.meaning(rule)
    if any(relations.below(every, asked) for every in ALL):
        return Code.NETWORK_OF_ALL
    inside = (
        relations.contains(PRIVATE[keys.attribute], *each)
        for keys in _keys(asked)
        for each in relations.ranges(keys.bounds)
    )
    return Code.NETWORK_PRIVATE if any(inside) else None
