"""Files applied to a live gateway: what is created, replaced, left alone, refused."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Ended, Run
from tests.stack import Client, Service

ACME: dict[str, Any] = {"email_domain": {"domain": "acme.example"}}
PATHS = {"policies": "{a}/access/policies", "groups": "{a}/access/groups", "lists": "{a}/gateway/lists"}
ABSENT = "00000000-0000-4000-8000-000000000000"


def policy(name: str, *include: Any, **others: Any) -> dict[str, Any]:
    return {"name": name, "decision": "allow", "include": list(include) or [ACME], **others}


def group(name: str, *include: Any, **others: Any) -> dict[str, Any]:
    return {"name": name, "include": list(include) or [ACME], **others}


def naming(uid: str) -> dict[str, Any]:
    return {"group": {"id": uid}}


def emails(name: str, *items: Any, **others: Any) -> dict[str, Any]:
    return {"name": name, "type": "EMAIL", "items": list(items), **others}


FILES = {
    "policies": [policy("A", session_duration="24h", exclude=[]), policy("B", require=None)],
    "groups": [group("A", exclude=[ACME]), group("B")],
    "lists": [emails("A", "a@a.example", {"value": "b@a.example", "description": "B"}), emails("B")],
}


async def applied(gatehouse: Run, word: str, document: Any, *options: str) -> Ended:
    return await gatehouse(word, "apply", "-", *options, stdin=json.dumps(document).encode())


async def actions(gatehouse: Run, word: str, document: Any) -> list[tuple[str, str]]:
    """What became of each object, which all are right."""
    ended = await applied(gatehouse, word, document, "--json")
    assert (ended.code, ended.err) == (0, "")
    told = [json.loads(line) for line in ended.out.splitlines()]
    return [(each["action"], each["name"]) for each in told]


async def kept(client: Client, word: str) -> list[Any]:
    return (await client.call("GET", PATHS[word])).result


def said(one: dict[str, Any]) -> dict[str, Any]:
    """What its author said, without what the account made of it."""
    return {name: one[name] for name in one.keys() - {"id", "account_id", "created_at", "updated_at"}}


async def entries(client: Client) -> list[tuple[str, str]]:
    log = (await client.call("GET", "{a}/audit-log", params={"limit": "1000"})).result
    return [(entry["action"], entry["subject_id"]) for entry in reversed(log)]


@pytest.mark.parametrize("word", PATHS)
async def test_the_same_file_twice_changes_nothing(gatehouse, client: Client, word: str):
    assert await actions(gatehouse, word, FILES[word]) == [("created", "A"), ("created", "B")]
    before, log = await kept(client, word), await entries(client)
    assert [action for action, _ in log] == ["create", "create"]
    assert await actions(gatehouse, word, {word: FILES[word]}) == [("unchanged", "A"), ("unchanged", "B")]
    assert (await kept(client, word), await entries(client)) == (before, log)


@pytest.mark.parametrize("word", PATHS)
async def test_what_differs_is_replaced(gatehouse, client: Client, word: str):
    await actions(gatehouse, word, FILES[word])
    first, second = await kept(client, word)
    renamed = {**FILES[word][0], "id": first["id"].upper(), "name": "C"}
    ended = await applied(gatehouse, word, [FILES[word][1], renamed])
    assert ended.out == (
        f"unchanged  {second['id']}  B\nupdated    {first['id']}  C\n0 created, 1 updated, 1 unchanged\n"
    )
    assert [each["name"] for each in await kept(client, word)] == ["C", "B"]
    assert (await entries(client))[2:] == [("update", first["id"])]


@pytest.mark.parametrize("word", PATHS)
async def test_what_list_prints_can_be_applied_in_any_account(
    gatehouse, run, whom, service: Service, client: Client, word: str
):
    await actions(gatehouse, word, FILES[word])
    listed = await gatehouse(word, "list", "--json")
    assert len(json.loads(listed.out)) == 2
    assert await actions(gatehouse, word, json.loads(listed.out)) == [("unchanged", "A"), ("unchanged", "B")]
    other = await service.tenant()
    for count in ("2 created, 0 updated, 0 unchanged", "0 created, 0 updated, 2 unchanged"):
        ended = await run(word, "apply", "-", stdin=listed.out.encode(), **whom(other))
        assert (ended.code, ended.out.splitlines()[-1]) == (0, count)
    assert [said(each) for each in await kept(other, word)] == [
        said(each) for each in await kept(client, word)
    ]


async def test_one_object_is_a_file(gatehouse, tmp_path):
    file = tmp_path / "policy.json"
    file.write_text("\ufeff" + json.dumps(policy("Zoë"), ensure_ascii=False))
    ended = await gatehouse("policies", "apply", str(file))
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "1 created, 0 updated, 0 unchanged")
    shown = await gatehouse("policies", "get", "Zoë", "--json")
    again = await gatehouse("policies", "apply", "-", "--quiet", stdin=shown.out.encode())
    assert again == Ended(0, "", "")


async def test_groups_of_a_file_go_in_the_order_of_need(gatehouse, client: Client):
    file = [
        group("top", naming("middle"), exclude=[naming("BOTTOM")]),
        group("middle", naming("bottom"), id="Middle"),
        group("bottom", id="bottom"),
    ]
    assert await actions(gatehouse, "groups", file) == [
        ("created", "bottom"),
        ("created", "middle"),
        ("created", "top"),
    ]
    bottom, middle, top = await kept(client, "groups")
    assert middle["include"] == [naming(bottom["id"])]
    assert (top["include"], top["exclude"]) == ([naming(middle["id"])], [naming(bottom["id"])])
    assert {action for action, _ in await actions(gatehouse, "groups", file)} == {"unchanged"}


async def test_nested_groups_move_to_another_account(gatehouse, run, whom, service: Service):
    await actions(gatehouse, "groups", [group("outer", naming("i")), group("inner", id="i")])
    listed = await gatehouse("groups", "list", "--json")
    other = await service.tenant()
    assert (await run("groups", "apply", "-", stdin=listed.out.encode(), **whom(other))).code == 0
    inner, outer = await kept(other, "groups")
    assert outer["include"] == [naming(inner["id"])]


async def test_nesting_is_turned_round_through_groups_that_are_in_no_file(gatehouse, client: Client):
    await actions(gatehouse, "groups", [group("low", id="l"), group("between", naming("l"), id="b")])
    await actions(gatehouse, "groups", [group("high", naming((await kept(client, "groups"))[1]["id"]))])
    low, between, high = (each["id"] for each in await kept(client, "groups"))
    turned = [group("low", naming(high)), group("high")]
    assert await actions(gatehouse, "groups", turned) == [("updated", "high"), ("updated", "low")]
    circle = await applied(gatehouse, "groups", [group("high", naming(between))])
    assert circle.code == 2
    way = f"`high` at `/0`, which names `{between}`, which names `{low}`, which names `high` at `/0`"
    assert f"a group would contain itself: {way}\n" in circle.err
    assert (await kept(client, "groups"))[2]["include"] == [ACME]


async def test_a_refused_rule_is_told_with_its_place_in_the_file(gatehouse, client: Client):
    bad = policy("B", ACME, {"ip": {"ip": "10.0.0.0/99"}}, exclude=[naming(ABSENT)])
    ended = await applied(gatehouse, "policies", {"policies": [policy("A"), bad, policy("C")]})
    assert ended.code == 2
    assert ended.out.startswith("created    ")
    lines = ended.err.splitlines()
    assert lines[0].startswith("Error: /policies/1/include/1/ip/ip: ")
    assert lines[1].startswith("/policies/1/exclude/0/group/id: ")
    assert lines[2].startswith(
        "policy `B` at `/policies/1` was not applied; "
        "before it: 1 created, 0 updated, 0 unchanged; not tried: 1; "
    )
    assert [each["name"] for each in await kept(client, "policies")] == ["A"]


async def test_an_object_of_the_wrong_shape_is_told_before_anything_is_written(gatehouse, client: Client):
    file = [policy("A"), {"name": "B", "decision": "allow", "include": {}}, {**policy("C"), "id": 7}, 8]
    ended = await applied(gatehouse, "policies", file)
    assert (ended.code, ended.out) == (2, "")
    places = [line.partition(":")[0] for line in ended.err.splitlines()[1:]]
    assert places == ["/1/include", "/2/id", "/3"]
    assert await kept(client, "policies") == []


async def test_a_name_that_several_have_is_refused(gatehouse, client: Client):
    for _ in range(2):
        await client.call("POST", PATHS["policies"], json=policy("A"))
    first, second = (each["id"] for each in await kept(client, "policies"))
    ended = await applied(gatehouse, "policies", [policy("B"), policy("A")])
    assert ended.code == 2
    told = f"`A` at `/1`: 2 policies have the name `A` ({first}, {second}): give the `id` of the one"
    assert told in ended.err
    assert await actions(gatehouse, "policies", policy("A", id=second)) == [("unchanged", "A")]
    # With one of them named by its id, the name is that of the other.
    both = [policy("D", id=second), policy("A", id=ABSENT)]
    assert await actions(gatehouse, "policies", both) == [("updated", "D"), ("unchanged", "A")]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ([group("A", id="x"), group("B", id="X")], "`B` at `/1`: its `id` stands twice in the file"),
        ([group("A"), group("A", id="x")], "`A` at `/0`: its name stands twice in the file"),
        ([group("A", naming("a"), id="a")], "would contain itself: `A` at `/0`, which names `A` at `/0`"),
        ([group("A", naming("b"), id="a"), group("B", naming("a"), id="b")], "would contain itself: "),
    ],
)
async def test_a_file_that_cannot_be_told_apart_is_refused_whole(
    gatehouse, client: Client, file: list[Any], said: str
):
    ended = await applied(gatehouse, "groups", file)
    assert (ended.code, ended.out) == (2, "")
    assert "nothing was applied" in ended.err
    assert said in ended.err
    assert await kept(client, "groups") == []


async def test_a_list_of_a_hundred_thousand_goes_there_and_back(gatehouse, client: Client):
    addresses = [f"user{number}@acme.example" for number in range(100_000)]
    assert await actions(gatehouse, "lists", emails("all", *addresses)) == [("created", "all")]
    shown = await gatehouse("lists", "get", "all", "--json")
    assert [item["value"] for item in json.loads(shown.out)["items"]] == addresses
    assert await actions(gatehouse, "lists", json.loads(shown.out)) == [("unchanged", "all")]
    fewer = emails("all", *addresses[1:])
    assert await actions(gatehouse, "lists", fewer) == [("updated", "all")]
    assert await actions(gatehouse, "lists", {"name": "all", "type": "EMAIL"}) == [("unchanged", "all")]
    (there,) = await kept(client, "lists")
    assert there["count"] == 99_999


async def test_a_refused_item_is_told_with_its_place(gatehouse):
    ended = await applied(gatehouse, "lists", [emails("A", "a@a.example", "nobody")])
    assert ended.code == 2
    assert ended.err.startswith("Error: /0/items/1/value: ")
