"""Policies on the wire, and the way to the domain's."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType, convert

from shared.policy.rules.kinds import NEEDS_LOGIN, Reference, Rule
from shared.policy.rules.machine import LinkedAppToken
from shared.policy.rules.references import EmailList, Group, IpList
from shared.policy.screening.policy import Criteria, Decision, Policy
from shared.wire.cloudflare.rules import to_rule
from shared.wire.faults import LIMIT, Fault, Faulty, child, from_validation

NAME_LIMIT = 350


class ApprovalGroup(Struct):
    """Who may approve, and how many of them must."""

    approvals_needed: int | float
    email_addresses: list[str] | None = None
    email_list_uuid: str | None = None


class PolicyObject(Struct, forbid_unknown_fields=True):
    """A policy as it is sent. What comes after `require` never changes who matches; it is checked, not used.

    The last nine are what the service adds when it returns a policy: clients send them back.
    """

    name: str
    decision: Literal["allow", "deny", "non_identity", "bypass"]
    include: list[Any]
    exclude: list[Any] | None = None
    require: list[Any] | None = None
    approval_required: bool | UnsetType | None = UNSET
    approval_groups: list[ApprovalGroup] | UnsetType | None = UNSET
    purpose_justification_required: bool | UnsetType | None = UNSET
    purpose_justification_prompt: str | UnsetType | None = UNSET
    isolation_required: bool | UnsetType | None = UNSET
    session_duration: str | UnsetType | None = UNSET
    mfa_config: dict[str, Any] | UnsetType | None = UNSET
    connection_rules: dict[str, Any] | UnsetType | None = UNSET
    id: Any = UNSET
    uid: Any = UNSET
    account_id: Any = UNSET
    app_count: Any = UNSET
    app_id: Any = UNSET
    reusable: Any = UNSET
    precedence: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET


FIELDS = {field.encode_name: field for field in msgspec.structs.fields(PolicyObject)}


class Placed(Struct, frozen=True):
    """A reference to something kept apart, and where it stands; a text is a reusable policy's id."""

    reference: Reference | str
    pointer: str


class Decoded(Struct, frozen=True):
    """Policies in their order, what they refer to, what is wrong; a reusable one is its id until resolved.

    Faults are raised with those of the references, so that a request is told all of them at once.
    """

    policies: tuple[Policy | str, ...]
    references: tuple[Placed, ...]
    faults: tuple[Fault, ...]


class _Decoder:
    """One walk through the policies of a request, gathering every fault."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.faults: list[Fault] = []
        self.references: list[Placed] = []

    def field(self, given: dict[str, Any], name: str, pointer: str) -> Any:  # noqa: ANN401  # as FIELDS has it
        spec = FIELDS[name]
        if name not in given:
            if spec.required:
                self.faults.append(Fault(f"a policy needs `{name}`", child(pointer, name)))
            return None
        try:
            return convert(given[name], spec.type, strict=True)
        except msgspec.ValidationError as error:
            self.faults.append(from_validation(error, child(pointer, name)))
            return None

    def rules(self, given: list[Any] | None, pointer: str) -> Iterator[tuple[Rule, str]]:
        for number, each in enumerate(given or ()):
            if len(self.faults) >= LIMIT:
                return
            where = child(pointer, number)
            try:
                rule = to_rule(each, where, self.account)
            except Faulty as faulty:
                self.faults.extend(faulty.faults)
                continue
            if isinstance(rule, Group | EmailList | IpList):
                key = next(iter(each))
                self.references.append(Placed(rule, child(child(where, key), "id")))
            yield rule, where

    def policy(self, given: object, pointer: str) -> Policy | None:
        if not isinstance(given, dict):
            self.faults.append(Fault("a policy is an object or the UUID of a reusable policy", pointer))
            return None
        for name in sorted(given.keys() - FIELDS.keys()):
            self.faults.append(Fault(f"a policy has no field `{name[:64]}`", child(pointer, name)))
        fields = {name: self.field(given, name, pointer) for name in FIELDS}
        if fields["name"] is not None and not 0 < len(fields["name"]) <= NAME_LIMIT:
            self.faults.append(Fault(f"a name has 1 to {NAME_LIMIT} characters", child(pointer, "name")))
        if fields["include"] == []:
            message = "a policy needs at least one rule in `include`, or it matches nobody"
            self.faults.append(Fault(message, child(pointer, "include")))
        parts = {
            part: list(self.rules(fields[part], child(pointer, part)))
            for part in ("include", "exclude", "require")
        }
        if fields["decision"] is None or fields["name"] is None:
            return None
        decision = Decision(fields["decision"])
        self._check_decision(decision, [placed for rules in parts.values() for placed in rules])
        criteria = Criteria(*(tuple(rule for rule, _ in rules) for rules in parts.values()))
        return Policy(fields["name"], decision, criteria)

    def _check_decision(self, decision: Decision, rules: list[tuple[Rule, str]]) -> None:
        for rule, where in rules:
            if decision.before_login and isinstance(rule, NEEDS_LOGIN):
                message = f"`{decision.value}` applies before login and cannot have identity rules"
                self.faults.append(Fault(message, where))
            if not decision.before_login and isinstance(rule, LinkedAppToken):
                message = "`linked_app_token` goes with `non_identity` or `bypass` only"
                self.faults.append(Fault(message, where))


def decode(given: object, pointer: str, account: str) -> Decoded:
    """Policies from a list of policy objects and ids of reusable ones; raises Faulty for what is no list."""
    if not isinstance(given, list) or not given:
        raise Faulty(Fault("`policies` is a list of at least one policy", pointer))
    decoder, policies = _Decoder(account), list[Policy | str]()
    for number, each in enumerate(given):
        if len(decoder.faults) >= LIMIT:
            break
        where = child(pointer, number)
        if isinstance(each, str):
            decoder.references.append(Placed(each, where))
            policies.append(each)
        elif (policy := decoder.policy(each, where)) is not None:
            policies.append(policy)
    return Decoded(tuple(policies), tuple(decoder.references), tuple(decoder.faults))
