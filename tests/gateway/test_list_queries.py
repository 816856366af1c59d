"""Which lists a list of lists shows."""

from typing import Any

import pytest

from tests.gateway.list_calls import ABSENT, LISTS, SHAPE, created, on
from tests.stack import Client, Service

QUERIES: list[tuple[list[tuple[str, str]], str]] = [
    ([], "cab"),
    ([("order_by", "name")], "abc"),
    ([("order_by", "name"), ("direction", "desc")], "cba"),
    ([("order_by", "created_at")], "bac"),
    ([("order_by", "created_at"), ("direction", "asc")], "cab"),
    ([("direction", "desc")], "bac"),
    ([("order_by", "updated_at")], "cba"),
    ([("order_by", "item_count")], "bac"),
    ([("type", "EMAIL")], "ca"),
    ([("type", "URL")], ""),
    ([("search", "LIST")], "cab"),
    ([("search", "straSSE")], "a"),
    ([("search", "%")], ""),
    ([("filter", "name:A L")], "a"),
    ([("filter", "type:IP")], "b"),
    ([("filter", "type:IP"), ("type", "EMAIL")], "b"),
    ([("filter", "item_count:2")], "c"),
    ([("filter", "name:list"), ("filter", "type:EMAIL"), ("search", "c")], "c"),
    ([("filter", "name:"), ("filter", "id:")], "cab"),
    ([("filter", f"id:{ABSENT}")], ""),
    ([("page", "x"), ("nonsense", "y")], "cab"),
]


@pytest.fixture(scope="module")
async def three(service: Service) -> Client:
    """An account with lists `c list`, `a list` and `b list`, made in this order, touched in another."""
    client = await service.tenant()
    await created(client, "x@a.example", "y@a.example", name="c list")
    a = await created(client, "x@a.example", name="a list")
    await created(client, name="b list", type="IP")
    await on(client, "PATCH", a, json={"description": "Straße"})
    b, c = (await client.call("GET", LISTS, params={"order_by": "name"})).result[1:]
    await on(client, "PATCH", b, json={"description": ""})
    await on(client, "PATCH", c, json={"description": "x"})
    return client


@pytest.mark.parametrize(("query", "expected"), QUERIES)
async def test_lists_are_filtered_and_sorted(three: Client, query: Any, expected: str) -> None:
    shown = (await three.call("GET", LISTS, params=query)).result
    assert "".join(each["name"][0] for each in shown) == expected
    assert all(each.keys() == SHAPE for each in shown)


@pytest.mark.parametrize(
    "form", [str.upper, str.lower, lambda text: text.replace("-", ""), lambda text: text[9:]]
)
async def test_a_list_is_found_by_a_part_of_its_id(three: Client, form: Any) -> None:
    wanted = (await three.call("GET", LISTS)).result[0]
    shown = await three.call("GET", LISTS, params={"filter": f"id:{form(wanted['id'])}"})
    assert shown.result == [wanted]


BAD_QUERIES = [
    *[("type", each) for each in ("email", "", "LETTER", "EMAIL,IP")],
    *[("filter", each) for each in ("", "name", "size:1", "type:email", "item_count:", "item_count:-1")],
    *[("order_by", "size"), ("direction", "up"), ("direction", "")],
]


@pytest.mark.parametrize(("name", "value"), BAD_QUERIES)
async def test_a_bad_query_is_refused_by_name(three: Client, name: str, value: str) -> None:
    refused = await three.call("GET", LISTS, params=[("filter", "name:x"), (name, value)])
    assert (refused.status, refused.body["errors"][0]["code"]) == (400, 12130)
    assert f"`{name}`" in refused.faults[0][1]


async def test_a_query_has_ten_filters_at_most(three: Client) -> None:
    query = [("filter", "name:list")] * 10
    assert len((await three.call("GET", LISTS, params=query)).result) == 3
    refused = await three.call("GET", LISTS, params=[*query, ("filter", "id:")])
    assert refused.status == 400
    assert "`filter` is" in refused.body["errors"][0]["message"]
