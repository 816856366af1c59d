"""Long lists of principals: looked through with a bound, and with no more memory than there is."""

import asyncio
import random
from typing import Any

import msgspec
import pytest

from services.gateway.cloudcms.bounds import ANSWER_BYTES
from services.gateway.cloudcms.listing import Listing, Sort
from services.gateway.cloudcms.principals.crowds import Asked, matching
from services.gateway.cloudcms.principals.principal_documents import EVERYBODY
from shared.wire.cloudcms import queries
from shared.wire.faults import Faulty
from tests.gateway.cloudcms import people
from tests.gateway.cloudcms.holdings import refusal
from tests.gateway.cloudcms.people import PRINCIPALS
from tests.stack import Client, Service, account_id

GROUPS = [EVERYBODY._replace(document=msgspec.json.encode({"x": number % 3})) for number in range(9)]


@pytest.mark.parametrize(
    "wanted",
    [
        Asked(Listing(), (), queries.decode({"x": {"$regex": "a"}})),
        Asked(Listing(), (Sort("x", 1),)),
    ],
)
def test_what_takes_too_long_is_refused(wanted: Asked) -> None:
    assert matching(GROUPS, wanted).rows is not None
    with pytest.raises(Faulty, match="takes too long"):
        matching(GROUPS, wanted, seconds=-1)


def test_one_principal_that_takes_too_long_is_refused_while_it_is_looked_into() -> None:
    group = EVERYBODY._replace(document=msgspec.json.encode({"x": [1] * 30_000}))
    query = queries.decode({"$and": [{"x": {"$ne": number + 2}} for number in range(90)]})
    with pytest.raises(Faulty, match="takes too long"):
        matching([group], Asked(Listing(), (), query), seconds=0.05)


async def test_a_query_that_takes_long_holds_no_connection(service: Service, client: Client) -> None:
    text = "".join(random.Random(1).choices("ab", k=60_000))
    for number in range(4):
        await people.group(client, f"g{number}", text=text)
    query = {"text": {"$regex": "([ab]{0,240}c|[ab]{0,239}d)+z"}}
    slow = asyncio.ensure_future(people.found(client, query))
    await asyncio.sleep(0.3)
    connection = await service.connect()
    idle = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
    assert await connection.fetchval(idle) == 0
    await connection.close()
    assert not slow.done()
    assert (await slow).status in (200, 400)


async def crowded(service: Service, client: Client, number: int, length: int) -> None:
    """So many groups, each with a text of so many bytes."""
    connection = await service.connect()
    await connection.execute(
        """
        INSERT INTO directory_group (account_id, group_id, name, document,
            created_at, created_by, modified_at, modified_by)
        SELECT $1, 'g' || number, 'g' || number, json_build_object('text', repeat('x', $3)),
            now() + number * interval '1 second', 'x', now(), 'x'
        FROM generate_series(1, $2) AS number
        """,
        account_id(client),
        number,
        length,
    )
    await connection.close()


async def test_principals_that_take_much_together_are_asked_for_in_parts(
    service: Service, client: Client
) -> None:
    await crowded(service, client, 600, 60_000)
    for path, query in (("", {"limit": "-1"}), ("", {"sort": '{"name":1}'})):
        answer = await client.call("GET", PRINCIPALS + path, params=query)
        assert f"more than {ANSWER_BYTES} bytes" in refusal(answer, 400)
    assert await people.names(client, "", limit=3, skip=597) == ["g598", "g599", "g600"]
    assert len(await people.names(client, "", limit=300)) == 300


async def test_pieces_make_one_list(service: Service, client: Client) -> None:
    await crowded(service, client, 600, 10)
    assert await people.names(client, "", limit=-1) == [f"g{number}" for number in range(1, 601)]
    assert (await people.names(client, "", skip=250, limit=300))[-1] == "g550"
    found: Any = (await people.found(client, {"name": {"$regex": "^g59"}}, limit=-1)).body
    assert [row["name"] for row in found["rows"]] == ["g59", *(f"g{number}" for number in range(590, 600))]
