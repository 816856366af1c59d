"""An account sees nothing of another: its ids, wherever they stand, are as absent as ids that nobody has."""

import asyncio
import json
import re
from itertools import count
from typing import Any, NamedTuple

import msgspec
import pytest
from msgspec.inspect import Metadata, StrType, Type, UnionType, UUIDType, VarTupleType

from services.gateway.cloudflare.comparisons import Beside, ChangedUsers
from services.gateway.cloudflare.routes import ROUTES
from services.gateway.routing import Body, Route, Upload
from tests.gateway.rows import lines, policy
from tests.gateway.tenants import ABSENT, ABSENTS, HOLE, PARAMETERS, TABLE, Sent, Tenant, settled
from tests.stack import Client, Service, account_id

CANARY = "canary4711"
VARYING = {"X-Request-ID", "Date"}
NUMBERS = count(1)
# An error shows at least so much of a text that was sent.
SHOWN = 10
ACCOUNT = "/accounts/{account_id}/"
PREFIXES = pytest.mark.parametrize("prefix", ["", "/client/v4"])
# What is new in every answer, or made of an id.
NEW = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|\b[0-9a-f]{64}\b"
    r"|\d{4}-\d\d-\d\dT[\d:.]+Z"
)
# What an account sees of itself without a text of its own in it.
WORDLESS = {
    "GET access/policy-tests",
    "GET access/policy-tests/{policy_test_id}",
    "GET access/policy-tests/{policy_test_id}/exports/{export_id}",
    "GET access/policy-tests/{policy_test_id}/comparison",
    "GET access/users/{user_id}/active_sessions",
    "GET access/users/{user_id}/active_sessions/{nonce}",
    "GET access/users/{user_id}/failed_logins",
}
TIMES = {"since", "until"}
# Queries that cannot be left out.
NEEDED = {
    Beside: Sent(query={"base": HOLE}),
    ChangedUsers: Sent(query={"base": HOLE, "change": "unchanged"}),
}


def named(route: Route) -> str:
    return f"{route.method} {route.path.removeprefix(ACCOUNT)}"


def parameters(route: Route) -> list[str]:
    return re.findall(r"\{(\w+)\}", route.path.removeprefix(ACCOUNT))


VIEWS = [route for route in ROUTES if route.method == "GET"]
WITH_IDS = [route for route in ROUTES if parameters(route)]
WITH_HOLES = [route for route in ROUTES if any(HOLE in str(sent) for sent in TABLE.get(named(route), ()))]


