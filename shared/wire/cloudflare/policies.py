"""Policies on the wire, and the way to the domain's."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.policy.rules.kinds import NEEDS_LOGIN, Rule
from shared.policy.rules.machine import LinkedAppToken
from shared.policy.rules.references import EmailList
from shared.policy.screening.policy import Criteria, Decision, Policy
from shared.wire.cloudflare import documents, objects
from shared.wire.cloudflare.criteria import PARTS, Found, Name, Placed, Reader
from shared.wire.cloudflare.documents import NO_TIMES, Sent, Times
from shared.wire.cloudflare.obligations import (
    ApprovalGroup,
    ConnectionRules,
    Duration,
    MfaConfig,
    duration_faults,
)
from shared.wire.cloudflare.rule_objects import RuleObjects, SomeRuleObjects
from shared.wire.faults import LIMIT, Fault, Faulty, child


class PolicyFields(Struct, forbid_unknown_fields=True):
    """A policy. What comes after `require` never changes who matches."""

    name: Name
    decision: Literal["allow", "deny", "non_identity", "bypass"]
    include: SomeRuleObjects
    exclude: RuleObjects | UnsetType | None = UNSET
    require: RuleObjects | UnsetType | None = UNSET
    approval_required: bool | UnsetType | None = UNSET
    approval_groups: list[ApprovalGroup] | UnsetType | None = UNSET
    purpose_justification_required: bool | UnsetType | None = UNSET
    purpose_justification_prompt: str | UnsetType | None = UNSET
    isolation_required: bool | UnsetType | None = UNSET
    session_duration: Duration | UnsetType | None = UNSET
    mfa_config: MfaConfig | UnsetType | None = UNSET
    connection_rules: ConnectionRules | UnsetType | None = UNSET


class PolicyObject(PolicyFields, forbid_unknown_fields=True):
    """A policy as it is sent, perhaps with what answers add: clients send that back, and it is ignored."""

    id: Any = UNSET
    uid: Any = UNSET
    account_id: Any = UNSET
    app_count: Any = UNSET
    app_id: Any = UNSET
    reusable: Any = UNSET
    precedence: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET


class PolicyAnswer(PolicyFields, kw_only=True):
    """A reusable policy as it is answered; what was not sent is not there."""

    id: UUID
    account_id: str
    app_count: int
    reusable: bool
    created_at: datetime
    updated_at: datetime


# Of one test, kept and inline ones together: a gateway is shared.
POLICIES_LIMIT = 1000

FIELDS = {field.encode_name: field for field in msgspec.structs.fields(PolicyObject)}
OURS = FIELDS.keys() - {field.encode_name for field in msgspec.structs.fields(PolicyFields)}


class Decoded(Struct, frozen=True):
    """Policies in their order, what they refer to, what is wrong; a reusable one is its id until resolved.

    Faults are raised with those of the references, so that a request is told all of them at once.
    """

    policies: tuple[Policy | str, ...]
    references: tuple[Placed, ...]
    faults: tuple[Fault, ...]


def _policy(reader: Reader, found: Found, pointer: str) -> Policy | None:
    """The policy that was found; None if it lacks what makes one, which the reader's faults then say."""
    members = found.members
    reader.faults.extend(duration_faults(members["session_duration"], members["mfa_config"], pointer))
    reader.references.extend(_approvers(members["approval_groups"], pointer))
    if members["name"] is None or members["decision"] is None:
        return None
    decision = Decision(members["decision"])
    _check_decision(reader, decision, found)
    criteria = Criteria(*(tuple(rule for rule, _ in found.rules[part]) for part in PARTS))
    return Policy(members["name"], decision, criteria)


def _check_decision(reader: Reader, decision: Decision, found: Found) -> None:
    rules: list[tuple[Rule, str]] = [placed for part in PARTS for placed in found.rules[part]]
    for rule, where in rules:
        if decision.before_login and isinstance(rule, NEEDS_LOGIN):
            message = f"`{decision.value}` applies before login and cannot have identity rules"
            reader.faults.append(Fault(message, where))
        if not decision.before_login and isinstance(rule, LinkedAppToken):
            message = "`linked_app_token` goes with `non_identity` or `bypass` only"
            reader.faults.append(Fault(message, where))


def decode(given: object, pointer: str, account: str) -> Decoded:
    """Policies from a list of policy objects and ids of reusable ones.

    Raises Faulty for what is no list, or too long a one.
    """
    if not isinstance(given, list) or not given:
        raise Faulty(Fault("`policies` is a list of at least one policy", pointer))
    if len(given) > POLICIES_LIMIT:
        raise Faulty(Fault(f"{len(given)} policies in one test, {POLICIES_LIMIT} is the limit", pointer))
    reader, policies = Reader(account), list[Policy | str]()
    for number, each in enumerate(given):
        if len(reader.faults) >= LIMIT:
            break
        where = child(pointer, number)
        if isinstance(each, str):
            reader.references.append(Placed(each, where))
            policies.append(each)
        elif not isinstance(each, dict):
            message = "a policy is an object or the UUID of a reusable policy"
            reader.faults.append(Fault(message, where))
        elif policy := _policy(reader, reader.read(each, FIELDS, "policy", where), where):
            policies.append(policy)
    return Decoded(tuple(policies), tuple(reader.references), tuple(reader.faults))


def decode_kept(body: bytes, account: UUID) -> Sent:
    """A reusable policy that is to be kept; raises Faulty for what is no object."""
    given = objects.decode(body, "a policy's fields")
    reader = Reader(account.hex)
    found = reader.read(given, FIELDS, "policy", "")
    _policy(reader, found, "")
    name = found.members["name"] or ""
    return Sent(name, documents.kept(given, OURS), tuple(reader.references), tuple(reader.faults))


def _approvers(groups: list[ApprovalGroup] | None, pointer: str) -> Iterator[Placed]:
    """The lists of those who may approve."""
    where = child(pointer, "approval_groups")
    for number, group in enumerate(groups or ()):
        if isinstance(group.email_list_uuid, str):
            yield Placed(EmailList(group.email_list_uuid), child(child(where, number), "email_list_uuid"))


class Added(Struct, frozen=True):
    """What answers add after a policy's own members; the audit log has it without the times."""

    account_id: str
    app_count: int = 0  # of applications that use it: this service has none
    reusable: bool = True
    created_at: datetime | UnsetType = UNSET
    updated_at: datetime | UnsetType = UNSET


def answer(account: UUID, policy_id: UUID, document: bytes, times: Times = NO_TIMES) -> msgspec.Raw:
    """A kept policy as it is answered."""
    added = Added(account.hex, created_at=times.created_at, updated_at=times.updated_at)
    return documents.around(document, policy_id, added)
