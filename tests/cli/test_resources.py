"""What an account keeps, listed, shown and deleted at a live gateway."""

import json

import pytest

from tests.stack import Client

ABSENT = "00000000-0000-4000-8000-000000000000"
ACME = {"email_domain": {"domain": "acme.example"}}
KINDS = {
    "policies": ("policy", "{a}/access/policies", {"name": "A", "decision": "allow", "include": [ACME]}),
    "groups": ("group", "{a}/access/groups", {"name": "A", "include": [ACME, {"everyone": {}}]}),
    "lists": ("list", "{a}/gateway/lists", {"name": "A", "type": "IP", "items": [{"value": "10.0.0.1"}]}),
}
EACH = pytest.mark.parametrize("word", KINDS)


async def created(client: Client, word: str, **changes: object) -> dict:
    _, path, document = KINDS[word]
    return (await client.call("POST", path, json={**document, **changes})).result


@EACH
async def test_an_empty_account_has_nothing_to_list(gatehouse, word: str):
    assert await gatehouse(word, "list") == (0, f"no {word}\n", "")
    assert await gatehouse(word, "list", "--json") == (0, "[]\n", "")
    assert await gatehouse(word, "list", "-q") == (0, "", "")


@EACH
async def test_a_list_is_a_table_or_json_or_ids(gatehouse, client: Client, word: str):
    found = [await created(client, word, name=name) for name in ("A", "\x1b[8mB")]
    table = (await gatehouse(word, "list")).out.splitlines()
    assert [line.split()[0] for line in table] == ["id", *(each["id"] for each in found)]
    assert r"\x1b[8mB" in table[2]
    listed = await gatehouse(word, "list", "--json")
    assert json.loads(listed.out) == found
    assert len(listed.out.splitlines()) == 4
    assert (await gatehouse(word, "list", "--quiet")).out.split() == [each["id"] for each in found]


@EACH
async def test_one_is_found_by_its_id_and_by_its_name(gatehouse, client: Client, word: str):
    found = await created(client, word)
    for text in (found["id"], found["id"].upper(), "A"):
        assert json.loads((await gatehouse(word, "get", text, "--json")).out) == found
    table = (await gatehouse(word, "get", "A")).out
    assert [found["id"], "A"] == [line.split()[1] for line in table.splitlines()[:2]]
    assert ("10.0.0.1" if word == "lists" else "acme.example") in table


@EACH
async def test_a_name_may_look_like_an_id(gatehouse, client: Client, word: str):
    found = await created(client, word, name=ABSENT)
    assert json.loads((await gatehouse(word, "get", ABSENT, "--json")).out) == found


@pytest.mark.parametrize(
    ("word", "verb", "text"),
    [
        ("policies", "get", ABSENT),
        ("groups", "get", "nobody"),
        ("lists", "get", ""),
        ("policies", "delete", "../groups"),
        ("groups", "delete", ABSENT),
        ("lists", "delete", ABSENT),
    ],
)
async def test_what_is_not_there_is_told(gatehouse, word: str, verb: str, text: str):
    ended = await gatehouse(word, verb, text)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"Error: no {KINDS[word][0]} has the id or the name `{text}`\n"


@EACH
async def test_a_name_that_several_have_asks_for_the_id(gatehouse, client: Client, word: str):
    first, second = [(await created(client, word))["id"] for _ in range(2)]
    ended = await gatehouse(word, "delete", "A")
    assert ended.code == 2
    assert f"2 {word} have the name `A` ({first}, {second}): give the id of one" in ended.err
    ended = await gatehouse(word, "delete", second)
    assert (ended.code, ended.out) == (0, f"deleted {KINDS[word][0]} {second} A\n")
    assert (await gatehouse(word, "list", "-q")).out.split() == [first]
    assert await gatehouse(word, "delete", "A", "--quiet") == (0, "", "")


@pytest.mark.parametrize("word", ["groups", "lists"])
async def test_what_is_referred_to_stays_and_who_refers_is_told(gatehouse, client: Client, word: str):
    found = await created(client, word)
    rule = {"group" if word == "groups" else "ip_list": {"id": found["id"]}}
    user = await created(client, "policies", name="User", include=[rule])
    ended = await gatehouse(word, "delete", "A", "--json")
    assert (ended.code, ended.out) == (2, "")
    assert f"policy `User` ({user['id']})" in ended.err
    await gatehouse("policies", "delete", "User")
    ended = await gatehouse(word, "delete", "A", "--json")
    told = {"action": "deleted", "kind": KINDS[word][0], "id": found["id"], "name": "A"}
    assert (ended.code, json.loads(ended.out)) == (0, told)


async def test_a_long_list_shows_its_beginning(gatehouse, client: Client):
    items = [{"value": f"10.0.{number >> 8}.{number & 255}"} for number in range(2345)]
    found = await created(client, "lists", items=[{"value": "::1", "description": "home"}, *items])
    ended = await gatehouse("lists", "get", found["id"])
    assert "::1  (home)" in ended.out
    assert [line.strip() for line in ended.out.splitlines()[-2:]] == [
        "10.0.0.18",
        "and 2,326 more: --json has them all",
    ]
    whole = json.loads((await gatehouse("lists", "list", "--json")).out)[0]
    assert [item["value"] for item in whole.pop("items")] == ["::1", *(item["value"] for item in items)]
    assert whole == found
