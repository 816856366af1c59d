"""Plans of either semantics: as they are stored, whom they name, made ready to be applied."""

from typing import Literal, NamedTuple, Protocol

import msgspec
from msgspec import Struct

from shared.directory.attributes import Term
from shared.policy import plan as screening
from shared.policy.entitlement import population
from shared.policy.entitlement.population import Census, Population
from shared.policy.facts import Facts
from shared.policy.plan import Plan
from shared.policy.screening.judge import Judge
from shared.policy.verdicts import Verdicts

AnyPlan = Plan | Population


class _Kind(Struct):
    """What tells a plan's kind: those of screening never said theirs."""

    kind: Literal["screening", "entitlement"] = "screening"


def encode(plan: AnyPlan) -> bytes:
    """A plan as it is stored."""
    return msgspec.json.encode(plan)


def decode(text: bytes) -> AnyPlan:
    """A stored plan."""
    kind = msgspec.json.decode(text, type=_Kind).kind
    if kind == "screening":
        return msgspec.json.decode(text, type=Plan)
    return msgspec.json.decode(text, type=Population)


class Named(NamedTuple):
    """The users whom a plan names, to be found in a directory: in order, by address or by id."""

    by: Literal["address", "id"]
    keys: list[str]


def named(plan: AnyPlan) -> Named:
    """Whom a plan names."""
    if isinstance(plan, Plan):
        return Named("address", sorted(screening.addresses(plan)))
    return Named("id", sorted(population.users(plan)))


class Applied(Protocol):
    """A plan, made ready to be applied to one segment after another."""

    def verdicts(self, facts: Facts) -> Verdicts:
        """The verdict for each live user of a segment."""


class Ready(NamedTuple):
    """A plan made ready; `terms` are the postings that it reads; `known` tells if its form is one of ours."""

    plan: AnyPlan
    applied: Applied
    terms: frozenset[Term]
    known: bool


def ready(plan: AnyPlan) -> Ready:
    """Make a plan ready."""
    if isinstance(plan, Plan):
        judge = Judge(plan)
        return Ready(plan, judge, screening.terms(plan, judge.expression), plan.form == screening.FORM)
    census = Census(plan)
    return Ready(plan, census, census.terms, plan.form == population.FORM)
