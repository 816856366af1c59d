"""What clients of this dialect send, each in a way of its own, and what nobody should send at all."""

import json
from typing import Any

import pytest
from yarl import URL

from tests.gateway.cloudcms.holdings import (
    PATH,
    assigned,
    deep,
    document,
    grant,
    held,
    listed,
    made,
    queried,
    refusal,
    rows,
    targets,
    titles,
)
from tests.gateway.naughty import TEXTS
from tests.gateway.sockets import head, line
from tests.stack import Answer, Client

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
ALWAYS = {"metadata": "true", "full": "true", "locale": "default", "cb": "1503931326566"}


async def bare(client: Client, method: str, path: str) -> Answer:
    """A request without a body and without a content type."""
    headers = {"Authorization": f"Bearer {client.token}"}
    url = URL(client.url + path, encoded=True)
    skipped = {"Content-Type"}
    async with client.session.request(method, url, headers=headers, skip_auto_headers=skipped) as response:
        answer = Answer(response.status, await response.json(), dict(response.headers))
    client.shown(method, path, answer)
    return answer


@pytest.fixture
async def three(client: Client) -> Client:
    for title in ("b", "c", "a"):
        await made(client, title=title)
    return client


@pytest.mark.parametrize("stray", [ALWAYS, {"full": "true"}, {"clientId": "x", "accessPolicyId": "y"}])
async def test_parameters_that_nobody_asked_for_are_ignored(three: Client, stray: dict[str, str]) -> None:
    assert await listed(three, **stray) == ["b", "c", "a"]
    assert await queried(three, {"title": "a"}, **stray) == ["a"]
    (row, *_) = rows(await three.call("GET", PATH))
    answer = await three.call("GET", f"{PATH}/{row['_doc']}", params=stray)
    assert answer.body == row
    await assigned(three, row["_doc"], "everyone")
    assert await held(three, "everyone", **stray) == [row["_doc"]]
    assert len(await targets(three, row["_doc"], **stray)) == 1


@pytest.mark.parametrize("limit", ["-1", "3", "10000000"])
async def test_a_limit_of_minus_1_is_all(three: Client, limit: str) -> None:
    assert await listed(three, limit=limit) == ["b", "c", "a"]
    assert await queried(three, {}, limit=limit) == ["b", "c", "a"]


@pytest.mark.parametrize(
    "sort",
    [{"sort": '{"title":1}'}, {"sort": '{"title": "asc"}'}, {"sort[title]": "1"}, {"sort[title]": "asc"}],
    ids=str,
)
async def test_sorting_is_asked_for_as_json_or_by_field(three: Client, sort: dict[str, str]) -> None:
    assert await listed(three, **sort) == ["a", "b", "c"]
    assert await queried(three, {}, **sort) == ["a", "b", "c"]
    assert await listed(three, **sort, skip=1, limit=1, options='{"countTotal":true}') == ["b"]


async def test_sorting_goes_down_by_dots(three: Client) -> None:
    for way in ({"sort": '{"_system.modified_on.ms":-1,"title":1}'}, {"sort[_system.modified_on.ms]": "-1"}):
        found = rows(await three.call("GET", PATH, params=way))
        times = [row["_system"]["modified_on"]["ms"] for row in found]
        assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    "query",
    [
        *({"limit": limit} for limit in ("-2", "x", "", "1.5", "1e2", "9" * 30, "--1", "-", "\u0661")),
        *({"skip": skip} for skip in ("-1", "x", "", "9" * 30)),
        *({"sort": sort} for sort in ("title", "[]", "1", '{"title":2}', '{"title":null}', '{"":1}')),
        *({"sort": sort} for sort in (deep(1000), '{"x":' + "1" * 5000 + "}", '{"\\ud800":1}', "\ufeff{}")),
        {"sort": json.dumps(dict.fromkeys("abcde", 1))},
        {"sort[title]": "x"},
    ],
    ids=lambda query: str(query)[:40],
)
async def test_a_part_of_a_list_that_is_none_is_refused(client: Client, query: dict[str, str]) -> None:
    refusal(await client.call("GET", PATH, params=query), 400)
    refusal(await client.call("POST", f"{PATH}/query", params=query, json={}), 400)


