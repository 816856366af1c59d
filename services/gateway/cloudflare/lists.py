"""Lists: kept whole or changed by item, read page by page, never deleted while a rule refers to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from msgspec import UNSET, Struct, UnsetType

from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope, references, repetition
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.list_selection import ListsQuery, select
from services.gateway.cloudflare.query import PER_PAGE_LIMIT, Paged, PerPage
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import audit, lists, resources
from shared.store.audit import Change
from shared.store.lists import StoredList
from shared.store.pool import Connection, acquire, one_moment
from shared.store.resources import Target
from shared.wire.cloudflare import lists as wire
from shared.wire.cloudflare.envelope import Removed, page_info
from shared.wire.cloudflare.list_items import EMPTY, ITEMS_LIMIT, Entries, ListItem
from shared.wire.cloudflare.lists import (
    Heading,
    ListAnswer,
    ListObject,
    ListPatch,
    NewList,
    Sent,
)
from shared.wire.faults import Fault, Faulty

PATH = "/accounts/{account_id}/gateway/lists"
# The official pager asks for one list of lists, and takes it for all there are.
LISTS = 1000
# What ITEMS_LIMIT long addresses take, with a word about each.
BODY_BYTES = 16 * 1024 * 1024


class ItemsQuery(Paged, frozen=True):
    """A page of items. By default as long as one may be: the official pager reads a list to its end."""

    per_page: PerPage = PER_PAGE_LIMIT


class Shown(NamedTuple):
    """A list as it is stored, as it is answered, and as the audit log has it."""

    stored: StoredList
    answer: ListAnswer
    document: bytes


def _answer(stored: StoredList, items: tuple[ListItem, ...] | UnsetType = UNSET) -> ListAnswer:
    heading, times = stored.heading, (stored.created_at, stored.updated_at)
    return ListAnswer(
        *(stored.id, heading.name, stored.type, heading.description, stored.fingerprint.items, *times, items)
    )


async def _found(connection: Connection, account: UUID, list_id: UUID) -> StoredList:
    stored = await lists.get(connection, account, list_id)
    if stored is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return stored


async def _shown(connection: Connection, account: UUID, list_id: UUID) -> Shown:
    stored = await _found(connection, account, list_id)
    items: tuple[ListItem, ...] | UnsetType = UNSET
    if stored.fingerprint.items <= PER_PAGE_LIMIT:
        items = await lists.page(connection, account, list_id, (0, PER_PAGE_LIMIT))
    answer = _answer(stored, items)
    return Shown(stored, answer, wire.to_document(answer, stored.fingerprint.digest))


@asynccontextmanager
async def _writing(call: Call) -> AsyncIterator[Connection]:
    """A transaction that alone writes lists of the account, and what refers to them."""
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await resources.lock(connection, call.account)
        yield connection


@asynccontextmanager
async def _reading(call: Call) -> AsyncIterator[Connection]:
    """A transaction to which a list and its items are of one moment."""
    async with acquire(call.resources.pool) as connection, one_moment(connection):
        yield connection


async def every(call: Call) -> Answer:
    """Answer GET …/gateway/lists."""
    asked: ListsQuery = call.query
    async with acquire(call.resources.pool) as connection:
        found = await lists.every(connection, call.account)
    return Answer(select(map(_answer, found), asked))


async def get(call: Call) -> Answer:
    """Answer GET …/gateway/lists/{list_id}."""
    list_id = path_id(call, "list_id")
    async with _reading(call) as connection:
        return Answer((await _shown(connection, call.account, list_id)).answer)


async def items(call: Call) -> Answer:
    """Answer GET …/gateway/lists/{list_id}/items."""
    list_id, asked = path_id(call, "list_id"), call.query
    async with _reading(call) as connection:
        stored = await _found(connection, call.account, list_id)
        page = await lists.page(connection, call.account, list_id, (asked.skip, asked.per_page))
    return Answer(page, page_info(asked.page, asked.per_page, len(page), stored.fingerprint.items))


async def create(call: Call) -> Answer:
    """Answer POST …/gateway/lists."""
    sent: Sent = call.body
    found = await asyncio.to_thread(wire.entries, sent, sent.members.get("type"))
    kind, entries = sent.members["type"], found.get("items", EMPTY)
    heading = Heading(sent.members["name"], sent.members.get("description"))
    async with _writing(call) as connection:
        where = (connection, call.account)
        if repetition.says_again(call):
            digest = entries.fingerprint.digest
            twin = await lists.twin(*where, kind, heading, digest, repetition.SECONDS)
            if twin is not None:
                return Answer((await _shown(*where, twin)).answer)
        if await lists.count(*where) >= LISTS:
            raise Faulty(Fault(f"an account has {LISTS} lists at most, delete one first"))
        list_id = uuid4()
        await lists.insert(*where, list_id, kind, heading, entries)
        shown = await _shown(*where, list_id)
        await audit.record(*where, call.actor, Change("create", "list", list_id, None, shown.document))
    return Answer(shown.answer)


async def _entries(call: Call, list_id: UUID) -> dict[str, Entries]:
    """What a body has for a list that is there; a list's type is never another."""
    async with acquire(call.resources.pool) as connection:
        stored = await _found(connection, call.account, list_id)
    return await asyncio.to_thread(wire.entries, call.body, stored.type)


