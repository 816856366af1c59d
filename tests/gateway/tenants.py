"""Accounts with one of everything, and for every route each position where an id can stand.

HOLE is where an id goes; NUMBER differs from request to request, where two of the same are refused.
"""

import json
from collections.abc import Mapping
from itertools import filterfalse
from types import MappingProxyType
from typing import Any, NamedTuple

from shared.wire.cloudflare.rules import KINDS, to_rule
from shared.wire.faults import Faulty
from shared.wire.tokens import parse
from tests.gateway import exported
from tests.gateway.rows import EVERYONE, lines, policy
from tests.stack import Client

HOLE, NUMBER = "<hole>", "<number>"
ABSENT = "00000000-0000-4000-8000-000000000000"
# What a path's parameter is the id of.
PARAMETERS = {
    "policy_id": "policy",
    "group_id": "nested",
    "list_id": "list",
    "user_id": "user",
    "policy_test_id": "test",
    "export_id": "export",
    "import_id": "import",
    "nonce": "session",
}
UUIDS = ("policy", "group", "nested", "list", "ip_list", "user", "test", "import", "export")
# For each kind of id one that nobody has.
ABSENTS = {
    **{kind: f"00000000-0000-4000-8000-{number:012}" for number, kind in enumerate(UUIDS, 1)},
    "session": ABSENT,
    "account": "0" * 32,
    "token": "nobody000000",
    "email": "nobody4711@nobody4711.example",
    "name": "nobody4711 name",
    "key": "nobody4711 key",
    "cursor": "0000000004711-4711",
}


class Tenant(NamedTuple):
    """An account's client, and by kind the id of one of everything that it has."""

    client: Client
    own: dict[str, str]


class Sent(NamedTuple):
    """A request but for its path; it succeeds when HOLE is one's own id of the kind that `fits`."""

    fits: str | None = None
    body: Any = None
    query: Mapping[str, str] = MappingProxyType({})
    headers: Mapping[str, str] = MappingProxyType({})

    def filled(self, value: str, number: int = 0) -> "Sent":
        text = json.dumps([self.body, dict(self.query), dict(self.headers)])
        text = text.replace(HOLE, json.dumps(value)[1:-1]).replace(NUMBER, str(number))
        return Sent(self.fits, *json.loads(text))


REFERENCES = {"group": "group", "email_list": "list", "ip_list": "ip_list"}
PARTS = ("include", "exclude", "require")


def rule(key: str) -> dict[str, Any]:
    """A rule whose every text is HOLE."""
    return {key: dict.fromkeys(KINDS[key].struct.__struct_fields__, HOLE)}


def stands(key: str) -> bool:
    """Whether a rule of this kind may hold any text."""
    try:
        to_rule(rule(key), "", "")
    except Faulty:
        return False
    return True


OTHERS = [key for key in KINDS if key not in REFERENCES]
ANY_TEXT, PARTICULAR = [list(map(rule, filter(stands, OTHERS))), list(map(rule, filterfalse(stands, OTHERS)))]


def ruled(**document: Any) -> list[dict[str, Any]]:
    """The document with what refers to something in each part, and with rules of every other kind."""
    named = [{part: [EVERYONE, rule(key)]} for key in REFERENCES for part in PARTS]
    others = [{"include": ANY_TEXT}, {"include": PARTICULAR}]
    return [{"include": [EVERYONE]} | document | rules for rules in [*named, *others]]


def fitting(document: dict[str, Any]) -> str | None:
    """The kind of id that the rule with HOLE takes, or the one who approves."""
    if "approval_groups" in document:
        return "list"
    rules = [each for part in PARTS for each in document.get(part, ())]
    return next((REFERENCES[key] for each in rules for key in each if key in REFERENCES), None)


