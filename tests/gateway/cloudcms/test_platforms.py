"""A platform sees nothing of another: its ids, wherever they stand, are as absent as ids that nobody has."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import count
from typing import Any, NamedTuple

import msgspec
import pytest

from services.gateway.cloudcms.routes import ROUTES
from services.gateway.routing import Route
from tests.gateway.cloudcms.absents import ABSENTS
from tests.gateway.cloudcms.sent import Sent
from tests.gateway.cloudcms.tenants import GIVEN, PARAMETERS, TABLE, settled
from tests.gateway.cloudcms.vaults.shelf import made
from tests.gateway.tenants import HOLE, Tenant
from tests.gateway.test_tenants import free
from tests.stack import Client, Service

CANARY = "canary4711"
NUMBERS = count(1)
# An answer shows at least so much of a text that was sent.
SHOWN = 32
# What is new in every answer, or made of an id.
NEW = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b|\b[0-9a-f]{20}\b"
)
# What is ours whoever asks, or says nothing of anybody.
SHARED = {
    "GET /vaults",
    "GET /vaults/{vault_id}",
    "GET /",
    "GET /auth/info",
    "GET /domains",
    "GET /domains/{domain}",
    "GET /access/conditions",
    "GET /access/policies/system",
    "GET /access/policies/system/{key}",
    "GET /access/policies/templates",
    "GET /access/policies/templates/{key}",
    # Their texts are compressed.
    "GET /vaults/{vault_id}/archives/download",
    "GET /vaults/{vault_id}/archives/{archive_id}/download",
    "GET /{datastores}/{datastore_id}/acl",
    "GET /{datastores}/{datastore_id}/acl/list",
    "GET /domains/{domain}/principals/{principal_id}/acl",
    "GET /domains/{domain}/principals/{principal_id}/acl/list",
    "GET /{datastores}/{datastore_id}/roles",
    "GET /domains/{domain}/principals/{principal}/memberships",
    "GET /domains/{domain}/principals/{principal}/teams",
    "GET /teams/{team}/authorities",
    "GET /{datastores}/{datastore_id}/teams/{team}/authorities",
}
FREE = {"sort", "scope", "filter", "type", "teamableType", "schedule"}


def named(route: Route) -> str:
    return f"{route.method} {route.template}"


def parameters(route: Route) -> list[str]:
    """The positions of ids in a route's path."""
    return [name for name in re.findall(r"\{(\w+)\}", route.template) if PARAMETERS[name]]


VIEWS = [route for route in ROUTES if route.method == "GET"]
WITH_IDS = [route for route in ROUTES if parameters(route)]
WITH_HOLES = [route for route in ROUTES if TABLE.get(named(route))]
STORES = [route for route in ROUTES if "{datastore_id}" in route.template]


