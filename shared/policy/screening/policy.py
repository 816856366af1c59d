"""What a screening policy is, and the order in which policies count."""

from enum import Enum

from msgspec import Struct

from shared.policy.rules.kinds import Rule


class Decision(Enum):
    """What a policy does with whom it matches, by its name on the wire."""

    ALLOW = "allow"
    DENY = "deny"
    BYPASS = "bypass"
    NON_IDENTITY = "non_identity"

    @property
    def approves(self) -> bool:
        """Whether a match lets the user in; only `deny` does not."""
        return self is not Decision.DENY

    @property
    def before_login(self) -> bool:
        """Whether it counts before, and without, a login."""
        return self in (Decision.BYPASS, Decision.NON_IDENTITY)


class Criteria(Struct, frozen=True):
    """Whom something matches: any of include, every of require, none of exclude."""

    include: tuple[Rule, ...]
    exclude: tuple[Rule, ...] = ()
    require: tuple[Rule, ...] = ()


class Policy(Struct, frozen=True):
    """One policy; `id` is that of a reusable one."""

    name: str
    decision: Decision
    criteria: Criteria
    id: str | None = None


def in_order(policies: tuple[Policy, ...]) -> list[tuple[int, Policy]]:
    """Policies as they are evaluated, each with its place in the list given.

    Bypass and service-auth come first, each class in the order given.
    """
    return sorted(enumerate(policies), key=lambda numbered: not numbered[1].decision.before_login)