APPROVERS = [{"approvals_needed": 1, "email_list_uuid": HOLE}]
INLINE = [*ruled(name="p", decision="allow"), policy(approval_groups=APPROVERS)]
POLICIES = (
    Sent("policy", policy(id=HOLE, account_id=HOLE, name=HOLE)),
    Sent("list", policy(approval_groups=APPROVERS)),
    *(Sent(fitting(each), each) for each in ruled(name="p", decision="allow")),
)
GROUPS = (
    Sent("group", {"id": HOLE, "name": HOLE, "include": [EVERYONE]}),
    *(Sent(fitting(each), each) for each in ruled(name="g")),
)
LIST = {"name": "l", "items": [{"value": HOLE, "description": HOLE}]}
LOGIN = {
    "idp": {"id": HOLE, "type": "okta"},
    "groups": [{"id": HOLE, "name": HOLE, "email": HOLE}],
    "account_ids": [HOLE],
    "devicePosture": {HOLE: {"success": True}},
    "auth_context": [{"id": HOLE, "ac_id": HOLE}],
    "common_name": HOLE,
}
PERSON = {"email": f"u{NUMBER}@mine.example", "name": HOLE, "id": HOLE, "uid": HOLE}


def expecting(**expectation: Any) -> dict[str, Any]:
    """A test with an expectation: that of a list, or one of all who are selected."""
    demand = {} if "users" in expectation else {"all": "approved"}
    return {"policies": [policy()], "expectations": [{"name": HOLE, **demand, **expectation}]}


# By route: what a request to it may say besides the path; first one that is taken.
TABLE: dict[str, tuple[Sent, ...]] = {
    "POST access/policy-tests": (
        Sent("policy", {"policies": [HOLE]}),
        Sent("policy", {"policies": [policy(), HOLE, policy(name=HOLE)]}),
        Sent(
            None, {"policies": [policy()]}, headers={"Idempotency-Key": HOLE}
        ),  # one's own is another test's
        *(Sent(fitting(each), {"policies": [policy(), each]}) for each in INLINE),
        Sent("test", {"policies": [policy()], "base": HOLE}),
        *(Sent(fitting(each), expecting(**each)) for each in ruled()),
        Sent("user", expecting(users=[{"id": HOLE, "status": "error"}])),
        Sent("email", expecting(users=[{"email": HOLE, "status": "error"}])),
    ),
    "GET access/policy-tests": (),
    "GET access/policy-tests/{policy_test_id}": (),
    "DELETE access/policy-tests/{policy_test_id}": (),
    "GET access/policy-tests/{policy_test_id}/policies": (),
    "POST access/policy-tests/{policy_test_id}/export": (Sent(query={"format": "ndjson"}),),
    "GET access/policy-tests/{policy_test_id}/exports/{export_id}": (),
    "GET access/policy-tests/{policy_test_id}/exports/{export_id}/download": (),
    "GET access/policy-tests/{policy_test_id}/users": (
        Sent(query={"status": "success"}),
        Sent(query={"reason": HOLE}),
    ),
    "GET access/policy-tests/{policy_test_id}/expectations": (),
    "GET access/policy-tests/{policy_test_id}/reasons": (),
    "GET access/policy-tests/{policy_test_id}/coverage": (),
    "GET access/policy-tests/{policy_test_id}/findings": (),
    "GET access/policy-tests/{policy_test_id}/users/{user_id}/explanation": (),
    "GET access/policy-tests/{policy_test_id}/comparison": (Sent("test", query={"base": HOLE}),),
    "GET access/policy-tests/{policy_test_id}/comparison/users": (
        Sent("test", query={"base": HOLE, "change": "unchanged"}),
    ),
    "POST access/evaluate": (
        Sent("user", {"policies": [policy()], "users": [{"id": HOLE}]}),
        Sent("policy", {"policies": [HOLE], "users": [{"email": "ann@a.example"}]}),
        *(
            Sent(fitting(each), {"policies": [each], "users": [{"email": "ann@a.example"}]})
            for each in INLINE
        ),
    ),
    "POST access/lint": (
        Sent("policy", {"policies": [HOLE]}),
        *(Sent(fitting(each), {"policies": [each]}) for each in INLINE),
    ),
    "POST directory/imports": (
        Sent("email", [{"email": HOLE}]),
        Sent(None, [{"id": HOLE, "email": f"u{NUMBER}@mine.example", "name": HOLE}]),
        Sent(None, [{"id": HOLE, "deleted": True}]),
    ),
    "GET directory/imports/{import_id}": (),
    "GET audit-log": (
        Sent("group", query={"subject_id": HOLE}),
        Sent("token", query={"token_id": HOLE}),
        Sent("cursor", query={"cursor": HOLE}),
    ),
    "GET access/policies": (),
    "POST access/policies": POLICIES,
    "GET access/policies/{policy_id}": (),
    "PUT access/policies/{policy_id}": POLICIES,
    "DELETE access/policies/{policy_id}": (),
    "GET access/groups": (Sent("name", query={"name": HOLE}), Sent("name", query={"search": HOLE})),
    "POST access/groups": GROUPS,
    "GET access/groups/{group_id}": (),
    "PUT access/groups/{group_id}": GROUPS,
    "DELETE access/groups/{group_id}": (),
    "GET access/users": (
        Sent("email", query={"email": HOLE}),
        Sent("name", query={"name": HOLE}),
        Sent("name", query={"search": HOLE}),
    ),
    "POST access/users": (Sent("user", PERSON), Sent(None, {"email": HOLE})),
    "GET access/users/{user_id}": (),
    "PUT access/users/{user_id}": (Sent("user", PERSON), Sent("email", {"email": HOLE})),
    "DELETE access/users/{user_id}": (),
    "GET access/users/{user_id}/last_seen_identity": (),
    "PUT access/users/{user_id}/last_seen_identity": (Sent("group", LOGIN),),
    "GET access/users/{user_id}/active_sessions": (),
    "GET access/users/{user_id}/active_sessions/{nonce}": (),
    "GET access/users/{user_id}/failed_logins": (),
    "GET gateway/lists": (
        Sent("name", query={"search": HOLE}),
        Sent("list", query={"filter": f"id:{HOLE}"}),
        Sent("name", query={"filter": f"name:{HOLE}"}),
    ),
    "POST gateway/lists": (
        Sent("list", LIST | {"type": "SERIAL", "id": HOLE}),
        Sent("email", LIST | {"type": "EMAIL"}),
    ),
    "GET gateway/lists/{list_id}": (),
    "PUT gateway/lists/{list_id}": (Sent("email", LIST), Sent("list", {"id": HOLE, "name": HOLE})),
    "PATCH gateway/lists/{list_id}": (
        Sent("email", {"append": [{"value": HOLE, "description": HOLE}]}),
        Sent("email", {"remove": [HOLE]}),
        Sent("name", {"name": HOLE, "description": HOLE}),
    ),
    "DELETE gateway/lists/{list_id}": (),
    "GET gateway/lists/{list_id}/items": (),
}


