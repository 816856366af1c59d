"""What an account has, as it is carried."""

import io
from typing import Any
from uuid import UUID

import msgspec

from shared.store import selections, snapshots
from shared.store.pool import one_moment
from shared.wire.archive.manifest import Manifest
from shared.wire.archive.reading import Archive
from shared.wire.archive.writing import archive
from shared.wire.transfer import codec
from shared.wire.transfer.contents import Kind, Piece
from shared.wire.transfer.requests import Included

ALL = Included()
HEAD = Manifest("g", "a", "1", {})


async def pieces(
    connection: Any, account: UUID, included: Included = ALL, policy: str | None = None
) -> list[Piece]:
    """Everything, or one policy and what belongs to it."""
    async with one_moment(connection):
        if policy is None:
            wanted = selections.everything(included)
        else:
            wanted = await selections.of_policy(connection, account, policy, included)
        found = [each async for some in snapshots.pieces(connection, account, wanted) for each in some]
        counted = await selections.size(connection, account, wanted)
    assert counted == sum(each.key.kind is not Kind.MEMBERSHIP for each in found)
    return found


def packed(found: list[Piece]) -> bytes:
    """An archive of some things."""
    return b"".join(archive(HEAD, codec.documents(found)))


def unpacked(data: bytes) -> list[Piece]:
    return list(codec.pieces(Archive(io.BytesIO(data))))


async def exported(connection: Any, account: UUID) -> bytes:
    """An archive of everything."""
    return packed(await pieces(connection, account))


def documents(found: list[Piece], kind: Kind) -> dict[str, Any]:
    """Documents of a kind by id, as they are read."""
    return {each.key.id: msgspec.json.decode(each.document) for each in found if each.key.kind is kind}
