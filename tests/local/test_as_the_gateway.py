"""The same file and the same request, with a service and without one: the same answers."""

import json
from typing import Any

import pytest

from tests.gateway.kept import ABSENT, GROUPS, POLICIES, group, kept, naming
from tests.gateway.rows import ACME, EVERYONE, lines, policy
from tests.local.running import asked, people, ran, without
from tests.stack import Client, Service

TESTS = "{a}/access/policy-tests"
IDP = "6f3b0c52-1a5e-4c1f-9d0a-0c7a51f0a001"
MFA: dict[str, Any] = {"auth_method": {"auth_method": "mfa"}}
GERMANY: dict[str, Any] = {"geo": {"country_code": "DE"}}
OFFICE: dict[str, Any] = {"ip": {"ip": "10.0.0.0/8"}}
ENGINEERS: dict[str, Any] = {"okta": {"name": "eng", "identity_provider_id": IDP}}
# Made for a run, or of one moment.
OWN = ("id", "created_at", "started_at", "finished_at", "base", "test")


def person(number: int) -> dict[str, Any]:
    """A user who lacks this or that, by the number."""
    identity: dict[str, Any] = {
        "idp": {"id": IDP},
        "groups": [{"name": ("eng", "sales", "ops")[number % 3]}],
        "amr": ["pwd", "mfa"][: 1 + number % 2],
        "ip": f"{(10, 192, 203)[number % 5 % 3]}.0.{number}.7",
        "geo": {"country": ("DE", "US", "FR", "KP")[number % 7 % 4]},
    }
    for name in list(identity)[number % 11 :][:1]:
        del identity[name]
    said = {} if number % 13 == 5 else {"identity": identity}
    return {
        "email": f"U{number}@{('acme', 'b', 'c')[number % 3]}.example",
        "name": f"User {number}",
        **said,
    }


USERS = [person(number) for number in range(240)]
# Afterwards one is gone, one is another, one has a new address; and there are bad lines.
FILE = lines(
    *({"id": f"00000000-0000-4000-8000-{number:012}", **each} for number, each in enumerate(USERS)),
    {"email": "u7@b.example", "deleted": True},
    {"email": "u8@c.example", "name": "Other", "identity": {"amr": ["mfa"]}},
    {"id": "00000000-0000-4000-8000-000000000009", "email": "moved@acme.example", "name": "Moved"},
    {"email": "new@b.example", "identity": {"amr": []}},
    {"email": "nowhere"},
    {"id": "00000000-0000-4000-8000-000000000010", "email": "u11@c.example"},
)
PAGES = ("reasons", "comparison", "expectations", "findings")


async def resources(client: Client) -> dict[str, list[Any]]:
    """Some of each kind, as the service answers them."""
    items = [{"value": each} for each in ("u3@ACME.example", "u4@b.example", "nobody@acme.example")]
    people = {"name": "people", "type": "EMAIL", "items": items}
    networks = {"name": "offices", "type": "IP", "items": [{"value": "192.0.0.0/16"}]}
    lists = [
        (await client.call("POST", "{a}/gateway/lists", json=each)).result for each in (people, networks)
    ]
    inner = await kept(client, GROUPS, **group(ENGINEERS, name="inner", exclude=[GERMANY]))
    listed = [{"ip_list": {"id": lists[1]["id"]}}, *naming(inner["id"])]
    outer = await kept(client, GROUPS, **group(*listed, name="outer"))
    reusable = await kept(client, POLICIES, **policy(*naming(outer["id"]), name="Reusable"))
    return {"groups": [outer, inner], "lists": lists, "policies": [reusable]}


def request_of(kept: dict[str, list[Any]]) -> dict[str, Any]:
    """A request that refers to each of them."""
    people, _ = kept["lists"]
    outer, _ = kept["groups"]
    chosen = {"email_list": {"id": people["id"]}}
    policies = [
        policy({"geo": {"country_code": "KP"}}, name="Out", decision="deny", exclude=[chosen]),
        kept["policies"][0]["id"],
        policy(ACME, OFFICE, name="Staff", require=[MFA]),
        policy(EVERYONE, name="Nobody", require=naming(outer["id"])),
        policy({"email": {"email": "u8@c.example"}}, name="One"),
    ]
    named = [
        {"email": "u8@C.example", "status": "approved"},
        {"id": "00000000-0000-4000-8000-000000000009", "status": "blocked"},
        {"email": "u7@b.example", "status": "approved"},
    ]
    expectations = [
        {"name": "Staff gets in", "all": "approved", "include": [ACME, chosen]},
        {"none": "error", "require": naming(outer["id"])},
        {"lost": {"number": 0}, "include": [ACME]},
        {"gained": {"percent": 90}},
        {"users": named},
    ]
    return {"policies": policies, "expectations": expectations}


