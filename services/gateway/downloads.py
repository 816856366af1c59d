"""Answers that are files: sent as they are read, never held whole."""

import asyncio
import base64
from collections.abc import AsyncIterator

import structlog
from aiohttp import web
from msgspec import Struct

from shared.process.logs import log

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
IDLE_SECONDS = 60.0
"""How long a client may take no bytes."""


class Download(Struct, frozen=True):
    """A file: `name` of letters that need no quoting, media type, length and SHA-256 of its bytes."""

    name: str
    media: str
    length: int
    digest: bytes
    pieces: AsyncIterator[bytes]


async def send(request: web.Request, download: Download) -> web.StreamResponse:
    """Send a file. Raises what its first piece raises; what goes wrong later cuts the connection.

    A file that ends too early must not look like a whole one, and no other answer can follow its beginning.
    """
    first = await anext(aiter(download.pieces), b"")
    response = web.StreamResponse(headers={**HEADERS, **_headers(download)})
    response.content_type, response.content_length = download.media, download.length
    await response.prepare(request)
    try:
        await _write(response, first)
        async for piece in download.pieces:
            await _write(response, piece)
    except Exception as fault:  # noqa: BLE001  # whatever it is, the answer has begun
        log.warning("download cut off", reason=repr(fault))
        _cut(request)
    except asyncio.CancelledError:
        _cut(request)
        raise
    return response


async def _write(response: web.StreamResponse, piece: bytes) -> None:
    async with asyncio.timeout(IDLE_SECONDS):
        await response.write(piece)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _headers(download: Download) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{download.name}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(download.digest).decode()}:",
        # Set here, for what is under way takes no headers from whoever sees it afterwards.
        "X-Request-ID": str(structlog.contextvars.get_contextvars().get("request_id", "")),
    }
