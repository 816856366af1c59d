"""Directory imports: take a file in, see how the merge goes. Ours, in the dialect of the rest."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import msgspec
from aiohttp import web

from services.gateway.bodies import BODY_ERRORS, cut_off, too_large, too_slow
from services.gateway.cloudflare import envelope
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.routing import Answer, Call
from shared.store import audit, imports
from shared.store.audit import Change
from shared.store.pool import acquire
from shared.wire.directory.blocks import Block, Cutter, Format
from shared.wire.directory.imports import Accepted
from shared.wire.directory.spreadsheet import Header
from shared.wire.faults import Fault, Faulty
from shared.wire.jobs import Hint, Kind

FORMATS: dict[str, Format] = {
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "text/csv": "csv",
}
IDLE_SECONDS = 30.0


async def upload(call: Call) -> Answer:
    """Answer POST …/directory/imports."""
    form = FORMATS.get(call.request.content_type)
    if form is None:
        raise envelope.unsupported("`application/x-ndjson` or `text/csv`")
    import_id = uuid4()
    async with call.resources.uploads.turn(call.account):
        await _receive(call, import_id, form)
    await call.resources.hints.announce([Hint(Kind.IMPORT, call.account, import_id)])
    return Answer(Accepted(import_id))


async def _receive(call: Call, import_id: UUID, form: Format) -> None:
    """Stage the whole body, or nothing: a body that breaks off rolls the transaction back."""
    cutter = Cutter(form)
    async with acquire(call.resources.upload_pool) as connection, connection.transaction():
        await imports.begin(connection, call.account, import_id, form)
        await imports.receive(connection, call.account, import_id, _blocks(call, cutter))
        arrived = msgspec.json.encode(
            await imports.received(connection, call.account, import_id, cutter.header)
        )
        change = Change("import", "directory", import_id, None, arrived)
        await audit.record(connection, call.account, call.actor, change)


async def _blocks(call: Call, cutter: Cutter) -> AsyncIterator[Block]:
    limit, received, checked = call.resources.settings.import_bytes, 0, cutter.form == "ndjson"
    async for chunk in _chunks(call.request):
        received += len(chunk)
        if received > limit:
            raise too_large(limit)
        for block in cutter.feed(chunk):
            yield block
        if cutter.header and not checked:
            Header(cutter.header)
            checked = True
    for block in cutter.finish():
        yield block
    if not received:
        raise Faulty(Fault("the body is empty"))
    if not checked:
        Header(cutter.header)


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    """The body as it arrives; raises Unread when nothing does for a while, or when it breaks off."""
    try:
        while chunk := await asyncio.wait_for(request.content.readany(), IDLE_SECONDS):
            yield chunk
    except TimeoutError:
        raise too_slow() from None
    except BODY_ERRORS:
        raise cut_off() from None


async def status(call: Call) -> Answer:
    """Answer GET …/directory/imports/{import_id}."""
    import_id = path_id(call, "import_id")
    async with acquire(call.resources.pool) as connection:
        progress = await imports.progress(connection, call.account, import_id)
    if progress is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return Answer(progress)
