"""Findings about policies, on the wire. The vendor has nothing of the kind."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from shared.policy.plan import Plan
from shared.policy.screening.lint import evidence, expected, linter
from shared.policy.screening.lint.catalogue import CATALOGUE
from shared.policy.screening.lint.evidence import Run
from shared.policy.screening.lint.expected import Aim
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


def found(plan: Plan, run: Run | None, aims: Sequence[Aim] = ()) -> list[FindingRow]:
    """What is proven of a plan, and what a complete run of it shows besides, also of its expectations."""
    proven = linter.lint(plan)
    shown = [] if run is None else evidence.shown(plan, run, proven)
    if run is not None and run.evaluated:
        shown += expected.shown(aims)
    return _rows(proven, plan, "rules") + _rows(shown, plan, "run")


def _rows(findings: Iterable[Finding], plan: Plan, proof: Evidence) -> list[FindingRow]:
    return [_row(each, plan, proof) for each in findings]


def _row(finding: Finding, plan: Plan, proof: Evidence) -> FindingRow:
    advice, key = CATALOGUE[finding.code], finding.place.key
    of_policy = finding.place.root == "policies" and key is not None
    named = policy_named(int(key or 0), plan.policies) if of_policy else None
    related = [place.pointer for place in finding.related[:RELATED_SHOWN]]
    where = finding.place.pointer, named, related
    said = plan.called(finding.sentence), advice.suggestion
    return FindingRow(finding.code.value, advice.level.value, proof, *where, *said)
