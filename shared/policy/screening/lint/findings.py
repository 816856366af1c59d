"""What a finding is: a code that stays, a level, where it is, and what to do about it."""

from enum import Enum
from typing import Literal, NamedTuple

from msgspec import Struct

from shared.policy.screening.policy import Criteria, Decision
from shared.policy.screening.reasons import Part


class Level(Enum):
    """How bad it is, by its word in answers."""

    ERROR = "error"
    """Something does not work at all."""
    SECURITY_WARNING = "security_warning"
    """More people may get in than somebody meant."""
    WARNING = "warning"
    """Something does not do what it looks like."""
    SUGGESTION = "suggestion"
    """Something could be said in fewer words, or better."""


class Advice(NamedTuple):
    """What is the same for all findings of a code."""

    level: Level
    suggestion: str


class Code(Enum):
    """Kinds of findings, by their names in answers; see `catalogue.py` for their levels."""

    # Of the whole list.
    NOBODY_APPROVED = "nobody_approved"
    INCOMPLETE = "incomplete"
    # Reach.
    POLICY_SHADOWED = "policy_shadowed"
    DENY_SHADOWED = "deny_shadowed"
    DENY_AFTER_EVERYONE = "deny_after_everyone"
    DENY_WITHOUT_EFFECT = "deny_without_effect"
    RULE_SHADOWED = "rule_shadowed"
    # Contradictions.
    NEVER_MATCHES = "never_matches"
    REQUIREMENTS_CONTRADICT = "requirements_contradict"
    REQUIREMENT_EXCLUDED = "requirement_excluded"
    INCLUDE_EXCLUDED = "include_excluded"
    INCLUDE_NOT_MET = "include_not_met"
    # Repetition.
    RULE_REPEATED = "rule_repeated"
    RULE_IMPLIED = "rule_implied"
    REQUIREMENT_IMPLIED = "requirement_implied"
    EXCLUSION_WITHOUT_EFFECT = "exclusion_without_effect"
    # Width.
    EVERYONE_ALLOWED = "everyone_allowed"
    EVERYONE_BEFORE_LOGIN = "everyone_before_login"
    ALLOW_WITHOUT_REQUIRE = "allow_without_require"
    NETWORK_OF_ALL = "network_of_all"
    NETWORK_PRIVATE = "network_private"
    # Machines.
    ONLY_MACHINES = "only_machines"
    MACHINE_RULE = "machine_rule"
    MACHINE_REQUIRED = "machine_required"
    # References, and what no test can tell.
    LIST_EMPTY = "list_empty"
    GROUP_EMPTY = "group_empty"
    RULE_UNDECIDABLE = "rule_undecidable"
    # Of a run.
    RUN_APPROVED_NOBODY = "run_approved_nobody"
    POLICY_NOT_REACHED = "policy_not_reached"
    POLICY_DECIDED_NOBODY = "policy_decided_nobody"
    RULE_DECIDED_NOBODY = "rule_decided_nobody"
    RULE_MATCHED_NOBODY = "rule_matched_nobody"
    GROUP_WITHOUT_USERS = "group_without_users"
    FACT_NOT_RECORDED = "fact_not_recorded"
    EXPECTATION_WITHOUT_USERS = "expectation_without_users"
    EXPECTED_USER_ABSENT = "expected_user_absent"


class Place(NamedTuple):
    """Where a finding is: all policies, a policy by its number from 0, a group by its id; perhaps a rule.

    Or an expectation by its number; perhaps a user of its list.
    """

    root: Literal["policies", "groups", "expectations"] = "policies"
    key: int | str | None = None
    part: Part | Literal["users"] | None = None
    rule: int | None = None

    @property
    def pointer(self) -> str:
        """As a JSON Pointer into what a test is shown to be started with."""
        return "".join(f"/{step}" for step in self if step is not None)

    @property
    def whole(self) -> "Place":
        """The policy or group that it is in."""
        return Place(self.root, self.key)


class Finding(Struct, frozen=True):
    """A finding; `related` are the places that make it one."""

    code: Code
    place: Place
    sentence: str
    related: tuple[Place, ...] = ()


class Subject(NamedTuple):
    """Criteria under examination: a policy's, or a group's, which decides nothing by itself."""

    place: Place
    title: str
    criteria: Criteria
    decision: Decision | None

    def at(self, part: Part, rule: int) -> Place:
        """The place of one of its rules."""
        return Place(self.place.root, self.place.key, part, rule)