async def update(call: Call) -> Answer:
    """Answer PUT …/gateway/lists/{list_id}."""
    list_id = path_id(call, "list_id")
    entries = (await _entries(call, list_id)).get("items")
    members = call.body.members
    heading = Heading(members["name"], members.get("description"))
    async with _writing(call) as connection:
        where = (connection, call.account, list_id)
        before = await _shown(*where)
        was = before.stored
        given = was.fingerprint if entries is None else entries.fingerprint
        if (heading, given) == (was.heading, was.fingerprint):
            return Answer(before.answer)
        if entries is not None and given != was.fingerprint:
            await lists.put(*where, entries)
        await lists.update(*where, heading, given)
        return await _changed(call, connection, list_id, before)


async def edit(call: Call) -> Answer:
    """Answer PATCH …/gateway/lists/{list_id}."""
    list_id = path_id(call, "list_id")
    entries = await _entries(call, list_id)
    async with _writing(call) as connection:
        where = (connection, call.account, list_id)
        before = await _shown(*where)
        was = before.stored.heading
        removed = "remove" in entries and await lists.remove(*where, entries["remove"].columns.canonicals)
        appended = "append" in entries and await lists.append(*where, entries["append"])
        heading = was._replace(**_renamed(call.body))
        if not removed and not appended and heading == was:
            return Answer(before.answer)
        now = await lists.fingerprint(*where)
        if now.items > ITEMS_LIMIT:
            message = f"a list has {ITEMS_LIMIT} items at most, and this would have {now.items}"
            raise Faulty(Fault(message, "/append"))
        await lists.update(*where, heading, now)
        return await _changed(call, connection, list_id, before)


def _renamed(sent: Sent) -> dict[str, Any]:
    return {name: sent.members[name] for name in Heading._fields if name in sent.members}


async def _changed(call: Call, connection: Connection, list_id: UUID, before: Shown) -> Answer:
    """Write down what became of a list, and answer with it."""
    after = await _shown(connection, call.account, list_id)
    change = Change("update", "list", list_id, before.document, after.document)
    await audit.record(connection, call.account, call.actor, change)
    return Answer(after.answer)


async def delete(call: Call) -> Answer:
    """Answer DELETE …/gateway/lists/{list_id}."""
    list_id = path_id(call, "list_id")
    async with _writing(call) as connection:
        where = (connection, call.account)
        before = await _shown(*where, list_id)
        await references.check_unused(*where, Target("list", list_id))
        await lists.delete(*where, list_id)
        await audit.record(*where, call.actor, Change("delete", "list", list_id, before.document, None))
    return Answer(Removed(list_id))


def _body(form: type[Struct]) -> Body:
    return Body(form, lambda text, _: wire.decode(text, form), large=True, limit=BODY_BYTES)


ONE = PATH + "/{list_id}"
READ, WRITE = Scope.POLICIES_READ, Scope.POLICIES_WRITE

ROUTES = (
    Route("GET", PATH, READ, every, "All lists, without their items", list[ListAnswer], query=ListsQuery),
    Route("POST", PATH, WRITE, create, "Create a list", ListAnswer, body=_body(NewList)),
    Route("GET", ONE, READ, get, "One list", ListAnswer),
    Route("PUT", ONE, WRITE, update, "Replace a list", ListAnswer, body=_body(ListObject)),
    Route("PATCH", ONE, WRITE, edit, "Remove items and append others", ListAnswer, body=_body(ListPatch)),
    Route("DELETE", ONE, WRITE, delete, "Delete a list that nothing refers to", Removed),
    Route(
        *("GET", ONE + "/items", READ, items, "A list's items in their order", list[ListItem]),
        query=ItemsQuery,
        paged=True,
    ),
)
