"""Nothing comes out of an archive that a client could not send; what is sent comes out as it was."""

import re
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.directory.errors import Refused
from shared.wire.transfer.arrival.reading import arrival
from shared.wire.transfer.arrival.substitution import Substitution
from shared.wire.transfer.arrival.things import Named, Who
from shared.wire.transfer.contents import Kind
from tests.effort import within
from tests.transfer.bringing import piece

ACCOUNT = UUID("8f3a4c5d-0000-4000-8000-00000000abcd")
U1, U2 = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
NOTHING = Substitution({})
STATEMENT = {"action": "grant", "roles": ["consumer"]}
RULE = {"everyone": {}}


def read(kind, document, own="a", substitution=NOTHING):
    return arrival(piece(kind, own, document), ACCOUNT, substitution)


def nested(levels):
    return {"a": nested(levels - 1)} if levels else 1


def condition(config):
    return {"statements": [{**STATEMENT, "conditions": [config]}]}


def deep_conditions(levels):
    found = {"type": "definition"}
    for _ in range(levels):
        found = {"type": "not", "config": {"condition": found}}
    return condition(found)


FAULTS = {
    "a standard role": (Kind.ROLE, {"roleKey": "owner"}, "standard role"),
    "the role that stands for all": (Kind.ROLE, {"roleKey": "all"}, "every role"),
    "a role without a key": (Kind.ROLE, {"permissions": []}, "role's key has"),
    "a role with a permission that there is not": (
        *(Kind.ROLE, {"roleKey": "r", "permissions": ["FLY"]}),
        "a permission is one of",
    ),
    "a role that drivers take for an error": (Kind.ROLE, {"roleKey": "r", "error": True}, "field `error`"),
    "a role of many bytes": (Kind.ROLE, {"roleKey": "r", "x": "a" * 70_000}, "at most 65536 bytes"),
    "a resource without a reference": (Kind.RESOURCE, {"type": "node"}, "has a `reference`"),
    "a resource that is none": (Kind.RESOURCE, {"reference": "no"}, "is no reference"),
    "a resource with a field that nobody knows": (
        *(Kind.RESOURCE, {"reference": "node://a/b", "pat": "/"}),
        "unknown field `pat`",
    ),
    "a resource that is kept here anyway": (
        *(Kind.RESOURCE, {"reference": "user://{platform}/default/x"}),
        "known without being registered",
    ),
    "a resource of many bytes": (
        *(Kind.RESOURCE, {"reference": "node://a/b", "properties": {"x": "a" * 70_000}}),
        "at most 65536 bytes",
    ),
    "a group without a name": (Kind.GROUP, {"name": "", "groups": []}, "has a name"),
    "a group with a second name": (Kind.GROUP, {"name": "a", "document": {"name": "b"}}, "stands beside"),
    "a group with a NUL in its name": (Kind.GROUP, {"name": "a\0"}, "`$.name`"),
    "a group of members that are no ids": (Kind.GROUP, {"name": "a", "groups": ["a b"]}, "`$.groups[0]`"),
    "a group whose document is a user's": (Kind.GROUP, {"name": "a", "document": {"ok": 1}}, "field `ok`"),
    "a group that is nested too deep": (Kind.GROUP, {"name": "a", "document": nested(33)}, "deeper than 33"),
    "a policy of no statements": (Kind.POLICY, {"statements": {}}, "at `/statements`"),
    "a policy with a misspelt statement": (
        *(Kind.POLICY, {"statements": [{**STATEMENT, "condition": []}]}),
        "no field `condition`",
    ),
    "a policy with a kind of condition that there is not": (
        *(Kind.POLICY, condition({"type": "moon"})),
        "unknown condition type",
    ),
    "a policy with a pattern that is none": (
        *(Kind.POLICY, condition({"type": "path", "config": {"path": "("}})),
        "at `/statements/0/conditions/0/config/path`",
    ),
    "a policy with conditions too deep": (Kind.POLICY, deep_conditions(13), "nested 12 deep"),
    "a policy of many bytes": (Kind.POLICY, {"x": "a" * 270_000}, "at most 262144 bytes"),
    "a policy that is nested too deep": (Kind.POLICY, nested(33), "deeper than 32"),
    "a team without a key": (Kind.TEAM, {"groupId": "g"}, "`key`"),
    "a team with a key that is none": (Kind.TEAM, {"key": "a b", "groupId": "g"}, "a team's key has"),
    "a team with another key in its document": (
        *(Kind.TEAM, {"key": "a", "groupId": "g", "document": {"key": "b"}}),
        "the team's key is `a`",
    ),
    "a team of what has none": (
        *(Kind.TEAM, {"key": "a", "groupId": "g", "within": {"type": "node", "id": "n"}}),
        "no teams of a node",
    ),
    "a team of another domain": (
        *(Kind.TEAM, {"key": "a", "groupId": "g", "within": {"type": "domain", "id": "d"}}),
        "no teams of a domain",
    ),
    "a team of too many roles": (
        *(Kind.TEAM, {"key": "a", "groupId": "g", "roleKeys": ["r"] * 65}),
        "at most 64 role keys",
    ),
    "an assignment to what is nobody": (
        *(Kind.ASSIGNMENT, {"policyId": "p", "principalType": "node", "principalId": "n"}),
        "`$.principalType`",
    ),
    "an assignment of nothing": (
        *(Kind.ASSIGNMENT, {"principalType": "user", "principalId": "n"}),
        "`policyId`",
    ),
    "a grant to a team": (
        Kind.GRANT,
        {"permissioned": "a://b", "roleKey": "r", "principalType": "team", "principalId": "t"},
        "`$.principalType`",
    ),
    "a grant on what is no reference": (
        Kind.GRANT,
        {"permissioned": "b", "roleKey": "r", "principalType": "user", "principalId": "t"},
        "is no reference",
    ),
    "members that are none": (Kind.MEMBERSHIP, {"groupId": "g", "users": [1]}, "`$.users[0]`"),
    "a list of no type": (Kind.LIST, {"name": "l", "items": []}, "needs `type`"),
    "a list of addresses that are none": (
        *(Kind.LIST, {"name": "l", "type": "IP", "items": [{"value": "x"}]}),
        "at `/items/0/value`",
    ),
    "a list with a field that nobody knows": (
        *(Kind.LIST, {"name": "l", "type": "IP", "x": 1}),
        "no field `x`",
    ),
    "a rule group without rules": (Kind.RULE_GROUP, {"name": "g", "include": []}, "at least one rule"),
    "a rule group with a rule that there is not": (
        *(Kind.RULE_GROUP, {"name": "g", "include": [{"moon": {}}]}),
        "unknown rule type",
    ),
    "a rule group that names what can be nothing": (
        *(Kind.RULE_GROUP, {"name": "g", "include": [{"group": {"id": "x"}}]}),
        "is no UUID",
    ),
    "a rule group of many bytes": (
        *(Kind.RULE_GROUP, {"name": "g", "include": [RULE] * 90_000}),
        "at most 1048576 bytes",
    ),
    "a policy of no decision": (Kind.REUSABLE_POLICY, {"name": "p", "include": [RULE]}, "needs `decision`"),
    "a policy before login with identity rules": (
        Kind.REUSABLE_POLICY,
        {"name": "p", "decision": "bypass", "include": [{"email": {"email": "a@a.example"}}]},
        "applies before login",
    ),
}


