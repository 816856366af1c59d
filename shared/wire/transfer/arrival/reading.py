"""From a document of an archive to a thing, or to why it is none.

Each goes through what decodes a request that would create it: nothing gets in that a client could not send.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from shared.directory.errors import Refused
from shared.policy.entitlement.resource import folded
from shared.policy.entitlement.roles import STANDARD, role_key
from shared.wire import json_text, quotas
from shared.wire.cloudcms import policies, principals, references, resources, roles, teams
from shared.wire.faults import Fault, Faulty
from shared.wire.transfer.arrival import rules
from shared.wire.transfer.arrival.substitution import Substitution
from shared.wire.transfer.arrival.things import (
    Arrival,
    Assignment,
    Grant,
    Group,
    Membership,
    Policy,
    Resource,
    Role,
    Team,
    Who,
)
from shared.wire.transfer.contents import Key, Kind, Piece
from shared.wire.transfer.placeholder import restored, restored_text

NAMED_FAULTS = 3
DEPTH = dict.fromkeys(Kind, json_text.DEPTH_LIMIT) | dict.fromkeys(
    (Kind.GROUP, Kind.TEAM), json_text.DEPTH_LIMIT + 1
)
"""How deep a client may nest what it sends: of groups and teams it stands one deeper."""
Id = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"\A[^\s/\x00-\x1f\x7f]+\Z")]
Name = Annotated[str, Meta(max_length=1024, pattern=r"\A[^\0]*\Z")]
Object = dict[str, Any]
TEAMABLE = frozenset(
    {
        *("stack", "project", "repository", "domain", "vault"),
        *("directory", "registrar", "application", "webhost"),
    }
)
"""Types of datastores that have teams, beside the platform."""


class GroupDocument(Struct):
    """A group as an archive has it."""

    name: Name
    groups: list[Id] = []
    document: Object = {}


class WithinDocument(Struct):
    """What a team is of."""

    type: str
    id: Id


class TeamDocument(Struct, rename="camel"):
    """A team as an archive has it."""

    key: str
    group_id: Id
    role_keys: list[str] = []
    within: WithinDocument | None = None
    document: Object = {}


class AssignmentDocument(Struct, rename="camel"):
    """An assignment as an archive has it."""

    policy_id: Id
    principal_type: Literal["user", "group", "team"]
    principal_id: Id
    principal_name: Name | None = None


class GrantDocument(Struct, rename="camel"):
    """A grant as an archive has it."""

    permissioned: str
    role_key: str
    principal_type: Literal["user", "group"]
    principal_id: Id
    principal_name: Name | None = None


class UserDocument(Struct):
    """A member as an archive has one."""

    id: Id
    email: Name | None = None


class MembershipDocument(Struct, rename="camel"):
    """A group's members as an archive has them."""

    group_id: Id
    users: list[UserDocument] = []


def arrival(piece: Piece, account: UUID, substitution: Substitution) -> Arrival:
    """A thing that arrives in an account."""
    key = piece.key._replace(id=restored_text(piece.key.id, account))
    try:
        json_text.check_depth(piece.document, DEPTH[key.kind])
        given: Object = msgspec.json.decode(restored(piece.document, account))
        return READERS[key.kind](key, substitution.document(key.kind, given), account)
    except Faulty as faulty:
        return Arrival(key, None, tuple(map(said, faulty.faults[:NAMED_FAULTS])))
    except (Refused, msgspec.ValidationError) as fault:
        return Arrival(key, None, (str(fault)[:1].lower() + str(fault)[1:],))


def said(fault: Fault) -> str:
    """A fault as one text."""
    return f"{fault.message} at `{fault.pointer}`" if fault.pointer else fault.message


def _role(key: Key, given: Object, _: UUID) -> Arrival:
    decoded = roles.decode(given)
    if decoded.key in STANDARD:
        raise Refused(f"`{decoded.key}` is a standard role, which stays as it is")
    return Arrival(key, Role(*decoded))


def _resource(key: Key, given: Object, account: UUID) -> Arrival:
    if not isinstance(given.get("reference"), str):
        raise Refused("a resource in an archive has a `reference`")
    made = resources.register(given, account, key.id)
    kind = references.parse(made.reference).type
    if kind.lower() in references.KEPT:
        raise Refused(f"a `{kind}` is known without being registered")
    return Arrival(key, Resource(key.id, made.reference, made.document))


def _group(key: Key, given: Object, _: UUID) -> Arrival:
    read = msgspec.convert(given, GroupDocument, strict=True)
    if not read.name:
        raise Refused("a group has a name")
    own = principals.decode({**read.document, "type": "GROUP"}, "group")
    if own.name is not None:
        raise Refused("a group's name stands beside its document")
    return Arrival(key, Group(key.id, read.name, own.text, tuple(sorted(set(read.groups)))))


def _policy(key: Key, given: Object, _: UUID) -> Arrival:
    decoded = policies.decode(given)
    if len(decoded.document) > quotas.ACCESS_POLICY_BYTES:
        raise Refused(f"a policy has at most {quotas.ACCESS_POLICY_BYTES} bytes")
    named = tuple(dict.fromkeys(each.role for each in decoded.roles))
    return Arrival(key, Policy(key.id, decoded.document), roles=named)


def _team(key: Key, given: Object, _: UUID) -> Arrival:
    read = msgspec.convert(given, TeamDocument, strict=True)
    if not teams.KEY.fullmatch(read.key):
        raise Refused(teams.KEYS)
    decoded = teams.decode({**read.document, "roleKeys": read.role_keys}, read.key)
    keys = tuple(decoded.roles or ())
    team = Team(key.id, read.key, _within(read.within), read.group_id, keys, decoded.document)
    return Arrival(key, team, roles=keys)


def _within(given: WithinDocument | None) -> tuple[str, str] | None:
    if given is None:
        return None
    if given.type not in TEAMABLE or (given.type == "domain" and folded(given.id) != references.DOMAIN):
        raise Refused(f"there are no teams of a {given.type[:64]} `{given.id[:64]}`")
    return given.type, folded(given.id)


def _assignment(key: Key, given: Object, _: UUID) -> Arrival:
    read = msgspec.convert(given, AssignmentDocument, strict=True)
    who = Who(read.principal_type, read.principal_id, read.principal_name)
    return Arrival(key, Assignment(read.policy_id, who))


def _grant(key: Key, given: Object, _: UUID) -> Arrival:
    read = msgspec.convert(given, GrantDocument, strict=True)
    who = Who(read.principal_type, read.principal_id, read.principal_name)
    role, on = role_key(read.role_key), folded(str(references.parse(read.permissioned)))
    return Arrival(key, Grant(on, role, who), roles=(role,))


def _membership(key: Key, given: Object, _: UUID) -> Arrival:
    read = msgspec.convert(given, MembershipDocument, strict=True)
    users = tuple(Who("user", each.id, each.email) for each in read.users)
    return Arrival(key, Membership(read.group_id, users))


READERS: Mapping[Kind, Callable[[Key, Object, UUID], Arrival]] = {
    Kind.ROLE: _role,
    Kind.RESOURCE: _resource,
    Kind.GROUP: _group,
    Kind.POLICY: _policy,
    Kind.TEAM: _team,
    Kind.ASSIGNMENT: _assignment,
    Kind.GRANT: _grant,
    Kind.MEMBERSHIP: _membership,
    Kind.LIST: rules.listed,
    Kind.RULE_GROUP: rules.rule_group,
    Kind.REUSABLE_POLICY: rules.reusable_policy,
}
