"""What a thing names of others, read from its document: whoever carries it, or writes it, needs these too.

What everybody has is not among them: standard roles, system policies, the group of all users; nor are users,
who are not carried. A document that is not as it should be names what can be made out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from shared.directory.errors import Refused
from shared.policy.entitlement.estate import EVERYONE
from shared.policy.entitlement.roles import ALL, STANDARD, role_key
from shared.wire.cloudcms import references
from shared.wire.cloudcms.shipped import system_policies
from shared.wire.transfer.contents import Key, Kind

Document = Mapping[str, Any]
ORDER = {kind: number for number, kind in enumerate(Kind)}
PRINCIPALS = {"group": Kind.GROUP, "team": Kind.TEAM}
PERMISSIONED = {"accesspolicy": Kind.POLICY, "group": Kind.GROUP, "team": Kind.TEAM}
"""What can be granted on and has an id of its own; registered resources are known by their references."""
RULES = {"group": Kind.RULE_GROUP, "email_list": Kind.LIST, "ip_list": Kind.LIST}
PARTS = ("include", "exclude", "require")


def requires(kind: Kind, document: Document) -> tuple[Key, ...]:
    """What a document of some kind names, each once, in order."""
    found = {key for key in _named(kind, document) if not _is_everywhere(key)}
    return tuple(sorted(found, key=in_order))


def in_order(key: Key) -> tuple[int, str]:
    """By what things are sorted: kinds in their order, then ids."""
    return ORDER[key.kind], key.id


def _is_everywhere(key: Key) -> bool:
    match key.kind:
        case Kind.ROLE:
            return key.id in STANDARD or key.id == ALL
        case Kind.GROUP:
            return key.id == EVERYONE
        case Kind.POLICY:
            return key.id in system_policies()
        case _:
            return False


def _named(kind: Kind, document: Document) -> Iterator[Key]:
    match kind:
        case Kind.GROUP:
            yield from _keys(Kind.GROUP, document.get("groups"))
        case Kind.POLICY:
            for statement in _objects(document.get("statements")):
                yield from _roles(statement.get("roles"))
        case Kind.TEAM:
            yield from _keys(Kind.GROUP, [document.get("groupId")])
            yield from _roles(document.get("roleKeys"))
        case Kind.ASSIGNMENT:
            yield from _keys(Kind.POLICY, [document.get("policyId")])
            yield from _principal(document)
        case Kind.GRANT:
            yield from _roles([document.get("roleKey")])
            yield from _principal(document)
            yield from _permissioned(document.get("permissioned"))
        case Kind.MEMBERSHIP:
            yield from _keys(Kind.GROUP, [document.get("groupId")])
        case Kind.RULE_GROUP | Kind.REUSABLE_POLICY:
            yield from _ruled(document)
        case Kind.ROLE | Kind.RESOURCE | Kind.LIST:
            return


def _keys(kind: Kind, ids: object) -> Iterator[Key]:
    yield from (Key(kind, each) for each in _several(ids) if isinstance(each, str))


def _roles(keys: object) -> Iterator[Key]:
    yield from (Key(Kind.ROLE, role_key(each)) for each in _several(keys) if isinstance(each, str))


def _principal(document: Document) -> Iterator[Key]:
    kind = document.get("principalType")
    if isinstance(kind, str) and kind in PRINCIPALS:
        yield from _keys(PRINCIPALS[kind], [document.get("principalId")])


def _permissioned(given: object) -> Iterator[Key]:
    try:
        reference = references.parse(given if isinstance(given, str) else "")
    except Refused:
        return
    if reference.type in PERMISSIONED:
        yield Key(PERMISSIONED[reference.type], reference.id)


def _ruled(document: Document) -> Iterator[Key]:
    """Groups and lists that rules name, and lists of those who approve."""
    for rule in (rule for part in PARTS for rule in _objects(document.get(part))):
        for name, kind in RULES.items():
            if isinstance(rule.get(name), dict):
                yield from _kept(kind, rule[name].get("id"))
    for approval in _objects(document.get("approval_groups")):
        yield from _kept(Kind.LIST, approval.get("email_list_uuid"))


def _kept(kind: Kind, given: object) -> Iterator[Key]:
    """By an id in any of the forms in which a UUID can be written."""
    try:
        yield Key(kind, str(UUID(given if isinstance(given, str) else "")))
    except ValueError:
        return


def _several(given: object) -> Iterable[object]:
    return given if isinstance(given, list) else ()


def _objects(given: object) -> Iterator[dict[str, Any]]:
    yield from (each for each in _several(given) if isinstance(each, dict))
