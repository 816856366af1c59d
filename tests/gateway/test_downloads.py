"""Files are sent as they are read: whole, or so that nobody takes a part for the whole."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.gateway import downloads
from services.gateway.downloads import Download
from tests.gateway.sockets import head, line

PIECES = [b"a" * 1000, b"b" * 1000, b"c" * 10]


async def whole() -> AsyncIterator[bytes]:
    for piece in PIECES:
        yield piece


async def empty() -> AsyncIterator[bytes]:
    for piece in ():
        yield piece


async def broken() -> AsyncIterator[bytes]:
    yield PIECES[0]
    raise OSError("the bucket is away")


async def absent() -> AsyncIterator[bytes]:
    raise OSError("the bucket is away")
    yield b""


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield bytes(1 << 20)


def download(pieces: AsyncIterator[bytes], length: int) -> Download:
    return Download("a-b-1.zip", "application/zip", length, hashlib.sha256(b"").digest(), pieces)


@asynccontextmanager
async def serving(read: Callable[[], AsyncIterator[bytes]], length: int) -> AsyncIterator[str]:
    async def respond(request: web.Request) -> web.StreamResponse:
        try:
            return await downloads.send(request, download(read(), length))
        except OSError:
            return web.Response(status=503)

    app = web.Application()
    app.router.add_get("/", respond)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def answered(url: str) -> tuple[aiohttp.ClientResponse, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response, await response.read()


async def test_a_file_is_sent_with_what_it_is() -> None:
    async with serving(whole, 2010) as url:
        response, data = await answered(url)
    assert data == b"".join(PIECES)
    assert response.headers["Content-Length"] == "2010"
    assert response.headers["Content-Disposition"] == 'attachment; filename="a-b-1.zip"'
    assert response.headers["Repr-Digest"] == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
    assert response.headers["Cache-Control"] == "no-store"


async def test_a_file_without_bytes_is_one() -> None:
    async with serving(empty, 0) as url:
        response, data = await answered(url)
    assert (response.status, data) == (200, b"")


async def test_a_file_that_breaks_off_does_not_look_whole() -> None:
    async with serving(broken, 2010) as url:
        with pytest.raises(aiohttp.ClientError):
            await answered(url)


async def test_a_file_that_cannot_be_read_at_all_is_another_answer() -> None:
    async with serving(absent, 2010) as url:
        response, _ = await answered(url)
    assert response.status == 503


async def test_whoever_takes_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "IDLE_SECONDS", 0.2)
    async with serving(endless, 1 << 40) as url, line(url) as open_line:
        await open_line.say(head("GET", "/"))
        await asyncio.sleep(1.0)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await open_line.reader.readexactly(1 << 30)
