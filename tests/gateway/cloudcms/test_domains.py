"""The one domain of an account."""

import pytest

from tests.stack import Client


@pytest.mark.parametrize("called", ["default", "primary"])
async def test_the_domain_is_read(client: Client, called: str) -> None:
    answer = await client.call("GET", f"/domains/{called}")
    assert (answer.status, answer.body["_doc"], answer.body["title"]) == (200, "default", "test")


async def test_there_is_one_domain(client: Client) -> None:
    listed = (await client.call("GET", "/domains")).body
    assert (listed["total_rows"], [row["_doc"] for row in listed["rows"]]) == (1, ["default"])
    assert (await client.call("POST", "/domains/query", json={"_doc": "other"})).body["rows"] == []
    assert (await client.call("POST", "/domains/query")).body["total_rows"] == 1


@pytest.mark.parametrize(
    "path",
    ["", "/principals", "/principals/ann", "/principals/everyone/members", "/principals/x/memberships"],
)
async def test_another_domain_is_not_found(client: Client, path: str) -> None:
    assert (await client.call("GET", "/domains/other" + path)).status == 404
