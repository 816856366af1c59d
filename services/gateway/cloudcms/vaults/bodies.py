"""The bytes of an upload: as they are, or as the part `archive` of a form."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from aiohttp import BodyPartReader, web

from services.gateway.bodies import BODY_ERRORS, cut_off, too_slow
from services.gateway.cloudcms.answers import refused

PART = "archive"
PARTS = 16
IDLE_SECONDS = 30.0
PIECE_BYTES = 1 << 18
# What the library raises besides for a form that is none.
MALFORMED = (ValueError, AssertionError, KeyError, RuntimeError)

Read = TypeVar("Read")


async def pieces(request: web.Request) -> AsyncIterator[bytes]:
    """The bytes of the archive as they arrive; raises Unread and Faulty."""
    if request.content_type.startswith("multipart/"):
        part = await _part(request)
        while piece := await _arrived(part.read_chunk(PIECE_BYTES)):
            yield piece
    else:
        while piece := await _arrived(request.content.readany()):
            yield piece


async def _part(request: web.Request) -> BodyPartReader:
    """The part with the archive; what stands before it is read past."""
    reader = await _arrived(request.multipart())
    for _ in range(PARTS):
        part = await _arrived(reader.next())
        if part is None:
            break
        if isinstance(part, BodyPartReader) and part.name == PART:
            return part
    raise refused(f"the form has no part `{PART}` with an archive")


async def _arrived(reading: Awaitable[Read]) -> Read:
    """What is read; raises Unread when nothing arrives for a while, or when it breaks off."""
    try:
        return await asyncio.wait_for(reading, IDLE_SECONDS)
    except TimeoutError:
        raise too_slow() from None
    except BODY_ERRORS:
        raise cut_off() from None
    except MALFORMED as error:
        raise refused(f"the form cannot be read: {error}") from None
