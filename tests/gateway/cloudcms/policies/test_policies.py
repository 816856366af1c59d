"""Access policies: kept as they came, replaced whole, gone with all that hung on them."""

import asyncio
import io
import json
from collections.abc import AsyncIterator

import pytest

from services.gateway.cloudcms.policies.policies import DOCUMENT_BYTES, NUMBER_LIMIT, TOTAL_BYTES
from shared.wire.cloudcms import references
from tests.gateway.cloudcms.holdings import (
    ABSENT,
    PATH,
    assigned,
    changes,
    document,
    grant,
    held,
    listed,
    made,
    pointers,
    queried,
    refusal,
    sized,
    titles,
)
from tests.gateway.naughty import TEXTS
from tests.stack import Client, Service, account_id

WRITES = [("PUT", ""), ("POST", "/update"), ("DELETE", ""), ("POST", "/delete")]
FULL = {
    "title": "Editors",
    "description": "of the news",
    "key": "editors",
    "scope": "project",
    "order": "100",
    "statements": [
        grant({"type": "path-matches", "config": {"path": "^/news/.*"}}, roles=("Editor", "consumer")),
        {"action": "revoke", "roles": ["consumer"]},
    ],
    "x": {"z": [1, 2.5, None, True], "a": {"ok": True, "_doc": "kept"}},
}


async def test_a_policy_comes_back_as_it_was_sent_in_its_order(client: Client) -> None:
    policy_id = await made(client, **FULL)
    answer = await client.call("GET", f"{PATH}/{policy_id}")
    about = answer.body.pop("_system")
    assert json.dumps(answer.body) == json.dumps({"_doc": policy_id, **FULL})
    assert (len(policy_id), policy_id) == (20, policy_id.lower())
    assert (about["created_by"], about["modified_by"], about["deleted"]) == ("test", "test", False)


async def test_times_are_said_in_all_ways_and_months_count_from_0(client: Client) -> None:
    times = (await client.call("GET", f"{PATH}/{await made(client)}")).body["_system"]
    at = times["created_on"]
    day = f"{at['year']:04}-{at['month'] + 1:02}-{at['day_of_month']:02}"
    assert at["iso_8601"] == f"{day}T{at['hour']:02}:{at['minute']:02}:{at['second']:02}Z"
    assert at["ms"] % 1000 == at["millisecond"]
    assert times["modified_on"] == at


async def test_an_empty_object_is_a_policy(client: Client) -> None:
    policy_id = await made(client)
    assert await document(client, policy_id) == {"_doc": policy_id}


@pytest.mark.parametrize(("method", "path"), WRITES[:2])
async def test_a_write_replaces_all_of_it(client: Client, method: str, path: str) -> None:
    policy_id = await made(client, **FULL)
    was = (await client.call("GET", f"{PATH}/{policy_id}")).body["_system"]
    answer = await client.call(method, f"{PATH}/{policy_id}{path}", json={"title": "Other"})
    assert (answer.status, answer.body) == (200, {"ok": True})
    now = (await client.call("GET", f"{PATH}/{policy_id}")).body
    assert now["_system"]["created_on"] == was["created_on"]
    assert now["_system"]["modified_on"]["ms"] >= was["modified_on"]["ms"]
    assert await document(client, policy_id) == {"_doc": policy_id, "title": "Other"}


async def test_a_write_that_changes_nothing_leaves_no_trace(client: Client) -> None:
    policy_id = await made(client, **FULL)
    was = (await client.call("GET", f"{PATH}/{policy_id}")).body
    assert (await client.call("PUT", f"{PATH}/{policy_id}", json=was)).status == 200
    assert (await client.call("GET", f"{PATH}/{policy_id}")).body == was
    assert len(await changes(client, "access_policy")) == 1


@pytest.mark.parametrize(("method", "path"), WRITES[2:])
async def test_a_deleted_policy_is_gone_with_its_assignments_and_grants(
    client: Client, service: Service, method: str, path: str
) -> None:
    policy_id, other = await made(client), await made(client)
    for each in (policy_id, other):
        await assigned(client, each, "everyone")
    connection = await service.connect()
    account = account_id(client)
    for each in (policy_id, other):
        on = str(references.policy(account, each)).lower()
        await connection.execute(
            "INSERT INTO authority_grant VALUES ($1, $2, $2, 'group', 'everyone', 'owner', now())",
            account,
            on,
        )
    answer = await client.call(method, f"{PATH}/{policy_id}{path}", json={})
    assert (answer.status, answer.body) == (200, {"ok": True})
    left = await connection.fetch("SELECT grant_id FROM authority_grant WHERE account_id = $1", account)
    await connection.close()
    assert [row[0] for row in left] == [str(references.policy(account, other)).lower()]
    assert await held(client, "everyone") == [other]
    assert "does not exist" in refusal(await client.call("GET", f"{PATH}/{policy_id}"), 404)