class Seen(NamedTuple):
    """An answer, without times."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str


VARYING = {"X-Request-ID", "Date", "Content-Length"}


TIMES = re.compile("_system|ticket|(.*_)?timestamp|schedule_start_ms|runAsPrincipalId")


def timeless(value: Any) -> Any:
    """JSON without what says when it was made, and by which token."""
    if isinstance(value, dict):
        return {name: timeless(each) for name, each in value.items() if not TIMES.fullmatch(name)}
    return [timeless(each) for each in value] if isinstance(value, list) else value


async def seen(client: Client, route: Route, ids: dict[str, str], sent: Sent) -> Seen:
    """What a route answers with these ids in its path. Jobs are killed before anybody does them."""
    with client.held() if route.waits else nullcontext():
        return await _seen(client, route, ids, sent)


async def _seen(client: Client, route: Route, ids: dict[str, str], sent: Sent) -> Seen:
    path = route.template
    for name in re.findall(r"\{(\w+)\}", path):
        kind = PARAMETERS[name]
        if kind == "team" and "{datastores}" in route.template:
            kind = "stack_team"
        shared = {**GIVEN, "permission_id": "READ"}
        shared["key"] = "contractor-without-delete" if "templates" in path else "project-user"
        path = path.replace(f"{{{name}}}", ids[kind] if kind else ids.get(name, shared[name]))
    data, headers = json.dumps(sent.body or {}).encode(), {"Authorization": f"Bearer {client.token}"}
    if route.uploads:
        data, headers["Content-Type"] = made(group="uploaded"), "application/zip"
    url = client.url + path
    async with client.session.request(
        route.method, url, params=sent.query, data=data, headers=headers
    ) as response:
        kept = tuple(sorted(each for each in response.headers.items() if each[0] not in VARYING))
        if response.content_type == "application/zip":
            return Seen(response.status, kept, hashlib.sha256(await response.read()).hexdigest())
        body = await response.json()
    if body.get("state") == "WAITING":
        await client.call("POST", f"/jobs/{body['_doc']}/kill")
    return Seen(response.status, kept, json.dumps(timeless(body), sort_keys=True))


def without(text: str, *values: str) -> str:
    """A text without what was sent, or as much of it as is shown."""
    for value in sorted(values, key=len, reverse=True):
        for length in range(len(value), min(SHOWN, len(value)) - 1, -1):
            for form in {value[:length], value[:length].lower()}:
                text = text.replace(form, HOLE)
    return NEW.sub("", text)


class Twins(NamedTuple):
    """Two platforms alike: what one is asked with another's ids, the other is asked with nobody's."""

    foreign: Tenant
    absent: Tenant


async def whole(tenant: Tenant) -> dict[str, Seen]:
    """All that a platform sees of itself."""
    found = {}
    for route in VIEWS:
        sent = next((each for each in TABLE[named(route)] if each.fits), Sent())
        filled = sent.filled(tenant.own, tenant.own.get(sent.fits or "", ""), 0)
        found[named(route)] = await seen(tenant.client, route, tenant.own, filled)
    return found


@pytest.fixture(scope="module")
async def victim(service: Service) -> Tenant:
    """A platform whose every text holds the canary."""
    return await settled(await service.tenant(), CANARY)


@pytest.fixture(scope="module")
async def untouched(victim: Tenant) -> dict[str, Seen]:
    return await whole(victim)


@pytest.fixture(scope="module")
async def twins(service: Service, untouched: dict[str, Seen]) -> Twins:  # noqa: ARG001  # seen before they are
    return Twins(*[await settled(await service.tenant(), "mine") for _ in range(2)])


@pytest.fixture
async def spare(service: Service) -> Tenant:
    return await settled(await service.tenant(), "spare")


def check_nothing_shows(text: str, victim: Tenant) -> None:
    assert CANARY not in text
    assert [kind for kind, value in victim.own.items() if value in text] == []


def taken(route: Route, own: dict[str, str]) -> Sent:
    """What the route takes where its path is right."""
    first = next(iter(TABLE[named(route)]), Sent())
    return first.filled(own, own[first.fits] if first.fits else "", next(NUMBERS))


@pytest.mark.parametrize("route", WITH_IDS, ids=named)
async def test_a_foreign_id_in_a_path_answers_as_an_absent_one(
    victim: Tenant, twins: Twins, route: Route
) -> None:
    client, own = twins.foreign
    sent = taken(route, own)
    for name in parameters(route):
        kind = PARAMETERS[name]
        if kind == "team" and "{datastores}" in route.template:
            kind = "stack_team"
        assert kind is not None
        value = ABSENTS[kind]
        absent = await seen(client, route, own | {kind: value}, sent)
        assert absent.status == 404 or kind == "role"
        for each in victim.own.values():
            if "/" in each:
                continue
            foreign = await seen(client, route, own | {kind: each}, sent)
            assert foreign._replace(text="") == absent._replace(text="")
            assert without(foreign.text, each) == without(absent.text, value), name
            check_nothing_shows(without(foreign.text, each), victim)


@pytest.mark.parametrize("route", STORES, ids=named)
async def test_a_datastore_of_another_platform_is_one_that_nobody_has(
    victim: Tenant, twins: Twins, route: Route
) -> None:
    client, own = twins.foreign
    theirs = await seen(client, route, own | {"datastore_id": "elsewhere4711"}, taken(route, own))
    for store in (victim.own["stack_team"], victim.client.account):
        foreign = await seen(client, route, own | {"datastore_id": store}, taken(route, own))
        assert foreign.status == theirs.status
        assert without(foreign.text, store) == without(theirs.text, "elsewhere4711")


def cases(victim: Tenant, twins: Twins, case: Sent) -> Iterator[tuple[str, Sent, Sent]]:
    """Each id of the victim where one twin is asked, and one of nobody's where the other is."""
    for kind, value in victim.own.items():
        number = next(NUMBERS)
        yield (
            value,
            case.filled(twins.foreign.own, value, number),
            case.filled(twins.absent.own, ABSENTS[kind], number),
        )


@pytest.mark.parametrize("route", WITH_HOLES, ids=named)
async def test_a_foreign_id_in_a_body_or_a_query_answers_as_an_absent_one(
    victim: Tenant, twins: Twins, route: Route
) -> None:
    for case in TABLE[named(route)]:
        for value, theirs, nobody in cases(victim, twins, case):
            foreign = await seen(*twins.foreign[:1], route, twins.foreign.own, theirs)
            absent = await seen(*twins.absent[:1], route, twins.absent.own, nobody)
            assert foreign.status == absent.status, (case, value, foreign, absent)
            said = [without(foreign.text, *victim.own.values()), without(absent.text, *ABSENTS.values())]
            check_nothing_shows(said[0], victim)
            assert said[0] == said[1], (case, value)


@pytest.mark.parametrize("route", WITH_HOLES, ids=named)
async def test_ones_own_id_is_taken_where_a_foreign_one_was_tried(spare: Tenant, route: Route) -> None:
    for case in TABLE[named(route)]:
        if case.fits is not None:
            sent = case.filled(spare.own, spare.own[case.fits], next(NUMBERS))
            answer = await seen(spare.client, route, spare.own, sent)
            assert answer.status < 300, (case, answer)


async def test_what_a_platform_sees_of_itself_is_its_own(victim: Tenant, spare: Tenant) -> None:
    for name, answer in (await whole(spare)).items():
        assert answer.status == 200, (name, answer)
        check_nothing_shows(answer.text, victim)


async def test_a_platform_is_as_it_was_whatever_was_tried(victim: Tenant, untouched: dict[str, Seen]) -> None:
    assert await whole(victim) == untouched
    assert {name for name, answer in untouched.items() if CANARY not in answer.text} <= SHARED


def test_every_route_is_tried_here() -> None:
    assert sorted(TABLE) == sorted(map(named, ROUTES))
    assert {name for route in ROUTES for name in re.findall(r"\{(\w+)\}", route.template)} == set(PARAMETERS)


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_parameter_that_takes_a_text_is_tried_here(route: Route) -> None:
    form = msgspec.inspect.type_info(route.query)
    texts = {field.encode_name for field in form.fields if free(field.type)} - FREE
    tried = {name for sent in TABLE[named(route)] for name, text in sent.query.items() if HOLE in text}
    assert texts <= tried
