"""Texts that break programs come back as they went in, or are refused in words."""

import pytest

from tests.gateway.naughty import TEXTS
from tests.gateway.rows import EVERYONE, lines, policy
from tests.stack import Client, Service

NUL = "\0"


async def test_names_come_back_as_they_went_in(client: Client) -> None:
    users = [{"email": f"u{n}@acme.example", "name": text} for n, text in enumerate(TEXTS)]
    status = await client.imported(lines(*users))
    whole = {n: text for n, text in enumerate(TEXTS) if NUL not in text}
    assert (status["users_created"], status["rows_rejected"]) == (len(whole), len(TEXTS) - len(whole))
    rows = await client.users((await client.tested(policy()))["id"])
    assert {row["email"]: row["name"] for row in rows} == {
        f"u{n}@acme.example": text for n, text in whole.items()
    }


async def test_addresses_are_taken_as_they_are_or_refused_in_words(client: Client) -> None:
    emails = [f"{text}@acme.example" for text in TEXTS] + [f"x@{text}.example" for text in TEXTS] + TEXTS
    status = await client.imported(lines(*({"email": email} for email in emails)))
    assert status["status"] == "complete"
    assert status["rows_read"] == len(emails)
    assert all(error["message"] for error in status["errors"])
    rows = await client.users((await client.tested(policy()))["id"])
    assert {row["email"] for row in rows} <= set(emails)


FIELDS = [
    ("groups", "okta", "name"),
    ("oidc_fields", "oidc", "claim_value"),
    ("saml_attributes", "saml", "attribute_value"),
    ("common_name", "common_name", "common_name"),
]


def identity(field: str, text: str) -> dict[str, object]:
    value: object = {"x": text}
    if field == "common_name":
        value = text
    if field == "groups":
        value = [{"name": text}]
    return {"idp": {"id": "i"}, field: value}


def rule(kind: str, name: str, text: str) -> dict[str, dict[str, str]]:
    provider = {"identity_provider_id": "i"}
    return {
        "okta": {kind: {name: text, **provider}},
        "oidc": {kind: {name: text, "claim_name": "x", **provider}},
        "saml": {kind: {name: text, "attribute_name": "x", **provider}},
        "common_name": {kind: {name: text}},
    }[kind]


@pytest.mark.parametrize(("field", "kind", "name"), FIELDS)
async def test_a_rule_matches_the_text_that_it_names(
    client: Client, field: str, kind: str, name: str
) -> None:
    whole = [text for text in TEXTS if NUL not in text]
    users = [
        {"email": f"u{n}@acme.example", "groups": [text], "identity": identity(field, text)}
        for n, text in enumerate(whole)
    ]
    assert (await client.imported(lines(*users)))["users_created"] == len(whole)
    for n in range(0, len(whole), 9):
        status = await client.tested(policy(rule(kind, name, whole[n])))
        approved = await client.users(status["id"], status="success")
        assert f"u{n}@acme.example" in {row["email"] for row in approved}
        assert status["users_approved"] == 1, whole[n]


async def test_policy_names_are_taken_or_refused_in_words(client: Client) -> None:
    for text in TEXTS:
        answer = await client.start(policy(EVERYONE, name=text))
        assert answer.status == (200 if 0 < len(text) <= 350 and NUL not in text else 400), text
        if answer.status == 200:
            await client.ended(answer.result["id"])


KINDS = [
    ("email", "email"),
    ("email_domain", "domain"),
    ("geo", "country_code"),
    ("ip", "ip"),
    ("auth_method", "auth_method"),
    ("login_method", "id"),
    ("device_posture", "integration_uid"),
    ("cloudflare_account_member", "account_id"),
    ("service_token", "token_id"),
]


@pytest.mark.parametrize(("kind", "name"), KINDS)
async def test_rules_of_strange_texts_are_taken_or_refused(client: Client, kind: str, name: str) -> None:
    await client.imported(lines({"email": "ann@acme.example"}))
    answers = [await client.start(policy(*({kind: {name: text}} for text in TEXTS[n::8]))) for n in range(8)]
    assert {answer.status for answer in answers} <= {200, 400}
    for answer in answers:
        if answer.status == 200:
            assert (await client.ended(answer.result["id"]))["status"] == "complete"


@pytest.mark.parametrize("text", TEXTS)
async def test_a_query_of_a_strange_text_is_refused(service: Service, text: str) -> None:
    path = "{a}/access/policy-tests/00000000-0000-4000-8000-000000000000/users"
    query = dict.fromkeys(("status", "page", "per_page"), text[:300])
    answer = await service.client.call("GET", path, params=query)
    assert answer.status in (400, 404)
