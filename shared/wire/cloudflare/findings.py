"""Findings about policies, on the wire. The vendor has nothing of the kind."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from shared.policy.plan import Plan
from shared.policy.screening.lint.catalogue import CATALOGUE
from shared.policy.screening.lint.findings import Finding
from shared.wire.cloudflare.policy_tests import PolicyNamed
from shared.wire.cloudflare.reasons import policy_named

RELATED_SHOWN = 20
Evidence = Literal["rules", "run"]


class FindingRow(Struct, frozen=True):
    """Something to look at; `code` stays what it is, `level` says how bad, `pointer` where.

    `evidence` is `rules` for what is so of every directory there can be, `run` for what is so of the users of
    this test. `policy` is null for what is of a rule group, an expectation, or all policies. `related` are
    places that make it a finding, the first 20. Pointers lead into what a test is shown to be started with:
    `/policies/0/include/1`, `/groups/{id}/require/0`, `/expectations/2`.
    """

    code: str
    level: Literal["error", "security_warning", "warning", "suggestion"]
    evidence: Evidence
    pointer: str
    policy: PolicyNamed | None
    related: list[str]
    sentence: str
    suggestion: str


def to_rows(found: Iterable[Finding], plan: Plan, evidence: Evidence) -> list[FindingRow]:
    """Findings as they are answered."""
    return [_row(each, plan, evidence) for each in found]


def _row(found: Finding, plan: Plan, evidence: Evidence) -> FindingRow:
    advice, key = CATALOGUE[found.code], found.place.key
    of_policy = found.place.root == "policies" and key is not None
    named = policy_named(int(key or 0), plan.policies) if of_policy else None
    related = [place.pointer for place in found.related[:RELATED_SHOWN]]
    where = found.place.pointer, named, related
    return FindingRow(
        found.code.value, advice.level.value, evidence, *where, found.sentence, advice.suggestion
    )
