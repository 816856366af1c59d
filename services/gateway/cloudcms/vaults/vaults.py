"""The one vault of an account."""

from services.gateway.auth import Scope
from services.gateway.cloudcms import listing
from services.gateway.cloudcms.answers import ResultMap, not_found, result_map
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.transfers.addresses import VAULT
from services.gateway.cloudcms.transfers.job_lists import decode_query
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import accounts
from shared.store.pool import acquire
from shared.wire.cloudcms.archive_shapes import VaultDocument
from shared.wire.cloudcms.shapes import QueryObject

PATH = "/vaults"
ONE = PATH + "/{vault_id}"


def check_vault(call: Call) -> None:
    """Raises Failed for a path to another vault."""
    vault_id = call.request.match_info["vault_id"]
    if vault_id != VAULT:
        raise not_found(f"vault `{vault_id[:64]}`")


async def _vault(call: Call) -> VaultDocument:
    async with acquire(call.resources.pool) as connection:
        title = await accounts.name(connection, call.account)
    return VaultDocument(VAULT, "vault", title, primary=True)


async def every(call: Call) -> Answer:
    """Answer GET /vaults."""
    return Answer(_part(call, [await _vault(call)]))


async def query(call: Call) -> Answer:
    """Answer POST /vaults/query."""
    vault = await _vault(call)
    members = {"_doc": vault.id, "type": vault.type, "title": vault.title, "primary": vault.primary}
    return Answer(_part(call, [vault] if call.body.matches(members) else []))


def _part(call: Call, rows: list[VaultDocument]) -> ResultMap[VaultDocument]:
    asked: Listing = call.query
    listing.sorts(call.request)
    return result_map(rows[asked.skip : asked.skip + asked.most], len(rows), asked.skip)


async def get(call: Call) -> Answer:
    """Answer GET /vaults/{vault_id}."""
    check_vault(call)
    return Answer(await _vault(call))


MAP = ResultMap[VaultDocument]
READ = Scope.TRANSFER_READ
ROUTES = (
    Route("GET", PATH, READ, every, "The one vault, as a list", MAP, query=Listing),
    Route(
        *("POST", PATH + "/query", READ, query, "Find the vault", MAP),
        query=Listing,
        body=Body(QueryObject, decode_query),
    ),
    Route("GET", ONE, READ, get, "Read the vault", VaultDocument),
)
