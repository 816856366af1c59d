"""Policies and groups that are kept: what was sent comes back, what is wrong is pointed at."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.policy.rules.people import Everyone
from shared.policy.rules.references import EmailList, Group, IpList
from shared.policy.screening.policy import Criteria
from shared.wire.cloudflare import documents, groups, policies
from shared.wire.cloudflare.documents import Sent, Times
from shared.wire.faults import Faulty

ACCOUNT = UUID("0123456789abcdef0123456789abcdef")
ID = UUID("00000000-0000-4000-8000-00000000000a")
NOON = Times(datetime(2026, 1, 2, 12, 0, tzinfo=UTC), datetime(2026, 1, 2, 12, 0, 1, tzinfo=UTC))
EVERYONE: dict[str, Any] = {"everyone": {}}
POLICY = {"name": "p", "decision": "allow", "include": [EVERYONE]}
GROUP = {"name": "g", "include": [EVERYONE]}
EVERY_FIELD = POLICY | {
    "exclude": [{"email": {"email": "Ann@A.example"}}, EVERYONE, EVERYONE],
    "require": [],
    "approval_required": True,
    "approval_groups": [
        {"approvals_needed": 2, "email_addresses": ["a@b.example"], "email_list_uuid": str(ID)}
    ],
    "purpose_justification_required": False,
    "purpose_justification_prompt": "why?\n",
    "isolation_required": None,
    "session_duration": "1h30m",
    "mfa_config": {
        "allowed_authenticators": ["totp", "biometrics", "security_key"],
        "mfa_disabled": False,
        "session_duration": "720h",
    },
    "connection_rules": {"rdp": {"allowed_clipboard_local_to_remote_formats": ["text", "file"]}},
}
FORMS = {"policy": policies, "group": groups}


def sent(kind: str, document: Any) -> Sent:
    return FORMS[kind].decode_kept(json.dumps(document).encode(), ACCOUNT)


def pointers(kind: str, document: Any) -> list[str | None]:
    try:
        return [fault.pointer for fault in sent(kind, document).faults]
    except Faulty as faulty:
        return [fault.pointer for fault in faulty.faults]


KEPT = [
    ("policy", POLICY),
    ("policy", EVERY_FIELD),
    ("policy", dict(reversed(EVERY_FIELD.items()))),
    ("policy", POLICY | {"exclude": None, "session_duration": None, "mfa_config": None}),
    ("policy", POLICY | {"approval_groups": [{"approvals_needed": 1.5, "more": "kept"}]}),
    ("group", GROUP),
    ("group", {"is_default": False, "require": [EVERYONE], "exclude": [], **GROUP}),
    ("group", {"is_default": None, "exclude": None, **GROUP}),
]


@pytest.mark.parametrize(("kind", "document"), KEPT)
def test_a_document_is_what_was_sent_in_its_order(kind: str, document: dict[str, Any]) -> None:
    found = sent(kind, document)
    assert found.faults == ()
    assert list(json.loads(found.document).items()) == list(document.items())
    assert found.name == document["name"]


@pytest.mark.parametrize(("kind", "document"), [("policy", EVERY_FIELD), ("group", GROUP)])
def test_what_an_answer_adds_is_ignored_when_it_is_sent_back(kind: str, document: dict[str, Any]) -> None:
    first = sent(kind, document)
    answer = json.loads(bytes(FORMS[kind].answer(ACCOUNT, ID, first.document, NOON)))
    assert answer.keys() > document.keys()
    assert sent(kind, answer) == first


def test_a_policy_is_answered_with_what_it_is_beside_what_was_sent() -> None:
    document = sent("policy", POLICY).document
    assert bytes(policies.answer(ACCOUNT, ID, document, NOON)) == (
        b'{"id":"00000000-0000-4000-8000-00000000000a",'
        b'"name":"p","decision":"allow","include":[{"everyone":{}}],'
        b'"account_id":"0123456789abcdef0123456789abcdef","app_count":0,"reusable":true,'
        b'"created_at":"2026-01-02T12:00:00Z","updated_at":"2026-01-02T12:00:01Z"}'
    )
    assert b"_at" not in bytes(policies.answer(ACCOUNT, ID, document))


def test_a_group_is_answered_with_what_it_is_beside_what_was_sent() -> None:
    document = sent("group", GROUP).document
    assert bytes(groups.answer(ACCOUNT, ID, document, NOON)) == (
        b'{"id":"00000000-0000-4000-8000-00000000000a","name":"g","include":[{"everyone":{}}],'
        b'"created_at":"2026-01-02T12:00:00Z","updated_at":"2026-01-02T12:00:01Z"}'
    )
    assert bytes(groups.answer(ACCOUNT, ID, document)) == (
        b'{"id":"00000000-0000-4000-8000-00000000000a","name":"g","include":[{"everyone":{}}]}'
    )


@pytest.mark.parametrize("kind", FORMS)
def test_references_are_placed(kind: str) -> None:
    rules = [EVERYONE, {"group": {"id": "g"}}, {"ip_list": {"id": "i"}}]
    form = POLICY | {"include": rules, "require": [{"email_list": {"id": "e"}}]}
    document = form if kind == "policy" else {name: form[name] for name in form if name != "decision"}
    found = [(each.reference, each.pointer) for each in sent(kind, document).references]
    assert found == [
        (Group("g"), "/include/1/group/id"),
        (IpList("i"), "/include/2/ip_list/id"),
        (EmailList("e"), "/require/0/email_list/id"),
    ]


def test_a_list_of_approvers_is_a_reference() -> None:
    groups = [{"approvals_needed": 1}, {"approvals_needed": 1, "email_list_uuid": "x"}]
    groups += [{"approvals_needed": 1, "email_list_uuid": None}]
    (found,) = sent("policy", POLICY | {"approval_groups": groups}).references
    assert (found.reference, found.pointer) == (EmailList("x"), "/approval_groups/1/email_list_uuid")


COMMON = [
    ({"name": None}, ["/name"]),
    ({"name": ""}, ["/name"]),
    ({"name": "x" * 351}, ["/name"]),
    ({"include": []}, ["/include"]),
    ({"include": None}, ["/include"]),
    ({"exclude": {}}, ["/exclude"]),
    ({"inclde": []}, ["/inclde"]),
    ({"include": [EVERYONE, EVERYONE, {"ip": {"ip": "x"}}]}, ["/include/2/ip/ip"]),
    ({"exclude": [{}], "require": [{"a/b": 1}]}, ["/exclude/0", "/require/0/a~1b"]),
]
OF_POLICIES = [
    ({"decision": "maybe"}, ["/decision"]),
    ({"decision": "bypass", "include": [{"email": {"email": "a@b.example"}}]}, ["/include/0"]),
    ({"include": [{"linked_app_token": {"app_uid": "x"}}]}, ["/include/0"]),
    ({"is_default": True}, ["/is_default"]),
    ({"approval_required": 1}, ["/approval_required"]),
    ({"approval_groups": [{}]}, ["/approval_groups/0"]),
    ({"approval_groups": [{"approvals_needed": -1}]}, ["/approval_groups/0/approvals_needed"]),
    ({"mfa_config": {"mfa_disabled": "no"}}, ["/mfa_config/mfa_disabled"]),
    ({"mfa_config": {"allowed_authenticators": ["sms"]}}, ["/mfa_config/allowed_authenticators/0"]),
    ({"mfa_config": {"mfa_enabled": True}}, ["/mfa_config"]),
    ({"connection_rules": {"ssh": {}}}, ["/connection_rules"]),
    (
        {"connection_rules": {"rdp": {"allowed_clipboard_remote_to_local_formats": ["x"]}}},
        ["/connection_rules/rdp/allowed_clipboard_remote_to_local_formats/0"],
    ),
]
FAULTS = [
    *[("policy", POLICY | change, found) for change, found in COMMON + OF_POLICIES],
    *[("group", GROUP | change, found) for change, found in COMMON],
    ("policy", {}, ["/name", "/decision", "/include"]),
    ("group", {}, ["/name", "/include"]),
    ("group", GROUP | {"is_default": "yes"}, ["/is_default"]),
    ("group", GROUP | {"decision": "allow"}, ["/decision"]),
    ("policy", [POLICY], [""]),
    ("group", None, [""]),
]


@pytest.mark.parametrize(("kind", "document", "found"), FAULTS)
def test_a_fault_is_pointed_at(kind: str, document: Any, found: list[str]) -> None:
    assert sorted(pointer or "" for pointer in pointers(kind, document)) == sorted(found)


SESSIONS = ["300ms", "2h45m", "1.5h", ".5s", "0", "24h", "10µs", "10μs", "1ns1us"]  # with micro or mu
NO_SESSIONS = [
    "",
    "24",
    "h",
    "1d",
    "-1h",
    "1h ",
    "1h\n",
    "1 h",
    "." * 9,
    "1.h.",
    "1h" * 33,
    "\u0661h",
    "9" * 10**6,
]


@pytest.mark.parametrize("text", SESSIONS)
def test_a_session_lasts_as_long_as_go_can_say(text: str) -> None:
    assert pointers("policy", POLICY | {"session_duration": text}) == []


@pytest.mark.parametrize("text", NO_SESSIONS, ids=lambda text: repr(text[:8]))
def test_what_is_no_duration_is_refused(text: str) -> None:
    assert pointers("policy", POLICY | {"session_duration": text}) == ["/session_duration"]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        *[(text, True) for text in ("0m", "5m", "24h", "720h", "43200m", "719h60m")],
        *[(text, False) for text in ("", "30s", "721h", "720h1m", "m", "1h1h", "-1m", "1.5h", "5m\n")],
    ],
)
def test_a_second_factor_lasts_thirty_days_at_most(text: str, *, right: bool) -> None:
    found = pointers("policy", POLICY | {"mfa_config": {"session_duration": text}})
    assert found == ([] if right else ["/mfa_config/session_duration"])


SAME = [
    ('{"a": 1, "b": [1, {"c": 2, "d": 3}]}', '{"b":[1,{"d":3,"c":2}],"a":1}', True),
    ('{"a": [1, 2]}', '{"a": [2, 1]}', False),
    ('{"a": null}', "{}", False),
    ('{"a": true}', '{"a": 1}', False),
    ('{"a": []}', '{"a": null}', False),
]


@pytest.mark.parametrize(("first", "second", "same"), SAME)
def test_documents_are_the_same_if_they_say_the_same(first: str, second: str, *, same: bool) -> None:
    assert documents.same(first.encode(), second.encode()) is same


def test_a_kept_groups_criteria_are_its_rules() -> None:
    document = sent("group", GROUP | {"exclude": [{"group": {"id": "x"}}], "require": None}).document
    assert groups.criteria(document, ACCOUNT) == Criteria((Everyone(),), (Group("x"),))


def test_a_kept_group_that_is_understood_no_more_loses_no_rule() -> None:
    document = json.dumps(GROUP | {"exclude": [{"horoscope": {"sign": "leo"}}]}).encode()
    with pytest.raises(Faulty, match="horoscope"):
        groups.criteria(document, ACCOUNT)
