"""A file that does not arrive whole leaves nothing behind, however it breaks off."""

import asyncio

import pytest

from tests.gateway.rows import people
from tests.gateway.sockets import Line, head, line
from tests.stack import Client, Service, account_id

NDJSON = "Content-Type: application/x-ndjson"
TEXT = people(3000)


async def staged(service: Service, client: Client) -> tuple[int, int, int]:
    connection = await service.connect()
    tables = ("directory_import", "import_block", "users")
    query = ", ".join(f"(SELECT count(*) FROM {table} WHERE account_id = $1)" for table in tables)
    try:
        return tuple(await connection.fetchrow(f"SELECT {query}", account_id(client)))
    finally:
        await connection.close()


async def began(open_line: Line, client: Client, length: str, body: bytes) -> None:
    token = f"Authorization: Bearer {client.token}"
    path = f"/accounts/{client.account}/directory/imports"
    await open_line.say(head("POST", path, token, NDJSON, length))
    await open_line.say(body)
    await asyncio.sleep(0.2)


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


BODIES = [
    (f"Content-Length: {len(TEXT) + 1000}", TEXT),
    ("Transfer-Encoding: chunked", chunk(TEXT)),
    ("Transfer-Encoding: chunked", chunk(TEXT) + b"ffff\r\n" + TEXT[:100]),
    ("Transfer-Encoding: chunked", chunk(TEXT) + b"no length\r\n"),
    ("Content-Length: 100", b""),
]


@pytest.mark.parametrize(
    ("length", "body"), BODIES, ids=["length", "chunked", "chunk", "no chunk", "nothing"]
)
async def test_a_body_that_breaks_off_leaves_nothing(
    service: Service, client: Client, length: str, body: bytes
) -> None:
    before = len(service.gateway.log.read_text())
    async with line(service.url) as open_line:
        await began(open_line, client, length, body)
    await asyncio.sleep(0.3)
    assert await staged(service, client) == (0, 0, 0)
    assert (await client.imported(TEXT))["users_created"] == 3000
    # What the client did must not wake up whoever looks after the database.
    assert "database not available" not in service.gateway.log.read_text()[before:]


async def test_a_line_that_never_ends_is_refused(service: Service, client: Client) -> None:
    async with line(service.url) as open_line:
        await began(open_line, client, "Transfer-Encoding: chunked", chunk(b"x" * 3 * 1024 * 1024))
        assert (await open_line.reply()).status == 400
    assert await staged(service, client) == (0, 0, 0)


async def test_a_start_that_breaks_off_starts_nothing(service: Service, client: Client) -> None:
    path = f"/accounts/{client.account}/access/policy-tests"
    async with line(service.url) as open_line:
        headers = (f"Authorization: Bearer {client.token}", "Content-Length: 1000")
        await open_line.say(head("POST", path, *headers) + b'{"policies": [')
    connection = await service.connect()
    started = await connection.fetchval(
        "SELECT count(*) FROM policy_test WHERE account_id = $1", account_id(client)
    )
    await connection.close()
    assert started == 0


async def test_many_uploads_at_once_are_taken_or_told_to_wait(client: Client) -> None:
    answers = await asyncio.gather(*(client.upload(people(300)) for _ in range(30)))
    assert {answer.status for answer in answers} <= {202, 429}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status == 429)
    assert (
        await client.start({"name": "x", "decision": "allow", "include": [{"everyone": {}}]})
    ).status == 200
