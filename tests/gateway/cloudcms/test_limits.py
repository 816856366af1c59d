"""How much of everything an account can have, and what is large is put together while others are answered."""

import pytest

from services.gateway.cloudcms.principals import group_changes
from services.gateway.cloudcms.resources import resources
from services.gateway.cloudcms.teams import teams
from tests.gateway.cloudcms import people, rights
from tests.gateway.cloudcms.holdings import refusal
from tests.gateway.cloudcms.people import PRINCIPALS
from tests.stack import Client, Service, account_id


@pytest.mark.parametrize(
    ("table", "path", "most"),
    [
        ("registered_resource", "/access/resources", resources.TOTAL_BYTES),
        ("team", "/teams", teams.TOTAL_BYTES),
    ],
)
async def test_what_an_account_keeps_has_a_largest_size_together(
    service: Service, client: Client, table: str, path: str, most: int
) -> None:
    made = await client.call("POST", path, params={"key": "a"}, json={"type": "node", "title": "t"})
    if made.status != 200:  # a resource has no title of its own
        made = await client.call("POST", path, json={"type": "node", "path": "/aa"})
    connection = await service.connect()
    kept = await connection.fetchrow(
        f"SELECT bytes, octet_length(document::text) FROM {table} WHERE account_id = $1", account_id(client)
    )
    assert kept[0] == kept[1]
    await connection.execute(
        f"UPDATE {table} SET bytes = $2 WHERE account_id = $1", account_id(client), most - kept[0]
    )
    await connection.close()
    more = {"type": "node", "properties": {"x": "y" * 100}} if table != "team" else {"title": "x" * 100}
    answer = await client.call("POST", path, params={"key": "b"}, json=more)
    assert f"more than {most} bytes" in refusal(answer, 409)
    one = f"{path}/{made.body['_doc']}"
    assert f"more than {most} bytes" in refusal(await client.call("PUT", one, json=more), 409)
    less = {"type": "node", "path": "/"} if table != "team" else {}
    assert (await client.call("PUT", one, json=less)).status == 200


async def test_an_account_makes_so_many_groups_and_records_bring_more(
    service: Service, client: Client
) -> None:
    connection = await service.connect()
    insert = """
        INSERT INTO directory_group (account_id, group_id, name, document,
            created_at, created_by, modified_at, modified_by)
        SELECT $1, $3 || number, $3 || number, '{}', now(), $4, now(), $4
        FROM generate_series(1, $2) AS number
    """
    most = group_changes.NUMBER_LIMIT
    await connection.execute(insert, account_id(client), most, "d", "directory")
    await connection.execute(insert, account_id(client), most - 1, "g", "x")
    await people.group(client, "last")
    answer = await client.call("POST", PRINCIPALS, json={"type": "GROUP", "name": "more"})
    assert f"at most {most} groups" in refusal(answer, 409)
    refusal(await client.call("POST", "/teams", params={"key": "a"}, json={}), 409)
    assert (await client.call("DELETE", f"{PRINCIPALS}/g1")).status == 200
    await people.group(client, "more")
    await connection.execute("DELETE FROM directory_group WHERE account_id = $1", account_id(client))
    await connection.close()


async def test_large_documents_are_listed_sorted_and_read(client: Client) -> None:
    text = "x" * 60_000
    ids = [
        await rights.registered(client, type="node", path=f"/{number}", properties={"x": text})
        for number in range(3)
    ]
    for query in ({}, {"sort": '{"path":-1}'}):
        answer = await client.call("GET", "/access/resources", params=query)
        order = ids if not query else ids[::-1]
        assert [row["_doc"] for row in answer.body["rows"]] == order
        assert answer.body["total_rows"] == 3
    for number in range(3):
        assert (
            await client.call("POST", "/teams", params={"key": f"t{number}"}, json={"text": text})
        ).status == 200
    for query, order in (({}, "012"), ({"sort": '{"key":-1}'}, "210"), ({"skip": "1", "limit": "1"}, "1")):
        answer = await client.call("GET", "/teams", params=query)
        assert [row["key"] for row in answer.body["rows"]] == [f"t{each}" for each in order]
        assert (answer.body["total_rows"], answer.body["rows"][0]["text"]) == (3, text)
    groups = [await people.group(client, f"g{number}", text=text) for number in range(3)]
    refs = [{"ref": f"group://{client.account}/default/{each}"} for each in groups]
    answer = await client.call("POST", "/ref/read", json={"entries": refs})
    assert [each["entry"]["_doc"] for each in answer.body["entries"]] == groups