async def test_a_list_has_the_oldest_first_and_no_system_policies(client: Client) -> None:
    assert await listed(client) == []
    for title in ("b", "c", "a"):
        await made(client, title=title)
    assert await listed(client) == ["b", "c", "a"]
    assert await listed(client, skip=1, limit=1) == ["c"]
    assert await listed(client, skip=3) == []
    answer = await client.call("GET", PATH, params={"skip": 1, "limit": 1})
    assert (answer.body["total_rows"], answer.body["offset"], answer.body["size"]) == (3, 1, 1)


async def test_a_list_is_sorted_by_fields_at_any_depth(client: Client) -> None:
    for title, order, deep in (("a", 2, 1), ("b", 1, 3), ("c", 1, 2), ("d", None, None)):
        given = {} if order is None else {"order": order, "x": {"y": deep}}
        await made(client, title=title, **given)
    assert await listed(client, sort='{"order":1,"title":-1}') == ["d", "c", "b", "a"]
    assert await listed(client, sort='{"x.y":-1}', limit=2) == ["b", "c"]
    assert await listed(client, sort='{"_system.created_on.ms":1,"title":1}') == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("method", "path"), [("GET", ""), *WRITES])
@pytest.mark.parametrize("policy_id", [ABSENT, "x" * 300, "%00", "%F0%9F%98%80", "..%2Fa", "a%20b"])
async def test_a_policy_that_is_not_there_is_not_found(
    client: Client, method: str, path: str, policy_id: str
) -> None:
    refusal(await client.call(method, f"{PATH}/{policy_id}{path}", json={}), 404)


async def test_another_accounts_policy_is_as_absent(client: Client, service: Service) -> None:
    policy_id = await made(await service.tenant(), title="theirs")
    for method, path in [("GET", ""), *WRITES, ("GET", "/targets"), ("POST", "/assign?ref=everyone")]:
        refusal(await client.call(method, f"{PATH}/{policy_id}{path}", json={}), 404)
    assert await listed(client) == await queried(client, {"title": "theirs"}) == []
    assert await queried(client, {"_doc": policy_id}) == []


async def test_a_system_policy_is_read_by_its_key_and_stays_as_it_is(client: Client) -> None:
    policy = (await client.call("GET", f"{PATH}/project-user")).body
    assert (policy["_doc"], policy["key"], policy["system"]) == ("project-user", "project-user", True)
    for method, path in WRITES:
        message = refusal(await client.call(method, f"{PATH}/project-user{path}", json={}), 409)
        assert "`project-user` is a system policy" in message
    assert (await client.call("GET", f"{PATH}/project-user")).body == policy


async def test_roles_are_the_standard_ones_and_the_accounts_own(client: Client, service: Service) -> None:
    answer = await client.call("POST", "/roles", json={"roleKey": "Reviewer", "permissions": ["READ"]})
    assert answer.status == 200
    policy_id = await made(client, statements=[grant(roles=("OWNER", "reviewer", "REVIEWER"))])
    wrong = {"statements": [grant(roles=("reviewr", "owner", "nobody"))]}
    expected = ["/statements/0/roles/0", "/statements/0/roles/2"]
    assert pointers(await client.call("POST", PATH, json=wrong)) == expected
    assert pointers(await client.call("PUT", f"{PATH}/{policy_id}", json=wrong)) == expected
    other = await service.tenant()
    theirs = await other.call("POST", PATH, json={"statements": [grant(roles=("reviewer",))]})
    assert pointers(theirs) == ["/statements/0/roles/0"]


CONFIG = "/statements/0/conditions/0/config"
REFUSED = [
    ({"statements": [grant({"type": "path", "config": {"path": "("}})]}, [f"{CONFIG}/path"]),
    ({"statements": [grant({"type": "path", "config": {"path": "(?=a)"}})]}, [f"{CONFIG}/path"]),
    ({"statements": [grant({"type": "teleport"})]}, ["/statements/0/conditions/0/type"]),
    ({"statements": [{"action": "allow", "roles": ["owner"]}]}, ["/statements/0/action"]),
    ({"statements": [{"action": "grant", "roles": []}]}, ["/statements/0/roles"]),
    ({"statements": 1, "order": [], "scope": "x"}, ["/order", "/scope", "/statements"]),
    ({"ok": True, "error": 1}, ["/ok", "/error"]),
    ({"order": 10**400}, ["/order"]),
    ({"order": -(10**15)}, ["/order"]),
    ([], [""]),
    ("policy", [""]),
    (None, [""]),
]


@pytest.mark.parametrize(("body", "where"), REFUSED, ids=[str(each)[:60] for each, _ in REFUSED])
async def test_what_is_no_policy_is_refused_with_where(
    client: Client, body: object, where: list[str]
) -> None:
    policy_id = await made(client, title="stays")
    for method, path in (("POST", ""), ("PUT", f"/{policy_id}"), ("POST", f"/{policy_id}/update")):
        assert pointers(await client.call(method, PATH + path, data=json.dumps(body))) == where
    assert await listed(client) == ["stays"]


