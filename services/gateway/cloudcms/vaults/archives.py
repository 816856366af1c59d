"""Archives: listed, looked up, found by a query, read, downloaded, deleted."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from services.gateway.auth import Scope
from services.gateway.cloudcms import listing
from services.gateway.cloudcms.answers import ResultMap, Status, not_found
from services.gateway.cloudcms.bounds import FEW, room
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.policies import policy_rows
from services.gateway.cloudcms.policies.policy_rows import Choice, Row
from services.gateway.cloudcms.transfers.addresses import ArchiveQuery, named
from services.gateway.cloudcms.transfers.job_lists import decode_query
from services.gateway.cloudcms.vaults.archive_documents import ZIP, document
from services.gateway.cloudcms.vaults.vaults import ONE as VAULT
from services.gateway.cloudcms.vaults.vaults import check_vault
from services.gateway.downloads import Download
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import audit
from shared.store.archives import Archive
from shared.store.audit import Change
from shared.store.pool import Connection
from shared.store.principals import user_id_of
from shared.wire.cloudcms.archive_shapes import ArchiveDocument
from shared.wire.cloudcms.shapes import QueryObject


async def page(call: Call) -> Answer:
    """Answer GET /vaults/{vault_id}/archives."""
    return await _listed(call, Choice(call.query, listing.sorts(call.request)))


async def search(call: Call) -> Answer:
    """Answer POST /vaults/{vault_id}/archives/query."""
    return await _listed(call, Choice(call.query, listing.sorts(call.request), call.body))


async def _listed(call: Call, choice: Choice) -> Answer:
    """The archives that are asked for, the oldest first: an account has few enough to look at all of them."""
    check_vault(call)
    stored = [each for each in await call.resources.vault.every(call.account) if each.heading.carries]
    async with room(call, heavy=choice.costly or len(stored) > FEW):
        return Answer(await asyncio.to_thread(_chosen, stored, choice))


def _chosen(stored: Sequence[Archive], choice: Choice) -> ResultMap[msgspec.Raw]:
    return policy_rows.chosen([_row(archive) for archive in stored], choice)


def _row(archive: Archive) -> Row:
    shown: dict[str, Any] = msgspec.to_builtins(document(archive))
    return Row(shown.pop("_doc"), msgspec.json.encode(shown))


async def lookup(call: Call) -> Answer:
    """Answer GET /vaults/{vault_id}/archives/lookup."""
    return Answer(document(await _named(call)))


async def get(call: Call) -> Answer:
    """Answer GET /vaults/{vault_id}/archives/{archive_id}."""
    return Answer(document(await _existing(call)))


async def _named(call: Call) -> Archive:
    """The archive of the query's coordinates; raises Faulty and Failed."""
    check_vault(call)
    coordinates = named(call.query)
    found = await call.resources.vault.find(call.account, coordinates)
    if found is None or not found.heading.carries:
        raise not_found(f"archive `{coordinates.file}`")
    return found


async def _existing(call: Call) -> Archive:
    """The archive of the path; raises Failed."""
    check_vault(call)
    given = call.request.match_info["archive_id"]
    archive_id = user_id_of(given)
    found = None if archive_id is None else await call.resources.vault.get(call.account, archive_id)
    if found is None or not found.heading.carries:
        raise not_found(f"archive `{given[:64]}`")
    return found


async def download(call: Call) -> Answer:
    """Answer GET /vaults/{vault_id}/archives/{archive_id}/download."""
    return _file(call, await _existing(call))


async def download_named(call: Call) -> Answer:
    """Answer GET /vaults/{vault_id}/archives/download."""
    return _file(call, await _named(call))


def _file(call: Call, archive: Archive) -> Answer:
    pieces = call.resources.vault.read(call.account, archive)
    about = (archive.heading.content_type, archive.length, archive.digest)
    return Answer(Download(archive.heading.coordinates.file, *about, pieces))


async def delete(call: Call) -> Answer:
    """Answer DELETE /vaults/{vault_id}/archives/{archive_id}."""
    found = await _existing(call)

    async def recorded(connection: Connection, archive: Archive) -> None:
        was = msgspec.json.encode(document(archive))
        change = Change("delete", "archive", archive.id.hex, was, None)
        await audit.record(connection, call.account, call.actor, change)

    await call.resources.vault.drop(call.account, found.id, recorded)
    return Answer(Status())


READ, WRITE = Scope.TRANSFER_READ, Scope.TRANSFER_WRITE
ALL = VAULT + "/archives"
ONE = ALL + "/{archive_id}"
MAP = ResultMap[ArchiveDocument]
FILES = (ZIP,)
ROUTES = (
    Route("GET", ALL, READ, page, "The archives of a vault", MAP, query=Listing),
    Route(
        *("POST", f"{ALL}/query", READ, search, "Archives that a query finds", MAP),
        query=Listing,
        body=Body(QueryObject, decode_query, large=True),
    ),
    Route(
        *("GET", f"{ALL}/lookup", READ, lookup, "An archive, by its coordinates", ArchiveDocument),
        query=ArchiveQuery,
    ),
    Route(
        *("GET", f"{ALL}/download", READ, download_named, "Download an archive, by its coordinates", None),
        query=ArchiveQuery,
        files=FILES,
    ),
    Route("GET", ONE, READ, get, "An archive", ArchiveDocument),
    Route("GET", f"{ONE}/download", READ, download, "Download an archive", None, files=FILES),
    Route("DELETE", ONE, WRITE, delete, "Delete an archive", Status),
    Route("POST", f"{ONE}/delete", WRITE, delete, "Delete an archive", Status),
)