@pytest.mark.parametrize("kind", ["json", "form", "none"])
async def test_calls_without_anything_to_say_have_an_empty_object_or_no_body(
    client: Client, kind: str
) -> None:
    async def call(path: str) -> Answer:
        if kind == "none":
            return await bare(client, "POST", path)
        body: dict[str, Any] = {"json": {}} if kind == "json" else {"headers": FORM, "data": b""}
        return await client.call("POST", path, **body)

    created = await call(PATH)
    policy_id = created.body["_doc"]
    for path in (f"{policy_id}/assign?ref=everyone", f"{policy_id}/unassign?ref=everyone"):
        assert (await call(f"{PATH}/{path}")).body == {"ok": True}
    assert rows(await call(f"{PATH}/find?ref=everyone")) == []
    assert len(rows(await call(f"{PATH}/query"))) == 1
    assert (await call(f"{PATH}/unassignall?ref=everyone")).body == {"ok": True}
    assert (await call(f"{PATH}/{policy_id}/update")).body == {"ok": True}
    assert (await call(f"{PATH}/{policy_id}/delete")).body == {"ok": True}
    assert await listed(client) == []


@pytest.mark.parametrize(
    "kind", ["text/plain; charset=utf-8", "application/xml", "application/json", "x", ""]
)
async def test_json_is_json_whatever_it_is_called(client: Client, kind: str) -> None:
    body, headers = json.dumps({"title": "\u00fc"}).encode(), {"Content-Type": kind}
    created = await client.call("POST", PATH, data=body, headers=headers)
    assert (await document(client, created.body["_doc"]))["title"] == "\u00fc"
    assert titles(await client.call("POST", f"{PATH}/query", data=body, headers=headers)) == ["\u00fc"]
    put = await client.call("PUT", f"{PATH}/{created.body['_doc']}", data=b' {"title":1}', headers=headers)
    assert "`title` is a text" in refusal(put, 400)


@pytest.mark.parametrize(
    "spelling",
    [
        "user%3A%2F%2F{platform}%2Fdefault%2F{user}",
        "user:%2F%2F{platform}%2Fdefault%2F{user}",
        "user://{platform}/default/{user}",
        "user%253A%252F%252F{platform}%252Fdefault%252F{user}",
        "default%2F{user}",
        "default/{user}",
        "{user}",
    ],
)
async def test_references_are_encoded_wholly_by_half_or_not_at_all(client: Client, spelling: str) -> None:
    await client.imported(b'{"email":"ann@a.example"}\n')
    (user,) = (await client.call("GET", "{a}/access/users")).result
    policy_id = await made(client)
    ref = spelling.format(platform=client.account, user=user["id"])
    for each in (ref, ref.replace("%3A", "%3a").replace("%2F", "%2f")):
        assert (await bare(client, "POST", f"{PATH}/{policy_id}/assign?ref={each}")).body == {"ok": True}
        assert len(rows(await bare(client, "POST", f"{PATH}/find?ref={each}&scope=platform"))) == 1
        assert (await bare(client, "POST", f"{PATH}/unassignall?ref={each}")).body == {"ok": True}
    assert await targets(client, policy_id) == []


@pytest.mark.parametrize("path", ["", "/update"])
async def test_a_policy_is_sent_back_with_all_that_answers_add(client: Client, path: str) -> None:
    policy_id = await made(client, title="a", order=7)
    got = (await client.call("GET", f"{PATH}/{policy_id}")).body
    echo = got | {"title": "b", "_doc": "other", "_ref": "accessPolicy://x/y"}
    answer = await client.call("POST" if path else "PUT", f"{PATH}/{policy_id}{path}", json=echo)
    assert answer.body == {"ok": True}
    now = (await client.call("GET", f"{PATH}/{policy_id}")).body
    assert now["_system"]["created_on"] == got["_system"]["created_on"]
    assert await document(client, policy_id) == {"_doc": policy_id, "title": "b", "order": 7}
    created = await client.call("POST", PATH, json=got)
    assert created.body["_doc"] != policy_id


async def test_what_drivers_do_with_policies_from_first_to_last(client: Client) -> None:
    await client.imported(b'{"email":"ann@a.example"}\n')
    (user,) = (await client.call("GET", "{a}/access/users")).result
    ref = f"user://{client.account}/default/{user['id']}".lower()
    patterns = [
        grant({"type": "property-matches", "config": {"property": "phone", "value": "^414.*"}}),
        grant({"type": "property-matches", "config": {"property": "disabled", "value": True}}),
    ]
    ids = [await made(client, title=f"Policy #{n}", order=n, statements=patterns) for n in (1, 2, 3)]
    assert len(await listed(client, limit=-1)) == 3
    assert await queried(client, {"title": "Policy #3"}) == ["Policy #3"]
    assert (await client.call("DELETE", f"{PATH}/{ids[2]}")).body == {"ok": True}
    assert len(await listed(client)) == 2
    assert await queried(client, {"title": "Policy #3"}) == []
    for policy_id in ids[:2]:
        await assigned(client, policy_id, ref)
    assert await held(client, ref) == ids[:2]
    assert (await client.call("POST", f"{PATH}/{ids[0]}/unassign?ref={ref}", json={})).status == 200
    assert await held(client, ref) == ids[1:2]
    assert (await client.call("POST", f"{PATH}/unassignall?ref={ref}", json={})).status == 200
    assert await held(client, ref) == []


