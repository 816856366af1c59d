"""The bytes of an archive, cut evenly, and their digest."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator


async def even(pieces: AsyncIterator[bytes], size: int) -> AsyncGenerator[bytes, None]:
    """The same bytes in pieces of one size; the last may be shorter."""
    held = bytearray()
    async for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


class Digest:
    """Length and SHA-256 of what was added; large pieces are worked on in a thread."""

    def __init__(self) -> None:
        self.length = 0
        self._sum = hashlib.sha256()

    async def add(self, piece: bytes) -> None:
        """Take in a piece."""
        self.length += len(piece)
        await asyncio.to_thread(self._sum.update, piece)

    def sha256(self) -> bytes:
        """The digest of all pieces."""
        return self._sum.digest()
