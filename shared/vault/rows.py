"""The database as a place for archives: pieces are rows, which go with their parcel."""

from shared.store import archives
from shared.store.pool import Pool, acquire
from shared.vault.errors import GONE, Lost
from shared.vault.shelf import Parcel


class Rows:
    """Pieces in a table; no connection is held between two of them."""

    piece_bytes = 1 << 20
    lingers = False

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def put(self, parcel: Parcel, number: int, data: bytes) -> None:
        """Write a piece; raises Lost."""
        async with acquire(self._pool) as connection:
            there = await archives.put_piece(connection, *parcel, number, data)
        if not there:
            raise Lost(GONE)

    async def get(self, parcel: Parcel, number: int) -> bytes | None:
        """A piece, if it is there."""
        async with acquire(self._pool) as connection:
            return await archives.piece(connection, *parcel, number)

    async def clear(self, parcel: Parcel) -> None:
        """Remove all pieces, a few at a time."""
        more = True
        while more:
            async with acquire(self._pool) as connection:
                more = await archives.clear_pieces(connection, *parcel)
