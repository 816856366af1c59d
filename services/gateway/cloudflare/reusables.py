"""Policies and groups alike: list, create, get, replace, delete, each change with its audit entry."""

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from services.gateway.cloudflare import envelope, references, repetition
from services.gateway.cloudflare.query import Paged, PerPage
from services.gateway.routing import Answer, Call
from shared.store import audit, resources
from shared.store.audit import Change
from shared.store.pool import Connection, acquire
from shared.store.resources import Kind, Referrer, Stored, Target, Wanted, Written
from shared.wire import quotas
from shared.wire.cloudflare import documents
from shared.wire.cloudflare.documents import NO_TIMES, Sent, Times
from shared.wire.cloudflare.envelope import Removed, page_info
from shared.wire.faults import Fault, Faulty

NUMBER_LIMIT, BYTES_LIMIT = quotas.REUSABLES, quotas.REUSABLES_BYTES


class Page(Paged, frozen=True):
    """Which page, from 1, of how many rows each."""

    per_page: PerPage = 100


class Shelf(Struct, frozen=True):
    """One kind of them, and how one is answered from account, id, document and times."""

    kind: Kind
    answer: Callable[[UUID, UUID, bytes, Times], msgspec.Raw]

    def shown(self, account: UUID, stored: Stored) -> msgspec.Raw:
        """One as it is answered."""
        return self.answer(account, stored.id, stored.document, Times(stored.created_at, stored.updated_at))

    def recorded(self, account: UUID, stored: Stored) -> bytes:
        """One as the audit log has it."""
        return bytes(self.answer(account, stored.id, stored.document, NO_TIMES))


async def page(call: Call, shelf: Shelf, wanted: Wanted) -> Answer:
    """A page of what is wanted, in the order of creation."""
    asked: Page = call.query
    async with acquire(call.resources.pool) as connection:
        window = (asked.skip, asked.per_page)
        rows = await resources.page(connection, call.account, shelf.kind, wanted, window)
        total = await resources.count(connection, call.account, shelf.kind, wanted)
    shown = [shelf.shown(call.account, row) for row in rows]
    return Answer(shown, page_info(asked.page, asked.per_page, len(shown), total))


async def get(call: Call, shelf: Shelf, resource_id: UUID) -> Answer:
    """One of them."""
    async with acquire(call.resources.pool) as connection:
        return Answer(shelf.shown(call.account, await _existing(connection, call, shelf, resource_id)))


async def _existing(connection: Connection, call: Call, shelf: Shelf, resource_id: UUID) -> Stored:
    stored = await resources.get(connection, call.account, shelf.kind, resource_id)
    if stored is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return stored


async def create(call: Call, shelf: Shelf) -> Answer:
    """A new one; the one there is if this is the request that made it, sent again."""
    sent: Sent = call.body
    new_id = uuid4()
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await resources.lock(connection, call.account)
        written = await _checked(connection, call, Referrer(shelf.kind, new_id, sent.name))
        stored = await _earlier(connection, call, shelf, written)
        if stored is None:
            await _check_room(connection, call.account, shelf.kind, 1, len(sent.document))
            stored = await resources.insert(connection, call.account, shelf.kind, new_id, written)
            change = Change("create", shelf.kind, new_id, None, shelf.recorded(call.account, stored))
            await audit.record(connection, call.account, call.actor, change)
    return Answer(shelf.shown(call.account, stored))


async def _earlier(connection: Connection, call: Call, shelf: Shelf, written: Written) -> Stored | None:
    if not repetition.says_again(call):
        return None
    return await resources.twin(connection, call.account, shelf.kind, written, repetition.SECONDS)


async def _checked(connection: Connection, call: Call, writer: Referrer) -> Written:
    """What the request writes; raises Faulty for all that is wrong with it."""
    sent: Sent = call.body
    checked = await references.check(connection, call.account, sent.references)
    faults = (*sent.faults, *checked.faults)
    if writer.kind == "group":
        faults += await references.check_nesting(connection, call.account, writer, checked.there)
    if faults:
        raise Faulty(*faults)
    return Written(sent.name, sent.document, tuple(each.target for each in checked.there))


async def _check_room(connection: Connection, account: UUID, kind: Kind, more: int, more_bytes: int) -> None:
    usage = await resources.usage(connection, account, kind)
    if usage.number + more > NUMBER_LIMIT:
        raise Faulty(Fault(f"the account has {usage.number} of {NUMBER_LIMIT} at most, delete one first"))
    if more_bytes > 0 and usage.total_bytes + more_bytes > BYTES_LIMIT:
        message = (
            f"the account's policies and groups would be larger than {BYTES_LIMIT} bytes, delete some first"
        )
        raise Faulty(Fault(message))


async def replace(call: Call, shelf: Shelf, resource_id: UUID) -> Answer:
    """One with another content; if it says what it said before, nothing happens."""
    sent: Sent = call.body
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await resources.lock(connection, call.account)
        was = await _existing(connection, call, shelf, resource_id)
        written = await _checked(connection, call, Referrer(shelf.kind, resource_id, sent.name))
        if await asyncio.to_thread(documents.same, was.document, sent.document):
            return Answer(shelf.shown(call.account, was))
        more_bytes = len(sent.document) - len(was.document)
        await _check_room(connection, call.account, shelf.kind, 0, more_bytes)
        stored = await resources.put(connection, call.account, shelf.kind, resource_id, written)
        before, after = (shelf.recorded(call.account, each) for each in (was, stored))
        change = Change("update", shelf.kind, resource_id, before, after)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(shelf.shown(call.account, stored))


async def delete(call: Call, shelf: Shelf, resource_id: UUID) -> Answer:
    """Make one no more, unless something refers to it."""
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await resources.lock(connection, call.account)
        was = await _existing(connection, call, shelf, resource_id)
        if shelf.kind == "group":
            await references.check_unused(connection, call.account, Target("group", resource_id))
        await resources.delete(connection, call.account, shelf.kind, resource_id)
        change = Change("delete", shelf.kind, resource_id, shelf.recorded(call.account, was), None)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Removed(resource_id))