@pytest.mark.parametrize(("kind", "document", "reason"), FAULTS.values(), ids=FAULTS)
def test_what_a_client_could_not_send_is_refused_with_a_reason(kind, document, reason):
    found = read(kind, document, U1 if kind in (Kind.LIST, Kind.RULE_GROUP, Kind.REUSABLE_POLICY) else "a")
    assert found.thing is None
    assert reason in "; ".join(found.faults)
    assert all(fault[:1].islower() or fault.startswith("`") or fault[:1] == "O" for fault in found.faults)


@pytest.mark.parametrize("kind", [Kind.LIST, Kind.RULE_GROUP, Kind.REUSABLE_POLICY])
def test_ids_of_the_first_dialect_are_uuids(kind):
    document = {"name": "n", "type": "IP"} if kind is Kind.LIST else {"name": "n", "include": [RULE]}
    document |= {"decision": "allow"} if kind is Kind.REUSABLE_POLICY else {}
    assert read(kind, document, "a").faults == ("`a` is no UUID",)
    assert read(kind, document, U1).faults == ()


def test_what_the_account_is_called_comes_in_its_place():
    found = read(Kind.RESOURCE, {"reference": "node://{platform}/n", "paths": ["{platform!}"]}, "{platform}")
    assert (found.key.id, found.thing.reference) == (ACCOUNT.hex, f"node://{ACCOUNT.hex}/n")
    assert msgspec.json.decode(found.thing.document)["paths"] == ["{platform}"]


def test_what_answers_add_is_left_out():
    found = read(Kind.POLICY, {"title": "t", "_doc": "x", "_system": {}, "statements": []})
    assert found.thing.document == b'{"title":"t","statements":[]}'


