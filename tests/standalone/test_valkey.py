import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as Unreachable

from services.standalone.valkey import Valkey


async def write(server: Valkey, value: str) -> None:
    async with Redis.from_url(server.url) as client:
        await client.set("kept", value)


async def read(server: Valkey) -> bytes | None:
    async with Redis.from_url(server.url) as client:
        return await client.get("kept")


async def test_data_survives_a_stop(tmp_path: Path) -> None:
    async with Valkey(tmp_path) as server:
        await write(server, "1")
    async with server:
        assert await read(server) == b"1"


async def test_data_older_than_a_second_survives_a_crash(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    await server.start()
    await write(server, "1")
    await asyncio.sleep(1.5)
    await server.crash()
    async with server:
        assert await read(server) == b"1"


async def test_without_persistence_nothing_is_kept(tmp_path: Path) -> None:
    async with Valkey(tmp_path, persist=False) as server:
        await write(server, "1")
    async with server:
        assert await read(server) is None


async def test_it_refuses_rather_than_forgets_and_is_deaf_to_the_network(tmp_path: Path) -> None:
    async with Valkey(tmp_path) as server, Redis.from_url(server.url, decode_responses=True) as client:
        assert (await client.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"
        assert (await client.config_get("port"))["port"] == "0"
        assert (
            Path((await client.config_get("unixsocket"))["unixsocket"]).parent.stat().st_mode & 0o777 == 0o700
        )


async def test_a_server_left_running_is_taken_over(tmp_path: Path) -> None:
    left = Valkey(tmp_path)
    await left.start()
    await write(left, "1")
    async with Valkey(tmp_path) as server:
        assert not left.running
        assert await read(server) == b"1"
    await left.stop()


async def test_a_long_path_gets_a_short_socket_that_stays(tmp_path: Path) -> None:
    server = Valkey(tmp_path / ("long" * 20) / ("path" * 10))
    async with server:
        await write(server, "1")
        address = server.url
    with pytest.raises(Unreachable):
        await read(server)
    async with server:
        assert server.url == address
        assert await read(server) == b"1"
