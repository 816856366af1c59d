"""GET /openapi.json: valid, complete, and what decodes and encodes."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import schemathesis

from services.gateway import bodies, openapi
from services.gateway.app import build
from services.gateway.cloudcms import answers, responses
from services.gateway.cloudcms import routes as cloudcms
from services.gateway.cloudflare import envelope
from services.gateway.cloudflare.responses import FAILURES
from services.gateway.cloudflare.routes import PREFIXES, ROUTES
from services.gateway.schemas import Description
from services.gateway.turns import Crowded
from shared.process.settings import Settings
from shared.store.errors import LockNotAvailable
from shared.wire.cloudflare.rules import KINDS
from tests import described
from tests.gateway.rows import EVERYONE, policy
from tests.stack import Answer, Client, Service

SAMPLES = Path(__file__).parents[1] / "wire" / "samples"
PATH = "/openapi.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


async def asked(service: Service, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    assert service.session is not None
    async with service.session.get(service.url + PATH, headers=headers) as response:
        return response.status, await response.read(), response.headers


async def test_anybody_is_told(service: Service) -> None:
    status, body, headers = await asked(service)
    assert (status, body) == (200, openapi.document().body)
    assert headers["Content-Type"].startswith("application/json")
    assert headers["Cache-Control"] == "no-cache"


KNOWN = ["{}", "W/{}", '"other", {}', "*"]


@pytest.mark.parametrize("known", KNOWN)
async def test_who_knows_it_already_is_told_so(service: Service, known: str) -> None:
    _, _, headers = await asked(service)
    given = {"If-None-Match": known.format(headers["ETag"])}
    status, body, headers = await asked(service, **given)
    assert (status, body, "ETag" in headers) == (304, b"", True)


@pytest.mark.parametrize("known", ['"other"', "x", ""])
async def test_who_knows_another_one_gets_it(service: Service, known: str) -> None:
    status, body, _ = await asked(service, **{"If-None-Match": known})
    assert (status, body) == (200, openapi.document().body)


def test_it_is_openapi() -> None:
    document = copy.deepcopy(described.document())
    flow = document["components"]["securitySchemes"]["password"]["flows"]["password"]
    for name in ("tokenUrl", "refreshUrl"):  # which may be relative, but the validator does not know that
        flow[name] = f"https://gateway.example{flow[name]}"
    schemathesis.openapi.from_dict(document).validate()


def test_every_schema_is_one() -> None:
    for name, schema in described.document()["components"]["schemas"].items():
        jsonschema_rs.meta.validate({"$schema": DIALECT, **schema})
        assert name.isidentifier()


def test_everything_that_is_answered_is_described() -> None:
    settings = Settings(database_url="postgresql://127.0.0.1/nothing", redis_url="redis://127.0.0.1")
    app = build(settings)
    answered = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    told = {
        (each.method, server.rstrip("/") + each.path)
        for each in described.operations()
        for server in each.servers
    }
    assert {where for where in answered if where[0] != "HEAD"} == told


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [each.described["operationId"] for each in described.operations()]
    assert len(set(names)) == len(names)
    assert {name.replace("-", "").isalpha() for name in names} == {True}


NAMES = [
    ("POST", "/access/policy-tests", "access-policy-tests-create"),
    ("GET", "/access/policy-tests", "access-policy-tests-list"),
    ("GET", "/access/policy-tests/{policy_test_id}", "access-policy-tests-get"),
    ("GET", "/access/policy-tests/{policy_test_id}/users", "access-policy-tests-users-list"),
    ("PUT", "/access/groups/{group_id}", "access-groups-update"),
    ("DELETE", "/access/users/{user_id}", "access-users-delete"),
    ("GET", "/access/users/{user_id}/last_seen_identity", "access-users-last-seen-identity-get"),
    ("PATCH", "/gateway/lists/{list_id}", "gateway-lists-edit"),
    ("GET", "/audit-log", "audit-log-list"),
]

NAMES_OF_THE_PLATFORM = [
    ("GET", "/", "platform-get"),
    ("POST", "/oauth/token", "oauth-token"),
    ("GET", "/access/policies", "platform-access-policies-list"),
    ("POST", "/access/policies", "platform-access-policies-create"),
    ("PUT", "/access/policies/x", "platform-access-policy-update"),
    ("POST", "/access/policies/x/update", "platform-access-policy-update-post"),
    ("POST", "/access/policies/x/authorities/y/grant", "platform-access-policy-authority-grant"),
    ("POST", "/access/policies/authorities/check", "platform-access-policies-authorities-check"),
    ("POST", "/domains/x/principals/query", "platform-domain-principals-query"),
    ("DELETE", "/stacks/x/teams/y", "platform-datastore-team-delete"),
]


@pytest.mark.parametrize(("method", "path", "name"), NAMES)
def test_an_operation_is_called_by_its_place(method: str, path: str, name: str) -> None:
    found = described.operation(method, "/accounts/{account_id}" + path)
    assert found is not None
    assert found.described["operationId"] == name


@pytest.mark.parametrize(("method", "path", "name"), NAMES_OF_THE_PLATFORM)
def test_an_operation_of_the_platform_is_called_by_its_place(method: str, path: str, name: str) -> None:
    found = described.operation(method, path)
    assert found is not None
    assert found.described["operationId"] == name


def test_one_name_has_one_meaning() -> None:
    parts = [Description({}, {"schemas": {"Rule": {"title": title}}}) for title in ("one", "one", "other")]
    assert openapi.joined(*parts[:2]).components == parts[0].components
    with pytest.raises(RuntimeError, match="`Rule` is described twice"):
        openapi.joined(*parts)


def test_every_way_to_fail_is_described() -> None:
    failures = [each for each in vars(envelope).values() if isinstance(each, envelope.Failure)]
    raised = [
        envelope.unsupported(""),
        envelope.lacks_scope(""),
        envelope.too_many(""),
    ]
    raised += [envelope.conflict(""), envelope.in_use("")]
    unread = [bodies.too_large(1), bodies.too_slow(), bodies.cut_off()]
    statuses = {each.status for each in [*failures, *unread, *(each.failure for each in raised)]}
    # Another method than those of a path is no operation.
    assert statuses - {405} == set(FAILURES)


def test_every_way_to_fail_on_the_platform_is_described() -> None:
    raised = [answers.not_found(""), answers.conflict(""), answers.lacks_scope(""), answers.refused("")]
    raised += [Crowded(), LockNotAvailable(), bodies.too_large(1), bodies.too_slow(), bodies.cut_off()]
    failures = [answers.from_exception(each) for each in raised] + [answers.UNAVAILABLE, answers.BROKEN]
    unknown = answers.Failed(401, "", "invalid_token").failure
    assert {each.status for each in [*failures, unknown] if each} == set(responses.FAILURES)
    for name, each in [("UnknownToken", unknown), ("NotFound", failures[0]), ("Refused", failures[3])]:
        assert each is not None
        schema = described.failure(f"Entitlement{name}").validator
        assert schema.is_valid(json.loads(msgspec.json.encode(each)))
        assert not schema.is_valid({"ok": True, "message": "", "status": 200})


def test_the_scope_is_said() -> None:
    for route in cloudcms.ROUTES:
        found = next(
            each
            for each in described.operations()
            if (each.method, each.path) == (route.method, route.template)
        )
        scopes = found.described["security"]
        assert scopes == [{name: [route.scope.value]} for name in ("token", "ticket", "password")]
    for route in ROUTES:
        found = described.operation(route.method, PREFIXES[1] + route.path)
        assert found is not None
        assert found.described["security"][0] == {"token": [route.scope.value]}


def fits(name: str, instance: Any) -> bool:
    schemas = {"$ref": f"#/components/schemas/{name}", "components": described.document()["components"]}
    return jsonschema_rs.validator_for(schemas, validate_formats=True).is_valid(instance)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("accepted-*.json")), ids=lambda path: path.stem)
def test_what_is_accepted_fits_its_description(sample: Path) -> None:
    assert fits("TestObject", json.loads(sample.read_text()))


ODD_RULES = [
    {},
    "everyone",
    {"everyone": {}, "certificate": {}},
    {"everyone": {"x": 1}},
    {"Everyone": {}},
    {"teleport": {}},
    {"email": {}},
    {"email": {"email": 1}},
    {"geo": {"country_code": "DEU"}},
    {"user_risk_score": {"user_risk_score": []}},
    {"user_risk_score": {"user_risk_score": ["dire"]}},
    {"github-organization": {"name": "acme", "identity_provider_id": "x", "taem": "core"}},
]


@pytest.mark.parametrize("rule", ODD_RULES)
def test_a_rule_has_one_key_of_those_that_are_known(rule: Any) -> None:
    assert fits("Rule", EVERYONE)
    assert not fits("Rule", rule)


def test_every_kind_of_rule_is_described() -> None:
    kinds = [
        list(each["properties"]) for each in described.document()["components"]["schemas"]["Rule"]["oneOf"]
    ]
    assert kinds == [[key] for key in KINDS]


WRONG = [
    (lambda answer: answer._replace(status=418), "the status is 418"),
    (lambda answer: answer._replace(headers={"Content-Type": "application/json"}), "there is no header"),
    (lambda answer: answer._replace(headers={**answer.headers, "Content-Type": "text/html"}), "text/html"),
    (lambda answer: answer.body.update(extra=1), "'extra'"),
    (lambda answer: answer.body["result"].update(extra=1), "'extra'"),
    (lambda answer: answer.body.pop("messages"), "messages"),
    (lambda answer: answer.body["result"].update(id="x"), "result/id"),
]


@pytest.mark.parametrize(("change", "said"), WRONG, ids=lambda each: each if isinstance(each, str) else "")
async def test_an_answer_that_is_not_as_described_is_noticed(client: Client, change: Any, said: str) -> None:
    answer = copy.deepcopy(await client.start(policy()))
    where = ("POST", f"/client/v4/accounts/{client.account}/access/policy-tests")
    assert list(described.faults(*where, answer)) == []
    changed = change(answer)
    faults = described.faults(*where, changed if isinstance(changed, Answer) else answer)
    assert said in " ".join(faults)


WRONG_ON_THE_PLATFORM = [
    (lambda answer: answer._replace(status=418), "the status is 418"),
    (lambda answer: answer.body.update(extra=1), "'extra'"),
    (lambda answer: answer.body.pop("total_rows"), "total_rows"),
    (lambda answer: answer.body["rows"][0].update(_doc=1), "rows/0/_doc"),
    (lambda answer: answer.body["rows"][0]["_system"].update(extra=1), "'extra'"),
]


@pytest.mark.parametrize(
    ("change", "said"), WRONG_ON_THE_PLATFORM, ids=lambda each: each if isinstance(each, str) else ""
)
async def test_an_answer_of_the_platform_that_is_not_as_described_is_noticed(
    client: Client, change: Any, said: str
) -> None:
    await client.call("POST", "/roles", json={"roleKey": "a", "whatever": 1})
    answer = copy.deepcopy(await client.call("GET", "/roles"))
    assert list(described.faults("GET", "/roles", answer)) == []
    changed = change(answer)
    faults = described.faults("GET", "/roles", changed if isinstance(changed, Answer) else answer)
    assert said in " ".join(faults)
