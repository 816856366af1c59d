"""What is wrong, wide or idle: in policies that are only sent, and in a test with what its run shows."""

from typing import Any
from uuid import uuid4

import pytest

from shared.policy.screening.lint.catalogue import CATALOGUE
from tests.gateway.rows import ACME, EVERYONE, RECORDS, lines, people, policy
from tests.stack import Answer, Client

MFA = {"auth_method": {"auth_method": "mfa"}}
RUSSIA = {"geo": {"country_code": "RU"}}
GONE = {"email": {"email": "gone@acme.example"}}
ENG = {"okta": {"name": "eng", "identity_provider_id": "6f3b0c52-1a5e-4c1f-9d0a-0c7a51f0a001"}}
LEAVERS = policy(GONE, name="Leavers", decision="deny")


async def linted(client: Client, *policies: Any) -> Answer:
    return await client.call("POST", "{a}/access/lint", json={"policies": list(policies)})


async def found(client: Client, test_id: str) -> Any:
    answer = await client.call("GET", f"{{a}}/access/policy-tests/{test_id}/findings")
    assert answer.status == 200, answer.body
    return answer.result


def places(rows: Any) -> list[tuple[str, str]]:
    return [(row["code"], row["pointer"]) for row in rows]


async def test_a_deny_after_everyone_is_found_before_anybody_starts_a_test(client: Client) -> None:
    rows = (await linted(client, policy(), LEAVERS)).result
    assert places(rows) == [
        ("everyone_allowed", "/policies/0/include/0"),
        ("deny_after_everyone", "/policies/1"),
    ]
    assert rows[1] == {
        "code": "deny_after_everyone",
        "level": "security_warning",
        "evidence": "rules",
        "pointer": "/policies/1",
        "policy": {"index": 1, "id": None, "name": "Leavers"},
        "related": ["/policies/0"],
        "sentence": "Policy 2, `Leavers`, never decides: all whom it matches are decided before by "
        "policy 1, `tested`.",
        "suggestion": "move this policy before the one that lets everyone in",
    }
    assert (await linted(client, LEAVERS, policy(ACME, require=[MFA]))).result == []
    assert (await client.call("GET", "{a}/access/policy-tests")).result == []


async def test_what_policies_refer_to_is_looked_at_too(client: Client) -> None:
    made = await client.call("POST", "{a}/gateway/lists", json={"name": "None", "type": "EMAIL"})
    nobody = {"email_list": {"id": made.result["id"]}}
    group = {"name": "G", "include": [nobody], "require": [RUSSIA, {"geo": {"country_code": "DE"}}]}
    group_id = (await client.call("POST", "{a}/access/groups", json=group)).result["id"]
    kept = policy({"group": {"id": group_id}}, ACME, require=[MFA], name="Kept")
    policy_id = (await client.call("POST", "{a}/access/policies", json=kept)).result["id"]
    rows = (await linted(client, policy_id)).result
    assert places(rows) == [
        ("group_empty", "/policies/0/include/0"),
        ("list_empty", f"/groups/{group_id}/include/0"),
        ("requirements_contradict", f"/groups/{group_id}/require/1"),
    ]
    assert rows[0]["policy"] == {"index": 0, "id": policy_id, "name": "Kept"}
    assert rows[2]["policy"] is None
    assert rows[2]["related"] == [f"/groups/{group_id}/require/0"]


async def test_a_test_has_what_its_rules_say_and_what_its_run_shows(client: Client) -> None:
    await client.imported(people(40))
    policies = [policy(ACME, ACME, ENG, require=[EVERYONE]), policy(RUSSIA, require=[MFA])]
    test_id = (await client.tested(*policies))["id"]
    rows = await found(client, test_id)
    proven = (await linted(client, *policies)).result
    assert [row for row in rows if row["evidence"] == "rules"] == proven
    assert ("rule_repeated", "/policies/0/include/1") in places(proven)
    shown = [row for row in rows if row["evidence"] == "run"]
    assert places(shown) == [
        ("fact_not_recorded", "/policies/0/include/2"),
        ("policy_decided_nobody", "/policies/1"),
        ("fact_not_recorded", "/policies/1/include/0"),
    ]
    assert [row["level"] for row in shown] == ["warning", "suggestion", "warning"]


async def test_a_run_shows_policies_rules_and_groups_of_no_use(client: Client) -> None:
    login = {"idp": {"id": ENG["okta"]["identity_provider_id"], "type": "okta"}, "groups": [], "amr": ["pwd"]}
    users = [{"email": f"u{n}@{domain}.example", "identity": login} for n in range(20) for domain in "ab"]
    await client.imported(lines(*users))
    a, b, c = ({"email_domain": {"domain": f"{name}.example"}} for name in "abc")
    policies = [
        policy(a, {"auth_method": {"auth_method": "pwd"}}, c, name="first"),
        policy(b, require=[MFA], name="second"),
        policy({"ip": {"ip": "203.0.113.0/24"}}, name="third", decision="bypass"),
    ]
    rows = await found(client, (await client.tested(*policies))["id"])
    assert [place for row in rows if row["evidence"] == "run" for place in places([row])] == [
        ("rule_matched_nobody", "/policies/0/include/2"),
        ("policy_not_reached", "/policies/1"),
        ("policy_decided_nobody", "/policies/2"),
        ("fact_not_recorded", "/policies/2/include/0"),
    ]
    rows = await found(client, (await client.tested(policy(ENG, require=[MFA])))["id"])
    assert places(rows) == [
        ("run_approved_nobody", "/policies"),
        ("policy_decided_nobody", "/policies/0"),
        ("group_without_users", "/policies/0/include/0"),
        ("rule_matched_nobody", "/policies/0/require/0"),
    ]