async def test_texts_come_back_as_they_went_in_or_are_refused(client: Client) -> None:
    for text in TEXTS:
        answer = await client.call("POST", PATH, json={"title": text, f"x{text}": {text: [text]}})
        if "\0" in text:
            refusal(answer, 400)
            continue
        assert answer.status == 200, text
        got = await document(client, answer.body["_doc"])
        assert (got["title"], got[f"x{text}"]) == (text, {text: [text]})
        assert await queried(client, {"title": text}) == [text]
    whole = [text for text in TEXTS if "\0" not in text]
    assert await listed(client, limit=-1) == whole
    assert await listed(client, limit=-1, sort='{"title":1}') == sorted(whole)


async def test_a_policy_has_a_largest_size(client: Client) -> None:
    answer = await client.call("POST", PATH, data=sized(DOCUMENT_BYTES))
    assert answer.status == 200
    await document(client, answer.body["_doc"])
    assert pointers(await client.call("POST", PATH, data=sized(DOCUMENT_BYTES + 1))) == [""]
    refusal(await client.call("POST", PATH, data=io.BytesIO(b" " * 1024 * 1024 + b"{}")), 413)


async def test_each_change_is_in_the_audit_log(client: Client) -> None:
    policy_id = await made(client, title="a")
    await client.call("PUT", f"{PATH}/{policy_id}", json={"title": "b"})
    await client.call("DELETE", f"{PATH}/{policy_id}")
    assert await changes(client, "access_policy") == [
        ("create", policy_id, {"title": "a"}),
        ("update", policy_id, {"title": "b"}),
        ("delete", policy_id, {"title": "b"}),
    ]


async def test_writes_at_the_same_time_all_count(client: Client) -> None:
    wanted = {f"p{number}" for number in range(12)}
    await asyncio.gather(*(made(client, title=title) for title in wanted))
    assert set(await listed(client)) == wanted


async def test_a_token_that_may_read_may_not_write(service: Service) -> None:
    reader = await service.tenant(scopes=("entitlements:read",))
    assert await listed(reader) == await queried(reader, {}) == []
    for path in ("", "/unassignall?ref=everyone", "/x/assign?ref=everyone", "/templates/content-freeze"):
        assert "entitlements:write" in refusal(await reader.call("POST", PATH + path, json={}), 403)
    for method, path in WRITES:
        refusal(await reader.call(method, f"{PATH}/project-user{path}", json={}), 403)


@pytest.fixture(scope="module")
async def crowd(service: Service) -> AsyncIterator[Client]:
    """An account with as many policies as one may have."""
    client = await service.tenant()
    connection = await service.connect()
    await connection.execute(
        """
        INSERT INTO access_policy
        SELECT $1, 'p' || number, ('{"title":"' || number || '","order":' || number % 7 || '}')::json, 25, 1,
            now() + number * interval '1 second', 'x', now(), 'x'
        FROM generate_series(1, $2) AS number
        """,
        account_id(client),
        NUMBER_LIMIT,
    )
    yield client
    await connection.close()


async def test_an_account_has_a_largest_number_of_policies(crowd: Client) -> None:
    assert str(NUMBER_LIMIT) in refusal(await crowd.call("POST", PATH, json={}), 409)
    assert (await crowd.call("PUT", f"{PATH}/p7", json={"title": "7"})).status == 200


async def test_many_policies_are_listed_sorted_and_searched(crowd: Client) -> None:
    wanted = [str(number) for number in range(1, NUMBER_LIMIT + 1)]
    assert await listed(crowd, limit=-1) == wanted
    assert await listed(crowd, skip=5000, limit=2) == ["5001", "5002"]
    assert await listed(crowd, sort='{"_doc":-1}', limit=2) == ["9999", "9998"]
    assert await queried(crowd, {"title": {"$regex": "^999"}}) == [
        str(each) for each in (999, *range(9990, 10000))
    ]
    answer = await crowd.call("POST", f"{PATH}/query?limit=3&sort[title]=1", json={"order": 3})
    assert answer.body["total_rows"] == 1429
    assert titles(answer) == sorted(each for each in wanted if int(each) % 7 == 3)[:3]


async def test_an_accounts_policies_have_a_largest_size_together(client: Client, service: Service) -> None:
    policy_id = await made(client, title="small")
    connection = await service.connect()
    await connection.execute(
        "UPDATE access_policy SET bytes = $2 WHERE account_id = $1", account_id(client), TOTAL_BYTES
    )
    refusal(await client.call("POST", PATH, json={}), 409)
    assert (await client.call("PUT", f"{PATH}/{policy_id}", json={"title": "x"})).status == 200
    await connection.close()
