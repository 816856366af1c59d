"""A question of entitlement, asked of everybody: a test of the one dialect about documents of the other.

Stands above both, so that they need not meet. An inline policy with the `_doc` of one that exists stands for
that: as it is kept, if it says nothing else; changed, if it does.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.directory.errors import Refused
from shared.policy.entitlement.compilation import Asked
from shared.policy.entitlement.resource import Resource
from shared.wire.cloudcms import policies, references, resources
from shared.wire.cloudcms.policies import OURS, Decoded
from shared.wire.faults import LIMIT, Fault, Faulty, child

WHERE = "/entitlement"
FIELDS = ("target", "permission", "authority", "policies", "replace")
ASSIGN_TO = "assignTo"
POLICIES_LIMIT = 1000
HOLDERS_LIMIT = 1000
"""Of one policy."""
ALL_HOLDERS_LIMIT = 10_000
INLINE_BYTES = 1024 * 1024
"""Of all inline policies together: to make their patterns takes time."""
KEY_LIMIT = 64
TEXT_LIMIT = 1024


class Proposed(Struct, frozen=True):
    """A policy of a test: one that exists, one that is made up, or one that exists as it might be.

    `policy_id` is that of one that exists, `decoded` None if it is to be taken as it is kept. `assign_to` is
    whom it would be assigned to. `pointer` is where it stands.
    """

    policy_id: str | None
    decoded: Decoded | None
    assign_to: tuple[str, ...]
    pointer: str


class Question(Struct, frozen=True):
    """What is asked about a target, a reference or the resource itself, with which policies.

    With `replace` they are all that is in force, grants and roles of teams apart.
    """

    target: str | Resource
    asked: Asked
    policies: tuple[Proposed, ...]
    replace: bool


def decode(given: object, account: UUID) -> Question:
    """The question under `entitlement`; raises Faulty with all that is wrong, up to the limit."""
    if not isinstance(given, dict):
        raise Faulty(Fault("`entitlement` is an object", WHERE))
    faults = _strays(given, FIELDS, "an entitlement", WHERE)
    target = _target(given.get("target"), account, faults)
    asked = _asked(given, faults)
    replace = given.get("replace")
    if not isinstance(replace, bool | None):
        faults.append(Fault("`replace` is true or false", child(WHERE, "replace")))
    proposed = _policies(given.get("policies"), faults)
    if faults or target is None:
        raise Faulty(*faults)
    return Question(target, asked, proposed, bool(replace))


def _strays(given: dict[str, Any], names: Collection[str], what: str, pointer: str) -> list[Fault]:
    return [
        Fault(f"{what} has no field `{name[:64]}`", child(pointer, name))
        for name in sorted(given.keys() - set(names))
    ]


def _target(given: object, account: UUID, faults: list[Fault]) -> str | Resource | None:
    where = child(WHERE, "target")
    try:
        if isinstance(given, str):
            return str(references.parse(given))
        if isinstance(given, dict):
            return _sized(given, account, where)
        faults.append(Fault("`target` is a reference, or a resource", where))
    except Refused as refusal:
        faults.append(Fault(str(refusal), where))
    except Faulty as faulty:
        faults.extend(faulty.faults)
    return None


def _sized(given: dict[str, Any], account: UUID, where: str) -> Resource:
    if len(msgspec.json.encode(given)) > resources.BYTES_LIMIT:
        raise Faulty(Fault(f"a resource has at most {resources.BYTES_LIMIT} bytes", where))
    return resources.decode(given, account, where)


def _asked(given: dict[str, Any], faults: list[Fault]) -> Asked:
    found = {name: given[name] for name in ("permission", "authority") if given.get(name) is not None}
    for name, key in found.items():
        if not isinstance(key, str) or not 0 < len(key) <= KEY_LIMIT:
            faults.append(Fault(f"`{name}` is a text of 1 to {KEY_LIMIT} characters", child(WHERE, name)))
            return Asked()
    if len(found) != 1:
        faults.append(Fault("ask for a `permission` or an `authority`, one of the two", WHERE))
        return Asked()
    return Asked(**found)


def _policies(given: object, faults: list[Fault]) -> tuple[Proposed, ...]:
    where = child(WHERE, "policies")
    if given is None:
        return ()
    if not isinstance(given, list) or len(given) > POLICIES_LIMIT:
        faults.append(Fault(f"`policies` is a list of at most {POLICIES_LIMIT} policies", where))
        return ()
    if len(msgspec.json.encode([each for each in given if isinstance(each, dict)])) > INLINE_BYTES:
        faults.append(Fault(f"inline policies take at most {INLINE_BYTES} bytes together", where))
        return ()
    found = list[Proposed]()
    for number, each in enumerate(given):
        if len(faults) >= LIMIT:
            break
        found.extend(_proposed(each, child(where, number), faults))
    if sum(len(each.assign_to) for each in found) > ALL_HOLDERS_LIMIT:
        faults.append(Fault(f"policies are assigned to at most {ALL_HOLDERS_LIMIT} holders together", where))
    named = Counter(each.policy_id for each in found)
    faults.extend(
        Fault(f"the policy `{each.policy_id[:64]}` stands twice", each.pointer)
        for each in found
        if each.policy_id is not None and named[each.policy_id] > 1
    )
    return tuple(found)


def _proposed(given: object, pointer: str, faults: list[Fault]) -> list[Proposed]:
    """One policy, or none if it is faulty."""
    if isinstance(given, str):
        return [Proposed(given, None, (), pointer)]
    if not isinstance(given, dict):
        faults.append(Fault("a policy is an object, or the id of one", pointer))
        return []
    policy_id, assign_to = given.get("_doc"), _assign_to(given, pointer, faults)
    if not isinstance(policy_id, str | None):
        faults.append(Fault("`_doc` is the id of a policy", child(pointer, "_doc")))
        return []
    said = {name: value for name, value in given.items() if name != ASSIGN_TO}
    if policy_id is not None and not said.keys() - set(OURS):
        return [Proposed(policy_id, None, assign_to, pointer)]
    try:
        return [Proposed(policy_id, policies.decode(said), assign_to, pointer)]
    except Faulty as faulty:
        faults.extend(Fault(each.message, pointer + (each.pointer or "")) for each in faulty.faults)
        return []


def _assign_to(given: dict[str, Any], pointer: str, faults: list[Fault]) -> tuple[str, ...]:
    if ASSIGN_TO not in given:
        return ()
    holders, where = given[ASSIGN_TO], child(pointer, ASSIGN_TO)
    if not isinstance(holders, list) or not 0 < len(holders) <= HOLDERS_LIMIT:
        message = f"`{ASSIGN_TO}` is a list of 1 to {HOLDERS_LIMIT} users, groups and teams"
        faults.append(Fault(message, where))
        return ()
    for number, each in enumerate(holders):
        if not isinstance(each, str) or not 0 < len(each) <= TEXT_LIMIT:
            faults.append(Fault("a holder is a reference, an id or a name", child(where, number)))
    return tuple(each for each in holders if isinstance(each, str))