async def test_a_run_shows_expectations_about_nobody(client: Client) -> None:
    gone = {"status": "approved", "id": str(uuid4())}
    listed = [
        {"status": "approved", "email": "u1@acme.example"},
        {"status": "blocked", **GONE["email"]},
        gone,
    ]
    said = [
        {"all": "approved", "include": [ACME]},
        {"all": "approved", "include": [GONE], "name": "Leavers"},
        {"users": listed},
        {"none": "error", "include": [MFA]},
    ]
    body = {"policies": [policy(ACME, require=[EVERYONE])], "expectations": said}

    async def shown() -> Any:
        started = await client.call("POST", "{a}/access/policy-tests", json=body)
        rows = await found(client, (await client.ended(started.result["id"]))["id"])
        return [row for row in rows if row["pointer"].startswith("/expectations")]

    assert await shown() == []
    await client.imported(lines(*({"email": f"u{number}@acme.example"} for number in range(20))))
    rows = await shown()
    assert places(rows) == [
        ("expectation_without_users", "/expectations/1"),
        ("expected_user_absent", "/expectations/2"),
        ("expectation_without_users", "/expectations/3"),
    ]
    assert {(row["level"], row["evidence"], row["policy"]) for row in rows} == {("warning", "run", None)}
    assert rows[1]["related"] == ["/expectations/2/users/1", "/expectations/2/users/2"]
    assert GONE["email"]["email"] in rows[1]["sentence"]
    assert "of 20 that is not known" in rows[2]["sentence"]


async def test_a_test_of_nobody_shows_what_its_rules_say(client: Client) -> None:
    rows = await found(client, (await client.tested(policy(ACME)))["id"])
    assert places(rows) == [("allow_without_require", "/policies/0")]


async def test_findings_stay_with_the_policies_that_were_tested(client: Client) -> None:
    await client.imported(lines(*({**each, "email": each["email"].format(1)} for each in RECORDS)))
    group = {"name": "G", "include": [ACME]}
    group_id = (await client.call("POST", "{a}/access/groups", json=group)).result["id"]
    test_id = (await client.tested(policy({"group": {"id": group_id}}, require=[MFA])))["id"]
    before = await found(client, test_id)
    changed = {**group, "exclude": [ACME]}
    assert (await client.call("PUT", f"{{a}}/access/groups/{group_id}", json=changed)).status == 200
    assert await found(client, test_id) == before
    assert "include_excluded" in [
        row["code"] for row in (await linted(client, policy({"group": {"id": group_id}}))).result
    ]


ENTITLEMENT = {"target": "node://x/y/z", "permission": "READ"}
BAD = {
    "no policies": ({}, "/policies"),
    "none": ({"policies": []}, "/policies"),
    "a bad rule": ({"policies": [policy({"email": {"email": "ann"}})]}, "/policies/0/include/0/email/email"),
    "an unknown country": (
        {"policies": [policy({"geo": {"country_code": "QQ"}})]},
        "/policies/0/include/0/geo/country_code",
    ),
    "an absent group": (
        {"policies": [policy({"group": {"id": str(uuid4())}})]},
        "/policies/0/include/0/group/id",
    ),
    "an absent policy": ({"policies": [policy(), str(uuid4())]}, "/policies/1"),
    "misspelt": ({"policies": [policy()], "policy": []}, "/policy"),
    "an entitlement": ({"entitlement": ENTITLEMENT}, "/entitlement"),
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_wrong_is_said_with_where(client: Client, what: str) -> None:
    body, pointer = BAD[what]
    answer = await client.call("POST", "{a}/access/lint", json=body)
    assert answer.status == 400, answer.body
    assert pointer in [where for where, _ in answer.faults]


async def test_a_test_of_an_entitlement_has_no_findings(client: Client) -> None:
    started = await client.call("POST", "{a}/access/policy-tests", json={"entitlement": ENTITLEMENT})
    test_id = started.result["id"]
    await client.ended(test_id)
    answer = await client.call("GET", f"{{a}}/access/policy-tests/{test_id}/findings")
    assert answer.status == 400
    assert "entitlement" in answer.faults[0][1]


@pytest.mark.parametrize("test_id", ["00000000-0000-4000-8000-000000000000", "x"])
async def test_findings_of_no_test_are_absent(client: Client, test_id: str) -> None:
    assert (await client.call("GET", f"{{a}}/access/policy-tests/{test_id}/findings")).status == 404


def test_codes_and_levels_are_what_clients_know() -> None:
    levels = {code.value: advice.level.value for code, advice in CATALOGUE.items()}
    assert levels["deny_after_everyone"] == "security_warning"
    assert all(code == code.lower() and code.replace("_", "").isalpha() for code in levels)
