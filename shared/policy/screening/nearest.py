"""The nearest miss: which rule alone, if it said something else of a user, would change the verdict.

A plan becomes places: its look-ups first, then gates (criteria of groups and of policies), each of which
reads places before it. So a rule that says something else costs no more than the gates above it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shared.policy.plan import Plan
from shared.policy.rules.kinds import MachineRule, Rule
from shared.policy.rules.people import Everyone
from shared.policy.rules.references import Group
from shared.policy.screening.policy import Criteria, in_order
from shared.policy.screening.standing import (
    APPROVED,
    BLOCKED,
    ERROR,
    STATUS,
    Leaves,
    Miss,
    Standing,
    decided,
    effect,
    look_ups,
)

MISS_RULES = 1000
"""So many rules are tried: people look no further, and more would take too long."""


def can_change(rule: Rule) -> bool:
    """Whether the rule could say something else of a person at all."""
    return not isinstance(rule, Everyone | MachineRule)


class _Gate(NamedTuple):
    """Criteria, by the places that they read."""

    include: tuple[int, ...]
    require: tuple[int, ...]
    exclude: tuple[int, ...]

    def says(self, standings: Sequence[int]) -> int:
        """What the criteria say when this is what their parts say."""
        included = max([standings[place] for place in self.include], default=Standing.NO)
        required = min([standings[place] for place in self.require], default=Standing.YES)
        excluded = max([standings[place] for place in self.exclude], default=Standing.NO)
        return min(included, required, Standing.YES - excluded)


class Nearest:
    """A plan that many users may be asked about."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._places: dict[Rule, int] = {rule: place for place, rule in enumerate(look_ups(plan))}
        self._gates: list[_Gate] = []
        self._groups: dict[str, int] = {}
        self._above: defaultdict[int, list[int]] = defaultdict(list)
        self._policies = [
            (effect(policy), self._gate(policy.criteria)) for _, policy in in_order(plan.policies)
        ]
        self._reached: dict[int, list[int]] = {}

    def _gate(self, criteria: Criteria) -> int:
        """The place of criteria; those of what they read come before it."""
        parts = (criteria.include, criteria.require, criteria.exclude)
        gate = _Gate(*(tuple(map(self._place, rules)) for rules in parts))
        place = len(self._places) + len(self._gates)
        self._gates.append(gate)
        for below in {*gate.include, *gate.require, *gate.exclude}:
            self._above[below].append(place)
        return place

    def _place(self, rule: Rule) -> int:
        if not isinstance(rule, Group):
            return self._places[rule]
        if rule.id not in self._groups:
            self._groups[rule.id] = self._gate(self._plan.groups[rule.id])
        return self._groups[rule.id]

    def miss(self, known: Leaves, first: Iterable[Rule] = ()) -> Miss | None:
        """The first rule that alone would turn approved and blocked around, or decide what is open.

        Rules are tried in the order of evaluation, after those that are to be `first`.
        """
        standings = [int(known[rule]) for rule in self._places]
        for gate in self._gates:
            standings.append(gate.says(standings))  # a gate reads those before it
        verdict, second = self._verdict(standings), None
        wanted = (APPROVED, BLOCKED) if verdict == ERROR else (Standing(verdict).negated,)
        tried = [rule for rule in dict.fromkeys((*first, *self._places)) if self._counts(rule)]
        for rule in tried[:MISS_RULES]:
            for said in Standing:
                reached = verdict if said is known[rule] else self._if(rule, said, standings)
                if reached == wanted[0]:
                    return Miss(rule, known[rule], said, STATUS[wanted[0]])
                if second is None and reached in wanted:
                    second = Miss(rule, known[rule], said, STATUS[reached])
        return second

    def _counts(self, rule: Rule) -> bool:
        return rule in self._places and can_change(rule)

    def _verdict(self, standings: Sequence[int]) -> int:
        return decided((effect, standings[place]) for effect, place in reversed(self._policies))

    def _if(self, rule: Rule, said: Standing, standings: list[int]) -> int:
        """The verdict if a rule said something else; the standings are as before afterwards."""
        place = self._places[rule]
        gates = self._reach(place)
        before = [standings[gate] for gate in gates]
        was, standings[place] = standings[place], said
        for gate in gates:
            standings[gate] = self._gates[gate - len(self._places)].says(standings)
        verdict = self._verdict(standings)
        standings[place] = was
        for gate, standing in zip(gates, before, strict=True):
            standings[gate] = standing
        return verdict

    def _reach(self, place: int) -> list[int]:
        """The gates that a place can change, in order."""
        if place not in self._reached:
            found, coming = set[int](), [place]
            while coming:
                above = [gate for gate in self._above[coming.pop()] if gate not in found]
                found.update(above)
                coming += above
            self._reached[place] = sorted(found)
        return self._reached[place]
