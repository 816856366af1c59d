"""Requests as bytes on a socket, for what no client library would send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

SECONDS = 5.0


class Reply(NamedTuple):
    status: int
    head: str
    body: bytes


class Line(NamedTuple):
    """One open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self) -> Reply:
        """The next answer; raises TimeoutError when there is none in time."""
        async with asyncio.timeout(SECONDS):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            names = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
            body = await self.reader.readexactly(int(names.get("content-length", 0)))
        return Reply(int(head.split()[1]), head, body)


@asynccontextmanager
async def line(url: str) -> AsyncIterator[Line]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        try:
            await writer.wait_closed()
        except OSError:
            return


def head(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: gatehouse", *headers, "", ""]).encode("latin-1")
