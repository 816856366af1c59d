"""Changes as the audit log has them: one entry each, with what it would say of a client's request."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from shared.wire.audit import Action, Subject
from shared.wire.cloudcms import principals
from shared.wire.cloudcms.references import DOMAIN
from shared.wire.cloudflare import groups, policies
from shared.wire.transfer.arrival.things import Assignment, Grant, Group, List, Membership, Ruled, Team, Thing
from shared.wire.transfer.contents import Kind

SUBJECTS: Mapping[Kind, Subject] = {
    Kind.ROLE: "role",
    Kind.RESOURCE: "resource",
    Kind.GROUP: "directory_group",
    Kind.POLICY: "access_policy",
    Kind.TEAM: "team",
    Kind.ASSIGNMENT: "assignment",
    Kind.GRANT: "grant",
    Kind.MEMBERSHIP: "directory_group",
    Kind.LIST: "list",
    Kind.RULE_GROUP: "group",
    Kind.REUSABLE_POLICY: "policy",
}
ACTIONS: Mapping[str, Action] = {"create": "create", "change": "update"}


def audited(thing: Thing, account: UUID) -> bytes:
    """A thing as the audit log has it; a list needs its items, and members their group's name."""
    match thing:
        case Group(id=own, name=name, document=document):
            fields = {"title": name, **msgspec.json.decode(document)}
            return msgspec.json.encode(principals.document(own, "group", name, fields))
        case Team():
            return msgspec.json.encode(_team(thing, account))
        case Assignment(policy=policy, who=who):
            held = {"holder": {"type": who.kind, "id": who.id}, "policies": [policy]}
            return msgspec.json.encode(held)
        case Grant(on=on, role=role, who=who):
            granted = {"role-key": role, "principal": who.id, "principal-type": who.kind, "permissioned": on}
            return msgspec.json.encode(granted)
        case Ruled(kind=kind, id=ruled, document=document):
            answer = groups.answer if kind == "group" else policies.answer
            return bytes(answer(account, ruled, document))
        case List() | Membership():
            raise TypeError(f"a {type(thing).__name__} is not written down by itself")
        case _:
            return thing.document


def _team(team: Team, account: UUID) -> dict[str, Any]:
    kind, of = team.within or ("platform", account.hex)
    return {
        "_doc": team.id,
        "key": team.key,
        **msgspec.json.decode(team.document),
        "groupId": team.group,
        "roleKeys": team.roles,
        "teamableObjectTypeId": kind,
        "teamableObjectId": of,
    }


def belonging(name: str, user: str, *, belongs: bool) -> bytes:
    """Whether a user is in a group, by the group's name."""
    return msgspec.json.encode({"name": name, "member": f"{DOMAIN}/{user}", "belongs": belongs})