@pytest.mark.parametrize("token", ["", "nonsense"])
async def test_who_is_not_known_is_told_in_words_that_make_drivers_log_in_again(
    client: Client, token: str
) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/x"), ("DELETE", "/x"), ("POST", "/find")):
        headers = {"Authorization": f"Bearer {token}"}
        answer = await client.call(method, PATH + path, headers=headers, json={})
        assert (answer.status, answer.body["error"], answer.body["ok"]) == (401, "invalid_token", False)
        assert answer.body["message"] == answer.body["error_description"]


BODIES = [
    b"{",
    b"nonsense",
    b"title=x",
    b"\x00",
    b"\xff\xfe",
    b'\xef\xbb\xbf{"title":"x"}',
    b'{"title":"\\u0000"}',
    b'{"\\u0000":1}',
    b'{"title":"\\ud800"}',
    b'{"title":"a\xed\xa0\x80"}',
    b'{"order":1e400}',
    b'{"order":NaN}',
    b'{"x":' + b"9" * 5000 + b"}",
    b'{"title":"a","title":"b"}',
    b'{"x":{"a":1,"a":2}}',
    deep(33).encode(),
    deep(100_000).encode(),
]


@pytest.mark.parametrize("body", BODIES, ids=[repr(each[:24]) for each in BODIES])
async def test_bodies_that_nothing_can_be_made_of_are_refused(client: Client, body: bytes) -> None:
    policy_id = await made(client, title="stays")
    for method, path in (
        ("POST", ""),
        ("PUT", f"/{policy_id}"),
        ("POST", f"/{policy_id}/update"),
        ("POST", "/query"),
        ("POST", "/templates/content-freeze"),
    ):
        for headers in (TEXT, FORM, {"Content-Type": "application/json"}):
            refusal(await client.call(method, PATH + path, data=body, headers=headers), 400)
    assert await listed(client) == ["stays"]


@pytest.mark.parametrize("number", ["1" + "0" * 400, "-1", "0.5", "1e300"])
async def test_numbers_are_kept_however_large(client: Client, number: str) -> None:
    created = await client.call("POST", PATH, data=f'{{"x":{number}}}'.encode(), headers=TEXT)
    assert (await document(client, created.body["_doc"]))["x"] == json.loads(number)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
async def test_strange_texts_anywhere_are_answered_in_words(client: Client, text: str) -> None:
    short = text[:300]
    for path in ("find", "unassignall"):
        answer = await client.call("POST", f"{PATH}/{path}", params={"ref": short})
        assert answer.status in (400, 404)
        refusal(answer, answer.status)
    for params in ({"sort": short}, {"sort[x]": short}, {"skip": short}, {"limit": short}):
        answer = await client.call("GET", PATH, params=params)
        assert answer.status in (200, 400)
    assert (await client.call("GET", PATH, params={f"sort[{short}]": "1"})).status in (200, 400)
    assert (await client.call("POST", f"{PATH}/query", json={short: {short: short}})).status in (200, 400)
    await made(client, title="x")
    assert (await client.call("POST", f"{PATH}/query", json={"title": {"$regex": short}})).status in (
        200,
        400,
    )


TARGETS = [
    ("GET", "/%FF"),
    ("PUT", "/%FF"),
    ("DELETE", "/%ED%A0%80"),
    ("GET", "/system/%FF"),
    ("GET", "/templates/%FF"),
    ("POST", "/templates/%ED%A0%80"),
    ("GET", "/%FF/targets"),
    ("POST", "/%00/assign?ref=everyone"),
    ("POST", "/find?ref=%FF"),
    ("POST", "/find?ref=everyone&scope=%FF"),
    ("POST", "/unassignall?ref=%ED%A0%80"),
    ("POST", "/query?sort=%FF"),
    ("GET", "?sort[%FF]=1"),
    ("GET", "?sort=%7B%22%FF%22:1%7D"),
    ("GET", "?limit=%FF"),
]


@pytest.mark.parametrize(("method", "target"), TARGETS, ids=[ascii(each) for _, each in TARGETS])
async def test_bytes_that_are_no_text_are_answered_in_words(client: Client, method: str, target: str) -> None:
    authorization = f"Authorization: Bearer {client.token}"
    async with line(client.url) as socket:
        await socket.say(head(method, PATH + target, authorization, "Content-Length: 0"))
        reply = await socket.reply()
    assert reply.status in (200, 400, 404), reply
    if reply.status != 200:
        assert json.loads(reply.body)["message"]
