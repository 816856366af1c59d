"""Which of an account's things are to be carried: all of them, or a policy with what it cannot do without."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from shared.directory.errors import Refused
from shared.policy.entitlement.resource import folded
from shared.policy.entitlement.roles import STANDARD
from shared.store import queries
from shared.store.pool import Connection
from shared.wire.cloudcms import references
from shared.wire.cloudcms.shipped import system_policies
from shared.wire.transfer import drafts
from shared.wire.transfer.contents import Kind
from shared.wire.transfer.requests import Included
from shared.wire.transfer.requirements import requires

SQL = queries.load("selections.sql")

Ids = Sequence[str] | None
"""Some things of a kind; all that there are if it is None."""


class Selection(NamedTuple):
    """Roles by their keys, assignments by policies, grants by references in small letters, others by ids.

    `members` says whether the users in groups of the teams are told.
    """

    roles: Ids = None
    resources: Ids = None
    groups: Ids = None
    policies: Ids = None
    teams: Ids = None
    assignments: Ids = None
    grants: Ids = None
    lists: Ids = None
    ruled: Ids = None
    members: bool = True


NOTHING = Selection((), (), (), (), (), (), (), (), (), members=False)


def everything(included: Included) -> Selection:
    """All that an account has, but for what is not to be carried."""
    return Selection(
        roles=None if included.roles else (),
        teams=None if included.teams else (),
        assignments=None if included.acls else (),
        grants=None if included.acls else (),
        members=included.teams and included.team_members,
    )


class _Named(NamedTuple):
    """What a policy names, and those who hold it."""

    roles: set[str]
    groups: set[str]
    teams: set[str]


async def of_policy(connection: Connection, account: UUID, policy_id: str, included: Included) -> Selection:
    """One policy and what it cannot do without; with its holders, and what is granted on it.

    Raises Refused for one that is not there, or that every account has.
    """
    if policy_id in system_policies():
        raise Refused(f"`{policy_id[:64]}` is a system policy, which every account has")
    row = await connection.fetchrow(SQL["policy"], account, policy_id)
    if row is None:
        raise Refused(f"there is no access policy `{policy_id[:64]}`")
    keys = requires(Kind.POLICY, drafts.decode(row["document"]))
    named = _Named({key.id for key in keys if key.kind is Kind.ROLE}, set(), set())
    on = folded(str(references.policy(account, policy_id)))
    if included.acls:
        await _add_holders(connection, account, (policy_id, on), named)
    if included.teams:
        for group, roles in await connection.fetch(SQL["team_groups"], account, list(named.teams)):
            named.groups.add(group)
            named.roles.update(roles)
    nested = await connection.fetch(SQL["nested"], account, list(named.groups))
    return NOTHING._replace(
        roles=sorted(named.roles - STANDARD.keys()) if included.roles else (),
        groups=[row["group_id"] for row in nested],
        policies=[policy_id],
        teams=sorted(named.teams) if included.teams else (),
        assignments=[policy_id] if included.acls else (),
        grants=[on] if included.acls else (),
        members=included.teams and included.team_members,
    )


async def _add_holders(connection: Connection, account: UUID, what: tuple[str, str], named: _Named) -> None:
    """Groups and teams that hold a policy, or have a role on it; these roles."""
    policy_id, on = what
    for kind, holder in await connection.fetch(SQL["holders"], account, policy_id):
        (named.teams if kind == "team" else named.groups).add(holder)
    for role, kind, holder in await connection.fetch(SQL["granted"], account, on):
        named.roles.add(role)
        if kind == "group":
            named.groups.add(holder)


async def size(connection: Connection, account: UUID, selection: Selection) -> int:
    """How many pieces there are, without those of memberships."""
    (row,) = await connection.fetch(SQL["sizes"], account, *selection[:-1])
    return sum(row)