def test_what_a_thing_names_is_known():
    assert read(Kind.POLICY, {"statements": [{"action": "grant", "roles": ["A", "b", "a"]}]}).roles == (
        *("a", "b"),
    )
    rules = {"include": [{"group": {"id": U1.upper()}}], "exclude": [{"email_list": {"id": U2}}]}
    named = read(Kind.RULE_GROUP, {"name": "g", **rules}, U1).names
    assert named == (Named("group", UUID(U1)), Named("EMAIL", UUID(U2)))


TEXTS = Substitution({"stage": "prod", "stage.example": "example", "prod": "stage"})
ANN = {"principalType": "user", "principalId": "stage", "principalName": "ann@stage.example"}


def test_texts_are_replaced_once_the_longest_first():
    assert TEXTS.text("stage.example stage prod") == "example prod stage"


@pytest.mark.parametrize(
    ("kind", "document", "expected"),
    [
        (
            Kind.POLICY,
            {**condition({"type": "path", "config": {"path": "stage"}}), "title": "stage"},
            {**condition({"type": "path", "config": {"path": "prod"}}), "title": "prod"},
        ),
        (Kind.ROLE, {"roleKey": "stage", "title": "stage"}, {"roleKey": "stage", "title": "prod"}),
        (Kind.GROUP, {"name": "stage", "groups": ["stage"]}, {"name": "stage", "groups": ["stage"]}),
        (
            Kind.ASSIGNMENT,
            {"policyId": "stage", **ANN},
            {"policyId": "stage", **ANN, "principalName": "ann@example"},
        ),
        (
            Kind.GRANT,
            {**ANN, "principalType": "group", "principalName": "stage"},
            {**ANN, "principalType": "group", "principalName": "stage"},
        ),
        (
            Kind.MEMBERSHIP,
            {"groupId": "stage", "users": [{"id": "stage", "email": "stage"}]},
            {"groupId": "stage", "users": [{"id": "stage", "email": "prod"}]},
        ),
        (
            Kind.LIST,
            {"name": "stage", "type": "IP", "items": [{"value": "stage"}]},
            {"name": "prod", "type": "IP", "items": [{"value": "prod"}]},
        ),
        (
            Kind.REUSABLE_POLICY,
            {"name": "stage", "include": [{"group": {"id": "stage"}}, {"login_method": {"id": "stage"}}]},
            {"name": "prod", "include": [{"group": {"id": "stage"}}, {"login_method": {"id": "prod"}}]},
        ),
    ],
)
def test_what_is_substituted_and_what_is_not(kind, document, expected):
    assert TEXTS.document(kind, document) == expected


def test_texts_that_nearly_stand_everywhere_are_looked_for_quickly():
    texts = Substitution({"a" * (100 + number) + "b": "" for number in range(99)})
    text = "a" * 1_000_000
    with within(5):
        assert texts.text(text) == text


@given(
    st.dictionaries(st.text("ab", min_size=1, max_size=4), st.text("abc", max_size=3), min_size=1),
    st.text("ab"),
)
def test_texts_are_replaced_as_by_a_pattern_of_all_of_them(texts, text):
    pattern = "|".join(map(re.escape, sorted(texts, key=lambda text: (-len(text), text))))
    assert Substitution(texts).text(text) == re.sub(pattern, lambda found: texts[found[0]], text)


@pytest.mark.parametrize(
    "texts",
    [
        *({"": "a"}, {"a": "b" * 1025}, {str(each): "" for each in range(101)}),
        {str(each): "a" * 1000 for each in range(40)},
    ],
)
def test_substitutions_that_cannot_be_are_refused(texts):
    with pytest.raises(Refused):
        Substitution(texts)


def test_what_is_substituted_is_still_checked():
    document = {"name": "l", "type": "IP", "items": [{"value": "10.0.0.1"}]}
    found = read(Kind.LIST, document, U1, Substitution({"10.": "x."}))
    assert "at `/items/0/value`" in found.faults[0]


def test_whoever_holds_something_is_read_with_the_address():
    found = read(Kind.ASSIGNMENT, {"policyId": "p", **ANN}, substitution=TEXTS)
    assert found.thing.who == Who("user", "stage", "ann@example")


def test_what_would_grow_without_end_is_refused():
    document = {"title": "a" * 100_000, "statements": []}
    found = read(Kind.POLICY, document, substitution=Substitution({"a": "b" * 1024}))
    assert "substituted make it longer" in found.faults[0]


def test_what_would_be_replaced_without_end_is_refused():
    document = {"title": "a" * 1_000_001, "statements": []}
    found = read(Kind.POLICY, document, substitution=Substitution({"a": "b"}))
    assert "more than 1000000 times" in found.faults[0]
