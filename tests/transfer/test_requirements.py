"""What a document names of others is found in it, and what everybody has is not among that."""

import pytest

from shared.wire.transfer.contents import Key, Kind
from shared.wire.transfer.requirements import requires

ID = "0a6f1c4e-2b7d-4f1a-9c3e-5d8b7a6c5e4f"


def granted(permissioned, **more):
    return {
        "permissioned": permissioned,
        "roleKey": "owner",
        "principalType": "user",
        "principalId": "u",
    } | more


CASES = {
    "roles of statements, each once, in small letters": (
        Kind.POLICY,
        {"statements": [{"roles": ["B", "consumer"]}, {"roles": ["a", "b"]}]},
        [(Kind.ROLE, "a"), (Kind.ROLE, "b")],
    ),
    "members of a group": (Kind.GROUP, {"groups": ["b", "a"]}, [(Kind.GROUP, "a"), (Kind.GROUP, "b")]),
    "a team's group and roles": (
        Kind.TEAM,
        {"groupId": "g", "roleKeys": ["x", "editor"]},
        [(Kind.ROLE, "x"), (Kind.GROUP, "g")],
    ),
    "a policy and a team that holds it": (
        Kind.ASSIGNMENT,
        {"policyId": "p", "principalType": "team", "principalId": "t"},
        [(Kind.POLICY, "p"), (Kind.TEAM, "t")],
    ),
    "a system policy that everybody has": (
        Kind.ASSIGNMENT,
        {"policyId": "project-owner", "principalType": "group", "principalId": "everyone"},
        [],
    ),
    "a role on a policy": (
        Kind.GRANT,
        granted("accesspolicy://{platform}/p", roleKey="x"),
        [(Kind.ROLE, "x"), (Kind.POLICY, "p")],
    ),
    "a role on a group, of a group": (
        Kind.GRANT,
        granted("group://{platform}/default/g", principalType="group", principalId="h"),
        [(Kind.GROUP, "g"), (Kind.GROUP, "h")],
    ),
    "a role on a project's team": (Kind.GRANT, granted("team://project/{platform}/p/t"), [(Kind.TEAM, "t")]),
    "a role on what is known by its reference": (Kind.GRANT, granted("node://{platform}/n"), []),
    "a role on what is no reference": (Kind.GRANT, granted("nowhere"), []),
    "the group of a membership": (Kind.MEMBERSHIP, {"groupId": "g", "users": []}, [(Kind.GROUP, "g")]),
    "groups and lists of rules, by their ids in any form": (
        Kind.RULE_GROUP,
        {
            "include": [{"group": {"id": ID.upper()}}, {"everyone": {}}],
            "require": [{"email_list": {"id": ID.replace("-", "")}}, {"ip_list": {"id": "none"}}],
        },
        [(Kind.LIST, ID), (Kind.RULE_GROUP, ID)],
    ),
    "those who approve": (
        Kind.REUSABLE_POLICY,
        {"include": [], "approval_groups": [{"email_list_uuid": ID}, {}]},
        [(Kind.LIST, ID)],
    ),
    "a role": (Kind.ROLE, {"roleKey": "x", "roles": ["y"]}, []),
}


@pytest.mark.parametrize(("kind", "document", "expected"), CASES.values(), ids=CASES)
def test_what_is_named_is_found(kind, document, expected):
    assert requires(kind, document) == tuple(Key(*each) for each in expected)


ODD = [None, 1, "x", [], {}, [1], [None], [[]], [{}], {"id": 1}]
MEMBERS = ["groups", "statements", "groupId", "roleKeys", "policyId", "principalType", "principalId"]
MEMBERS += ["roleKey", "permissioned", "include", "approval_groups"]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_nothing_in_a_document_is_trusted(kind, odd):
    requires(kind, dict.fromkeys(MEMBERS, odd))
    requires(kind, {"statements": [{"roles": odd}], "include": [{"group": odd}, {"ip_list": {"id": odd}}]})
