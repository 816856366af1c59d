"""Yes or no, and why: never one without the other."""

from msgspec import Struct

from shared.policy.entitlement.holding import ByGroup, ByTeam, Directly, Source
from shared.policy.entitlement.policy import Action


class ByStatement(Struct, frozen=True, tag="statement"):
    """The last statement that matches says so, of a role; statements count from 0."""

    role: str
    policy: str
    statement: int
    action: Action
    source: Source


class ByGrant(Struct, frozen=True, tag="grant"):
    """A grant on the resource gives the role."""

    role: str
    grant: str
    source: Directly | ByGroup


class ByTeamRole(Struct, frozen=True, tag="team_role"):
    """A team gives the role, and no statement says anything of it."""

    role: str
    source: ByTeam


class Nothing(Struct, frozen=True, tag="nothing"):
    """Nothing says anything of a role that would do."""


class NoConnect(Struct, frozen=True, tag="no_connect"):
    """CONNECT is missing, and without it no other permission counts; `because` says why it is missing."""

    because: ByStatement | Nothing


Standing = ByStatement | ByGrant | ByTeamRole
"""What decides of one role."""
Reason = Standing | Nothing | NoConnect


class Decision(Struct, frozen=True):
    """Whether it is so, and the one reason that decides."""

    allowed: bool
    reason: Reason


def gives(standing: Standing) -> bool:
    """Whether the role is held; a statement is the only one that can say no."""
    return not isinstance(standing, ByStatement) or standing.action is Action.GRANT