async def made(client: Client, path: str, document: dict[str, Any]) -> str:
    return (await client.call("POST", f"{{a}}/{path}", json=document)).result["id"]


async def settled(client: Client, word: str) -> Tenant:
    """The client's account with one of everything, the word in every text."""
    email, name, key = f"{word}@{word}.example", f"{word} name", f"{word} key"
    own = {"account": client.account, "email": email, "name": name, "key": key, "session": ABSENT}
    person = {"email": email, "name": name, "groups": [word], "identity": {"common_name": word}}
    own["import"] = (await client.imported(lines(person, {"email": word})))["id"]
    (user,) = (await client.call("GET", "{a}/access/users")).result
    own["user"] = user["id"]
    for kind, of, value in (("list", "EMAIL", email), ("ip_list", "IP", "203.0.113.0/24")):
        document = {"name": name, "type": of, "items": [{"value": value, "description": word}]}
        own[kind] = await made(client, "gateway/lists", document)
    for kind, included in (("group", {"email_list": {"id": own["list"]}}), ("nested", None)):
        document = {"name": name, "include": [included or {"group": {"id": own["group"]}}]}
        own[kind] = await made(client, "access/groups", document)
    own["policy"] = await made(client, "access/policies", policy({"group": {"id": own["nested"]}}, name=name))
    document = {
        "policies": [own["policy"], policy(name=name)],
        "expectations": [{"name": name, "users": [{"email": email, "status": "blocked"}]}],
    }
    headers = {"Idempotency-Key": key}
    started = await client.call("POST", "{a}/access/policy-tests", json=document, headers=headers)
    own["test"] = (await client.ended(started.result["id"]))["id"]
    own["export"] = (await exported.asked(client, own["test"])).result["id"]
    assert (await exported.ended(client, own["test"], own["export"]))["status"] == "complete"
    token = parse(client.token)
    assert token is not None
    page = (await client.call("GET", "{a}/audit-log", params={"limit": 1})).body["result_info"]
    return Tenant(client, own | {"token": token.public_id, "cursor": page["cursor"]})
