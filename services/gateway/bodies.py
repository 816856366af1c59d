"""Bodies of requests: read whole, within bounds, once it is known who sends them."""

import asyncio

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError

BODY_BYTES = 1024 * 1024
BODY_SECONDS = 30.0
# What reading a body raises when the client goes away, or sends what its headers did not promise.
BODY_ERRORS = (OSError, ClientError, HttpProcessingError, RequestPayloadError)


class Unread(Exception):  # noqa: N818  # an answer, raised
    """A body that was not read, and the status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def too_large(limit: int) -> Unread:
    """A body over its limit, a number of bytes."""
    return Unread(413, f"the body is larger than {limit} bytes")


def too_slow() -> Unread:
    """A body that does not arrive."""
    return Unread(408, "the body did not arrive in time")


def cut_off() -> Unread:
    """A body that is not all there."""
    return Unread(400, "the body broke off or cannot be decoded")


async def not_asked(_: web.Request) -> None:
    """Let a client that waits to be asked for its body wait until it is known who it is."""


async def ask(request: web.Request) -> None:
    """Ask for the body, if the client waits for that."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # that was not the answer


async def read(request: web.Request, limit: int) -> bytes:
    """A request's whole body, within a limit of bytes; raises Unread."""
    try:
        return await asyncio.wait_for(request.clone(client_max_size=limit).read(), BODY_SECONDS)
    except web.HTTPRequestEntityTooLarge:
        raise too_large(limit) from None
    except TimeoutError:
        raise too_slow() from None
    except BODY_ERRORS:
        raise cut_off() from None
