"""What a place must be able to do so that archives can be kept there."""

from typing import NamedTuple, Protocol
from uuid import UUID


class Parcel(NamedTuple):
    """Whose bytes, and of which archive."""

    account: UUID
    archive_id: UUID


class Shelf(Protocol):
    """A place. A piece is there whole or not at all; all but an archive's last have `piece_bytes`.

    `lingers` says that a piece may arrive after its writer was given up: clearing once is not enough.
    All raise OSError, or what the store does, for a place that cannot be reached.
    """

    piece_bytes: int
    lingers: bool

    async def put(self, parcel: Parcel, number: int, data: bytes) -> None:
        """Write a piece; numbers go up from 0."""

    async def get(self, parcel: Parcel, number: int) -> bytes | None:
        """A piece, if it is there."""

    async def clear(self, parcel: Parcel) -> None:
        """Remove all pieces; there may be none."""