class Seen(NamedTuple):
    """An answer to the last byte, without what is new in every one."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


async def seen(client: Client, route: Route, ids: dict[str, str], sent: Sent, prefix: str = "") -> Seen:
    """What a route answers with these ids in its path. A test that waits for others to end is sent again."""
    path = route.path.replace("{account_id}", ids["account"])
    for name in parameters(route):
        path = path.replace(f"{{{name}}}", ids[PARAMETERS[name]])
    given: dict[str, Any] = {"params": sent.query}
    headers = {"Authorization": f"Bearer {client.token}", **sent.headers}
    if isinstance(route.body, Body):
        given["data"] = json.dumps(sent.body)
    elif route.body is not None:
        given["data"], headers["Content-Type"] = lines(*(sent.body or ())), "application/x-ndjson"
    while True:
        url = client.url + prefix + path
        async with client.session.request(route.method, url, headers=headers, **given) as response:
            kept = tuple(sorted(each for each in response.headers.items() if each[0] not in VARYING))
            if response.status != 429:
                return Seen(response.status, kept, await response.read())
        await asyncio.sleep(0.05)


class Twin(NamedTuple):
    """An account that ids are tried on, and which ones it was sent: it may keep them."""

    tenant: Tenant
    sent: list[str]

    async def asked(self, route: Route, case: Sent, value: str, number: int) -> str:
        """What a route answers, but for what was sent."""
        self.sent.append(value)
        answer = await seen(self.tenant.client, route, self.tenant.own, case.filled(value, number))
        headers = [each for each in answer.headers if each[0] != "Content-Length"]
        text = f"{answer.status} {headers} {answer.body.decode()}"
        if isinstance(route.body, Upload):
            text += str(await self.merged(json.loads(answer.body)["result"]["id"]))
        for each in sorted(set(self.sent), key=len, reverse=True):
            for form in (each, each.lower(), each.replace("-", "")):
                text = text.replace(form, HOLE)
        for length in range(len(value), SHOWN - 1, -1):
            text = text.replace(value[:length], HOLE)
        return text

    async def merged(self, import_id: str) -> Any:
        """What became of an import, once it has ended."""
        while True:
            answer = await self.tenant.client.call("GET", f"{{a}}/directory/imports/{import_id}")
            if answer.result["status"] != "processing":
                return answer.result
            await asyncio.sleep(0.02)


class Twins(NamedTuple):
    """Two accounts alike: what one is asked with another's ids, the other is asked with nobody's."""

    foreign: Twin
    absent: Twin


async def whole(tenant: Tenant) -> dict[str, Seen]:
    """All that an account sees of itself; where something must be asked for, its own."""
    found = dict[str, Seen]()
    for each in VIEWS:
        asked = NEEDED.get(each.query, Sent()).filled(tenant.own["test"])
        found[named(each)] = await seen(tenant.client, each, tenant.own, asked)
    return found


@pytest.fixture(scope="module")
async def victim(service: Service) -> Tenant:
    """An account whose every text holds the canary."""
    return await settled(await service.tenant(), CANARY)


@pytest.fixture(scope="module")
async def untouched(victim: Tenant) -> dict[str, Seen]:
    return await whole(victim)


@pytest.fixture(scope="module")
async def twins(service: Service, untouched: dict[str, Seen]) -> Twins:  # noqa: ARG001  # seen before they are
    return Twins(*[Twin(await settled(await service.tenant(), "mine"), []) for _ in range(2)])


@pytest.fixture(scope="module")
async def spare(service: Service) -> Tenant:
    return await settled(await service.tenant(), "spare")


def check_nothing_shows(text: str, victim: Tenant) -> None:
    assert CANARY not in text
    assert [kind for kind, value in victim.own.items() if value in text and value != ABSENT] == []


def taken(route: Route, own: dict[str, str]) -> Sent:
    """What the route takes where its path is right."""
    first = next(iter(TABLE[named(route)]), Sent())
    return first.filled(own[first.fits] if first.fits else "", next(NUMBERS))


@PREFIXES
@pytest.mark.parametrize("route", ROUTES, ids=named)
async def test_a_foreign_account_answers_as_an_absent_one(
    victim: Tenant, twins: Twins, prefix: str, route: Route
) -> None:
    client, own = twins.foreign.tenant
    sent, nobodys = taken(route, own), victim.own | {"account": ABSENTS["account"]}
    foreign = await seen(client, route, victim.own, sent, prefix)
    assert foreign == await seen(client, route, nobodys, sent, prefix)
    assert foreign == await seen(client, route, ABSENTS, sent, prefix)
    assert foreign.status == 404
    check_nothing_shows(str(foreign), victim)


@PREFIXES
@pytest.mark.parametrize("route", WITH_IDS, ids=named)
async def test_a_foreign_id_in_a_path_answers_as_an_absent_one(
    victim: Tenant, twins: Twins, prefix: str, route: Route
) -> None:
    client, own = twins.foreign.tenant
    sent = taken(route, own)
    for name in parameters(route):
        absent = await seen(client, route, own | {PARAMETERS[name]: ABSENT}, sent, prefix)
        assert absent.status == 404
        for kind, value in victim.own.items():
            foreign = await seen(client, route, own | {PARAMETERS[name]: value}, sent, prefix)
            assert foreign == absent, (name, kind)
        check_nothing_shows(str(absent), victim)


@pytest.mark.parametrize("route", WITH_HOLES, ids=named)
async def test_a_foreign_id_in_a_body_or_a_filter_answers_as_an_absent_one(
    victim: Tenant, twins: Twins, route: Route
) -> None:
    for case in TABLE[named(route)]:
        for kind, value in victim.own.items():
            number = next(NUMBERS)
            foreign = await twins.foreign.asked(route, case, value, number)
            absent = await twins.absent.asked(route, case, ABSENTS[kind], number)
            check_nothing_shows(foreign, victim)
            assert NEW.sub("", foreign) == NEW.sub("", absent), (kind, case)


@pytest.mark.parametrize("route", WITH_HOLES, ids=named)
async def test_ones_own_id_is_taken_where_a_foreign_one_was_tried(spare: Tenant, route: Route) -> None:
    for case in TABLE[named(route)]:
        if case.fits is not None:
            sent = case.filled(spare.own[case.fits], next(NUMBERS))
            answer = await seen(spare.client, route, spare.own, sent)
            assert answer.status < 300, (case, answer)


async def test_what_an_account_sees_of_itself_is_its_own(victim: Tenant, spare: Tenant) -> None:
    for answer in (await whole(spare)).values():
        assert answer.status in (200, 404)
        check_nothing_shows(str(answer), victim)


async def test_ids_and_addresses_are_each_accounts_own(
    service: Service, client: Client, victim: Tenant
) -> None:
    person = {"id": victim.own["user"], "email": victim.own["email"], "name": "mine"}
    assert (await client.imported(lines(person)))["users_created"] == 1
    rows = await client.users((await client.tested(policy()))["id"])
    assert [row["name"] for row in rows] == ["mine"]
    deletion = {"id": victim.own["user"], "deleted": True}
    assert (await client.imported(lines(deletion)))["users_deleted"] == 1
    connection = await service.connect()
    try:
        query = "SELECT count(*) FROM users WHERE account_id = $1 AND valid_to = 9223372036854775807"
        assert await connection.fetchval(query, account_id(victim.client)) == 1
    finally:
        await connection.close()


async def test_an_account_is_as_it_was_whatever_was_tried(victim: Tenant, untouched: dict[str, Seen]) -> None:
    assert await whole(victim) == untouched
    assert {name for name, answer in untouched.items() if CANARY.encode() not in answer.body} == WORDLESS


def test_every_route_is_tried_here() -> None:
    assert sorted(TABLE) == sorted(map(named, ROUTES))
    assert {name for route in ROUTES for name in parameters(route)} == set(PARAMETERS)


def free(described: Type) -> bool:
    """Whether a filter takes any text."""
    match described:
        case UnionType():
            return any(map(free, described.types))
        case VarTupleType():
            return free(described.item_type)
        case Metadata():
            return free(described.type)
    return isinstance(described, StrType | UUIDType)


@pytest.mark.parametrize("route", VIEWS, ids=named)
def test_every_filter_that_takes_a_text_is_tried_here(route: Route) -> None:
    form = msgspec.inspect.type_info(route.query)
    texts = {field.encode_name for field in form.fields if free(field.type)} - TIMES
    tried = {name for sent in TABLE[named(route)] for name, text in sent.query.items() if HOLE in text}
    assert texts == tried
