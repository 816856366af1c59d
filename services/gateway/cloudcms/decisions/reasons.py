"""Why somebody has a right or has not, for programs by its parts and for people in a sentence."""

from collections.abc import Mapping
from typing import Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from shared.policy.entitlement.decision import (
    ByGrant,
    ByStatement,
    ByTeamRole,
    Decision,
    NoConnect,
    Nothing,
    Standing,
)
from shared.policy.entitlement.holding import ByTeam, Directly, Source

Kind = Literal["statement", "grant", "team", "nothing", "no_connect"]


class Explanation(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What decides, and by which way the principal has it; statements count from 0.

    `groups` lead from the one that the principal is in to the one that has the policy, the grant or the team,
    by their ids; without any it is the principal itself. `kind` is `no_connect` where CONNECT is missing:
    what stands beside it says why.
    """

    kind: Kind
    text: str
    role: str | UnsetType = UNSET
    policy_id: str | UnsetType = UNSET
    statement: int | UnsetType = UNSET
    action: str | UnsetType = UNSET
    grant_id: str | UnsetType = UNSET
    team_id: str | UnsetType = UNSET
    groups: tuple[str, ...] = ()


def explained(decision: Decision, names: Mapping[str, str]) -> Explanation:
    """The reason of a decision; `names` are those of groups, by their ids."""
    reason = decision.reason
    if isinstance(reason, NoConnect):
        because = _explained(reason.because, names)
        return replace(because, kind="no_connect", text=f"CONNECT is missing: {because.text}")
    return _explained(reason, names)


def _explained(reason: Standing | Nothing, names: Mapping[str, str]) -> Explanation:
    match reason:
        case ByStatement(role, policy, statement, action, source):
            did = "grants" if action.value == "grant" else "revokes"
            text = f"statement {statement} of policy `{policy}` {did} `{role}`, {_held(source, names)}"
            team, groups = _way(source)
            return Explanation(
                "statement", text, role, policy, statement, action.value, team_id=team, groups=groups
            )
        case ByGrant(role, grant, source):
            text = f"grant `{grant}` gives `{role}`, {_held(source, names)}"
            return Explanation("grant", text, role, grant_id=grant, groups=_way(source)[1])
        case ByTeamRole(role, source):
            text = f"team `{source.team}` gives `{role}`, {_held(source, names)}"
            return Explanation("team", text, role, team_id=source.team, groups=source.path)
        case _:
            return Explanation("nothing", "no statement, grant or team gives a role that would do")


def _way(source: Source) -> tuple[str | UnsetType, tuple[str, ...]]:
    """The team and the groups of a way."""
    if isinstance(source, ByTeam):
        return source.team, source.path
    return UNSET, () if isinstance(source, Directly) else source.path


def _held(source: Source, names: Mapping[str, str]) -> str:
    """By which way, in words."""
    team, groups = _way(source)
    steps = [f"group `{names.get(group, group)}`" for group in groups]
    if team is not UNSET:
        steps.append(f"team `{team}`")
    return f"held through {', '.join(steps)}" if steps else "held directly"
