"""Requests as files: what is accepted becomes policies of the domain, what is refused is pointed at."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.policy.screening.policy import Policy
from shared.wire.cloudflare.policies import Decoded
from shared.wire.cloudflare.policy_tests import decode_start
from shared.wire.cloudflare.rules import KINDS
from shared.wire.faults import Fault, Faulty, child

SAMPLES = Path(__file__).parent / "samples"
ACCOUNT = UUID("0123456789abcdef0123456789abcdef")


def named(prefix: str) -> list[Any]:
    return [pytest.param(path, id=path.stem) for path in sorted(SAMPLES.glob(f"{prefix}-*.json"))]


def decoded(name: str) -> Decoded:
    return decode_start((SAMPLES / f"accepted-{name}.json").read_bytes(), ACCOUNT).policies


def faults(text: bytes) -> tuple[Fault, ...]:
    try:
        return decode_start(text, ACCOUNT).policies.faults
    except Faulty as faulty:
        return faulty.faults


@pytest.mark.parametrize("path", named("accepted"))
def test_an_accepted_request_keeps_every_policy_and_rule(path: Path) -> None:
    sent = json.loads(path.read_text())["policies"]
    assert faults(path.read_bytes()) == ()
    policies = decode_start(path.read_bytes(), ACCOUNT).policies.policies
    assert [each if isinstance(each, str) else each.name for each in policies] == [
        each if isinstance(each, str) else each["name"] for each in sent
    ]
    for policy, given in zip(policies, sent, strict=True):
        if isinstance(policy, Policy):
            counts = [len(given.get(part) or ()) for part in ("include", "exclude", "require")]
            criteria = policy.criteria
            assert [len(part) for part in (criteria.include, criteria.exclude, criteria.require)] == counts
            assert policy.decision.value == given["decision"]


def test_all_kinds_of_rules_are_among_the_samples() -> None:
    kinds = {
        kind
        for policy in json.loads((SAMPLES / "accepted-every-rule.json").read_text())["policies"]
        for rule in policy["include"]
        for kind in rule
    }
    assert kinds == set(KINDS)
    assert len(kinds) == 26


def test_references_are_placed() -> None:
    found = [each.pointer for each in decoded("every-rule").references]
    kinds = {"email_list": 3, "group": 4, "ip_list": 21}
    parts = ("include", "exclude", "require")
    assert found == [
        f"/policies/0/{part}/{place}/{kind}/id" for part in parts for kind, place in kinds.items()
    ]
    assert [each.pointer for each in decoded("reusable-and-inline").references] == ["/policies/0"]


def test_what_changes_no_match_changes_no_policy() -> None:
    bare, full = decoded("nulls").policies, decoded("every-field").policies
    assert bare == full == decoded("what-the-service-returns").policies


@pytest.mark.parametrize("path", named("refused"))
def test_a_refused_request_is_pointed_at(path: Path) -> None:
    sample = json.loads(path.read_text())
    found = faults(json.dumps(sample["request"]).encode())
    assert sorted(str(fault.pointer) for fault in found) == sorted(sample["faults"])
    for fault in found:
        assert fault.message[0] == "`" or fault.message[0].islower()
        assert not fault.message.endswith(".")


def test_a_pointer_escapes_what_json_pointers_escape() -> None:
    assert child(child("", "a/b"), "c~d") == "/a~1b/c~0d"
    assert child("/x", 0) == "/x/0"


def test_a_member_of_no_account_named_means_the_one_asked() -> None:
    text = b'{"policies":[{"name":"p","decision":"allow","include":[{"cloudflare_account_member":{}}]}]}'
    (policy,) = decode_start(text, ACCOUNT).policies.policies
    assert ACCOUNT.hex in repr(policy)


def test_a_stray_field_hides_nothing_of_the_policies() -> None:
    text = b'{"policys":[],"policies":[{"name":"","decision":"allow","include":[{"everyone":{}}]}]}'
    assert [fault.pointer for fault in faults(text)] == ["/policys", "/policies/0/name"]
    assert [fault.pointer for fault in faults(b'{"policys":[]}')] == ["/policys", "/policies"]


def test_the_approvers_of_an_inline_policy_are_references() -> None:
    (found,) = [each.pointer for each in decoded("every-field").references if "approval" in each.pointer]
    assert found == "/policies/0/approval_groups/0/email_list_uuid"


def test_a_test_of_too_many_policies_is_refused_before_they_are_read() -> None:
    (fault,) = faults(json.dumps({"policies": [None] * 1001}).encode())
    assert (fault.pointer, "1001" in fault.message) == ("/policies", True)
