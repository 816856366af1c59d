"""The one vault, whatever way leads to it."""

import pytest


@pytest.mark.parametrize(("query", "number"), [({}, 1), ({"_doc": "primary"}, 1), ({"title": "other"}, 0)])
async def test_there_is_one_vault(client, query, number):
    listed = (await client.call("GET", "/vaults")).body
    read = (await client.call("GET", "/vaults/primary")).body
    assert listed["rows"] == [read]
    assert (read["_doc"], read["type"], read["primary"]) == ("primary", "vault", True)
    assert (await client.call("POST", "/vaults/query", json=query)).body["total_rows"] == number


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/archives"),
        ("POST", "/archives"),
        ("GET", "/archives/lookup?group=g&artifact=a&version=1"),
        ("GET", "/archives/x"),
        ("GET", "/archives/x/download"),
        ("DELETE", "/archives/x"),
    ],
)
async def test_there_is_no_other(client, method, path):
    answer = await client.call(method, f"/vaults/other{path}", data=b"x" if method == "POST" else None)
    assert (answer.status, answer.body["message"]) == (404, "vault `other` does not exist")
