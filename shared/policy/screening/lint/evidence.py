"""What a run has shown: policies, rules and groups that were of no use for the users whom there are.

Nothing is said twice: what is proven of a rule, or of its policy, needs no evidence.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from shared.policy.plan import Plan
from shared.policy.rules.external import ExternalEvaluation
from shared.policy.rules.kinds import MachineRule, Rule
from shared.policy.rules.provider import AzureGroup, GithubOrganization, GoogleGroup, OktaGroup
from shared.policy.rules.references import Group
from shared.policy.screening.lint.findings import Code, Finding, Place, Subject
from shared.policy.screening.lint.linter import in_place, subjects
from shared.policy.screening.lint.machines import is_machine
from shared.policy.screening.policy import in_order
from shared.policy.screening.reasons import Code as Why
from shared.policy.screening.reasons import Coverage, Part, Reason, Where, placed_rules
from shared.policy.screening.totals import Totals

GROUPS = (Group, AzureGroup, OktaGroup, GoogleGroup, GithubOrganization)
DECIDING = (Why.MATCHED, Why.UNKNOWN)
# Whatever is so of all users there can be is so of those whom there are.
PROVEN = frozenset(
    {
        *(Code.NEVER_MATCHES, Code.REQUIREMENTS_CONTRADICT, Code.REQUIREMENT_EXCLUDED, Code.ONLY_MACHINES),
        *(Code.MACHINE_REQUIRED, Code.POLICY_SHADOWED, Code.DENY_SHADOWED, Code.DENY_AFTER_EVERYONE),
    }
)
RULE_PROVEN = frozenset(
    {
        *(Code.INCLUDE_EXCLUDED, Code.INCLUDE_NOT_MET, Code.RULE_SHADOWED, Code.RULE_REPEATED),
        *(Code.RULE_IMPLIED, Code.LIST_EMPTY, Code.GROUP_EMPTY, Code.MACHINE_RULE, Code.RULE_UNDECIDABLE),
        Code.EXCLUSION_WITHOUT_EFFECT,
    }
)


class Run(NamedTuple):
    """A complete run: how many users, what each rule said of them, how many have which reason."""

    evaluated: int
    covered: Mapping[Where, Coverage]
    reasons: Mapping[Reason, int]


def run_of(totals: Totals) -> Run:
    """A run by its totals."""
    return Run(totals.counts.total(), totals.covered, totals.counts)


def shown(plan: Plan, run: Run, proven: Sequence[Finding]) -> list[Finding]:
    """The findings of a run, beside those that are proven; of nobody there are none."""
    return in_place(_shown(plan, run, proven), plan) if run.evaluated else []


def _shown(plan: Plan, run: Run, proven: Sequence[Finding]) -> Iterator[Finding]:
    codes = {each.code for each in proven}
    if Code.NOBODY_APPROVED not in codes and not any(reason.status == "approved" for reason in run.reasons):
        text = f"Of {run.evaluated} users nobody got in."
        yield Finding(Code.RUN_APPROVED_NOBODY, Place(), text)
    known = {each.place.whole for each in proven if each.code in PROVEN}
    known |= {each.place for each in proven if each.code in RULE_PROVEN}
    every, left = subjects(plan), run.evaluated
    for index, policy in in_order(plan.policies):
        included = policy.criteria.include
        machines = bool(included) and all(is_machine(rule, plan) for rule in included)
        if every[index].place not in known and not machines:
            yield from _policy(every[index], index, run, known, left=left)
        left -= _count(run, index, (Why.MATCHED,))


def _count(run: Run, index: int, codes: tuple[Why, ...]) -> int:
    return sum(
        count for reason, count in run.reasons.items() if reason.policy == index and reason.code in codes
    )


def _policy(subject: Subject, index: int, run: Run, known: set[Place], *, left: int) -> Iterator[Finding]:
    """The policy, if it was not reached or decided nobody; and of its rules each that did nothing."""
    if not left:
        text = f"{subject.title} was never reached: policies before it decided for all users."
        yield Finding(Code.POLICY_NOT_REACHED, subject.place, text)
        return
    idle = not _count(run, index, DECIDING)
    if idle:
        text = f"{subject.title} decided for nobody of {run.evaluated} users."
        yield Finding(Code.POLICY_DECIDED_NOBODY, subject.place, text)
    decided = {reason.where for reason in run.reasons if reason.code in DECIDING}
    for part, number, rule in placed_rules(subject.criteria):
        if subject.at(part, number) in known or isinstance(rule, MachineRule | ExternalEvaluation):
            continue
        where = (index, part, number)
        code = _code(rule, run.covered.get(where, Coverage(0, 0)), run.evaluated)
        if code is None and part == "include" and not idle and where not in decided:
            code = Code.RULE_DECIDED_NOBODY
        if code is not None:
            yield Finding(code, subject.at(part, number), _text(subject, part, rule, code))


def _code(rule: Rule, said: Coverage, evaluated: int) -> Code | None:
    if said.unknown == evaluated:
        return Code.FACT_NOT_RECORDED
    if said.matched or said.unknown:
        return None
    return Code.GROUP_WITHOUT_USERS if isinstance(rule, GROUPS) else Code.RULE_MATCHED_NOBODY


TEXTS = {
    Code.FACT_NOT_RECORDED: "and of no user what it reads is recorded",
    Code.GROUP_WITHOUT_USERS: "and no user is in that",
    Code.RULE_MATCHED_NOBODY: "and no user is that",
    Code.RULE_DECIDED_NOBODY: "and all whom it matches were decided by other rules",
}


def _text(subject: Subject, part: Part, rule: Rule, code: Code) -> str:
    return f"{subject.title} names {rule.words()} in `{part}`, {TEXTS[code]}."