async def answered(client: Client, body: dict[str, Any], base: Any) -> dict[str, Any]:
    """What the service says of a test, by what is asked."""
    base_id = (await client.tested(base))["id"]
    started = await client.call("POST", TESTS, json={**body, "base": base_id})
    assert started.status == 200, started.body
    test = await client.ended(started.result["id"])
    pages = {page: (await client.call("GET", f"{TESTS}/{test['id']}/{page}")).result for page in PAGES}
    return {"test": test, **pages}


async def test_a_service_and_a_local_run_answer_alike(service: Service, tmp_path: Any) -> None:
    client = await service.tenant()
    done = await client.imported(FILE)
    there = await resources(client)
    body, base = request_of(there), policy(ACME, GERMANY, name="Before")
    by_service = await answered(client, body, base)
    ended = ran(tmp_path, body, FILE, base=[base], resources=there)
    assert ended.code == 0, ended
    for page, said in by_service.items():
        found = without(ended.document[page], OWN)
        known = without(said, OWN)
        if page == "test":  # a service may say more of how a test goes
            known = {name: known[name] for name in found}
        assert found == known, page
    assert all(by_service[page] for page in PAGES)
    shown = [user for row in ended.document["expectations"] for user in row["users"]]
    assert shown
    assert [each["id"] for each in shown] == [
        user["id"] for row in by_service["expectations"] for user in row["users"]
    ]
    directory = ended.document["directory"]
    assert (directory["rows_read"], directory["rows_rejected"]) == (done["rows_read"], done["rows_rejected"])
    assert directory["errors"] == done["errors"]


async def test_a_question_and_a_local_run_answer_alike(client: Client) -> None:
    """The question of what some users would get has each user's reason; so has the run."""
    users = [{**each, "email": each["email"].lower()} for each in USERS[:60]]
    sent = [{name: each[name] for name in ("email", "identity") if name in each} for each in users]
    for policies in (
        [policy(ACME, name="a", require=[MFA]), policy(OFFICE, name="b", exclude=[GERMANY])],
        [policy(ENGINEERS, name="c", decision="deny"), policy(MFA, EVERYONE, name="d", require=[OFFICE])],
        [policy(GERMANY, name="e", decision="bypass"), policy(ENGINEERS, name="f", exclude=[MFA])],
    ):
        body = {"policies": policies, "users": sent}
        answer = await client.call("POST", "{a}/access/evaluate", json=body)
        assert answer.status == 200, answer.body
        found = people(asked(policies=policies), lines(*users))
        rows = [each["explanation"]["reason"] for each in answer.result]
        said = [found[each["email"]].reason for each in answer.result]
        assert [(each["status"], each["key"]) for each in rows] == [(each.status, each.key) for each in said]


REFUSED: list[Any] = [
    b"",
    b"{",
    b"[]",
    b'{"policies": [], "policies": []}',
    {},
    {"policies": []},
    {"policies": [{}]},
    {"policies": [policy()], "polices": 1},
    {"policies": [ABSENT, "x", 3]},
    {"policies": [policy(*naming(ABSENT)), policy({"email_list": {"id": ABSENT}}, {"ip_list": {"id": "x"}})]},
    {"policies": [policy({"email": {"email": "x"}}), policy({"ip": {"ip": "10.0.0.0/33"}}, {"what": {}})]},
    {"policies": [policy(MFA, decision="bypass")]},
    {"policies": [policy()], "expectations": []},
    {"policies": [policy()], "expectations": [{"all": "approved", "include": naming(ABSENT)}]},
    {"policies": [policy()], "expectations": [{"lost": {"number": 0}}]},
    {"policies": [ABSENT], "expectations": [{"all": "approved", "exclude": naming(ABSENT)}, {}]},
]


@pytest.mark.parametrize("body", REFUSED, ids=lambda each: str(each)[:60])
async def test_what_a_service_refuses_is_refused_alike(client: Client, tmp_path: Any, body: Any) -> None:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    answer = await client.call("POST", TESTS, data=sent, headers=headers)
    assert answer.status == 400
    ended = ran(tmp_path, body, b'{"email": "a@a.example"}\n')
    assert (ended.code, ended.document, ended.complaint) == (2, {"errors": answer.body["errors"]}, "")
