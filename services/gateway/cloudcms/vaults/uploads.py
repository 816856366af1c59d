"""Uploads of archives: received whole, looked into, and only then kept."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import Annotated, BinaryIO, cast

import msgspec
from msgspec import Meta, Struct

from services.gateway.auth import Scope
from services.gateway.bodies import too_large
from services.gateway.cloudcms.answers import conflict
from services.gateway.cloudcms.transfers.addresses import checked
from services.gateway.cloudcms.vaults import bodies
from services.gateway.cloudcms.vaults.archive_documents import ZIP, document
from services.gateway.cloudcms.vaults.archives import ALL
from services.gateway.cloudcms.vaults.vaults import check_vault
from services.gateway.routing import Answer, Call, Route, Upload
from shared.store import audit
from shared.store.archives import Archive, Heading
from shared.store.audit import Change
from shared.store.pool import Connection
from shared.vault.errors import Full
from shared.wire.archive import reading
from shared.wire.archive.directory import ARCHIVE_BYTES
from shared.wire.archive.manifest import Manifest
from shared.wire.cloudcms.archive_shapes import UploadedDocument
from shared.wire.transfer.requests import Label

KIND = "export"
"""Whatever an archive says of itself: results are only what was evaluated here."""
PIECE_BYTES = 1 << 20
Text = Annotated[str, Meta(max_length=1024)]


class UploadQuery(Struct, frozen=True):
    """What people are to read of the archive; what it is called, it says itself."""

    title: Text | None = None
    description: Text | None = None
    published: bool = False


async def upload(call: Call) -> Answer:
    """Answer POST /vaults/{vault_id}/archives. One of the same coordinates gives way to it."""
    check_vault(call)
    async with call.resources.uploads.turn(call.account):
        with await asyncio.to_thread(_nameless) as file:
            await _receive(call, file)
            manifest = await asyncio.to_thread(_looked_into, file)
            archive = await _kept(call, file, manifest)
    return Answer(UploadedDocument(id=archive.id.hex, rows=[document(archive)]))


def _nameless() -> BinaryIO:
    """A file that nobody else can open, and that is gone when it is closed or the process ends."""
    return cast("BinaryIO", tempfile.TemporaryFile())


async def _receive(call: Call, file: BinaryIO) -> None:
    """The whole body in a file; raises Unread and Faulty."""
    received, waiting = 0, bytearray()
    async for piece in bodies.pieces(call.request):
        received += len(piece)
        if received > ARCHIVE_BYTES:
            raise too_large(ARCHIVE_BYTES)
        waiting += piece
        if len(waiting) >= PIECE_BYTES:
            await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(file.write, bytes(waiting))


def _looked_into(file: BinaryIO) -> Manifest:
    """What an archive says of itself; raises Refused for whatever is none."""
    manifest = reading.Archive(file).manifest
    file.seek(0)
    return manifest


async def _kept(call: Call, file: BinaryIO, manifest: Manifest) -> Archive:
    asked: UploadQuery = call.query
    label = Label(asked.title, asked.description, asked.published)
    heading = Heading(checked(manifest.coordinates), KIND, ZIP, label)

    async def recorded(connection: Connection, archive: Archive, replaced: Archive | None) -> None:
        before = None if replaced is None else msgspec.json.encode(document(replaced))
        after = msgspec.json.encode(document(archive))
        change = Change("create" if before is None else "update", "archive", archive.id.hex, before, after)
        await audit.record(connection, call.account, call.actor, change)

    try:
        return await call.resources.vault.keep(
            call.account, heading, _pieces(file), call.actor.name, recorded
        )
    except Full as full:
        raise conflict(str(full)) from None


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
        yield piece


ROUTES = (
    Route(
        *("POST", ALL, Scope.TRANSFER_WRITE, upload, "Upload an archive", UploadedDocument),
        query=UploadQuery,
        body=Upload((ZIP,), bodies.PART),
    ),
)
